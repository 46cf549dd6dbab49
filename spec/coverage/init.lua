-- LUA_INIT of every Lua program of `make coverage`.
local open = package.loadlib(os.getenv "SMC_COVERAGE_LIBRARY" or "", "luaopen_lines")
if open then open(os.getenv "SMC_COVERAGE") end
