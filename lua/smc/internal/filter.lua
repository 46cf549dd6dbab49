--- Filters lists, also those that contain SMC-D and SMC-R entries.
-- @module smc.internal.filter

local require = require "smc.internal.load"
local select = require "smc.internal.lists".select

local filter = {}

--- The first value of a list, for functions that find one.
-- @tparam string missing the message if the list is empty
-- @tparam ?table list or nil, and a message and an errno
-- @return the value, or nil, message, errno: ENOENT if there is none
function filter.first(missing, list, message, errno)
  if not list then return nil, message, errno end
  if list[1] == nil then return nil, missing, require "smc.errno".ENOENT end
  return list[1]
end

-- Whether every named field of the filter equals that of the record.
local function equal(record, wanted, names)
  for _, name in ipairs(names) do
    if wanted[name] ~= nil and record[name] ~= wanted[name] then return false end
  end
  return true
end

-- Whether an entry matches; removes its parts that do not match.
local function matches(entry, wanted, shape)
  if not equal(entry, wanted, shape.own) then return false end
  if equal({}, wanted, shape.of_parts) then return true end
  local kept = select(entry[shape.parts] or {}, function(part)
    return equal(part, wanted, shape.of_parts)
  end)
  entry[shape.parts] = entry[shape.parts] and kept
  return #kept > 0
end

--- The entries of both technologies, SMC-D first, that match every field of a filter.
-- @tparam table wanted filter, checked; its `type` is `"SMC-D"`, `"SMC-R"` or absent
-- @tparam table shape `parts`: the field of an entry that lists its parts; `own` and `of_parts`: the names of
--   the filter's fields that apply to an entry and to a part; `read`: takes the kernel's messages and returns
--   entries, or nil, message, errno
-- @tparam table ask technology → function that returns the kernel's messages, or nil, message, errno
-- @treturn[1] {table,...}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function filter.of(wanted, shape, ask)
  local found = {}
  local function matching(entry) return matches(entry, wanted, shape) end
  for _, technology in ipairs { "SMC-D", "SMC-R" } do
    if not wanted.type or wanted.type == technology then
      local messages, message, errno = ask[technology]()
      if not messages then return nil, message, errno end
      local entries
      entries, message, errno = shape.read(messages)
      if not entries then return nil, message, errno end
      for _, entry in ipairs(select(entries, matching)) do found[#found + 1] = entry end
    end
  end
  return found
end

--- The entries of both technologies that match the filter that a caller gave as the first argument.
-- @tparam string called the function's name
-- @tparam ?table wanted filter, unchecked
-- @tparam table shape as for @{filter.of}, with `filter`: the fields of a filter; `numbers`: those of them
--   that may be hex digits; `ask`: returns the table of functions that ask the kernel
-- @treturn[1] {table,...}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function filter.list(called, wanted, shape)
  local given = require "smc.internal.args".options(called, 1, wanted, shape.filter)
  local checked, message, errno = require "smc.internal.hex".filter(given, shape.numbers)
  if not checked then return nil, message, errno end
  return filter.of(checked, shape, shape.ask())
end

return filter
