--- Searches lists.
-- @module smc.internal.lists

local lists = {}

--- Selects the values of a list that match.
-- @tparam table list
-- @tparam function matches takes a value and what is wanted
-- @param wanted
-- @treturn table
function lists.select(list, matches, wanted)
  local found = {}
  for _, value in ipairs(list) do
    if matches(value, wanted) then found[#found + 1] = value end
  end
  return found
end

--- Whether a list has a value.
-- @tparam table list
-- @param value
-- @treturn boolean
function lists.has(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

--- Returns the first value of the second list that the first one also has.
-- @tparam table a list
-- @tparam table b list
-- @return the value; nil if they have nothing in common
function lists.common(a, b)
  local known = {}
  for _, value in ipairs(a) do known[value] = true end
  for _, value in ipairs(b) do
    if known[value] then return value end
  end
  return nil
end

return lists
