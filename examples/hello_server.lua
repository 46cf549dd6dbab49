#!/usr/bin/env lua5.4
--- Greets one client over SMC: hello_server.lua [PORT]. Start hello_client.lua on the other host.
local socket = require "smc.socket"
local try = socket.try -- raises a message for protect, which returns it: see LuaSocket's reference
local ok, message = socket.protect(function()
  local port = try(not arg[2] and tonumber(arg[1] or 12345), "usage: hello_server.lua [PORT]")
  local server <close> = try(socket.bind("::", port))
  io.stdout:write("Waiting on port ", select(2, server:getsockname()), "\n"):flush()
  local client <close> = try(server:accept())
  client:settimeout(10)
  local name = try(client:receive()):gsub("[^%g ]", "?") -- the terminal takes no commands from the network
  print(name .. " is connected over " .. try(client:mode()))
  return try(client:send("Hello, " .. name .. "\n"))
end)()
if not ok then os.exit(not io.stderr:write("hello_server.lua: ", message, "\n")) end
