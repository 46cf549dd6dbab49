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

local args = require "smc.internal.args"
local E = require "smc.errno"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"
local os_release = require "smc.core.os".release
local paths = require "smc.internal.paths"
local quoted = require "smc.internal.text".quoted

local system = {}

--- The release of the running kernel, from uname(2).
-- @treturn string
function system.release()
  return os_release()
end

local DENIED <const> = { [E.EAFNOSUPPORT] = true, [E.EPROTONOSUPPORT] = true, [E.EPERM] = true,
  [E.EACCES] = true }

-- Tries to create a socket; nil, message, errno if that fails.
local function probe(protocol)
  local core = require "smc.core.socket"
  local ok, message, errno = core.probe(protocol == "auto" and "smc" or protocol)
  if not ok and DENIED[errno] and protocol == "auto" and core.probe "inet" then return true end
  if ok or not DENIED[errno] then return ok, message, errno end
  return nil, require "smc.internal.kernel_module".explain(errno, message, protocol), errno
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
  local ok, message, errno = probe(protocol)
  if not ok then return nil, message, errno end
  ok, message, errno = netlink.system_info()
  if not ok and DENIED[errno] then return true, message end
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

local INT_MAX <const>, UINT_MAX <const> = 0x7fffffff, 0xffffffff
local KIB <const> = 1024

-- From net/smc/smc_sysctl.c: the limits and the defaults of the kernel. A kernel has those for which there is
-- a file; they are in the order in which kernels introduced them.
local SYSCTLS <const> = {
  { name = "autocorking_size", unit = "bytes", min = 0, max = UINT_MAX, default = 64 * KIB,
    meaning = "small sends are combined up to this size while earlier ones are in progress" },
  { name = "smcr_buf_type", min = 0, max = 2, default = 0,
    meaning = "memory of SMC-R buffers: 0 physically contiguous, 1 virtually contiguous, 2 mixed" },
  { name = "smcr_testlink_time", unit = "seconds", min = 0, max = INT_MAX // 1000, default = 30,
    meaning = "silence of an SMC-R link after which it is tested; 0: never" },
  { name = "wmem", unit = "bytes", min = 16 * KIB, max = INT_MAX // 2, default = 64 * KIB,
    meaning = "send buffer of a socket, unless SO_SNDBUF is set" },
  { name = "rmem", unit = "bytes", min = 16 * KIB, max = INT_MAX // 2, default = 64 * KIB,
    meaning = "receive buffer of a socket, unless SO_RCVBUF is set" },
  { name = "smcr_max_links_per_lgr", min = 1, max = 2, default = 2,
    meaning = "links of an SMC-Rv2 link group" },
  { name = "smcr_max_conns_per_lgr", min = 16, max = 255, default = 255,
    meaning = "connections of an SMC-Rv2 link group" },
  { name = "limit_smc_hs", min = 0, max = 1, default = 0,
    meaning = "1: some connections use TCP when many handshakes arrive at once" },
  { name = "smcr_max_send_wr", min = 2, max = 2048, default = 16,
    meaning = "work requests in the send queue of an SMC-R link" },
  { name = "smcr_max_recv_wr", min = 2, max = 2048, default = 48,
    meaning = "work requests in the receive queue of an SMC-R link" },
  { name = "hs_ctrl", text = true,
    meaning = "name of the BPF program that decides on handshakes; empty: none" },
}

local function path_of(name)
  return paths.proc .. "/sys/net/smc/" .. name
end

local function known(called, name)
  args.check(called, 1, name, "text")
  for _, one in ipairs(SYSCTLS) do
    if one.name == name then return one end
  end
  args.refuse(called, 1, ('SMC has no sysctl "%s"'):format(name))
end

local function entry_of(one, text)
  local entry = { name = one.name, unit = one.unit, min = one.min, max = one.max, default = one.default,
    meaning = one.meaning }
  local value = text:match("^%s*(.-)%s*$")
  entry.value = one.text and value or math.tointeger(tonumber(value))
  return entry
end

-- Raises a failure: this kernel does not have the sysctl, or has no net.smc sysctls.
local function absent(name)
  if name and look.file(path_of "wmem") then
    look.fail(("this kernel (%s) has no sysctl net.smc.%s"):format(system.release(), name), E.ENOENT)
  end
  look.fail("there are no net.smc sysctls: " .. require "smc.internal.kernel_module".no_sysctls(), E.ENOENT)
end

local all = look.protect(function()
  local found = {}
  for _, one in ipairs(SYSCTLS) do
    local text = look.file(path_of(one.name))
    if text then found[#found + 1] = entry_of(one, text) end
  end
  if #found == 0 then absent() end
  return found
end)

local one_of = look.protect(function(one)
  local text = look.file(path_of(one.name))
  if not text then absent(one.name) end
  return entry_of(one, text)
end)

--- The `net.smc` sysctls that this kernel has, in this network namespace.
--
-- @treturn[1] {table,...} each with `name`, without `net.smc.`; `value`; `unit`: `"bytes"`, `"seconds"`, or
--   absent; `min`, `max` and `default` of the kernel; `meaning`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if SMC is not loaded
function system.sysctls()
  return all()
end

--- A `net.smc` sysctl.
--
-- @tparam string name
-- @treturn[1] table as in @{sysctls}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if this kernel does not have it
-- @raise for a name that no kernel has
function system.sysctl(name)
  local one = known("sysctl", name)
  return one_of(one)
end

local refusals = {
  [E.EACCES] = "root privileges are required",
  [E.EPERM] = "root privileges are required",
  [E.EROFS] = "/proc/sys is read-only, as in containers: set it on the host",
}
local refusals_of_text = {
  [E.EINVAL] = "no BPF program (struct_ops smc_hs_ctrl) of this name is registered",
  [E.EBUSY] = "the BPF program of this name is being removed",
}

-- Writes a value to the kernel. The newline at its end is required for an empty value to be written.
local function write(one, value)
  local ok
  local file <close>, message, errno = io.open(path_of(one.name), "w")
  ok = file
  if ok then ok, message, errno = file:write(value, "\n") end
  if ok then ok, message, errno = file:flush() end
  if ok then return true end
  local advice = refusals[errno] or one.text and refusals_of_text[errno]
  return nil, ("cannot set net.smc.%s to %s: %s%s"):format(one.name,
    one.text and quoted(value) or value, message, advice and ": " .. advice or ""), errno
end

--- Sets a `net.smc` sysctl of this network namespace. It applies to sockets and link groups created later.
--
-- @tparam string name
-- @tparam integer|string value for `hs_ctrl` a string; an empty one clears it
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message, which says what the kernel accepts
-- @treturn[2] integer errno: ENOENT (not in this kernel), EACCES (not root), EINVAL (value not accepted)
-- @raise for a name that no kernel has, or a value of the wrong type
function system.set_sysctl(name, value)
  local one = known("set_sysctl", name)
  args.check("set_sysctl", 2, value, one.text and "text" or "integer")
  if not one.text and (value < one.min or value > one.max) then
    return nil, ("net.smc.%s accepts %d to %d%s, not %d"):format(name, one.min, one.max,
      one.unit and " " .. one.unit or "", value), E.EINVAL
  end
  local now, message, errno = one_of(one)
  if not now then return nil, message, errno end
  return write(one, value)
end

return system
