-- For the man pages of smcd.lua and smcr.lua: their options and objects as an argparse parser. This is a
-- function of the tool, the names of its objects, and a function that gives the usage text of an object.

local app = require "smc.cli.app"

local EPILOG <const> = [[
Objects, commands and options can be abbreviated: SMCD.lua d is SMCD.lua device.
The word help after an object shows its commands.

Examples:
   SMCD.lua info                            what this kernel and hardware support
   SMCD.lua device                          the devices, with their PNET IDs
   SMCD.lua -d linkgroup                    link groups with all details
   SMCD.lua stats                           the counters since the last reset
   SMCD.lua --json stats                    the same for programs
   SMCD.lua ueid add PROD.LPARS             add a user-defined EID (requires root)

Exit status: 0 success; 1 this kernel has no SMC, or there is no such object;
130 ended by Ctrl-C; 255 anything else that fails, bad usage, or the option
--version.]]

local DESCRIPTIONS <const> = {
  info = "What this kernel and its hardware support: versions, EIDs, ISM and RoCE.",
  linkgroup = "The link groups: connections to the same peer share one.",
  device = "The devices that the technology uses, with their PNET IDs.",
  stats = "The counters since the last reset. The command reset shows and saves them; it needs no root, and "
    .. "changes nothing in the kernel. The command json prints the JSON of the original.",
  ueid = "The user-defined EIDs. Hosts on different networks need a common EID for SMC version 2.",
  seid = "The EID of the system, which hosts of one machine have in common.",
}

return function(tool, objects, usage_of)
  local short = tool.name:gsub("%.lua$", "")
  local parser = app.parser(("Show %s link groups, devices, statistics and EIDs."):format(tool.technology),
    (EPILOG:gsub("SMCD", short)))
  parser:usage(("Usage: %s [OPTION]... OBJECT [COMMAND | help]"):format(tool.name))
  parser:flag("-d --details", "Show details.")
  if not tool.is_smcd then parser:flag("-dd --ddetails", "Show more details of links.") end
  parser:flag("-a --absolute", "With stats: show the absolute counters, not those since the last reset.")
  parser:flag("--json", "Print JSON, with the fields of the Lua modules. It may stand anywhere.")
  parser:option("--baseline",
    "With stats: the file in which reset saves the counters. It may stand anywhere."):argname("FILE")
  if tool.is_smcd then
    parser:flag("--dibs", "With device: the dibs devices (Linux 6.18), by name and GID, loopback included.")
  end
  for _, name in ipairs(objects) do
    -- The usage text is the original's, which does not have its own command json.
    local usage = usage_of(name):gsub(" stats %[show | reset", "%0 | json")
    local command = parser:command(name, DESCRIPTIONS[name]):usage(usage):add_help(false)
    local words = {}
    for line in usage:gmatch("[^\n]+") do
      local rest = line:match(name .. " (.*)$") or ""
      for word in (rest:match("^%[(.-)%]") or rest:match("^%S+") or ""):gmatch("[%w-]+") do
        words[#words + 1] = word
      end
    end
    command:argument("command"):choices(words):args("?")
  end
  return parser
end
