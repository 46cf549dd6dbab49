--- Error numbers by name: functions return one as their third value when they fail.
--
--    local E = require "smc.errno"
--    local entry, message, errno = ism.find("32")
--    if errno == E.ENOENT then … end
--    print(E.name(errno), E.strerror(errno))        --> ENOENT  No such file or directory
--
-- The module is a table of all names in `errno(3)` and the kernel's `asm-generic/errno.h`. Any other name
-- raises an error: otherwise a misspelt name would be nil and silently never match.
--
-- @module smc.errno

local core = require "smc.core.os"

local numbers, names = core.errors()
local errno = numbers

-- Loaded on first use: every module needs the numbers, and few call the functions.
local function args()
  return require "smc.internal.args"
end

--- The name of an error.
-- @tparam integer number
-- @treturn ?string such as `"ENOENT"`; nil if no error has this number. If an error has two names, this is
--   the one that Linux uses: `"EAGAIN"`, not `"EWOULDBLOCK"`; `"EOPNOTSUPP"`, not `"ENOTSUP"`.
-- @raise for a value that is not an integer
function errno.name(number)
  args().check("name", 1, number, "integer")
  return names[number]
end

--- The description of an error, from `strerror(3)`.
-- @tparam integer number
-- @treturn string such as `"No such file or directory"`
-- @raise for a value that is not an integer
function errno.strerror(number)
  args().check("strerror", 1, number, "integer")
  return core.strerror(number)
end

return setmetatable(errno, {
  __index = function(_, name)
    args().throw(("there is no error with the name %s"):format(tostring(name)))
  end,
})
