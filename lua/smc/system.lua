--- What this kernel can do.
-- @module smc.system

local socket = require "smc.core.socket"

local system = {}

local EPERM, EACCES, EAFNOSUPPORT = 1, 13, 97

local function read(path)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

--- The release of the running kernel, as uname(2) gives it.
function system.release()
  return (read("/proc/sys/kernel/osrelease") or "unknown"):match("%S+")
end

-- modprobe(8) finds modules by this file.
local function module_exists()
  local list = read(("/lib/modules/%s/modules.dep"):format(system.release()))
  return list and list:find("/smc%.ko") ~= nil
end

--- Whether this process can make SMC sockets, tried with socket(AF_SMC, …), which loads the
-- kernel's module where that is allowed.
-- @return true, or nil, a message that says what to do, and errno
function system.available()
  local ok, message, errno = socket.probe()
  if ok then return true end
  if errno == EAFNOSUPPORT and module_exists() then
    message = "SMC is not loaded: load it with \"modprobe smc\", as root"
  elseif errno == EAFNOSUPPORT then
    message = ("SMC is not in this kernel (%s): load it with \"modprobe smc\", or start a kernel "
      .. "that has it (CONFIG_SMC)"):format(system.release())
  elseif errno == EPERM or errno == EACCES then
    message = message .. ": a seccomp filter (a container's?) keeps this process from AF_SMC sockets"
  end
  return nil, message, errno
end

return system
