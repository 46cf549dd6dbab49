--- Reads the fields of a CLC message, which are in network byte order, and refuses what is not in it.
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

-- Goes on by so many bytes. Returns the position of the first in Lua's strings.
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

--- A signed integer of 64 bits: GIDs and tokens, as Lua has them.
function Fields:long()
  return (string.unpack(">i8", self.bytes, self:advance(8)))
end

--- So many bytes.
function Fields:take(count)
  local at = self:advance(count)
  return self.bytes:sub(at, at + count - 1)
end

--- Leaves out reserved bytes.
function Fields:skip(count)
  self:advance(count)
end

--- How many bytes are left.
function Fields:left()
  return self.stop - self.offset
end

--- A text that blanks or zero bytes pad to its size; nil where there is none.
function Fields:text(size)
  local text = self:take(size):gsub("[ \0]+$", "")
  return text ~= "" and text or nil
end

local function is_zero(bytes)
  return not bytes:find("[^\0]")
end

--- Bytes as hex digits, for identifiers; nil where all of them are zero.
function Fields:digits(size, separator)
  local bytes = self:take(size)
  if is_zero(bytes) then return nil end
  local digits = bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) .. (separator or "") end)
  return separator and digits:sub(1, -2) or digits
end

--- A MAC address; nil where all of it is zero.
function Fields:mac()
  return self:digits(6, ":")
end

--- The GID of an RDMA port, as the kernel prints it; nil where all of it is zero.
function Fields:gid()
  local bytes = self:take(16)
  if is_zero(bytes) then return nil end
  return ("%04x:%04x:%04x:%04x:%04x:%04x:%04x:%04x"):format(string.unpack(">I2I2I2I2I2I2I2I2", bytes))
end

local SYSTEMS <const> = { "z/OS", "Linux", "AIX" } -- SMC_CLC_OS_…

--- The name of an operating system.
-- @tparam integer number of it in CLC messages
-- @treturn ?string nil where there is none
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
