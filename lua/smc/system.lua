--- The SMC capabilities of this kernel and its hardware, and the settings of SMC.
--
--    local system = require "smc.system"
--    assert(system.available())                       -- or a message that says what to do
--    print(table.concat(system.info().ism, " "))      --> v1 v2
--    assert(system.set_sysctl("rmem", 1 << 20))
--
-- See `smcd-info(8)`, `net/smc/smc_core.c`, `smc_sysctl.c` and `af_smc.c` in the kernel's source.
--
-- @module smc.system

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local netlink = require "smc.internal.genl"
local os_release = require "smc.core.os".release

local system = {}

--- The release of the running kernel, from uname(2).
-- @treturn string
function system.release()
  return os_release()
end

local AVAILABLE_OPTIONS <const> = { protocol = { "smc", "inet", "auto" } }

--- Whether this process can create SMC sockets. It tries socket(2), which loads the kernel module if that is
-- allowed; the message explains a failure: a kernel without SMC and the option that it lacks, a
-- module that is not installed, not loaded or blacklisted and where, or a filter that denies AF_SMC to this
-- process.
-- @tparam[opt] table options
-- @tparam ?string options.protocol which sockets: `"smc"` (default), those of AF_SMC; `"inet"`, those of
--   IPPROTO_SMC; `"auto"`, one of the two
-- @treturn[1] true
-- @treturn[1] ?string warning if netlink is missing: the SMC module is not the kernel's own and has no
--   SMC_GEN_NETLINK, or a filter denies netlink to this process
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno: EAFNOSUPPORT (no SMC), EPROTONOSUPPORT (no IPPROTO_SMC), EPERM or EACCES (denied
--   to this process)
-- @raise for an unknown option or value
function system.available(options)
  local protocol = args.options("available", 1, options, AVAILABLE_OPTIONS).protocol
  local availability = require "smc.internal.availability"
  local ok, message, errno = availability.probe(protocol)
  if not ok then return nil, message, errno end
  ok, message, errno = netlink.system_info()
  if not ok and availability.DENIED[errno] then return true, message end
  return true
end

-- The versions of RoCE that devices of a model support.
local roce_versions = { RoCE_Express = 1, RoCE_Express2 = 2, RoCE_Express3 = 2 }

local function versions(highest)
  local list = {}
  for i = 1, highest do list[i] = "v" .. i end
  return list
end

--- The capabilities of the kernel and the hardware.
--
-- @treturn[1] table `version` and `release` of SMC in this kernel; `hostname`, as peers see it; `smcd`,
--   `smcr`: versions that the kernel supports, `ism`, `roce`: versions that the devices support, each a list
--   such as `{ "v1", "v2" }`, which may be empty; `seid`: absent if the machine has none. `version`,
--   `release` and `hostname` are absent if the kernel does not report them.
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC
function system.info()
  local answers, message, errno = netlink.system_info()
  if not answers then return nil, message, errno end
  local devices
  devices, message, errno = require "smc.device".list()
  if not devices then return nil, message, errno end
  local raw = answers[1] or {}
  local ism, roce = 0, 0
  for _, device in ipairs(devices) do
    if device.type == "SMC-D" then
      ism = raw.ism_v2 and 2 or 1
    else
      roce = math.max(roce, roce_versions[device.model] or 0)
    end
  end
  return {
    version = raw.version,
    release = raw.release,
    hostname = raw.hostname ~= "" and raw.hostname or nil,
    smcd = versions((raw.version or 1) >= 2 and 2 or 1),
    smcr = versions(raw.smcr_v2 and 2 or 1),
    ism = versions(ism),
    roce = versions(roce),
    seid = raw.seid ~= "" and raw.seid or nil,
  }
end

-- === handshake limitation ===

--- Whether this network namespace limits SMC handshakes: when many connections arrive at once, some of them
-- use TCP instead of waiting for an SMC handshake.
-- @treturn[1] boolean
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EOPNOTSUPP (before Linux 5.19), EAFNOSUPPORT (no SMC)
function system.hs_limitation()
  local answers, message, errno = netlink.hs_limitation()
  if not answers then return nil, message, errno end
  return (answers[1] or {}).enabled == true
end

--- Limits SMC handshakes in this network namespace. Requires CAP_NET_ADMIN in the initial user namespace.
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EOPNOTSUPP, EAFNOSUPPORT
function system.enable_hs_limitation()
  return netlink.hs_limitation_enable()
end

--- Stops limiting SMC handshakes. Requires CAP_NET_ADMIN in the initial user namespace.
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno, as for @{enable_hs_limitation}
function system.disable_hs_limitation()
  return netlink.hs_limitation_disable()
end

-- === sysctls ===

-- The name of a file in /proc/sys/net/smc.
local SYSCTL <const> = {
  words = "name of a sysctl",
  has = function(value) return type(value) == "string" and value:find("^[%w_-]+$") ~= nil end,
}

--- The `net.smc` sysctls that this kernel has, in this network namespace.
--
-- @treturn[1] {table,...} each with `name`, without `net.smc.`; `value`; `unit`: `"bytes"`, `"seconds"`, or
--   absent; `min`, `max` and `default` of the kernel; `meaning`. Those of a vendor's kernel, of which this
--   module does not know more, have a `name` and a `value` only.
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if SMC is not loaded
function system.sysctls()
  return require "smc.system.sysctls".list()
end

--- A `net.smc` sysctl.
--
-- @tparam string name
-- @treturn[1] table as in @{sysctls}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if this kernel does not have it
-- @raise for text that is not a name
function system.sysctl(name)
  args.check("sysctl", 1, name, SYSCTL)
  return require "smc.system.sysctls".get(name)
end

--- Sets a `net.smc` sysctl of this network namespace. It applies to sockets and link groups created later.
-- `limit_smc_hs` is set by netlink where its file has no effect, as on s390 (see the page of `smc`).
--
-- @tparam string name
-- @tparam integer|string value for `hs_ctrl` a string, of at most 15 bytes; an empty one clears it
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message, which says what the kernel accepts
-- @treturn[2] integer errno: ENOENT (not in this kernel), EACCES (not root), EINVAL (value not accepted; for
--   `hs_ctrl`: no such BPF program), EBUSY (the BPF program is being removed)
-- @raise for text that is not a name, or a value of the wrong type
function system.set_sysctl(name, value)
  args.check("set_sysctl", 1, name, SYSCTL)
  local sysctls = require "smc.system.sysctls"
  args.check("set_sysctl", 2, value, sysctls.kind_of(name))
  return sysctls.set(name, value)
end

return system
