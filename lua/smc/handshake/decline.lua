--- The CLC Decline: why a side does not use SMC for a connection.
--
-- After RFC 7609, "IBM Shared Memory Communications Version 2 (Third Edition)", and net/smc/smc_clc.h.
-- @module smc.handshake.decline

local fields = require "smc.handshake.fields"
local reason = require "smc.reason"

local decline = {}

local FURTHER <const> = 4 -- diagnosis codes of version 2

local function read_further(area)
  local codes = {}
  for _ = 1, FURTHER do
    local code = area:number(4)
    if code ~= 0 then codes[#codes + 1] = reason.get(code) end
  end
  return codes[1] and codes or nil
end

--- Decodes what follows the header.
-- @tparam string bytes the whole message
-- @tparam table header `version` and `v2`
-- @tparam integer stop offset of the trailer
-- @treturn table fields
function decline.decode(bytes, header, stop)
  local area = fields.new(bytes, "the message", 8, stop)
  local found = { peer_id = area:digits(8), out_of_sync = header.v2 & 2 == 2 }
  found.diagnosis = reason.get(area:number(4))
  found.os = fields.system(area:number(1) >> 4)
  area:skip(3)
  if header.version > 1 then found.further = read_further(area) end
  return found
end

return decline
