--- Tables of named options, checked.
-- @module smc.options

local options = {}

--- Checks that every option is known and of its type; a caller's mistake throws.
-- @tparam table given
-- @tparam table types option name → the type wanted, as `type` names it
-- @tparam[opt=2] integer level whom to blame, as in `error`, seen from the caller of this function
-- @treturn table given
function options.check(given, types, level)
  level = (level or 2) + 1
  if type(given) ~= "table" then error("a table of options expected, got " .. type(given), level) end
  for name, value in pairs(given) do
    local wanted = types[name]
    if not wanted then error(("unknown option '%s'"):format(tostring(name)), level) end
    if type(value) ~= wanted then
      error(("option '%s' is a %s, not a %s"):format(name, wanted, type(value)), level)
    end
  end
  return given
end

return options
