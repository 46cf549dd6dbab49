--- What keeps a kernel module from being loaded: modprobe.d(5), the kernel's command line, and sysctls.
-- @module smc.internal.modprobe

local look = require "smc.internal.look"
local paths = require "smc.internal.paths"

local modprobe = {}

local FOLDERS <const> = { "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
  "/usr/lib/modprobe.d", "/lib/modprobe.d" }

-- The kernel asks modprobe for this alias when a program creates an AF_SMC socket.
local MODULE <const>, ALIAS <const> = "smc", "net-pf-43"

-- Whether a list of names, as modprobe(8) and the kernel write it, contains a name.
local function names(list, name)
  for word in list:gmatch("[^,%s]+") do
    if word == name then return true end
  end
  return false
end

-- Whether the command of an `install` line loads nothing.
local function loads_nothing(command)
  local program = (command:match("^(%S+)") or ""):match("[^/]*$")
  return program == "false" or program == "true"
end

-- What a line of modprobe.d(5) does: "install" (SMC cannot be loaded), "blacklist" (not by itself), or nil.
local function effect_of(line)
  local command, name, rest = line:match("^%s*(%a+)%s+(%S+)%s*(.-)%s*$")
  if command == "install" and loads_nothing(rest) then
    return name == MODULE and "install" or name == ALIAS and "blacklist" or nil
  end
  local is_blocked = command == "blacklist" and name == MODULE
    or command == "alias" and name == ALIAS and rest == "off"
  return is_blocked and "blacklist" or nil
end

-- What in the files of modprobe.d prevents loading, and the file.
local function by_file()
  local found, where
  for _, folder in ipairs(FOLDERS) do
    for _, name in ipairs(look.entries(paths.root .. folder)) do
      local text = name:find("%.conf$") and look.file(("%s%s/%s"):format(paths.root, folder, name)) or ""
      for line in text:gmatch("[^\n]+") do
        local how = effect_of(line)
        if how == "install" or how and not found then
          found, where = how, folder .. "/" .. name
        end
      end
    end
  end
  return found, where
end

-- What on the kernel's command line prevents loading, and the word there.
local function by_command_line()
  local line = look.file(paths.proc .. "/cmdline") or ""
  for word in line:gmatch("%S+") do
    local key, list = word:match("^([%w_.]+)=(.*)$")
    if key == "module_blacklist" and names(list, MODULE) then return "install", word end
    if key == "modprobe.blacklist" and names(list, MODULE) then return "blacklist", word end
  end
  return nil
end

--- What keeps the module smc from being loaded.
-- @treturn[1] string `"blacklist"` (not by itself, but by `modprobe smc`), `"install"` (not at all) or
--   `"modules_disabled"` (no module)
-- @treturn[1] string where that is configured: the file, the word of the kernel's command line, the sysctl
-- @treturn[2] nil
function modprobe.blocked()
  if (look.file(paths.proc .. "/sys/kernel/modules_disabled") or ""):find("^1") then
    return "modules_disabled", "kernel.modules_disabled"
  end
  local blocked, by = by_command_line()
  if blocked == "install" then return blocked, by end
  local how, where = by_file()
  if how == "install" or not blocked then return how, where end
  return blocked, by
end

return modprobe
