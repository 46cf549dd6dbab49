--- What the project's scripts have in common: arguments, output, messages, and their end.
--
-- Two files have them: `smc.cli.app.output`, and `smc.cli.app.arguments`, which is read when it is used:
-- smcss, smcd and smc_pnet read their command lines by `smc.cli.getopt`.
--
-- @module smc.cli.app

local app = require "smc.cli.app.output"

return setmetatable(app, { __index = function(_, name) return require "smc.cli.app.arguments"[name] end })
