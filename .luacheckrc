std = "lua54"
max_line_length = 110
codes = true
files["spec/**/*.lua"].std = "+busted"
files["spec/mutants/list/**/*.lua"].max_line_length = false -- pieces of code as they are
exclude_files = { "build/", "doc/", "lua/smc/meta/" } -- meta: types for the Lua language server
