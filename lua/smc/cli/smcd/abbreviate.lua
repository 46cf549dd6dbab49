-- Formats numbers in six characters as smcd(8) does, 1234567 like " 1.23M".

local MAGNITUDES <const> = "KMGTPE"

-- The number in a width of 5, with as many decimals as fit, and the magnitude after it.
return function(number)
  local text = ("%d"):format(number)
  if #text < 4 then return text end
  local thousands = (#text - 1) // 3
  local before = (#text - 1) % 3 + 1 -- digits before the point
  local decimals = 4 - before
  local scaled = number / 10 ^ (3 * thousands)
  -- If rounding would add a digit, as for 99.999, the number has one decimal less.
  if scaled + 5 * 10 ^ (-1 - decimals) >= 10 ^ before then decimals = decimals - 1 end
  return ("%5." .. decimals .. "f%s"):format(scaled, MAGNITUDES:sub(thousands, thousands))
end
