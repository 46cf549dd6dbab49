#!/usr/bin/env lua5.4
--- Greets one client over SMC: hello_server.lua [PORT]. Start hello_client.lua on the other host.
local smc = require "smc"

local server = assert(smc.bind("::", arg[1] or 12345))
print("Waiting on port " .. select(2, server:getsockname()))
io.stdout:flush()

local client = assert(server:accept())
client:settimeout(10)
local name = assert(client:receive())
print(name .. " is connected over " .. assert(client:mode()))
assert(client:send("Hello, " .. name .. "\n"))
client:close()
server:close()
