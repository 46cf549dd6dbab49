--- Provides the UDP and Unix sockets of LuaSocket, if it is installed, since SMC has none.
-- @module smc.socket.luasocket

local args = require "smc.internal.args"

local luasocket = {}

-- The modules of LuaSocket. Its C module is used, since `require "socket"` may return smc.socket.
local MODULES <const> = {
  udp = "socket.core", udp4 = "socket.core", udp6 = "socket.core", unix = "socket.unix",
}

-- A placeholder: `if socket.udp then` works, and using the value raises an error.
local function missing(name)
  local function fail()
    args.throw(("smc.socket.%s requires LuaSocket, which is not installed: SMC has only stream sockets. "
      .. "Run \"luarocks install luasocket\", or install Debian's lua-socket"):format(name))
  end
  if name ~= "unix" then return fail end
  return setmetatable({}, { __call = fail, __index = fail })
end

--- The value of a field that `smc.socket` does not have itself.
-- @tparam table socket the module, which caches the value
-- @tparam string name
-- @return nil if LuaSocket does not have it either
function luasocket.find(socket, name)
  local module = MODULES[name]
  if not module then return nil end
  local found, theirs = pcall(require, module)
  if not found and not tostring(theirs):find("' not found:", 1, true) then error(theirs, 0) end
  local value = not found and missing(name) or theirs
  if found and module == "socket.core" then value = theirs[name] end
  rawset(socket, name, value)
  return value
end

return luasocket
