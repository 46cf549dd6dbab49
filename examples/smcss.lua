#!/usr/bin/env lua5.4
--- Shows the SMC sockets of this network namespace, like smcss of smc-tools, with the additional options
-- --json, which prints every detail from the kernel, and --reasons, which explains the fallback codes.

require "smc.cli.smcss".main(arg)
