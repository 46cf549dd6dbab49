--- Looks at files and folders that need not be there.
--
-- What is not there (ENOENT, ENODEV, ENXIO) is absent, and that is an answer. A look that failed for another
-- reason is not one: it raises a failure, which `protect` turns into nil, message, errno at the boundary of
-- the module. So no code in between can take the one for the other.
--
-- @module smc.internal.look

local E = require "smc.errno"
local os_core = require "smc.core.os"
local printable = require "smc.internal.text".printable
local sysfs = require "smc.core.sysfs"

local look = {}

local ABSENT <const> = { [E.ENOENT] = true, [E.ENODEV] = true, [E.ENXIO] = true }

local Failure = { __name = "smc.internal.look.Failure" }

--- Whether an error says that something is not there.
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

-- A result that is there; nil for one that is absent.
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

--- A function that returns nil, message, errno where a look in it failed. Names in the message are visible
-- text.
-- @tparam function f
-- @treturn function
function look.protect(f)
  return function(...)
    return results(pcall(f, ...))
  end
end

--- What another function of the project answered; a failure where that is nil, message, errno.
-- @return the values, of which the first is not nil
function look.demand(...)
  local result, message, errno = ...
  if result == nil then look.fail(message, errno) end
  return ...
end

--- Opens a file for reading. Where descriptors have run out it collects garbage once, which may hold some.
-- @tparam string path
-- @treturn[1] file
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function look.open(path)
  local file, message, errno = io.open(path, "rb")
  if not file and (errno == E.EMFILE or errno == E.ENFILE) then
    collectgarbage()
    file, message, errno = io.open(path, "rb")
  end
  return file, message, errno
end

--- What a file holds.
-- @tparam string path
-- @treturn ?string nil where the file is absent
function look.file(path)
  local file <close> = answer(look.open(path))
  if not file then return nil end
  local text, message, errno = file:read("a")
  return answer(text, ("%s: %s"):format(path, message), errno)
end

--- The names in a folder, in order, without those that begin with a dot.
-- @tparam string folder
-- @treturn {string,...} empty where the folder is absent
function look.entries(folder)
  local names = answer(os_core.entries(folder)) or {}
  table.sort(names)
  return names
end

--- Several files of one folder.
-- @tparam string folder
-- @tparam {string,...} names
-- @treturn ?table name → what it holds, without those that are absent; nil where the folder is absent
function look.attributes(folder, names)
  return answer(sysfs.attributes(folder, names))
end

--- One file of sysfs.
-- @tparam string folder
-- @tparam string name
-- @treturn ?string
function look.attribute(folder, name)
  local found = look.attributes(folder, { name })
  return found and found[name]
end

--- Whether a folder, or a link to one, is there.
-- @tparam string path
-- @treturn boolean
function look.is_folder(path)
  return look.attributes(path, {}) ~= nil
end

--- The name of a network interface.
-- @tparam integer index
-- @treturn ?string nil where this network namespace has none of that index
function look.interface_name(index)
  return answer(require "smc.core.netlink".interface_name(index))
end

--- Where a symbolic link leads to.
-- @tparam string path
-- @treturn ?string nil where the link is absent
function look.link(path)
  return answer(os_core.readlink(path))
end

return look
