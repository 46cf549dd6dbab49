--- Capture files: pcap, with times in microseconds or nanoseconds, in both byte orders, and pcapng.
-- See pcap-savefile(5).
-- @module smc.handshake.pcap

local require = require "smc.internal.load"
local E = require "smc.errno"
local file = require "smc.internal.file"
local link_layer = require "smc.handshake.link_layer"
local look = require "smc.internal.look"
local quoted = require "smc.internal.text".quoted

local Capture = {}
Capture.__index = Capture

local pcap = {}

local MOST <const> = 1 << 18 -- bytes of a packet: MAXIMUM_SNAPLEN of libpcap

-- Magic number → byte order, and seconds of the smaller unit of time.
local MAGIC <const> = {
  ["\xd4\xc3\xb2\xa1"] = { "<", 1e-6 }, ["\xa1\xb2\xc3\xd4"] = { ">", 1e-6 },
  ["\x4d\x3c\xb2\xa1"] = { "<", 1e-9 }, ["\xa1\xb2\x3c\x4d"] = { ">", 1e-9 },
}
local PCAPNG <const> = "\x0a\x0d\x0d\x0a"

-- Files that people mistake for capture files.
local OTHERS <const> = {
  { "^\x1f\x8b", "it is compressed: decompress it with gunzip" },
  { "^\xfd7zXZ", "it is compressed: decompress it with unxz" },
  { "^\x28\xb5\x2f\xfd", "it is compressed: decompress it with unzstd" },
}

--- Raises the failure of a file that is damaged or not a capture.
function Capture:refuse(what)
  look.fail(("%s is not a readable capture file: %s"):format(quoted(self.path), what), E.EBADMSG)
end

--- Reads so many bytes; nil at the end of the file if it may end there, otherwise raises a failure.
function Capture:take(count, may_end)
  local bytes, message, errno = self.file:read(count)
  if errno then look.fail(("%s: %s"):format(quoted(self.path), message), errno) end
  if not bytes and may_end then return nil end
  bytes = bytes or "" -- the last packet may have no bytes
  if #bytes == count then return bytes end
  self:refuse(("it ends in the middle of packet %d: the capture was interrupted, or is still being written")
    :format(self.packets + 1))
end

--- Checks a link type.
function Capture:check_link(number)
  if link_layer.is_known(number) then return number end
  self:refuse(("its link type %d is none of those that are read: Ethernet, Linux cooked (tcpdump -i any), "
    .. "raw IP and loopback"):format(number))
end

--- Checks the length of a packet.
function Capture:check_length(length)
  if length <= MOST then return length end
  self:refuse(("packet %d has a length of %d bytes"):format(self.packets + 1, length))
end

-- pcap: a record of 16 bytes in front of each packet.
local function next_of_pcap(self)
  local record = self:take(16, true)
  if not record then return nil end
  local seconds, fraction, length = string.unpack(self.order .. "I4I4I4", record)
  local bytes = self:take(self:check_length(length))
  return bytes, seconds + fraction * self.unit, self.link_type
end

local function open_pcap(self, order, unit)
  self.order, self.unit = order, unit
  self.link_type = self:check_link(string.unpack(order .. "I4", self:take(20), 17) & 0xffff)
  self.read = next_of_pcap
end

local function open(self)
  local magic, message, errno = self.file:read(4)
  if errno then look.fail(("%s: %s"):format(quoted(self.path), message), errno) end
  magic = magic or ""
  local known = MAGIC[magic]
  if known then return open_pcap(self, known[1], known[2]) end
  if magic == PCAPNG then
    self.read = require "smc.handshake.pcapng".open(self)
    return
  end
  for _, other in ipairs(OTHERS) do
    if magic:find(other[1]) then self:refuse(other[2]) end
  end
  self:refuse("neither pcap nor pcapng: `tcpdump -w FILE` and `dumpcap -w FILE` write such files")
end

--- The next packet.
-- @treturn[1] string bytes, as captured
-- @treturn[1] number time in seconds since the epoch
-- @treturn[1] integer link type
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENODATA at the end of the file, EBADMSG if it is damaged
Capture.next = look.protect(function(self)
  local bytes, time, link_type = self:read()
  if not bytes then look.fail("the capture file has ended", E.ENODATA) end
  self.packets = self.packets + 1
  return bytes, time, link_type
end)

function Capture:close()
  if self.file then self.file:close() end
  self.file = nil
end

--- Opens a capture file.
-- @tparam string path
-- @treturn[1] table with `next` and `close`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EBADMSG if it is not a capture
pcap.open = look.protect(function(path)
  local opened = look.demand(file.open(path))
  local self = setmetatable({ path = path, file = opened, packets = 0 }, Capture)
  local ok, failure = pcall(open, self)
  if not ok then
    self:close()
    error(failure, 0)
  end
  return self
end)

return pcap
