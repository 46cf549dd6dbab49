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
--
-- Correct calls need only what is in this file: `smc.internal.mistake`, which has the words and finds the
-- line to blame, is loaded for the first mistake.
-- @module smc.internal.args

local require = require "smc.internal.load"
local args = {}

local function mistake()
  return require "smc.internal.mistake"
end

--- Raises an error that blames the caller. Control characters in the message are made visible.
-- @tparam string message
function args.throw(message)
  mistake().throw(message)
end

--- Raises an error for an argument that is a caller's mistake.
-- @tparam string called the function's name
-- @tparam integer position of the argument, from 1; a method's object does not count
-- @tparam string what is wrong with it
function args.refuse(called, position, what)
  args.throw(("bad argument #%d to '%s' (%s)"):format(position, called, what))
end

--- Raises an error for an option that is a caller's mistake.
-- @param name of the option
-- @tparam string what is wrong with it
function args.refuse_option(name, what)
  args.throw(("bad option '%s' (%s)"):format(tostring(name), what))
end

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

--- Whether a value has a type.
-- @param value
-- @tparam string name as `type` or `math.type` names it
-- @treturn boolean
function args.has_type(value, name)
  return type(value) == name or math.type(value) == name
end

-- A kind for a type.
local function type_named(name)
  return { words = name, has = function(value) return args.has_type(value, name) end }
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

local function fault(value, wanted)
  if is_wanted(value, wanted) then return nil end
  return mistake().wrong(value, wanted, kinds_of)
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

-- What is wrong with a list. It may have values before the first, like `arg`, and know its length, like those
-- of `table.pack`.
local function list_fault(list, wanted, least)
  if type(list) ~= "table" then return mistake().wrong(list, "table", kinds_of) end
  for i = 1, math.max(#list, least or 0) do
    local what = fault(list[i], wanted)
    if what then return ("[%d]: %s"):format(i, what) end
  end
  for key, value in pairs(list) do
    if math.type(key) ~= "integer" then
      local is_length = key == "n" and math.type(value) == "integer"
      if is_length and value > #list then return ("[%d]: there is nothing"):format(#list + 1) end
      if not is_length or value < #list then return mistake().named(key) end
    elseif key > #list then
      return ("[%d]: there is nothing at [%d]"):format(key, #list + 1)
    end
  end
end

--- Checks that an argument is a list and that each of its values is valid.
-- @tparam string called
-- @tparam integer position
-- @param value
-- @param wanted of each value
-- @tparam ?integer least how many there must be
-- @treturn table the list
function args.list(called, position, value, wanted, least)
  local what = list_fault(value, wanted, least)
  if what then args.refuse(called, position, what) end
  return value
end

--- Checks that an option is a list, likewise.
-- @param name
-- @param value
-- @param wanted of each value
-- @tparam ?integer least
-- @treturn table the list
function args.option_list(name, value, wanted, least)
  local what = list_fault(value, wanted, least)
  if what then args.refuse_option(name, what) end
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
    if types[name] == nil then args.refuse_option(name, mistake().unknown(types)) end
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
  local bad_option = type(message) == "string" and message:match("%f[%w]bad option '.*")
  if bad_option then args.throw(bad_option) end
  error(message, 0)
end

--- Checks the object of a method: that it was called with a colon.
-- @tparam string called the method's name
-- @param object
-- @tparam table metatable of such objects, with `__name`
function args.object(called, object, metatable)
  if getmetatable(object) == metatable then return end
  local expected, given = metatable.__name, type(object)
  args.throw(("calling '%s' on bad self (%s expected, got %s)"):format(called, expected, given))
end

return args
