#!/usr/bin/env lua5.4
--- SMC-D in this kernel: link groups, devices, statistics, EIDs. The commands are those of smcd(8) of
-- smc-tools; beyond it: --json everywhere, with the API's own names, and --baseline FILE for stats.

require "smc.cli.smcd".main("SMC-D", arg)
