#!/usr/bin/env lua5.4
--- Shows SMC-R link groups, devices, statistics and EIDs of this kernel. The commands are those of smcr(8) of
-- smc-tools, with the additional options --json, which prints the fields of the API, and --baseline FILE.

require "smc.cli.smcd".main("SMC-R", arg)
