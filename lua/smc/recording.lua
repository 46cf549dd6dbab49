--- Recorded messages of the kernel, also of another machine's.
-- @module smc.recording

local options = require "smc.options"

local recording = {}

local LITTLE <const> = string.pack("=I2", 1) == string.pack("<I2", 1)

--- Decodes a datagram with a function of the boundary.
-- @tparam function decode takes the datagram, and whether to turn its byte order round
-- @tparam string datagram whole netlink messages
-- @tparam[opt] table opts
-- @tparam ?string opts.byte_order of the machine that it was recorded on, `"little"` or `"big"`; that of this
--   machine unless told
-- @return what the function answers
function recording.decode(decode, datagram, opts)
  if type(datagram) ~= "string" then
    error(("datagram: a string expected, got %s"):format(type(datagram)), 3)
  end
  local order = options.check(opts or {}, { byte_order = { "little", "big" } }, 3).byte_order
  return decode(datagram, order ~= nil and (order == "little") ~= LITTLE)
end

return recording
