--- Which processes hold sockets: proc(5), /proc/PID/fd.
-- @module smc.internal.proc

local E = require "smc.errno"
local file = require "smc.internal.file"
local look = require "smc.internal.look"
local os_core = require "smc.core.os"
local paths = require "smc.internal.paths"

local proc = {}

-- See proc(5): a process of another user, or one that has ended.
local UNKNOWABLE <const> = { [E.EACCES] = true, [E.EPERM] = true, [E.ESRCH] = true }

-- The result of reading a process's directory; nil if this user may not read it or the process has ended.
local function known(result, message, errno)
  if result or UNKNOWABLE[errno] or look.is_absent(errno) then return result end
  look.fail(message, errno)
end

local function folder_of(pid)
  return ("%s/%d"):format(paths.proc, pid)
end

-- The processes there are, in the order of their numbers.
local function pids()
  local found = {}
  for _, name in ipairs(look.entries(paths.proc)) do
    if name:find("^%d+$") then found[#found + 1] = math.tointeger(name) end
  end
  table.sort(found)
  return found
end

-- The inodes of the sockets among the descriptors of a process, as a set.
local function sockets_among(pid, descriptors)
  local inodes = {}
  for _, descriptor in ipairs(descriptors) do
    local target = known(os_core.readlink(("%s/fd/%s"):format(folder_of(pid), descriptor))) or ""
    local inode = target:match("^socket:%[(%d+)%]$")
    if inode then inodes[math.tointeger(inode)] = true end
  end
  return inodes
end

-- The name of a process; nil if it has ended.
local function name_of(pid)
  local name = known(file.read(folder_of(pid) .. "/comm"))
  return name and (name:gsub("\n$", ""))
end

--- The sockets of a process.
-- @tparam integer pid
-- @treturn[1] table set of inodes
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ESRCH no such process, EACCES that of another user
-- @function proc.sockets
proc.sockets = look.protect(function(pid)
  local descriptors, message, errno = os_core.entries(folder_of(pid) .. "/fd")
  if descriptors then return sockets_among(pid, descriptors) end
  if look.is_absent(errno) or errno == E.ESRCH then
    look.fail(("there is no process %d"):format(pid), E.ESRCH)
  end
  look.fail(("cannot read which sockets process %d has: %s"):format(pid, message), errno)
end)

--- The processes that hold sockets, those that this user may look at: its own, and all of them for root.
-- @tparam[opt] table wanted set of inodes; all sockets, if absent
-- @treturn[1] table inode → list of `{ pid =, name = }`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @function proc.holders
proc.holders = look.protect(function(wanted)
  local found = {}
  for _, pid in ipairs(pids()) do
    local name
    for inode in pairs(sockets_among(pid, known(os_core.entries(folder_of(pid) .. "/fd")) or {})) do
      if not wanted or wanted[inode] then
        name = name or name_of(pid)
        found[inode] = found[inode] or {}
        if name then table.insert(found[inode], { pid = pid, name = name }) end
      end
    end
  end
  return found
end)

return proc
