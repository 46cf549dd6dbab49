--- Packets of network interfaces, as they arrive: packet(7).
-- @module smc.handshake.live

local require = require "smc.internal.load"
local E = require "smc.errno"
local core = require "smc.core.packet"
local bpf = require "smc.handshake.bpf"
local look = require "smc.internal.look"
local text = require "smc.internal.text"

local Live = {}
Live.__index = Live

local live = {}

local CHECKED <const> = 256 -- packets between two queries of how many were lost

local function explain(interface, message, errno)
  if errno == E.EPERM or errno == E.EACCES then
    return "reading packets requires root or the capability CAP_NET_RAW: " .. message
  elseif errno == E.ENODEV then
    return ("there is no network interface %s in this network namespace: `ip link` lists them"):format(
      text.quoted(interface))
  elseif errno == E.ENETDOWN then
    return ("the network interface %s is down"):format(text.quoted(interface))
  elseif errno == E.EAFNOSUPPORT then
    return "this kernel has no packet sockets (CONFIG_PACKET): " .. message
  end
  return message
end

-- The names of interfaces by index; absent for interfaces that no longer exist.
local function names()
  return setmetatable({}, { __index = function(all, index)
    local name = look.protect(look.interface_name)(index) or false
    all[index] = name
    return name
  end })
end

--- Opens a packet socket, for handshakes.
-- @tparam ?string interface all by default
-- @tparam ?integer port only segments from or to it
-- @treturn[1] table with `receive`, `getfd` and `close`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function live.open(interface, port)
  local packets, message, errno = core.open(interface, bpf.program(port))
  if not packets then return nil, explain(interface, message, errno), errno end
  return setmetatable({ packets = packets, interface = interface, names = names(), count = 0 }, Live)
end

-- The number of packets that were lost since the last query; 0 between the queries.
local function lost(self, at_once)
  self.count = self.count + 1
  if not at_once and self.count < CHECKED then return 0 end
  self.count = 0
  return self.packets:lost() or 0
end

--- The next packet.
-- @tparam number seconds to wait
-- @treturn[1] string bytes
-- @treturn[1] integer position of the IP header
-- @treturn[1] table context: `time`, `interface`, `vlan`, and `lost`, a number of packets before it
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ETIMEDOUT if none came
function Live:receive(seconds)
  local bytes, protocol, index, time, vlan = self.packets:receive(seconds)
  if not bytes then return nil, explain(self.interface, protocol, index), index end
  local tagged, at, inner = require "smc.handshake.link_layer".untag(bytes, protocol, 1)
  return bytes, tagged and at or #bytes + 1,
    { time = time, interface = self.names[index] or nil, vlan = inner or vlan, lost = lost(self) }
end

--- The number of packets that were lost since the last query.
function Live:lost()
  return lost(self, true)
end

function Live:getfd()
  return self.packets:getfd()
end

function Live:close()
  self.packets:close()
end

return live
