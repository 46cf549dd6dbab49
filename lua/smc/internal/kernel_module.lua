--- Why this process cannot use SMC: whether this kernel has it, whether it is loaded, and what prevents that.
--
-- This is the only place with these texts, for `smc.system.available`, netlink, sysctls and sockets.
--
-- @module smc.internal.kernel_module

local require = require "smc.internal.load"
local E = require "smc.errno"
local kernel_config = require "smc.internal.kernel_config"
local look = require "smc.internal.look"
local modprobe = require "smc.internal.modprobe"
local paths = require "smc.internal.paths"
local printable = require "smc.internal.text".printable
local remedy = require "smc.internal.remedy"

local kernel_module = {}

local function is_loaded()
  if look.file(paths.sysfs .. "/module/smc/refcnt") then return true end
  return ("\n" .. (look.file(paths.proc .. "/net/protocols") or "")):find("\nSMC%s") ~= nil
end

-- Whether a release of Linux is that version or a later one.
local function is_since(release, major, minor)
  local a, b = release:match("^(%d+)%.(%d+)")
  a, b = tonumber(a) or 0, tonumber(b) or 0
  return a > major or a == major and b >= minor
end

-- The option that a kernel without SMC lacks, by its configuration, or else by its release and the lists of
-- its modules.
local function lacking_option(release, config, lists)
  if config and kernel_config.value(config, "CONFIG_DIBS") == "n"
    or not config and is_since(release, 6, 18) and not lists:find("/dibs%.ko") then
    return "CONFIG_DIBS"
  end
  return "CONFIG_SMC"
end

-- Whether SMC is a part of the kernel, by the lists of its modules, in files and built in, and by its
-- configuration; nil if none of them is here, as in containers. Also returns what is lacking: "file" or the
-- name of an option.
local function is_present(release)
  local libraries = ("%s/lib/modules/%s/modules."):format(paths.root, release)
  local files, builtin = look.file(libraries .. "dep"), look.file(libraries .. "builtin")
  local lists = (files or builtin) and (files or "") .. (builtin or "")
  if lists and lists:find("/smc%.ko") then return true end
  local config = kernel_config.read(release)
  if not lists and not config then return nil end
  local value = config and kernel_config.value(config, "CONFIG_SMC")
  if value == "m" and lists then return false, "file" end
  if value == "m" or value == "y" then return true end
  return false, lacking_option(release, config, lists)
end

--- The state of the kernel module, found out without loading it.
--
-- @function kernel_module.state
-- @treturn[1] table `release` of the kernel; `loaded`; `present`: a part of this kernel, loaded or not,
--   absent if that is not known; `lacks`: why it is not present: an option of the kernel's configuration, or
--   `"file"` if the module's file is not installed; `blocked` and `blocked_by`: absent, or what keeps it from
--   being loaded, as of `modprobe.blocked`; `seccomp`: this process has a seccomp filter
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
kernel_module.state = look.protect(function()
  local release = (look.file(paths.proc .. "/sys/kernel/osrelease") or "unknown"):match("%S+")
  local state = { release = release, loaded = is_loaded() }
  if state.loaded then
    state.present = true
  else
    state.present, state.lacks = is_present(release)
    state.blocked, state.blocked_by = modprobe.blocked()
  end
  state.seccomp = (look.file(paths.proc .. "/self/status") or ""):find("\nSeccomp:%s*2") ~= nil
  return state
end)

local blocked = {
  blacklist = "SMC is not loaded: %s prevents automatic loading. Load it as root with \"modprobe smc\"",
  install = "SMC is not loaded, and %s prevents loading it: remove that setting, then run \"modprobe smc\" "
    .. "as root",
  modules_disabled = "SMC is not loaded, and %s prevents loading modules until the next boot",
}

local lacking = {
  CONFIG_DIBS = "this kernel (%s) is built without CONFIG_DIBS, which SMC needs since Linux 6.18: boot one "
    .. "that has SMC",
  CONFIG_SMC = "this kernel (%s) is built without CONFIG_SMC: boot one that has SMC",
  file = "SMC is not loaded, and its module is not installed for this kernel (%s): install the package that "
    .. "has the rest of its modules (Fedora, RHEL: kernel-modules-extra, Ubuntu: linux-modules-extra)",
}

-- Why SMC is not loaded.
local function absence(state)
  if state.present == false then
    return lacking[state.lacks]:format(printable(state.release))
  elseif state.blocked then
    return blocked[state.blocked]:format(printable(state.blocked_by))
  end
  local host = state.seccomp and " (in a container: on the host)" or ""
  if state.present then return "SMC is not loaded: run \"modprobe smc\" as root" .. host end
  return ("SMC is not loaded, and /lib/modules/%s is missing here, so it is not known whether this kernel "
    .. "has SMC: try \"modprobe smc\" as root%s"):format(printable(state.release), host)
end

-- Calls a function with the state, or says why there is none.
local function by_state(words)
  local state, message = kernel_module.state()
  if not state then return "cannot find out whether SMC is loaded: " .. message end
  return words(state)
end

--- Why something that belongs to SMC is missing, and what to do.
--
-- @tparam string otherwise the text if SMC is loaded
-- @treturn string
function kernel_module.why(otherwise)
  return by_state(function(state) return state.loaded and otherwise or absence(state) end)
end

-- Why a part of SMC is missing that kernels have had since some version.
local function missing_part(part, major, minor)
  return by_state(function(state)
    if not state.loaded then return absence(state) end
    if is_since(state.release, major, minor) then
      return ("AF_SMC works, but %s missing: the SMC module is not this kernel's own but of another make, "
        .. "such as a driver package's"):format(part)
    end
    return ("SMC is loaded, but Linux %s is older than %d.%d: %s missing"):format(
      printable(state.release), major, minor, part)
  end)
end

--- Why this kernel does not have a generic netlink family of SMC.
-- @treturn string
function kernel_module.no_family()
  return missing_part("SMC_GEN_NETLINK is", 5, 11)
end

--- Why this kernel does not have the sysctls of SMC.
-- @treturn string
function kernel_module.no_sysctls()
  return missing_part("net.smc sysctls are", 6, 0)
end

-- Who denies something to this process: a seccomp filter if it has one, else a security module.
local function denier(state)
  return state.seccomp and "a seccomp filter of this process (of its container or systemd unit)"
    or "a security module (SELinux, AppArmor)"
end

--- Why this process may not use netlink at all.
-- @treturn string
function kernel_module.no_netlink()
  return by_state(function(state)
    return denier(state) .. " denies netlink to this process: allow address family 16 (AF_NETLINK) there"
  end)
end

-- What to do where AF_SMC is denied to this process: a filter that knows only families lets IPPROTO_SMC
-- pass.
local function instead()
  if not require "smc.core.socket".probe "inet" then return "" end
  return ". Sockets of IPPROTO_SMC are allowed: use "
    .. remedy.of('smc.tcp { protocol = "inet" }', "smc_run.lua -f inet")
end

--- Why socket(AF_SMC, …) or socket(…, IPPROTO_SMC) failed, and what to do.
--
-- @tparam integer errno its error
-- @tparam string message its message
-- @tparam[opt] string protocol `"inet"` for IPPROTO_SMC
-- @treturn string
function kernel_module.explain(errno, message, protocol)
  if errno == E.EPROTONOSUPPORT then return missing_part("IPPROTO_SMC is", 6, 11) end
  return by_state(function(state)
    if errno == E.EAFNOSUPPORT and not state.loaded then return absence(state) end
    local words = (errno == E.EAFNOSUPPORT and "SMC is loaded, but " or message .. ": ") .. denier(state)
    if protocol == "inet" then
      return words .. " denies IPPROTO_SMC sockets to this process: allow protocol 256 there"
    end
    return words .. " denies AF_SMC sockets to this process: allow address family 43 (AF_SMC) there"
      .. instead()
  end)
end

return kernel_module
