return {
  { "lua/smc/socket/dns.lua", specs = "unit/socket_limits unit/leaks unit/socket unit/socket_contract contract",
    { 'if address.family == "inet" then', "if true then", "toip gives IPv4, as LuaSocket" },
    { 'if #record.ip == 0 then', "if false then", "a host without IPv4" },
  },

  { "lua/smc/socket/ltn12.lua", specs = "unit/socket_limits unit/leaks unit/socket unit/socket_contract contract",
    { "length = length - #chunk", "length = length - ltn12.block_size()", "a source by length", reason = "only the last piece is shorter than a block" },
    { "kept = partial or \"\"\n    if not chunk", "if not chunk", "a timeout loses nothing" },
  },
}
