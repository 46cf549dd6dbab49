--- Tables of named options, checked.
-- What an option may be is told by a string, a type as `type` and `math.type` name it, or several of them
-- ("integer or string"), or by a list of all values that are possible ({ "null", "pipe" }).
-- @module smc.options

local options = {}

local function is_one_of(list, value)
  for _, possible in ipairs(list) do
    if value == possible then return true end
  end
  return false
end

local function is_of_type(names, value)
  for name in names:gmatch("%a+") do
    if name == type(value) or name == math.type(value) then return true end
  end
  return false
end

-- "a", "b" or "c"
local function quoted(list)
  local words = '"' .. table.concat(list, '", "') .. '"'
  return (words:gsub('", "([^"]*")$', '" or "%1'))
end

--- Looks for an option that is unknown, or not what it may be.
-- @tparam table given
-- @tparam table types option name → what it may be
-- @return[1] nil when all is well
-- @return[2] the option's name
-- @treturn[2] ?string what it may be, in words; nil for an unknown option
-- @treturn[2] ?string what it is
function options.fault(given, types)
  for name, value in pairs(given) do
    local wanted = types[name]
    if not wanted then return name end
    if type(wanted) == "table" then
      if not is_one_of(wanted, value) then return name, quoted(wanted), tostring(value) end
    elseif not is_of_type(wanted, value) then
      return name, wanted, type(value)
    end
  end
  return nil
end

--- Checks that every option is known and what it may be; a caller's mistake throws.
-- @tparam table given
-- @tparam table types option name → what it may be
-- @tparam[opt=2] integer level whom to blame, as in `error`, seen from the caller of this function
-- @treturn table given
function options.check(given, types, level)
  level = (level or 2) + 1
  if type(given) ~= "table" then error("a table of options expected, got " .. type(given), level) end
  local name, wanted, got = options.fault(given, types)
  if name == nil then return given end
  if not wanted then error(("unknown option '%s'"):format(tostring(name)), level) end
  local article = type(types[name]) == "table" and "" or "a "
  error(("option '%s' is %s%s, not %s%s"):format(name, article, wanted, article, got), level)
end

return options
