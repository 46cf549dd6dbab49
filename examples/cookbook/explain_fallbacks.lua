--- List connections that fell back to TCP, who holds them, why, and what to do: explain_fallbacks.lua
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

for s in try(smc.diag.sockets { mode = "TCP", state = "ACTIVE", processes = true }) do
  print(("%s port %d"):format(s.peer_address, s.peer_port))
  for _, process in ipairs(s.processes) do print(("  held by %s (%d)"):format(process.name, process.pid)) end
  print("  this side: " .. smc.reason.describe(s.fallback.code))
  if s.peer_fallback then print("  the peer:  " .. smc.reason.describe(s.peer_fallback.code)) end
  if s.fallback.advice then print("  " .. s.fallback.advice) end
end
