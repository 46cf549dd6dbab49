--- Which processes hold sockets: proc(5), /proc/PID/fd.
-- @module smc.internal.proc

local E = require "smc.errno"
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

local function add(sockets)
  local by_name = {}
  for _, socket in ipairs(sockets) do by_name[("socket:[%d]"):format(socket.inode)] = socket end
  if next(by_name) == nil then return true end
  for _, pid in ipairs(look.entries(paths.proc)) do
    local folder = pid:find("^%d+$") and ("%s/%s/fd"):format(paths.proc, pid)
    for _, fd in ipairs(folder and known(os_core.entries(folder)) or {}) do
      local socket = by_name[known(os_core.readlink(folder .. "/" .. fd)) or ""]
      if socket and not socket.pid then
        local comm = look.file(("%s/%s/comm"):format(paths.proc, pid)) or "?"
        socket.pid, socket.command = tonumber(pid), (comm:gsub("\n$", ""))
      end
    end
  end
  return true
end

--- Adds `pid` and `command` of a process that holds it to each socket, where this user may know.
-- @tparam {table,...} sockets with `inode`
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message: the result may be incomplete
-- @treturn[2] integer errno
proc.add = look.protect(add)

return proc
