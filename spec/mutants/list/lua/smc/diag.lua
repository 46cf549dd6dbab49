return {
  { "lua/smc/diag/watch.lua", specs = "unit/watches unit/diag unit/numbers kernel/watch",
    { "found[socket.cookie] = socket", "found[socket.inode] = socket", "an inode that is used again is another socket" },
    { "before.state ~= now.state or before.mode ~= now.mode", "before.state ~= now.state", "a fallback is a change" },
    { "(event.received or 0) == 0 and (event.sent or 0) == 0", "(event.received or 0) == 0", "sending is movement" },
    { "before = now\n    return events", "return events", "what is told is not told again" },
    { "if not iterator then return nil, message, errno end\n  local found", "local found", "a list that failed is no empty list" },
  },
}
