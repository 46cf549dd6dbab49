--- Measure how much SMC carried while a command ran: measure_traffic.lua COMMAND [ARGUMENT]…
-- The counters are those of this network namespace, so other programs count, too.
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

if not arg[1] then
  io.stderr:write "usage: measure_traffic.lua COMMAND [ARGUMENT]...\n"
  os.exit(2)
end

local before = try(smc.stats.get())
local program <close> = try(smc.process.spawn { table.unpack(arg) })
local _, status = try(program:wait())
local change = try(smc.stats.since(before))
for _, technology in ipairs { "smcd", "smcr" } do
  local t = change[technology]
  print(("%s: %d connections, %d bytes sent, %d received"):format(technology,
    t.client_v1 + t.client_v2 + t.server_v1 + t.server_v2, t.tx_bytes, t.rx_bytes))
end
print(("fallbacks to TCP: %d"):format(change.fallback.client + change.fallback.server))
os.exit(status == 0)
