--- Lists that have SMC-D and SMC-R in them, and what of them matches a filter.
-- @module smc.internal.filter

local listing = {}

-- Whether every named field that the filter has is that of the record.
local function equal(record, filter, names)
  for _, name in ipairs(names) do
    if filter[name] ~= nil and record[name] ~= filter[name] then return false end
  end
  return true
end

-- Whether an entry matches; of its parts, those that match stay.
local function matches(entry, filter, shape)
  if not equal(entry, filter, shape.own) then return false end
  if equal({}, filter, shape.of_parts) then return true end
  local kept = {}
  for _, part in ipairs(entry[shape.parts] or {}) do
    if equal(part, filter, shape.of_parts) then kept[#kept + 1] = part end
  end
  entry[shape.parts] = entry[shape.parts] and kept
  return #kept > 0
end

--- The entries of both technologies, SMC-D first, that match every field of a filter.
-- @tparam table filter checked; its `type` is `"SMC-D"`, `"SMC-R"` or absent
-- @tparam table shape `parts`: the field of an entry that has the list of its parts; `own` and `of_parts`:
--   the names of the filter's fields that are an entry's, and a part's
-- @tparam function ask takes a technology, and gives its entries
-- @treturn[1] {table,...}
-- @return[2] what `ask` gave
function listing.of(filter, shape, ask)
  local found = {}
  for _, technology in ipairs { "SMC-D", "SMC-R" } do
    if not filter.type or filter.type == technology then
      local entries, message, errno = ask(technology)
      if not entries then return nil, message, errno end
      for _, entry in ipairs(entries) do
        if matches(entry, filter, shape) then found[#found + 1] = entry end
      end
    end
  end
  return found
end

return listing
