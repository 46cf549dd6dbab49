--- What reference.c does, in Lua: worker.lua MODULE ROLE PORT COUNT.
-- MODULE is smc.socket or socket. Answering roles say "ready"; the others print seconds.

local name, role, port, count = ...
count = math.tointeger(count)
local socket = require(name)
local options = name == "smc.socket" and { fallback = "tcp" } or nil
local MESSAGE <const>, BLOCK <const> = 64, 65536

local roles, answers = {}, { echo = true, sink = true, line_sink = true, hold = true }

function roles.echo(sock)
  local data = sock:receive(MESSAGE)
  while data do
    sock:send(data)
    data = sock:receive(MESSAGE)
  end
end

function roles.sink(sock)
  for _ = 1, count do assert(sock:receive(BLOCK)) end
  sock:send("!")
end

function roles.line_sink(sock)
  for _ = 1, count do assert(sock:receive("*l")) end
  sock:send("!")
end

function roles.ping(sock)
  local data = ("x"):rep(MESSAGE)
  for _ = 1, count do
    sock:send(data)
    assert(sock:receive(MESSAGE))
  end
end

function roles.source(sock)
  local data = ("x"):rep(BLOCK)
  for _ = 1, count do assert(sock:send(data)) end
  assert(sock:receive(1))
end

local function resident()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmRSS:%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

-- Accepts connections of which each has sent a line, and says how many bytes each of them costs.
function roles.hold(first, server)
  local held = { first }
  local before
  for i = 1, count do
    held[i] = held[i] or assert(server:accept())
    assert(held[i]:receive("*l"))
    if i == count // 5 then
      collectgarbage()
      before = resident()
    end
  end
  collectgarbage()
  print((resident() - before) * 1024 / (count - count // 5))
  for _, sock in ipairs(held) do sock:close() end
end

-- Connections, a line over each.
function roles.many(sock)
  local held = { sock }
  for i = 1, count do
    held[i] = held[i] or assert(socket.connect("127.0.0.1", port, options))
    held[i]:send("hello\n")
  end
  held[count]:receive(1)
end

local sock, server
if answers[role] then
  server = assert(socket.bind("127.0.0.1", port, 128, options))
  io.stdout:write("ready\n")
  io.stdout:flush()
  sock = assert(server:accept())
else
  sock = socket.tcp(options)
  assert(sock:connect("127.0.0.1", port))
end
sock:setoption("tcp-nodelay", true)
local start = socket.gettime()
roles[role](sock, server)
if not answers[role] then print(("%.6f"):format(socket.gettime() - start)) end
sock:close()
