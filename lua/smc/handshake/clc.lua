--- CLC messages: the header, and which message it is.
--
-- After RFC 7609, "IBM Shared Memory Communications Version 2 (Third Edition)", and net/smc/smc_clc.h.
-- @module smc.handshake.clc

local require = require "smc.internal.load"
local fields = require "smc.handshake.fields"
local look = require "smc.internal.look"

local clc = {}

local SMC_R <const>, SMC_D <const> = "\xe2\xd4\xc3\xd9", "\xe2\xd4\xc3\xc4" -- "SMCR" and "SMCD" in EBCDIC
local EYECATCHERS <const> = { [SMC_R] = true, [SMC_D] = true }
local TYPES <const> = { "Proposal", "Accept", "Confirm", "Decline" }
local HEADER <const>, TRAILER <const> = 8, 4

--- The longest message that is read, in bytes: twice the size of a Proposal with all of its areas.
clc.LONGEST = 2048

-- Whether bytes may be the beginning of an eyecatcher.
local function begins(bytes)
  local first = bytes:sub(1, 4)
  return first == SMC_R:sub(1, #first) or first == SMC_D:sub(1, #first)
end

--- Whether bytes may be the beginning of a CLC message.
-- @tparam string bytes
-- @treturn boolean
function clc.begins(bytes)
  return begins(bytes) and (#bytes < 5 or TYPES[bytes:byte(5)] ~= nil)
end

--- The length of the message that begins with these bytes.
-- @tparam string bytes
-- @treturn ?integer nil if there are too few bytes to tell
function clc.length(bytes)
  return #bytes >= 7 and string.unpack(">I2", bytes, 6) or nil
end

-- The length of a message by its type and version, and whether that is the exact length or the smallest.
local SIZES <const> = {
  Proposal = { 52, 52 }, Accept = { 48, 78 }, Confirm = { 48, 78 }, Decline = { 28, 44 },
}

local function check_length(header, bytes)
  local length = header.length
  local size = SIZES[header.type][math.min(header.version, 2)]
  if length < size or header.type == "Decline" and length ~= size then
    fields.refuse(("a length of %d bytes, where a %s of version %d has %d%s"):format(length, header.type,
      header.version, size, header.type == "Decline" and "" or " or more"))
  elseif length > #bytes then
    fields.refuse(("it is cut off after %d of its %d bytes"):format(#bytes, length))
  end
end

local function read_header(bytes)
  if not begins(bytes) then fields.refuse("it does not begin with SMCR or SMCD in EBCDIC") end
  if #bytes < HEADER then fields.refuse(("it is cut off after %d bytes"):format(#bytes)) end
  local number, length, flags = string.unpack(">I1I2I1", bytes, 5)
  local header = {
    type = TYPES[number], length = length, version = flags >> 4, v1 = flags & 3, v2 = flags >> 2 & 3,
  }
  if not header.type then fields.refuse(("its type is %d"):format(number)) end
  if header.version == 0 then fields.refuse("its version is 0") end
  return header
end

-- Linux does not look at the trailer of a Decline.
local function check_trailer(header, bytes)
  local trailer = bytes:sub(header.length - TRAILER + 1, header.length)
  if header.type ~= "Decline" and not EYECATCHERS[trailer] then
    fields.refuse("it does not end with SMCR or SMCD in EBCDIC")
  end
end

-- Each decodes what follows the header.
local decoders = {}

function decoders.Proposal(...)
  return require "smc.handshake.proposal".decode(...)
end

function decoders.Accept(...)
  return require "smc.handshake.agreement".decode(...)
end

decoders.Confirm = decoders.Accept

function decoders.Decline(...)
  return require "smc.handshake.decline".decode(...)
end

--- See `smc.handshake.decode`.
clc.decode = look.protect(function(bytes)
  local header = read_header(bytes)
  check_length(header, bytes)
  check_trailer(header, bytes)
  if header.version == 1 then header.v2 = header.type == "Proposal" and 2 or header.v2 end
  local message = decoders[header.type](bytes, header, header.length - TRAILER)
  message.type, message.version, message.length = header.type, header.version, header.length
  return message, header.length
end)

return clc
