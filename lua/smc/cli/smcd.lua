--- smcd(8) and smcr(8): the commands, abbreviations, options, texts and exit statuses of the two tools in
-- smc-tools, implemented with the modules of this project. Each object is a module in `smc.cli.smcd`.
--
-- @module smc.cli.smcd

local app = require "smc.cli.app"
local text = require "smc.internal.text"
local tools = require "smc.cli.smcd.tools"

local smcd = {}

local OK <const>, NOT_THERE <const>, FAILED <const> = tools.OK, tools.NOT_THERE, tools.FAILED

local OBJECTS <const> = { "device", "linkgroup", "info", "stats", "ueid", "seid", "help" }

local function usage(tool)
  return ([[
Usage: %s  [ OPTIONS ] OBJECT {COMMAND | help}
where  OBJECT := {info | linkgroup | device | stats | ueid%s}
       OPTIONS := {-v[ersion] | -d[etails] | %s-a[bsolute]}
]]):format(tool.name, tool.is_smcd and " | seid" or "", tool.is_smcd and "" or "-dd[etails] | ")
    .. "       --json: print JSON;  --baseline FILE: where stats reset saves the counters\n"
    .. (tool.is_smcd and "       --dibs: with device, devices by name and GID, and loopback (Linux 6.18)\n"
      or "")
end

-- Ends with a text for people; with --json it is the answer to a mistake, since no program reads it.
local function answer(status, words)
  app.refuse(app.json and FAILED or status, words)
end

-- Removes the options that only this project has; they may stand anywhere.
local function take_own_options(tool, words)
  local rest, i = {}, 1
  while i <= #words do
    local word = words[i]
    local file = word:match("^%-%-baseline=(.+)$")
    if word == "--json" then
      tool.json, app.json = true, true
    elseif word == "--dibs" and tool.is_smcd then
      tool.dibs = true
    elseif file then
      tool.baseline = file
    elseif word == "--baseline" then
      i = i + 1
      if not words[i] then tools.misuse(usage(tool)) end
      tool.baseline = words[i]
    else
      rest[#rest + 1] = word
    end
    i = i + 1
  end
  return rest
end

local function set_option(tool, option)
  if option:find("^%-ad") or option:find("^%-da") then
    tool.level, tool.absolute = 1, true
  elseif tools.abbreviates(option, "-absolute") then
    tool.absolute = true
  elseif tools.abbreviates(option, "-version") then
    answer(FAILED, app.version())
  elseif tools.abbreviates(option, "-details") then
    tool.level = 1
  elseif tools.abbreviates(option, "-ddetails") then
    tool.level = 2
  elseif tools.abbreviates(option, "-help") then
    answer(OK, usage(tool))
  else
    app.fail(FAILED, ('Option %s is unknown, try "%s help".'):format(text.quoted(option), tool.name))
  end
end

-- Applies the options and returns the words after them.
local function take_options(tool, words)
  local i = 1
  while words[i] and words[i]:sub(1, 1) == "-" do
    if words[i] == "--" then return { table.unpack(words, i + 1) } end
    set_option(tool, (words[i]:gsub("^%-%-", "-")))
    i = i + 1
  end
  return { table.unpack(words, i) }
end

-- The options that only this project has are for one object each.
local function check_own_options(tool, name)
  for option, only in pairs { baseline = "stats", dibs = "device" } do
    if tool[option] and name ~= only then
      app.fail(FAILED, ('Option "--%s" is valid for %s only, try "%s help".'):format(option, only, tool.name))
    end
  end
end

local function object(name)
  return require("smc.cli.smcd." .. name)
end

local function run(tool, words)
  words = take_options(tool, take_own_options(tool, words))
  local given = table.remove(words, 1)
  if not given then answer(OK, usage(tool)) end
  for _, name in ipairs(OBJECTS) do
    if tools.abbreviates(given, name) then
      if name == "help" then answer(OK, usage(tool)) end
      if name == "seid" and not tool.is_smcd then
        app.fail(NOT_THERE, ('Object "%s" is valid for SMC-D only, try "%s help".'):format(
          given, tool.name))
      end
      check_own_options(tool, name)
      return object(name)(tool, words)
    end
  end
  app.fail(NOT_THERE, ('Object %s is unknown, try "%s help".'):format(text.quoted(given), tool.name))
end

local function new_tool(technology)
  return { name = app.name, technology = technology, is_smcd = technology == "SMC-D",
    level = 0, absolute = false, json = false }
end

--- Runs the tool and ends the process.
-- @tparam string technology `"SMC-D"` or `"SMC-R"`
-- @tparam table words the command line, with the script at 0
function smcd.main(technology, words)
  local tool = new_tool(technology)
  io.stdout:setvbuf("full")
  app.prefix = "Error: "
  app.run(function()
    run(tool, words)
    return OK
  end, FAILED)
end

--- The options and objects as an argparse parser, for the man page and completions.
-- @tparam string technology
function smcd.parser(technology)
  local tool, objects = new_tool(technology), {}
  for _, name in ipairs(OBJECTS) do
    if name ~= "help" and (name ~= "seid" or tool.is_smcd) then objects[#objects + 1] = name end
  end
  return require "smc.cli.smcd.manual"(tool, objects, function(name)
    return tools.usage_of(object(name), tool)
  end)
end

return smcd
