#!/usr/bin/env lua5.4
--- Shows and changes the table of PNET IDs, with the options and texts of smc_pnet(8) of smc-tools, and with
-- --json.

require "smc.cli.smc_pnet".main(arg)
