-- The object info of smcd(8) and smcr(8).

local system = require "smc.system"
local app = require "smc.cli.app"
local text = require "smc.internal.text"
local tools = require "smc.cli.smcd.tools"

local function usage(tool)
  return ("Usage: %s info [show]\n"):format(tool.name)
end

local function list(versions)
  if #versions == 0 then return "n/a" end
  return table.concat(versions, " ")
end

return function(tool, words)
  if #words > 1 or words[1] and not tools.abbreviates(words[1], "show") then tools.misuse(usage(tool)) end
  local info = tools.demand(system.info())
  if tool.json then
    info.dibs = tools.demand(require "smc.device".dibs())
    return app.print_json(info)
  end
  text.record(info)
  local roce = list(info.roce)
  app.write(([[
Kernel Capabilities
SMC Version:      %s
SMC Hostname:     %s
SMC-D Features:   %s
SMC-R Features:   %s

Hardware Capabilities
SEID:             %s
ISM:              %s
RoCE:             %s
]]):format(
    info.version and info.release and ("%d.%d"):format(info.version, info.release) or "n/a",
    info.hostname and ("%-32s"):format(info.hostname) or "n/a",
    list(info.smcd), list(info.smcr), info.seid or "n/a", list(info.ism), roce == "v1" and "v1 " or roce))
end
