--- What two lists have in common.
-- @module smc.internal.common

--- Returns the first value of the second list that the first one also has.
-- @tparam table a list
-- @tparam table b list
-- @return the value; nil if they have nothing in common
return function(a, b)
  local known = {}
  for _, value in ipairs(a) do known[value] = true end
  for _, value in ipairs(b) do
    if known[value] then return value end
  end
  return nil
end
