return {
  { "lua/smc/reason/codes.lua", specs = "unit/reason",
    { "{ 0x03030007, \"NOSMCD2DEV\"", "{ 0x03030017, \"NOSMCD2DEV\"", "the code of the kernel" },
  },
}
