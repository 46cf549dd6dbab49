#!/usr/bin/env lua5.4
--- Shows the handshakes of SMC connections, from network interfaces or from a capture file, and what they
-- mean.

require "smc.cli.smc_clc".main(arg)
