-- Numbers in six characters: 1234567 is " 1.23M"-like, as smcd(8) prints them.

local MAGNITUDES <const> = "KMGTPE"

-- The number with as many decimals as leave room for the magnitude; width 5 before it.
return function(number)
  local text = ("%d"):format(number)
  if #text < 4 then return text end
  local thousands = (#text - 1) // 3
  local before = (#text - 1) % 3 + 1 -- digits before the point
  local decimals = 4 - before
  local scaled = number / 10 ^ (3 * thousands)
  -- What would be rounded up to one digit more, 99.999, loses a decimal instead.
  if scaled + 5 * 10 ^ (-1 - decimals) >= 10 ^ before then decimals = decimals - 1 end
  return ("%5." .. decimals .. "f%s"):format(scaled, MAGNITUDES:sub(thousands, thousands))
end
