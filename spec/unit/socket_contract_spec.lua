-- The contract of sockets on this host, where smc.socket may be TCP. spec/contract has it over every path,
-- and LuaSocket beside it.
package.path = "spec/contract/?.lua;" .. package.path
local socket = require "smc.socket"
local world = require "world"

local TCP <const> = { fallback = "tcp" }

local accepting_tcp = setmetatable({
  tcp = function() return socket.tcp(TCP) end,
  tcp4 = function() return socket.tcp4(TCP) end,
  tcp6 = function() return socket.tcp6(TCP) end,
  bind = function(host, port, backlog) return socket.bind(host, port, backlog, TCP) end,
  connect = function(host, port, address, own, family)
    return socket.connect(host, port, address, own, family, TCP)
  end,
}, { __index = socket })

local peer = world.peer { name = "smc.socket that may be TCP", module = accepting_tcp, peer = "socket",
  mode = "TCP", ours = true, may_be_tcp = true }

for _, subject in ipairs(world.SUBJECTS) do
  describe(subject .. ":", function()
    setup(peer.open)
    teardown(peer.close)
    assert(loadfile("spec/contract/subjects/" .. subject .. ".lua", "t", _ENV))()(peer)
  end)
end
