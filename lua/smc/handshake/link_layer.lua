--- Link layers: where the IP packet of a captured frame begins.
--
-- The numbers are those of link types in capture files, https://www.tcpdump.org/linktypes.html.
-- @module smc.handshake.link_layer

local link_layer = {}

local IPV4 <const>, IPV6 <const> = 0x0800, 0x86dd -- ETH_P_IP, ETH_P_IPV6
local VLANS <const> = { [0x8100] = true, [0x88a8] = true, [0x9100] = true }

-- The protocol of a packet that begins with an IP header.
local function of_version(bytes, at)
  local version = (bytes:byte(at) or 0) >> 4
  return version == 4 and IPV4 or version == 6 and IPV6 or nil, at
end

-- Link types whose header has so many bytes and no protocol number.
local function behind(size)
  return function(bytes) return of_version(bytes, size + 1) end
end

-- Link types whose header has so many bytes and a protocol number at an offset.
local function numbered(size, offset)
  return function(bytes)
    if #bytes < size then return nil end
    return string.unpack(">I2", bytes, offset + 1), size + 1
  end
end

local TYPES <const> = {
  [0] = behind(4), [108] = behind(4), -- BSD loopback
  [12] = behind(0), [14] = behind(0), [101] = behind(0), [228] = behind(0), [229] = behind(0), -- IP
  [1] = numbered(14, 12), -- Ethernet
  [113] = numbered(16, 14), [276] = numbered(20, 0), -- Linux cooked, v1 and v2
}

--- Whether this module knows a link type.
-- @tparam integer number
-- @treturn boolean
function link_layer.is_known(number)
  return TYPES[number] ~= nil
end

--- Skips the VLAN tags of a frame.
-- @tparam string bytes
-- @tparam integer protocol as in Ethernet
-- @tparam integer at position after the protocol number
-- @treturn ?integer protocol; nil if the frame ends before it
-- @treturn integer position
-- @treturn ?integer VLAN ID, of the innermost tag
function link_layer.untag(bytes, protocol, at)
  local vlan
  while VLANS[protocol] do
    if #bytes < at + 3 then return nil end
    vlan = string.unpack(">I2", bytes, at) & 0xfff
    protocol, at = string.unpack(">I2", bytes, at + 2), at + 4
  end
  return protocol, at, vlan
end

--- Finds the IP packet in a frame.
-- @tparam integer number of the link type, a known one
-- @tparam string bytes the frame
-- @treturn ?integer position of the IP header; nil if there is none
-- @treturn ?integer VLAN ID
function link_layer.packet(number, bytes)
  local protocol, at, vlan = link_layer.untag(bytes, TYPES[number](bytes))
  if protocol == IPV4 or protocol == IPV6 then return at, vlan end
end

return link_layer
