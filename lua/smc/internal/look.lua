--- Reads files and directories that may be missing.
--
-- A missing file (ENOENT, ENODEV, ENXIO) is a valid result: nil. Any other error raises a failure, which
-- `protect` turns into nil, message, errno at the boundary of the module. So the code in between cannot
-- confuse the two.
--
-- @module smc.internal.look

local require = require "smc.internal.load"
local E = require "smc.errno"
local file = require "smc.internal.file"
local os_core = require "smc.core.os"
local printable = require "smc.internal.text".printable

local look = {}

local ABSENT <const> = { [E.ENOENT] = true, [E.ENODEV] = true, [E.ENXIO] = true }

local Failure = { __name = "smc.internal.look.Failure" }

--- Whether an error means that something does not exist.
-- @tparam integer errno
-- @treturn boolean
function look.is_absent(errno)
  return ABSENT[errno] == true
end

--- Raises a failure, for `protect`.
-- @tparam string message
-- @tparam integer errno
function look.fail(message, errno)
  error(setmetatable({ message = message, errno = errno }, Failure), 0)
end

-- Returns the result, or nil if the file is missing.
local function answer(result, message, errno)
  if result == nil and not ABSENT[errno] then look.fail(message, errno) end
  return result
end

local function results(ok, ...)
  if ok then return ... end
  local err = ...
  if getmetatable(err) ~= Failure then error(err, 0) end
  return nil, printable(err.message), err.errno
end

--- Wraps a function so that it returns nil, message, errno when a failure is raised in it. Control characters
-- in the message are made visible.
-- @tparam function f
-- @treturn function
function look.protect(f)
  return function(...)
    return results(pcall(f, ...))
  end
end

--- Returns the results of another function of the project; raises a failure if they are nil, message, errno.
-- @return the values, of which the first is not nil
function look.demand(...)
  local result, message, errno = ...
  if result == nil then look.fail(message, errno) end
  return ...
end

--- Reads a whole file.
-- @tparam string path
-- @treturn ?string nil if the file is absent
function look.file(path)
  return answer(file.read(path))
end

--- The names in a directory, sorted, without those that begin with a dot.
-- @tparam string folder
-- @treturn {string,...} empty if the directory is absent
function look.entries(folder)
  local names = answer(os_core.entries(folder)) or {}
  table.sort(names)
  return names
end

--- Reads several files of one directory.
-- @tparam string folder
-- @tparam {string,...} names
-- @treturn ?table name → contents, without missing files; nil if the directory is missing
function look.attributes(folder, names)
  return answer(require "smc.core.sysfs".attributes(folder, names))
end

--- Reads one file of sysfs.
-- @tparam string folder
-- @tparam string name
-- @treturn ?string
function look.attribute(folder, name)
  local found = look.attributes(folder, { name })
  return found and found[name]
end

--- Whether a directory, or a symbolic link to one, exists.
-- @tparam string path
-- @treturn boolean
function look.is_folder(path)
  return look.attributes(path, {}) ~= nil
end

--- The name of a network interface.
-- @tparam integer index
-- @treturn ?string nil if this network namespace has no interface with that index
function look.interface_name(index)
  return answer(require "smc.core.netlink".interface_name(index))
end

--- The target of a symbolic link.
-- @tparam string path
-- @treturn ?string nil if the link is missing
function look.link(path)
  return answer(os_core.readlink(path))
end

return look
