--- Serve clients over SMC, and turn away those that fell back to TCP: accept_smc_only.lua PORT
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

local port = arg[1]
if not port then
  io.stderr:write "usage: accept_smc_only.lua PORT\n"
  os.exit(2)
end

local server <close> = try(smc.bind("*", port))
print "ready"
io.stdout:flush()
while true do
  local client <close> = try(server:accept())
  local info, message = client:info()
  if info and info.mode and info.mode ~= "TCP" then
    client:send("welcome over " .. info.mode .. "\n")
    print("served over " .. info.mode)
  else -- a client that has left already has no mode
    print("turned away: " .. (info and info.fallback and info.fallback.meaning or message or "no mode"))
  end
  io.stdout:flush()
end
