return {
  { "lua/smc/run/elf.lua", specs = "unit/run_convertible",
    { "offset > size - count", "offset > size", "a section that ends beyond the file", reason = "the kernel does not start such a program either" },
    { "value & DF_1_PIE ~= 0", "value ~= 0", "a program that is loaded anywhere" },
    { "#head < layout.size", "#head < 20", "a head that is cut short" },
    { 'head:byte(6) == 2 and ">" or "<"', '"<"', "the order of bytes" },
  },

  { "lua/smc/run/shebang.lua", specs = "unit/run_shebang",
    { "local BYTES <const> = 256", "local BYTES <const> = 255", "the kernel reads 256 bytes" },
    { 'line = line:gsub("[ \\t]+$", "")', 'line = line:gsub("[\\t]+$", "")', "blanks at the end" },
  },

  { "lua/smc/run/program.lua", specs = "unit/run_shebang unit/run_convertible",
    { "local DEPTH <const> = 5", "local DEPTH <const> = 4", "five nested interpreters" },
    { "own.bits ~= image.bits or own.machine ~= image.machine", "own.bits ~= image.bits", "another machine" },
    { "if answer[3] == E.EACCES then denied = denied or answer end", "", "a file that may not be executed is said" },
  },
}
