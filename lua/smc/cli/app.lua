--- What the project's scripts share: arguments, output, messages and exit statuses.
--
-- The functions are in `smc.cli.app.output`; and in `smc.cli.app.arguments` and `smc.cli.app.inputs`, which
-- are loaded on first use: smcss, smcd and smc_pnet parse their command lines with `smc.cli.getopt` instead.
--
-- @module smc.cli.app

local app = require "smc.cli.app.output"

return setmetatable(app, { __index = function(_, name)
  return require "smc.cli.app.arguments"[name] or require "smc.cli.app.inputs"[name]
end })
