--- TCP segments in IP packets: addresses, flags, payload, and the SMC option of a SYN.
-- @module smc.internal.segment

local segment = {}

local TCP <const>, FRAGMENT <const>, AUTHENTICATION <const> = 6, 44, 51 -- IPPROTO_…
local EXTENSIONS <const> = {
  [0] = true, [43] = true, [60] = true, [FRAGMENT] = true, [AUTHENTICATION] = true,
}
local FIN <const>, SYN <const>, RST <const>, ACK <const> = 1, 2, 4, 16
local EXPERIMENTAL <const>, MAGIC <const> = 254, "\xe2\xd4\xc3\xd9" -- TCPOPT_EXP, TCPOPT_SMC_MAGIC

-- Each finds the TCP header: its position, the length of the packet by its header, and both addresses.
local function in_ipv4(bytes, at)
  if #bytes < at + 19 then return nil end
  local words, length, fragment, protocol = string.unpack(">BxI2xxI2xB", bytes, at)
  if protocol ~= TCP or fragment & 0x1fff ~= 0 or words & 15 < 5 then return nil end
  return at + 4 * (words & 15), length > 0 and at + length, bytes:sub(at + 12, at + 15),
    bytes:sub(at + 16, at + 19)
end

-- The position of what follows the extension headers, and its protocol.
local function skip_extensions(bytes, at, protocol)
  while EXTENSIONS[protocol] do
    if #bytes < at + 7 then return nil end
    local length = bytes:byte(at + 1)
    if protocol == FRAGMENT then
      if string.unpack(">I2", bytes, at + 2) & 0xfff8 ~= 0 then return nil end
      length = 8
    else
      length = protocol == AUTHENTICATION and 4 * (length + 2) or 8 * (length + 1)
    end
    protocol, at = bytes:byte(at), at + length
  end
  return at, protocol
end

local function in_ipv6(bytes, at)
  if #bytes < at + 39 then return nil end
  local length, protocol = string.unpack(">I2B", bytes, at + 4)
  local tcp
  tcp, protocol = skip_extensions(bytes, at + 40, protocol)
  if protocol ~= TCP then return nil end
  return tcp, length > 0 and at + 40 + length, bytes:sub(at + 8, at + 23), bytes:sub(at + 24, at + 39)
end

-- Whether the options of a TCP header include that of SMC.
local function has_option(bytes, at, stop)
  while at < stop do
    local kind = bytes:byte(at)
    if kind == 0 then return false end
    local length = kind == 1 and 1 or bytes:byte(at + 1)
    if not length or length < 1 or kind ~= 1 and length < 2 then return false end
    if kind == EXPERIMENTAL and length >= 6 and bytes:sub(at + 2, at + 5) == MAGIC then return true end
    at = at + length
  end
  return false
end

--- Reads the TCP segment of an IP packet.
-- @tparam string bytes
-- @tparam integer at position of the IP header
-- @treturn ?table nil if it is not TCP, or if too little of it was captured: `source` and
--   `destination`, as bytes; `source_port`, `destination_port`, `sequence`; `syn`, `ack`, `fin` and `rst`,
--   booleans; `smc`: whether a SYN has the option; `payload`; `size` of the payload, which is larger if
--   the capture cut it off
function segment.read(bytes, at)
  local version = (bytes:byte(at) or 0) >> 4
  local find = version == 4 and in_ipv4 or version == 6 and in_ipv6
  if not find then return nil end
  local tcp, stop, source, destination = find(bytes, at)
  if not tcp or #bytes < tcp + 19 then return nil end
  local source_port, destination_port, sequence, words, flags = string.unpack(">I2I2I4xxxxBB", bytes, tcp)
  stop = stop or #bytes + 1
  local data = tcp + 4 * (words >> 4)
  if words >> 4 < 5 or data > stop then return nil end
  local syn = flags & SYN ~= 0
  return {
    source = source, destination = destination, source_port = source_port,
    destination_port = destination_port, sequence = sequence,
    syn = syn, ack = flags & ACK ~= 0, fin = flags & FIN ~= 0, rst = flags & RST ~= 0,
    smc = syn and has_option(bytes, tcp + 20, math.min(data, #bytes + 1)),
    payload = bytes:sub(data, stop - 1), size = stop - data,
  }
end

return segment
