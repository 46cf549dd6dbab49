--- Checks arguments and options. A caller's mistake raises an error of this form:
--
--    bad argument #1 to 'find' (integer expected, got string)
--    bad option 'fidd' (it is unknown; known are 'fid' and 'slot')
--
-- The error blames the line that called this library, no matter how many functions of the library are in
-- between: the nearest Lua function whose source is not in the library's directory. After a tail call, the
-- calling function is no longer on the stack; its own caller is blamed then.
--
-- The parameter `wanted`, which says what a value may be, is one of these:
--
-- - a string: a type as `type` and `math.type` name it, one of the kinds below, or several of them, as in
--   `"integer or text"`
-- - a list of all possible values: `{ "null", "pipe" }`
-- - a kind that @{args.range} returns
-- @module smc.internal.args

local text = require "smc.internal.text"

local args = {}

-- The prefix of the source name of every module of the library.
local OWN = debug.getinfo(1, "S").source
OWN = OWN:match("^(.*)internal/args%.lua$") or OWN

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
local function throw(message)
  error(blamed_line() .. text.printable(message), 0)
end
args.throw = throw

local function is_text(value)
  return type(value) == "string" and not value:find("\0", 1, true)
end

local function is_callable(value)
  local metatable = debug.getmetatable(value)
  return type(value) == "function" or type(metatable) == "table" and metatable.__call ~= nil
end

local function is_environment(value)
  if type(value) ~= "table" then return false end
  for name, content in pairs(value) do
    if not (is_text(name) and name:find("^[^=]+$") and is_text(content)) then return false end
  end
  return true
end

-- Kinds of values that are more specific than a type. A NaN is neither a number nor a time.
local KINDS <const> = {
  number = {
    words = "number",
    has = function(value) return type(value) == "number" and value == value end,
  },
  seconds = {
    words = "number of seconds",
    has = function(value) return type(value) == "number" and value >= 0 end,
  },
  limit = { -- a negative number of seconds means no limit, as in LuaSocket
    words = "number of seconds",
    has = function(value) return type(value) == "number" and value == value end,
  },
  text = { words = "string", has = is_text },
  object = {
    words = "object with methods",
    has = function(value) return type(value) == "table" or type(value) == "userdata" end,
  },
  callable = { words = "function", has = is_callable },
  environment = { words = "table of names and values of environment variables", has = is_environment },
}

--- A kind for the integers of a range.
-- @tparam integer low
-- @tparam ?integer high without it, there is no upper limit
-- @treturn table
function args.range(low, high)
  return {
    words = high and ("integer from %d to %d"):format(low, high) or ("integer of %d or more"):format(low),
    has = function(value)
      return math.type(value) == "integer" and value >= low and (not high or value <= high)
    end,
  }
end

-- "a, b or c", each enclosed in the mark.
local function listed(list, mark, word)
  local quoted = {}
  for i, value in ipairs(list) do quoted[i] = mark .. tostring(value) .. mark end
  local last = table.remove(quoted)
  return #quoted > 0 and ("%s %s %s"):format(table.concat(quoted, ", "), word, last) or last
end

-- A kind for a type, as `type` or `math.type` names it.
local function type_named(name)
  return { words = name, has = function(value) return type(value) == name or math.type(value) == name end }
end

-- "integer or text" → the kinds that it names, cached
local kinds_of = setmetatable({}, { __index = function(all, wanted)
  local list = {}
  for name in wanted:gsub(" or ", " "):gmatch("%a+") do list[#list + 1] = KINDS[name] or type_named(name) end
  all[wanted] = list
  return list
end })

local function is_wanted(value, wanted)
  if type(wanted) == "string" then
    for _, kind in ipairs(kinds_of[wanted]) do
      if kind.has(value) then return true end
    end
    return false
  end
  if wanted.has then return wanted.has(value) end
  for _, possible in ipairs(wanted) do
    if possible == value then return true end
  end
  return false
end

local function in_words(wanted)
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

local function fault(value, wanted)
  if is_wanted(value, wanted) then return nil end
  return ("%s expected, got %s"):format(in_words(wanted), what_it_is(value, wanted))
end

local function known_names(types)
  local names = {}
  for name in pairs(types) do names[#names + 1] = name end
  if #names == 0 then return "there are none" end
  table.sort(names)
  return ("known %s %s"):format(#names == 1 and "is" or "are", listed(names, "'", "and"))
end

--- Raises an error for an argument that is a caller's mistake.
-- @tparam string called the function's name
-- @tparam integer position of the argument, from 1; a method's object does not count
-- @tparam string what is wrong with it
function args.refuse(called, position, what)
  throw(("bad argument #%d to '%s' (%s)"):format(position, called, what))
end

--- Raises an error for an option that is a caller's mistake.
-- @param name of the option
-- @tparam string what is wrong with it
function args.refuse_option(name, what)
  throw(("bad option '%s' (%s)"):format(tostring(name), what))
end

--- Checks an argument.
-- @tparam string called the function's name
-- @tparam integer position
-- @param value
-- @param wanted see above
-- @return the value
function args.check(called, position, value, wanted)
  local what = fault(value, wanted)
  if what then args.refuse(called, position, what) end
  return value
end

--- Checks an argument that may be left out.
-- @tparam string called
-- @tparam integer position
-- @param value
-- @param wanted
-- @return the value
function args.optional(called, position, value, wanted)
  if value == nil then return nil end
  return args.check(called, position, value, wanted)
end

--- Checks that an argument is a list and that each of its values is valid.
-- @tparam string called
-- @tparam integer position
-- @param value
-- @param wanted of each value
-- @tparam ?integer least how many there must be
-- @treturn table the list
function args.list(called, position, value, wanted, least)
  args.check(called, position, value, "table")
  for i = 1, math.max(#value, least or 0) do
    local what = fault(value[i], wanted)
    if what then args.refuse(called, position, ("[%d]: %s"):format(i, what)) end
  end
  for key in pairs(value) do
    if math.type(key) == "integer" and key > #value then
      args.refuse(called, position, ("[%d]: there is nothing at [%d]"):format(key, #value + 1))
    end
  end
  return value
end

--- Checks an option.
-- @param name
-- @param value
-- @param wanted
-- @return the value
function args.option(name, value, wanted)
  local what = fault(value, wanted)
  if what then args.refuse_option(name, what) end
  return value
end

--- Checks that every option is known and valid.
-- @tparam string called
-- @tparam integer position of the table of options
-- @tparam ?table given
-- @tparam table types option name → `wanted`
-- @treturn table the options; an empty table if none are given
function args.options(called, position, given, types)
  if given == nil then return {} end
  args.check(called, position, given, "table")
  for name, value in pairs(given) do
    if types[name] == nil then args.refuse_option(name, "it is unknown; " .. known_names(types)) end
    args.option(name, value, types[name])
  end
  return given
end

--- Finds the table of options among the last arguments: it is the last one, and optional positions before it
-- may be left out, as in `bind(host, port, { … })`.
-- @tparam string called
-- @tparam integer first position that may be left out
-- @param ... the arguments from that position on
-- @treturn table the arguments, without the options
-- @return the options; check them with `args.options`
-- @treturn integer their position
function args.trailing_options(called, first, ...)
  local given = table.pack(...)
  for i = 1, given.n do
    local options = given[i]
    if i == given.n or type(options) == "table" then
      if given[i + 1] ~= nil then
        args.refuse(called, first + i, "nothing expected after the options, got " .. type(given[i + 1]))
      end
      return { table.unpack(given, 1, i - 1) }, options, first + i - 1
    end
  end
end

--- Returns the results of `pcall` for a C function that checks options itself; its "bad option …" error then
-- blames the caller too.
-- @tparam boolean ok
-- @return all further results
function args.passed(ok, ...)
  if ok then return ... end
  local message = ...
  local mistake = type(message) == "string" and message:match("%f[%w]bad option '.*")
  if mistake then throw(mistake) end
  error(message, 0)
end

--- Checks the object of a method: that it was called with a colon.
-- @tparam string called the method's name
-- @param object
-- @tparam table metatable of such objects, with `__name`
function args.object(called, object, metatable)
  if getmetatable(object) == metatable then return end
  throw(("calling '%s' on bad self (%s expected, got %s)"):format(called, metatable.__name, type(object)))
end

return args
