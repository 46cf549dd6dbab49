--- The numbers of errors by their names: what functions return as their third value when they fail.
--
--    local E = require "smc.errno"
--    local entry, message, errno = ism.find("32")
--    if errno == E.ENOENT then … end
--    print(E.name(errno), E.strerror(errno))        --> ENOENT  No such file or directory
--
-- The module is a table of all names that `errno(3)` and the kernel's `asm-generic/errno.h` list. A name that
-- is not among them raises an error: compared with nil, a misspelt name would silently never match.
--
-- @module smc.errno

local args = require "smc.internal.args"
local core = require "smc.core.os"

local numbers, names = core.errors()
local errno = numbers

--- The name of an error.
-- @tparam integer number
-- @treturn ?string such as `"ENOENT"`; nil where no error has this number. Where an error has two names this
--   is the one of Linux: `"EAGAIN"`, not `"EWOULDBLOCK"`; `"EOPNOTSUPP"`, not `"ENOTSUP"`.
-- @raise for anything but an integer
function errno.name(number)
  args.check("name", 1, number, "integer")
  return names[number]
end

--- The words for an error, as `strerror(3)` has them.
-- @tparam integer number
-- @treturn string such as `"No such file or directory"`
-- @raise for anything but an integer
function errno.strerror(number)
  args.check("strerror", 1, number, "integer")
  return core.strerror(number)
end

return setmetatable(errno, {
  __index = function(_, name)
    args.throw(("there is no error of the name %s"):format(tostring(name)))
  end,
})
