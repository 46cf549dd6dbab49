--- Serve clients over SMC, and turn away those that fell back to TCP: accept_smc_only.lua PORT
local smc = require "smc"

local port = arg[1]
if not port then
  io.stderr:write "usage: accept_smc_only.lua PORT\n"
  os.exit(2)
end

local server <close> = assert(smc.bind("*", port))
print "ready"
io.stdout:flush()
while true do
  local client <close> = assert(server:accept())
  local info = assert(client:info())
  if info.mode == "TCP" then
    print("turned away: " .. info.fallback.meaning)
  else
    client:send("welcome over " .. info.mode .. "\n")
    print("served over " .. info.mode)
  end
  io.stdout:flush()
end
