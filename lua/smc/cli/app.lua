--- Shared by the project's scripts: arguments, output, messages and exit statuses.
--
-- The functions are in `smc.cli.app.output`; and in `smc.cli.app.messages`, `smc.cli.app.arguments` and
-- `smc.cli.app.inputs`, which are loaded on first use: smcss, smcd and smc_pnet parse their command lines
-- with `smc.cli.getopt` instead.
--
-- @module smc.cli.app

local app = require "smc.cli.app.output"

-- Where functions are that are neither output nor messages.
local arguments = { parser = true, parse = true, seconds = true, port = true, number_of = true,
  refuse_any = true }
local inputs = { open_input = true, ending_signals = true }

return setmetatable(app, { __index = function(_, name)
  if arguments[name] then return require "smc.cli.app.arguments"[name] end
  if inputs[name] then return require "smc.cli.app.inputs"[name] end
  return require "smc.cli.app.messages"[name]
end })
