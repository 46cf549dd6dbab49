--- The properties of a host that matter for its SMC connections whatever their path: the kernel and its
-- module, EIDs, settings, namespaces.
-- @module smc.check.path.host

local E = require "smc.errno"
local eid = require "smc.eid"
local file = require "smc.internal.file"
local kernel_module = require "smc.internal.kernel_module"
local look = require "smc.internal.look"
local os_core = require "smc.core.os"
local paths = require "smc.internal.paths"
local system = require "smc.system"

local host = {}

-- A namespace of this process, by the number of its inode.
local function namespace(name)
  local target = os_core.readlink(("%s/self/ns/%s"):format(paths.proc, name)) or ""
  return math.tointeger(tonumber(target:match("%[(%d+)%]")))
end

--- The namespaces of this process, and whether its user namespace is the initial one, whose privileges SMC
-- requires.
-- @function host.namespaces
-- @treturn[1] table `net`, `user`: numbers of their inodes; `initial_user`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
host.namespaces = look.protect(function()
  local map = look.file(paths.proc .. "/self/uid_map") or ""
  return { net = namespace "net", user = namespace "user",
    initial_user = map:match("^%s*0%s+0%s+4294967295%s*$") ~= nil }
end)

--- The kernel's SMC and this process's access to it.
-- @treturn[1] table as `smc.internal.kernel_module.state`, and `available`, `message`; `boot_id`: the same on
--   two hosts that are namespaces of one kernel
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function host.kernel()
  local ok, message = system.available() -- loads the module, so that its state is looked at afterwards
  local state, why, errno = kernel_module.state()
  if not state then return nil, why, errno end
  state.boot_id = (file.read(paths.proc .. "/sys/kernel/random/boot_id") or ""):match("%S+")
  state.available, state.message = ok == true, not ok and message or nil
  return state
end

-- Errors of eid.seid() that say that there is none.
local NO_SEID <const> = { [E.EOPNOTSUPP] = true, [E.ENODEV] = true }

--- The EIDs of this host.
-- @treturn[1] table `ueids`, a list; `seid` and `seid_enabled` if there is one
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function host.eids()
  local ueids, message, errno = eid.list()
  if not ueids then return nil, message, errno end
  local seid
  seid, message, errno = eid.seid()
  if not seid and not NO_SEID[errno] then return nil, message, errno end
  return { ueids = ueids, seid = seid and seid.seid, seid_enabled = seid and seid.enabled == true }
end

--- The `net.smc` sysctls by name.
-- @treturn table name → value, or nil, message, errno
function host.sysctls()
  local list, message, errno = system.sysctls()
  if not list then return nil, message, errno end
  local values = {}
  for _, one in ipairs(list) do values[one.name] = one.value end
  return values
end

return host
