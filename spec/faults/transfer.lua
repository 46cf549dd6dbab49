-- Bytes through sockets and pipes, and what is waited for, on any machine.

local _, prepare = ...
if prepare then return {} end

local os_core = require "smc.core.os"
local poller = require "smc.poller"
local process = require "smc.process"
local process_core = require "smc.core.process"
local socket = require "smc.socket"

local TCP <const> = { fallback = "tcp" }
local server = assert(socket.bind("127.0.0.1", 0, 128, TCP))
local port = select(2, server:getsockname())
local LINES <const> = ("x"):rep(300) .. "\r\n" .. ("y"):rep(30)

-- Connects, and takes what else waits to be accepted.
local function pair()
  server:settimeout(0)
  while server:accept() do end
  server:settimeout(60)
  local client, message = socket.connect("127.0.0.1", port, TCP)
  if not client then return nil, message end
  client:settimeout(60)
  local accepted
  accepted, message = server:accept()
  if not accepted then return nil, message end
  accepted:settimeout(60)
  return client, accepted
end

local function received(...)
  local client, accepted = pair()
  if not client then return nil, accepted end
  local ok, message = client:send(LINES)
  if not ok then return nil, message end
  client:shutdown("send")
  local data
  data, message = accepted:receive(...)
  return data, message
end

local NUMBERS <const> = { USR1 = process_core.signals.USR1 }

local looks = {
  { name = "a connection", right = "127.0.0.1", look = function()
    local client, accepted = pair()
    if not client then return nil, accepted end
    return (client:getpeername()), client.class, accepted.class
  end },
  { name = "a line", right = ("x"):rep(300), look = function() return received("*l") end },
  { name = "a count", right = ("x"):rep(300), look = function() return received(310) end },
  { name = "all", right = ("y"):rep(30), look = function() return received("*a") end },
  { name = "much", right = "100000", look = function()
    local client, accepted = pair()
    if not client then return nil, accepted end
    client:settimeout(0)
    local sent, got = 0, 0
    local data = ("z"):rep(2000)
    repeat
      local last, message, part = client:send(data, sent + 1)
      if not last and message ~= "timeout" then return nil, message end
      sent = last or part
    until sent == #data
    client:shutdown("send")
    repeat
      local piece, message = accepted:receiveany(700)
      if not piece and message ~= "closed" then return nil, message end
      got = got + #(piece or "")
    until not piece
    return got * 50
  end },
  { name = "select", right = "1, 1", look = function()
    local client, accepted = pair()
    if not client then return nil, accepted end
    local ok, message = client:send("x")
    if not ok then return nil, message end
    local readable, writable = socket.select({ accepted }, { client }, 60)
    return #readable, #writable
  end, raises = true },
  { name = "options", right = "true", look = function()
    local sock = socket.tcp(TCP)
    assert(sock:setoption("keepalive", true))
    local ok, message = sock:connect("127.0.0.1", port)
    if not ok then return nil, message end
    return sock:getoption("keepalive")
  end },
  { name = "a server", right = "tcp{server}", look = function()
    local sock, message = socket.bind("127.0.0.1", 0, 1, TCP)
    if not sock then return nil, message end
    return sock.class
  end },
  { name = "a poller", right = "true", look = function()
    local client, accepted = pair()
    if not client then return nil, accepted end
    local waiting <close>, message, errno = poller.new()
    if not waiting then return nil, message, errno end
    local ok
    ok, message, errno = waiting:add(accepted, "r", true)
    if not ok then return nil, message, errno end
    ok, message = client:send("x")
    if not ok then return nil, message end
    for _ = 1, 3 do -- a signal ends a wait
      local ready
      ready, message, errno = waiting:wait(60)
      if not ready then return nil, message, errno end
      if ready() == accepted then return true end
    end
    return false
  end },
  { name = "a signal", right = "USR1", fatal = true, look = function()
    local signals <close>, message, errno = poller.signals("USR1")
    if not signals then return nil, message, errno end
    assert(process_core.kill(process_core.getpid(), NUMBERS.USR1))
    local name
    name, message, errno = signals:next(60)
    if not name then signals:next(60) end -- it is not left for the next one
    return name, message, errno
  end },
  { name = "a timer", right = "true", look = function()
    local timer <close>, message, errno = os_core.timer(0.001)
    if not timer then return nil, message, errno end
    local times
    for _ = 1, 3 do
      times, message, errno = timer:receive(60)
      if times then return true end
    end
    return nil, message, errno
  end },
  { name = "a program's output", right = "hello\n, exit, 3",
    calls = { pipe2 = true, wait4 = true, waitid = true, pidfd_open = true, poll = true },
    look = function()
      local child <close>, message, errno = process.spawn({ "sh", "-c", "echo hello; exit 3" },
        { stdout = "pipe" })
      if not child then return nil, message, errno end
      local text = child.stdout:read("a")
      local how, status
      how, status, errno = child:wait()
      return how and text, how or status, how and status or errno
    end },
  { name = "what is read of a descriptor", right = LINES, look = function()
    local client, accepted = pair()
    if not client then return nil, accepted end
    local ok, message = client:send(LINES)
    if not ok then return nil, message end
    client:shutdown("send")
    local text, fd = "", accepted:getfd()
    socket.select({ accepted }, nil, 60)
    repeat
      local piece, words, errno = poller.read(fd, 300)
      if not piece then return nil, words, errno end
      text = text .. piece
    until piece == ""
    return text
  end, raises = true },
}

for _, look in ipairs(looks) do look.words = true end -- LuaSocket's methods have no errno

return looks
