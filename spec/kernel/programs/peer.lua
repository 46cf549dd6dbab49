-- Peers that a check may meet: lua5.4 peer.lua KIND PORT [WORD...]. Each serves one connection after the
-- other over SMC, or over TCP if its kind begins with "tcp-", and says "ready" when it listens.
local socket = require "smc.socket"

local PROBE <const> = 4096

local kind, is_tcp = arg[1]:gsub("^tcp%-", "")
local port, word = tonumber(arg[2]), arg[3]

local peers = {}

function peers.closes() end

function peers.resets(client)
  client:setoption("linger", { on = true, timeout = 0 })
end

-- Reads whatever comes, and says nothing, as IBM's server; prints how much it was.
function peers.listens(client)
  print(#(client:receive("*a") or ""))
end

-- Answers a probe with a line of its own, and waits for the end.
function peers.says(client)
  client:receive(PROBE)
  client:send(word .. "\n")
  client:receive("*a")
end

-- Says something of its own before it reads.
function peers.greets(client)
  client:send(word .. "\n")
  client:receive("*a")
end

-- Passes everything on to a port of this host, and back: over TCP, or with the module that is named.
function peers.relays(client)
  local plain = assert(require(arg[4] or "socket").connect("127.0.0.1", tonumber(word)))
  local loop = assert(socket.poller())
  loop:add(client, "r")
  loop:add(plain, "r")
  client:settimeout(0)
  plain:settimeout(0)
  local function pass(from, to)
    local data, message, partial = from:receive(65536)
    data = data or partial
    to:settimeout(nil)
    if data and data ~= "" then to:send(data) end
    to:settimeout(0)
    return message ~= "closed"
  end
  local open = true
  while open do
    for ready in loop:wait() do
      local from, to = ready, ready == client and plain or client
      open = open and pass(from, to)
    end
  end
  loop:close()
  plain:close()
end

-- Reads the beginning of what comes, and ends the connection.
function peers.rejects(client)
  client:receive(10)
end

local listener = assert((is_tcp == 1 and require "socket" or socket).bind("*", port))
io.stdout:setvbuf "line"
print "ready"
while true do
  local client = assert(listener:accept())
  peers[kind](client)
  client:close()
end
