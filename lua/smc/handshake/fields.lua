--- Reads the fields of a CLC message, in network byte order, and never beyond its end.
--
-- A message comes from a peer, which may send anything: a field beyond the end of its area raises a failure
-- (see `smc.internal.look`), which becomes nil, message, errno in `smc.handshake.decode`.
-- @module smc.handshake.fields

local E = require "smc.errno"
local look = require "smc.internal.look"

local Fields = {}
Fields.__index = Fields

local fields = {}

--- Raises the failure of a message that cannot be decoded.
-- @tparam string what is wrong
function fields.refuse(what)
  look.fail("not a valid CLC message: " .. what, E.EBADMSG)
end

--- The fields of an area of a message.
-- @tparam string bytes the message
-- @tparam string name of the area, for messages
-- @tparam integer offset of its first byte, from 0
-- @tparam integer stop offset of the byte behind its last
function fields.new(bytes, name, offset, stop)
  if offset > stop then fields.refuse(name .. " begins behind its end") end
  return setmetatable({ bytes = bytes, name = name, offset = offset, stop = stop }, Fields)
end

-- Skips so many bytes. Returns the position of the first one, from 1.
function Fields:advance(count)
  local at = self.offset
  if at + count > self.stop then
    fields.refuse(("%s ends after %d of its bytes"):format(self.name, math.max(self.stop - at, 0)))
  end
  self.offset = at + count
  return at + 1
end

--- An unsigned integer of so many bytes.
function Fields:number(size)
  return (string.unpack(">I" .. size, self.bytes, self:advance(size)))
end

--- A signed integer of 64 bits, for GIDs and tokens.
function Fields:long()
  return (string.unpack(">i8", self.bytes, self:advance(8)))
end

--- A number of bytes, as they are.
function Fields:take(count)
  local at = self:advance(count)
  return self.bytes:sub(at, at + count - 1)
end

--- Skips reserved bytes.
function Fields:skip(count)
  self:advance(count)
end

--- How many bytes are left.
function Fields:left()
  return self.stop - self.offset
end

--- A text padded with blanks or zero bytes; nil if it is empty.
function Fields:text(size)
  local text = self:take(size):gsub("[ \0]+$", "")
  return text ~= "" and text or nil
end

local function is_zero(bytes)
  return not bytes:find("[^\0]")
end

--- Bytes as hex digits, for identifiers; nil if all of them are zero.
function Fields:digits(size, separator)
  local bytes = self:take(size)
  if is_zero(bytes) then return nil end
  local digits = bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) .. (separator or "") end)
  return separator and digits:sub(1, -2) or digits
end

--- A MAC address; nil if it is all zero.
function Fields:mac()
  return self:digits(6, ":")
end

--- The GID of an RDMA port, as the kernel prints it; nil if it is all zero.
function Fields:gid()
  local bytes = self:take(16)
  if is_zero(bytes) then return nil end
  return ("%04x:%04x:%04x:%04x:%04x:%04x:%04x:%04x"):format(string.unpack(">I2I2I2I2I2I2I2I2", bytes))
end

local SYSTEMS <const> = { "z/OS", "Linux", "AIX" } -- SMC_CLC_OS_…

--- The name of an operating system.
-- @tparam integer number of it in CLC messages
-- @treturn ?string nil if it is not a known number
function fields.system(number)
  return SYSTEMS[number] or number ~= 0 and ("type %d"):format(number) or nil
end

--- Whether an ISM device is emulated, as loopback-ism is: its GID has 128 bits then.
-- @tparam integer chid
-- @treturn boolean
function fields.is_emulated(chid)
  return chid >= 0xff00
end

return fields
