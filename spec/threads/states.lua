-- What each of several Lua states does, in a thread of its own, at the same time as the others.

local os_core = require "smc.core.os"
local ism = require "smc.ism"
local netlink = require "smc.core.netlink"
local poller = require "smc.poller"
local process = require "smc.process"
local socket = require "smc.socket"
local stats = require "smc.stats"
local sysfs = require "smc.core.sysfs"
local system = require "smc.system"

local number = number -- luacheck: ignore 113
local TCP <const> = { fallback = "tcp" }

-- The signals that are blocked in this thread.
local function blocked()
  local file <close> = assert(io.open("/proc/thread-self/status"))
  return file:read("a"):match("SigBlk:%s*(%x+)")
end

local function transfer()
  local server <close> = assert(socket.bind("127.0.0.1", 0, 1, TCP))
  local client <close> = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), TCP))
  local accepted <close> = assert(server:accept())
  local waiting <close> = assert(poller.new())
  assert(waiting:add(accepted, "r"))
  local data = ("0123456789"):rep(7000) .. "\n"
  local sent, got = 0, {}
  client:settimeout(0)
  accepted:settimeout(0)
  while #table.concat(got) < #data do
    local last, _, part = client:send(data, sent + 1)
    sent = last or part
    for sock in assert(waiting:wait(60)) do
      local piece, message = sock:receiveany(5000)
      assert(piece or message == "timeout", message)
      got[#got + 1] = piece
    end
  end
  assert(table.concat(got) == data)
  assert(client:setoption("tcp-nodelay", true) and client:getoption("tcp-nodelay"))
  assert(accepted:getpeername() == "127.0.0.1")
end

-- Left to the collector, with bytes that were not sent: a thread closes it.
local function leave()
  local server = assert(socket.bind("127.0.0.1", 0, 1, TCP))
  local client = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), TCP))
  local accepted = assert(server:accept())
  client:settimeout(0)
  repeat local last, message = client:send(("x"):rep(1 << 20)) until not last or message
  accepted:getfd()
end

local function hold_signals()
  local before = blocked()
  local one = assert(poller.signals("USR1", "USR2"))
  local two = assert(poller.signals("USR1"))
  assert(blocked() ~= before)
  one:close()
  two:close()
  assert(blocked() == before, "signals stay blocked")
end

local function run_program()
  local child <close> = assert(process.spawn({ "echo", tostring(number) }, { stdout = "pipe" }))
  assert(child.stdout:read("n") == number)
  assert(child:wait() == "exit")
end

local function look()
  for _ in assert(netlink.inet_diag(false, true)) do end -- luacheck: ignore 542
  assert(ism.list { all = true })
  assert(netlink.interface_name(1) == "lo")
  assert(sysfs.attributes("/sys/class/net/lo", { "mtu" }).mtu)
  assert(socket.resolve("127.0.0.1"))
  system.available()
  stats.get()
  local timer <close> = assert(os_core.timer(0.001))
  assert(timer:receive(60))
  assert(sysfs.async_write("/dev/null", "1"):wait(60))
end

for _ = 1, 5 do
  transfer()
  leave()
  hold_signals()
  run_program()
  look()
  collectgarbage()
end
