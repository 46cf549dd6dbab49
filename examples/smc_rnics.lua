#!/usr/bin/env lua5.4
--- Lists PCI functions that SMC can use, and powers them on and off; the options are those of smc_rnics(8).

require "smc.cli.smc_rnics".main(arg)
