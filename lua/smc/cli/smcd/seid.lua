-- The object seid of smcd(8).

local E = require "smc.errno"
local eid = require "smc.eid"
local app = require "smc.cli.app"
local text = require "smc.internal.text"
local tools = require "smc.cli.smcd.tools"

local function usage(tool)
  local line = "smcd seid [show]\n       smcd seid enable\n       smcd seid disable\n"
  return "Usage: " .. line:gsub("smcd", tool.name)
end

-- Prints the SEID, or the original's text for a missing one.
local function show(tool)
  local seid, message, errno = eid.seid()
  if not seid and errno ~= E.ENODEV and errno ~= E.EOPNOTSUPP then tools.fail(message, errno) end
  if tool.json then
    app.print_json(seid or { enabled = false })
  elseif seid then
    app.write(("%-32s [%s]\n"):format(text.printable(seid.seid), seid.enabled and "enabled" or "disabled"))
  else
    app.write(errno == E.ENODEV and "n/a\n" or " [disabled]\n")
  end
end

return function(tool, words)
  local command = words[1] or "show"
  if #words > 1 then tools.misuse(usage(tool)) end
  if tools.abbreviates(command, "enable") then
    tools.demand(eid.enable_seid())
  elseif tools.abbreviates(command, "disable") then
    tools.demand(eid.disable_seid())
  elseif tools.abbreviates(command, "show") then
    show(tool)
  else
    tools.misuse(usage(tool))
  end
end
