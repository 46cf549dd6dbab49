return {
  { "lua/smc/pnet/interface.lua", specs = "unit/pnet_interface",
    { "local MAX_NESTING <const> = 8", "local MAX_NESTING <const> = 1", "a VLAN on a bond" },
    { "for _, netdev in ipairs { base, name } do", "for _, netdev in ipairs { name } do", "the PNET ID of the device below" },
    { "port = portno or port", "", "the port of a channel path" },
  },
}
