#!/usr/bin/env lua5.4
--- Shows the SMC sockets of this network namespace: smcss of smc-tools, in Lua. Beyond it: --json, with
-- every detail the kernel has, and --reasons, which explains the codes of the connections that fell back.

require "smc.cli.smcss".main(arg)
