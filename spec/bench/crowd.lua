--- Many clients at once: crowd.lua PORT CLIENTS ROUNDS
-- Every client sends a message a round and has to get it back. Prints JSON.

local json = require "dkjson"
local socket = require "smc.socket"

local port, count, rounds = table.unpack(arg)
count, rounds = math.tointeger(count), math.tointeger(rounds)
local options = { fallback = "tcp" }
local started = socket.monotonic()

local poller = assert(socket.poller())
local clients = {}
for i = 1, count do
  local sock = assert(socket.connect("127.0.0.1", port, options))
  sock:settimeout(0)
  clients[sock] = { message = ("client %d of %d\n"):format(i, count), done = 0 }
  assert(poller:add(sock, "r"))
end
local connected = socket.monotonic()

for sock, client in pairs(clients) do assert(sock:send(client.message)) end
local left, wrong = count * rounds, 0
while left > 0 do
  local any = false
  for sock in assert(poller:wait(20)) do
    any = true
    local client = clients[sock]
    local line, message = sock:receive("L")
    if line then
      left, client.done = left - 1, client.done + 1
      if line ~= client.message then wrong = wrong + 1 end
      if client.done < rounds then assert(sock:send(client.message)) end
    elseif message ~= "timeout" then
      error(message)
    end
  end
  if not any then break end
end
print(json.encode {
  clients = count, rounds = rounds, lost = left, wrong = wrong,
  connect_seconds = connected - started, seconds = socket.monotonic() - connected,
})
