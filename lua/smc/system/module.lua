--- Why there is no SMC for this process: is it in this kernel, is it loaded, what stands in the way?
-- @module smc.system.module

local args = require "smc.internal.args"

local module = {}

local EAFNOSUPPORT <const> = 97
local MODPROBE_FOLDERS <const> = { "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
  "/usr/lib/modprobe.d", "/lib/modprobe.d" }

local function read(path)
  local file <close> = io.open(path)
  return file and file:read("a")
end

-- The list is sought in what modprobe(8) and the kernel itself call a list of names.
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

-- What in the files of modprobe.d is against it: "install" or "blacklist", and the file.
local function blocked_by_file(root)
  local found, where
  for _, folder in ipairs(MODPROBE_FOLDERS) do
    for _, name in ipairs(require "smc.core.netlink".entries(root .. folder) or {}) do
      local text = name:find("%.conf$") and read(("%s%s/%s"):format(root, folder, name)) or ""
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

-- What on the kernel's command line is against it.
local function blocked_by_command_line(root)
  local line = read(root .. "/proc/cmdline") or ""
  for word in line:gmatch("%S+") do
    local key, list = word:match("^([%w_.]+)=(.*)$")
    if key == "module_blacklist" and names(list, "smc") then return "install", word end
    if key == "modprobe.blacklist" and names(list, "smc") then return "blacklist", word end
  end
  return nil
end

--- What is known about the module, without loading it.
--
-- @tparam[opt] table opts
-- @tparam[opt=""] ?string opts.root in place of the machine's own files
-- @treturn table `release` of the kernel; `loaded`; `present`: a part of this kernel, loaded or not;
--   `blocked`: absent, or what keeps it from being loaded: `"blacklist"` (not by itself, but by `modprobe
--   smc`), `"install"` (not at all), `"modules_disabled"`; `blocked_by`: the file, or the word of the
--   kernel's command line; `seccomp`: this process has a seccomp filter
function module.state(opts)
  local root = args.options("state", 1, opts, { root = "text" }).root or ""
  local release = (read(root .. "/proc/sys/kernel/osrelease") or "unknown"):match("%S+")
  local libraries = root .. "/lib/modules/" .. release
  local loaded = read(root .. "/sys/module/smc/refcnt") ~= nil
    or (read(root .. "/proc/net/protocols") or ""):find("^SMC%s") ~= nil
    or (read(root .. "/proc/net/protocols") or ""):find("\nSMC%s") ~= nil
  local file = (read(libraries .. "/modules.dep") or ""):find("/smc%.ko") ~= nil
  local builtin = (read(libraries .. "/modules.builtin") or ""):find("/smc%.ko") ~= nil
  local blocked, by = blocked_by_command_line(root)
  if blocked ~= "install" then
    local how, where = blocked_by_file(root)
    if how == "install" or how and not blocked then blocked, by = how, where end
  end
  if (read(root .. "/proc/sys/kernel/modules_disabled") or ""):find("^1") then
    blocked, by = "modules_disabled", "kernel.modules_disabled"
  end
  return {
    release = release,
    loaded = loaded,
    present = loaded or file or builtin,
    blocked = not loaded and blocked or nil,
    blocked_by = not loaded and by or nil,
    seccomp = (read(root .. "/proc/self/status") or ""):find("\nSeccomp:%s*2") ~= nil,
  }
end

local advice = {
  blacklist = "SMC is not loaded: %s keeps it from being loaded by itself. Load it with \"modprobe smc\", "
    .. "as root",
  install = "SMC is not loaded, and %s keeps it from being loaded: remove that, then \"modprobe smc\" "
    .. "as root",
  modules_disabled = "SMC is not loaded, and %s forbids to load modules until the next boot",
}

--- Why socket(AF_SMC, …) failed, and what to do.
--
-- @tparam integer errno its error
-- @tparam string message in words
-- @tparam[opt] table opts as for @{state}
-- @treturn string
function module.explain(errno, message, opts)
  local state = module.state(opts)
  if errno ~= EAFNOSUPPORT then
    return message .. ": a seccomp filter (a container's?) or a security module keeps this process from "
      .. "AF_SMC sockets: allow address family 43 there"
  elseif state.loaded then
    return "SMC is loaded, but this process may not make its sockets: look for RestrictAddressFamilies in "
      .. "its systemd unit, or the seccomp profile of its container"
  elseif state.blocked and state.present then
    return advice[state.blocked]:format(state.blocked_by)
  elseif state.present then
    return "SMC is not loaded: load it with \"modprobe smc\", as root"
      .. (state.seccomp and "; in a container, on its host" or "")
  end
  return ("SMC is not in this kernel (%s): load it with \"modprobe smc\", or start a kernel that has it "
    .. "(CONFIG_SMC)"):format(state.release)
end

return module
