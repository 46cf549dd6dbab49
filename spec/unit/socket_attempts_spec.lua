-- The contract's laws of connecting, on this host: LuaSocket, and smc.socket where it may be TCP.
package.path = "spec/contract/?.lua;" .. package.path
local socket = require "smc.socket"
local world = require "world"

local TCP <const> = { fallback = "tcp" }

local accepting_tcp = setmetatable({
  tcp = function() return socket.tcp(TCP) end,
  tcp4 = function() return socket.tcp4(TCP) end,
  bind = function(host, port, backlog) return socket.bind(host, port, backlog, TCP) end,
  connect = function(host, port, address, own, family)
    return socket.connect(host, port, address, own, family, TCP)
  end,
}, { __index = socket })

for _, path in ipairs {
  { name = "LuaSocket", module = require "socket", peer = "socket" },
  { name = "smc.socket that may be TCP", module = accepting_tcp, peer = "socket", ours = true },
} do
  local peer = world.peer(path)
  describe(path.name .. ":", function()
    setup(peer.open)
    teardown(peer.close)
    assert(loadfile("spec/contract/subjects/attempts.lua", "t", _ENV))()(peer)
  end)
end
