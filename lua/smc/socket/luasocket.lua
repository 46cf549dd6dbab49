--- What scripts use beside TCP, and SMC does not have: LuaSocket's own, where it is installed.
-- @module smc.socket.luasocket

local args = require "smc.internal.args"

local luasocket = {}

-- Which of LuaSocket's modules has it. The C module: `require "socket"` may mean smc.socket by now.
local MODULES <const> = {
  udp = "socket.core", udp4 = "socket.core", udp6 = "socket.core", unix = "socket.unix",
}

-- Stands for what is not there, so that `if socket.udp then` is no error: using it is.
local function missing(name)
  local function fail()
    args.throw(("smc.socket.%s is LuaSocket's, which is not installed: SMC has stream sockets only. "
      .. "Install it: \"luarocks install luasocket\", or Debian's lua-socket"):format(name))
  end
  if name ~= "unix" then return fail end
  return setmetatable({}, { __call = fail, __index = fail })
end

--- The value of a field that `smc.socket` does not have itself.
-- @tparam table socket the module, which keeps it
-- @tparam string name
-- @return nil where LuaSocket does not have it either
function luasocket.find(socket, name)
  local module = MODULES[name]
  if not module then return nil end
  local found, theirs = pcall(require, module)
  local value = not found and missing(name) or theirs
  if found and module == "socket.core" then value = theirs[name] end
  rawset(socket, name, value)
  return value
end

return luasocket
