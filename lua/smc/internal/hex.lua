--- Numbers that people read and write as hex digits: FIDs, PCHIDs, IDs of link groups. Text is hex digits,
-- and an integer is that integer.
-- @module smc.internal.hex

local E = require "smc.errno"
local quoted = require "smc.internal.text".quoted

local hex = {}

local LARGEST <const> = 0xffffffff

local function refused(value, what)
  return nil, ("%s is not a valid %s: 1 to 8 hex digits expected, with or without 0x"):format(
    quoted(value), what), E.EINVAL
end

--- A number of up to 32 bits.
-- @tparam integer|string value an integer, or 1 to 8 hex digits with or without `0x`, and nothing else
-- @tparam string what it is, for the message
-- @treturn[1] integer
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EINVAL
function hex.number(value, what)
  if math.type(value) == "integer" then
    if value < 0 or value > LARGEST then return refused(tostring(value), what) end
    return value
  end
  local digits = value:match("^0[xX](%x+)$") or value:match("^%x+$")
  if not digits or #digits > 8 then return refused(value, what) end
  return tonumber(digits, 16)
end

--- A filter with integers for its numbers.
-- @tparam table filter checked
-- @tparam table names field that is a number → what it is, for the message
-- @treturn[1] table a copy
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EINVAL
function hex.filter(filter, names)
  local numbers, message, errno = {}
  for name, value in pairs(filter) do
    if names[name] then
      value, message, errno = hex.number(value, names[name])
      if not value then return nil, message, errno end
    end
    numbers[name] = value
  end
  return numbers
end

return hex
