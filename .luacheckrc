std = "lua54"
max_line_length = 110
codes = true
files["spec/**/*.lua"].std = "+busted"
exclude_files = { "build/", "doc/", "lua/smc/meta/" } -- meta: types for the Lua language server
