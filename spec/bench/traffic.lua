--- What reference.c does, as check.measure does it: traffic.lua tcp|smc ROLE PORT COUNT.

local batch = require "smc.check.batch"
local core = require "smc.core.socket"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic

local path, role, port, count = table.unpack(arg)
count = tonumber(count)
local SIZES <const> = { ping = 64, echo = 64, source = 65536, sink = 65536 }
local ANSWERS <const> = { echo = true, sink = true }
local HOUR <const> = 3600

local sock = core.new(4, false, path)
if ANSWERS[role] then
  sock:setoption("reuseaddr", true)
  assert(sock:bind("127.0.0.1", port))
  assert(sock:listen())
  print "ready"
  io.stdout:flush()
  sock = assert(sock:accept())
else
  assert(sock:connect("127.0.0.1", port))
end
sock:setoption("tcp-nodelay", true)
sock:settimeout(0)

-- The other side of a round trip does not know when it ends.
local function move()
  local traffic = batch.traffic(SIZES[role], role == "ping" and count or 0)
  local limit = role == "echo" and 1 << 30 or count
  local ok, message = batch.run(sock, traffic, role, limit, monotonic() + HOUR)
  assert(ok or role == "echo", message)
  sock:settimeout(-1)
  if role == "sink" then sock:send("!") elseif role == "source" then assert(sock:receive(1)) end
end

local started = monotonic()
local tasks <close> = assert(loop.new())
tasks:start(move)
while tasks.count > 0 do assert(tasks:step(HOUR)) end
if not ANSWERS[role] then print(("%.6f"):format(monotonic() - started)) end
