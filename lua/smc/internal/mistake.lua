--- The errors of `smc.internal.args`: what is wrong with a value, in words, and whose line is to blame.
-- @module smc.internal.mistake

local text = require "smc.internal.text"

local mistake = {}

-- The prefix of the source name of every module of the library.
local OWN = debug.getinfo(1, "S").source
OWN = OWN:match("^(.*)internal/mistake%.lua$") or OWN

-- "file:line: " of the line to blame; empty if the caller is not a Lua function.
local function blamed_line()
  for level = 2, math.huge do
    local frame = debug.getinfo(level, "Sl")
    if not frame then return "" end
    if frame.currentline > 0 and frame.source:sub(1, #OWN) ~= OWN then
      return ("%s:%d: "):format(frame.short_src, frame.currentline)
    end
  end
end

--- Raises an error that blames the caller. Control characters in the message are made visible.
-- @tparam string message
function mistake.throw(message)
  error(blamed_line() .. text.printable(message), 0)
end

-- "a, b or c", each enclosed in the mark.
local function listed(list, mark, conjunction)
  local quoted = {}
  for i, value in ipairs(list) do quoted[i] = mark .. tostring(value) .. mark end
  return text.listed(quoted, conjunction)
end

local function in_words(wanted, kinds_of)
  if type(wanted) ~= "string" then
    return wanted.words or listed(wanted, '"', "or")
  end
  local words = {}
  for i, kind in ipairs(kinds_of[wanted]) do words[i] = kind.words end
  return listed(words, "", "or")
end

-- A description of a wrong value: numbers and short strings literally, the type of others.
local function what_it_is(value, wanted)
  if type(value) == "number" then
    return value ~= value and "NaN" or tostring(value)
  elseif type(value) ~= "string" then
    return type(value)
  elseif value:find("\0", 1, true) then
    return "a string with a zero byte"
  elseif type(wanted) == "table" and not wanted.has and #value <= 40 then
    return text.quoted(value)
  end
  return "string"
end

--- What is wrong with a value.
-- @param value
-- @param wanted see `smc.internal.args`
-- @tparam table kinds_of the kinds that a string names
-- @treturn string such as `integer expected, got string`
function mistake.wrong(value, wanted, kinds_of)
  return ("%s expected, got %s"):format(in_words(wanted, kinds_of), what_it_is(value, wanted))
end

--- What is wrong with a list that has a value under a name, such as an option.
-- @param key of the value
-- @treturn string
function mistake.named(key)
  return ("[%s]: a list has no names"):format(type(key) == "string" and text.quoted(key) or tostring(key))
end

--- What is wrong with an option that is not known.
-- @tparam table types whose keys are the known options
-- @treturn string
function mistake.unknown(types)
  local names = {}
  for name in pairs(types) do names[#names + 1] = name end
  if #names == 0 then return "it is unknown; there are none" end
  table.sort(names)
  return ("it is unknown; known %s %s"):format(#names == 1 and "is" or "are", listed(names, "'", "and"))
end

return mistake
