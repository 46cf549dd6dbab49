--- Why this process cannot use SMC: whether this kernel has it, whether it is loaded, and what prevents that.
-- @module smc.internal.kernel_module

local E = require "smc.errno"
local look = require "smc.internal.look"
local paths = require "smc.internal.paths"
local printable = require "smc.internal.text".printable

local kernel_module = {}

local MODPROBE_FOLDERS <const> = { "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
  "/usr/lib/modprobe.d", "/lib/modprobe.d" }

-- Whether a list of names, as modprobe(8) and the kernel write it, contains a name.
local function names(list, name)
  for word in list:gmatch("[^,%s]+") do
    if word == name then return true end
  end
  return false
end

-- Commands of modprobe.d(5) that keep smc from being loaded.
local function blocked_by_line(line)
  local command, name, rest = line:match("^%s*(%a+)%s+(%S+)%s*(.-)%s*$")
  if command == "install" and name == "smc" and rest:match("^%S*/?(%a+)") then
    local program = rest:match("^(%S+)"):match("[^/]*$")
    if program == "false" or program == "true" then return "install" end
  elseif command == "blacklist" and name == "smc" then
    return "blacklist"
  elseif command == "alias" and name == "net-pf-43" and rest == "off" then
    return "blacklist"
  end
  return nil
end

-- What in the files of modprobe.d prevents loading: "install" or "blacklist", and the file.
local function blocked_by_file()
  local found, where
  for _, folder in ipairs(MODPROBE_FOLDERS) do
    for _, name in ipairs(look.entries(paths.root .. folder)) do
      local text = name:find("%.conf$") and look.file(("%s%s/%s"):format(paths.root, folder, name)) or ""
      for line in text:gmatch("[^\n]+") do
        local how = blocked_by_line(line)
        if how == "install" or how and not found then
          found, where = how, folder .. "/" .. name
        end
      end
    end
  end
  return found, where
end

-- What on the kernel's command line prevents loading.
local function blocked_by_command_line()
  local line = look.file(paths.proc .. "/cmdline") or ""
  for word in line:gmatch("%S+") do
    local key, list = word:match("^([%w_.]+)=(.*)$")
    if key == "module_blacklist" and names(list, "smc") then return "install", word end
    if key == "modprobe.blacklist" and names(list, "smc") then return "blacklist", word end
  end
  return nil
end

-- Whether SMC is a part of the kernel, by the lists of its modules, in files and built in, or else by its
-- configuration; nil if none of that is here, as in containers.
local function is_present(release)
  local libraries = paths.root .. "/lib/modules/" .. release
  local files, builtin = look.file(libraries .. "/modules.dep"), look.file(libraries .. "/modules.builtin")
  if files or builtin then return ((files or "") .. (builtin or "")):find("/smc%.ko") ~= nil end
  local config = look.file(paths.root .. "/boot/config-" .. release)
  return config and config:find("%f[^\n\0]CONFIG_SMC=[ym]") ~= nil
end

local function is_loaded()
  if look.file(paths.sysfs .. "/module/smc/refcnt") then return true end
  return ("\n" .. (look.file(paths.proc .. "/net/protocols") or "")):find("\nSMC%s") ~= nil
end

-- What prevents loading, and where that is configured.
local function blocked_by()
  if (look.file(paths.proc .. "/sys/kernel/modules_disabled") or ""):find("^1") then
    return "modules_disabled", "kernel.modules_disabled"
  end
  local blocked, by = blocked_by_command_line()
  if blocked == "install" then return blocked, by end
  local how, where = blocked_by_file()
  if how == "install" or not blocked then return how, where end
  return blocked, by
end

--- The state of the kernel module, found out without loading it.
--
-- @function kernel_module.state
-- @treturn[1] table `release` of the kernel; `loaded`; `present`: a part of this kernel, loaded or not,
--   absent if that is not known; `blocked`: absent, or what keeps it from being loaded: `"blacklist"` (not
--   by itself, but by `modprobe smc`), `"install"` (not at all), `"modules_disabled"`; `blocked_by`: the
--   file, or the word of the kernel's command line; `seccomp`: this process has a seccomp filter
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
kernel_module.state = look.protect(function()
  local release = (look.file(paths.proc .. "/sys/kernel/osrelease") or "unknown"):match("%S+")
  local state = { release = release, loaded = is_loaded() }
  state.present = state.loaded or is_present(release)
  if not state.loaded then state.blocked, state.blocked_by = blocked_by() end
  state.seccomp = (look.file(paths.proc .. "/self/status") or ""):find("\nSeccomp:%s*2") ~= nil
  return state
end)

local advice = {
  blacklist = "SMC is not loaded: %s prevents automatic loading. Load it as root with \"modprobe smc\"",
  install = "SMC is not loaded, and %s prevents loading it: remove that setting, then run \"modprobe smc\" "
    .. "as root",
  modules_disabled = "SMC is not loaded, and %s prevents loading modules until the next boot",
}

-- Why SMC is not loaded.
local function absence(state)
  if state.present == false then
    return ("this kernel (%s) does not have SMC: boot one that has it (CONFIG_SMC; since Linux 6.18 it "
      .. "requires CONFIG_DIBS)"):format(state.release)
  elseif state.blocked then
    return advice[state.blocked]:format(printable(state.blocked_by))
  end
  local host = state.seccomp and " (in a container: on the host)" or ""
  if state.present then return "SMC is not loaded: run \"modprobe smc\" as root" .. host end
  return ("SMC is not loaded, and /lib/modules is missing here, so it is not known whether this kernel (%s) "
    .. "has SMC: try \"modprobe smc\" as root%s"):format(state.release, host)
end

--- Why something that belongs to SMC is missing, and what to do.
--
-- @tparam string otherwise the text if SMC is loaded
-- @treturn string
function kernel_module.why(otherwise)
  local state, message = kernel_module.state()
  if not state then return "cannot find out whether SMC is loaded: " .. message end
  return state.loaded and otherwise or absence(state)
end

--- Why this kernel does not have a generic netlink family of SMC.
-- @treturn string
function kernel_module.no_family()
  return kernel_module.why("SMC is loaded, but without its netlink families: it is older than Linux 5.11, "
    .. "or it is not the kernel's own SMC module but one from a driver package")
end

--- Why socket(AF_SMC, …) failed, and what to do.
--
-- @tparam integer errno its error
-- @tparam string message its message
-- @treturn string
function kernel_module.explain(errno, message)
  if errno ~= E.EAFNOSUPPORT then
    return message .. ": a seccomp filter (of a container?) or a security module denies AF_SMC sockets to "
      .. "this process: allow address family 43 there"
  end
  return kernel_module.why("SMC is loaded, but this process may not create SMC sockets: check "
    .. "RestrictAddressFamilies in its systemd unit, or the seccomp profile of its container")
end

return kernel_module
