--- Recorded messages of the kernel, also of another machine's.
-- @module smc.recording

local args = require "smc.internal.args"

local netlink = require "smc.core.netlink"

local recording = {}

local LITTLE <const> = string.pack("=I2", 1) == string.pack("<I2", 1)

--- A datagram, as an argument.
recording.DATAGRAM = {
  words = ("string of at most %d bytes"):format(netlink.DATAGRAM_MAX),
  has = function(value) return type(value) == "string" and #value <= netlink.DATAGRAM_MAX end,
}

--- The byte orders, as an option.
recording.ORDERS = { "little", "big" }

--- Whether a byte order is not that of this machine.
-- @tparam ?string order
-- @treturn boolean
function recording.is_foreign(order)
  return order ~= nil and (order == "little") ~= LITTLE
end

--- Decodes a datagram with a function of the boundary.
-- @tparam function decode takes the datagram, and whether to turn its byte order round
-- @tparam string datagram whole netlink messages
-- @tparam[opt] table opts
-- @tparam ?string opts.byte_order of the machine that it was recorded on, `"little"` or `"big"`; that of this
--   machine unless told
-- @return what the function answers
function recording.decode(decode, datagram, opts)
  args.check("decode", 1, datagram, recording.DATAGRAM)
  local order = args.options("decode", 2, opts, { byte_order = recording.ORDERS }).byte_order
  return decode(datagram, recording.is_foreign(order))
end

return recording
