-- The texts that smc_dbg prints, each a file of its archive. Those that smc-tools also has come first, with
-- the same names.

local ccw = require "smc.cli.smc_dbg.ccw"
local text = require "smc.internal.text"
local tool = require "smc.cli.smc_dbg.tool"

local SCRIPTS <const> = { "smcss", "smc_dbg", "smc_pnet", "smc_rnics", "smc_chk", "smcd", "smcr" }

-- A function for the text of a command: its name, the code that calls it, and its words.
local function command(script, call, ...)
  local words = { ... }
  return function() return tool(script .. ".lua", call, table.unpack(words)) end
end

local function smcss(...) return command("smcss", 'require "smc.cli.smcss".main(arg)', ...) end
local function smcd(...) return command("smcd", 'require "smc.cli.smcd".main("SMC-D", arg)', ...) end
local function smcr(...) return command("smcr", 'require "smc.cli.smcd".main("SMC-R", arg)', ...) end
local function smc_pnet(...) return command("smc_pnet", 'require "smc.cli.smc_pnet".main(arg)', ...) end
local function smc_rnics(...) return command("smc_rnics", 'require "smc.cli.smc_rnics".main(arg)', ...) end

local pci_devices = smc_rnics "--all"

local function devices()
  local table_of_ccw, message = ccw()
  return (table_of_ccw or message .. "\n") .. "PCI Devices:\n" .. pci_devices():gsub("[^\n]+", "  %0")
end

local function versions(found)
  local lines = {}
  for i, script in ipairs(SCRIPTS) do lines[i] = ("%s utility, smc-%s\n"):format(script, found.version) end
  return ("%s%s, Linux %s\n"):format(table.concat(lines), found.lua, text.printable(found.kernel))
end

local function settings(found)
  local lines = {}
  for i, one in ipairs(found.sysctls or {}) do
    lines[i] = ("net.smc.%s = %s\n"):format(one.name, text.printable(one.value))
  end
  if found.hs_limitation ~= nil then
    lines[#lines + 1] = "handshake limitation: " .. (found.hs_limitation and "on" or "off") .. "\n"
  end
  return table.concat(lines)
end

local function paths(found)
  local parts = {}
  for i, path in ipairs(found.paths or {}) do parts[i] = tostring(path) .. "\n" end
  return table.concat(parts, "\n")
end

local function unread(found)
  local lines = {}
  for i, one in ipairs(found.unread) do
    lines[i] = ("%s: %s\n"):format(text.printable(one.what), text.printable(one.message))
  end
  return #lines > 0 and table.concat(lines) or "Everything could be read.\n"
end

-- The sections in their order: `name` of the file, and `text`, a function that takes what `collect` found.
local SECTIONS <const> = {
  { name = "version.txt", text = versions },
  { name = "devices.txt", text = devices },
  { name = "smcss_smcd", text = smcss "--smcd" },
  { name = "smcss_all.txt", text = smcss("--all", "--debug") },
  { name = "smcss_smcr", text = smcss "--smcr" },
  { name = "pnet_table.txt", text = smc_pnet "--show" },
  { name = "smcr_links.txt", text = smcr("-d", "linkgroup", "link-show") },
  { name = "smcd_lgs.txt", text = smcd("-d", "linkgroup", "show") },
  { name = "smcd_info.txt", text = smcd "info" },
  { name = "smcd_stats.txt", text = smcd("-d", "stats") },
  { name = "smcr_stats.txt", text = smcr("-d", "stats") },
  { name = "pnet_devices.txt", text = smc_pnet "--devices" },
  { name = "ueids.txt", text = smcd "ueid" },
  { name = "seid.txt", text = smcd "seid" },
  { name = "settings.txt", text = settings },
  { name = "paths.txt", text = paths },
  { name = "unread.txt", text = unread },
}

return SECTIONS
