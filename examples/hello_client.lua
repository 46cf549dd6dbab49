#!/usr/bin/env lua5.4
--- Says hello to hello_server.lua over SMC: hello_client.lua HOST [PORT]
local smc = require "smc"

local host, port = arg[1] or "localhost", arg[2] or 12345
local sock = assert(smc.connect(host, port))
sock:settimeout(10)
assert(sock:send("Lua\n"))
print((assert(sock:receive())))

local mode, why = sock:mode()        --> "SMC-D", "SMC-R" or "TCP"
print("The data went over " .. assert(mode, why))
sock:close()
