#!/usr/bin/env lua5.4
--- Says hello to hello_server.lua over SMC: hello_client.lua [HOST [PORT]]
local socket = require "smc.socket"
local try = socket.try -- raises a message for protect, which returns it: see LuaSocket's reference
local ok, message = socket.protect(function()
  local host, port = arg[1] or "localhost", tonumber(arg[2] or 12345)
  try(port and not arg[3] and not host:find "^%-", "usage: hello_client.lua [HOST [PORT]]")
  local sock <close> = try(socket.connect(host, port))
  sock:settimeout(10)
  try(sock:send("Lua\n"))
  print((try(sock:receive()):gsub("[^%g ]", "?"))) -- the terminal takes no commands from the network
  print("The data went over " .. try(sock:mode())) --> "SMC-D", "SMC-R" or "TCP"
  return true
end)()
if not ok then os.exit(not io.stderr:write("hello_client.lua: ", message, "\n")) end
