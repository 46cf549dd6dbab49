--- Which processes hold sockets: proc(5), /proc/PID/fd.
-- @module smc.ism.owners

local entries = require "smc.core.netlink".entries
local link = require "smc.core.sysfs".link

local owners = {}

local function command_of(pid)
  local file <close> = io.open(("/proc/%s/comm"):format(pid))
  return file and file:read("l") or "?"
end

--- Adds `pid` and `command` of a process that holds it to each socket, where this user may know.
-- @tparam {table,...} sockets with `inode`
function owners.add(sockets)
  local by_name = {}
  for _, socket in ipairs(sockets) do by_name[("socket:[%d]"):format(socket.inode)] = socket end
  if next(by_name) == nil then return end
  for _, pid in ipairs(entries("/proc") or {}) do
    local folder = pid:find("^%d+$") and ("/proc/%s/fd"):format(pid)
    for _, fd in ipairs(folder and entries(folder) or {}) do
      local socket = by_name[link(folder .. "/" .. fd) or ""]
      if socket and not socket.pid then
        socket.pid, socket.command = tonumber(pid), command_of(pid)
      end
    end
  end
end

return owners
