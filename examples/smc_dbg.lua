#!/usr/bin/env lua5.4
--- Collects what can be known of SMC on this host, like smc_dbg of smc-tools: as text, as JSON, or in an
-- archive.

require "smc.cli.smc_dbg".main(arg)
