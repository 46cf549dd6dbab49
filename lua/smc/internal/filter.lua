--- Filters lists that contain SMC-D and SMC-R entries.
-- @module smc.internal.filter

local listing = {}

-- Whether every named field of the filter equals that of the record.
local function equal(record, filter, names)
  for _, name in ipairs(names) do
    if filter[name] ~= nil and record[name] ~= filter[name] then return false end
  end
  return true
end

-- Whether an entry matches; removes its parts that do not match.
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
-- @tparam table shape `parts`: the field of an entry that lists its parts; `own` and `of_parts`: the names of
--   the filter's fields that apply to an entry and to a part
-- @tparam function ask takes a technology and returns its entries
-- @treturn[1] {table,...}
-- @return[2] what `ask` returned
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
