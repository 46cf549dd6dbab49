--- The mistakes that a row of arguments permits: for spec/unit/mistakes_spec.lua.

local WRONG <const> = require "mistakes.kinds".wrong

-- The arguments before one that is wrong are right.
local function arguments(row, position, value)
  local list = { n = position }
  for i = 1, position - 1 do list[i] = row[i].valid end
  list[position] = value
  return list
end

local function zero_byte(kind)
  return kind == "string" or kind == "name" or kind == "identifier" or kind == "c_string"
end

-- Where the options stand, if any: a table may take the place of what may be left out before them.
local function position_of_options(row)
  for position, argument in ipairs(row) do
    if argument.options then return position end
  end
  return 0
end

-- Adds the cases of one argument: { arguments, what the message says is bad, lenient }. A string with a
-- zero byte may be answered with an error too; it is never taken for a shorter one.
local function add_argument(cases, row, position)
  local argument, fault = row[position], "argument #" .. position
  local may_be_options = not argument.needed and position < position_of_options(row)
  for _, value in ipairs(argument.wrong) do
    if not (may_be_options and type(value) == "table") then
      cases[#cases + 1] = { arguments(row, position, value), fault }
    end
  end
  if may_be_options then
    cases[#cases + 1] = { arguments(row, position, { fidd = 1 }), "option 'fidd'" }
    local more = arguments(row, position + 1, "x")
    more[position] = {}
    cases[#cases + 1] = { more, "argument #" .. position + 1 }
  end
  if argument.needed then cases[#cases + 1] = { arguments(row, position, nil), fault } end
  if zero_byte(argument.kind) then
    cases[#cases + 1] = { arguments(row, position, tostring(argument.valid) .. "\0x"), fault, true }
  end
end

local function add_options(cases, row, position)
  local function add(name, value, lenient)
    local given = {}
    for key, valid in pairs(row[position].valid) do given[key] = valid end
    given[name] = value
    cases[#cases + 1] = { arguments(row, position, given), ("option '%s'"):format(name), lenient }
  end
  add("fidd", 1)
  add(1, "x")
  for name, kind in pairs(row[position].options) do
    for _, value in ipairs(WRONG[kind]) do add(name, value) end
    if zero_byte(kind) then add(name, "x\0x", true) end
  end
end


--- Every call with one mistake.
-- @tparam {table,...} row of spec/mistakes/functions.lua or objects.lua
-- @treturn {table,...} { arguments, what the message says is bad, lenient } each
return function(row)
  local cases = {}
  for position = 1, #row do
    add_argument(cases, row, position)
    if row[position].options then add_options(cases, row, position) end
  end
  return cases
end
