--- Keeps everything busy for a long time, and fails where something grows: lua5.4 spec/soak/soak.lua MODE
-- HOST, in a guest, which `make soak` boots. For SMC_SOAK_SECONDS, of which the first tenth is to warm up:
--
-- connections to an echo server whose data are compared, garbage for a check server and checks of it in
-- between, watches of sockets and functions, and, where this guest has an ISM function, power cycles of it.
--
-- Then memory and descriptors of each process, its children, and the kernel's link groups have to be what
-- they were after the warm-up.

package.path = "spec/?.lua;" .. package.path

local E = require "smc.errno"
local check = require "smc.check"
local diag = require "smc.diag"
local ism = require "smc.ism"
local linkgroup = require "smc.linkgroup"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local MODE <const>, HOST <const> = arg[1], arg[2]
local SECONDS <const> = tonumber(os.getenv "SMC_SOAK_SECONDS") or 1800
local ECHO <const>, CHECK <const> = 12345, 37373
local ROOM <const> = 2048 -- KiB that a heap may grow by on its own: pieces, not leaks
local POWER_SECONDS <const> = 20 -- between two power cycles

local random = math.random
math.randomseed(os.time())

local done = { connections = 0, bytes = 0, checks = 0, garbage = 0, cycles = 0, events = 0 }

-- ---- the servers, where they are on this host ----

local servers = {}

local function start_servers()
  for _, words in ipairs { { "echo_server.lua", "--quiet" }, { "smc_chk.lua", "-S" } } do
    local name = table.remove(words, 1)
    servers[#servers + 1] = assert(process.spawn({ "lua5.4", "examples/" .. name, table.unpack(words) },
      { stdin = "null", stdout = "null", env = support.environment() }))
  end
end

local function await_servers()
  for _, port in ipairs { ECHO, CHECK } do
    support.await(function()
      local sock = socket.connect(HOST, port)
      if sock then sock:close() end
      return sock
    end)
  end
end

-- ---- what keeps them busy ----

-- A handshake that takes seconds, on a machine that has more to do, ends with TCP: that is counted.
local fallbacks, reasons = 0, {}

local function note_fallback(record)
  local name = record.fallback and record.fallback.name or record.verdict or record.state or "unknown"
  fallbacks = fallbacks + 1
  reasons[name] = (reasons[name] or 0) + 1
end

local block = assert(io.open("/dev/urandom", "rb")):read(1 << 18)

local function converse()
  local sock <close> = assert(socket.connect(HOST, ECHO))
  sock:settimeout(support.HANG)
  local info = assert(sock:info())
  if info.mode ~= MODE then note_fallback(info) end
  for _ = 1, random(4) do
    local first = random(#block)
    local data = block:sub(first, first + random(60000))
    assert(sock:send(data))
    assert(assert(sock:receive(#data)) == data, "another echo")
    done.bytes = done.bytes + #data
  end
  done.connections = done.connections + 1
end

local function throw_garbage()
  local sock <close> = assert(socket.connect(HOST, CHECK))
  sock:settimeout(support.HANG)
  local first = random(#block - 9000)
  local data = block:sub(first, first + random(8999))
  if random(2) == 1 then data = "smc-check probe 1\ntest 2 " .. data end
  sock:send(data)
  if random(3) == 1 then sock:shutdown("send") end
  if random(3) == 1 then sock:setoption("linger", { on = true, timeout = 0 }) end
  done.garbage = done.garbage + 1
end

local function test()
  local report = assert(check.connect(HOST, CHECK, { timeout = support.HANG }))
  if not report.success then note_fallback(report) end
  done.checks = done.checks + 1
end

local function take_events(watch)
  while true do
    local event, message, errno = watch:next(0)
    if event then
      done.events = done.events + 1
    elseif errno == E.ETIMEDOUT then
      return
    else
      assert(errno == E.ENOBUFS, message)
    end
  end
end

-- ---- power cycles ----

local next_cycle = 0

-- Off and on again; connections that are just closing keep it for a moment.
local function cycle(fid)
  if not fid or socket.monotonic() < next_cycle then return end
  next_cycle = socket.monotonic() + POWER_SECONDS
  local off, message, errno = ism.power_off(fid, { timeout = support.HANG })
  assert(off or errno == E.ETIMEDOUT, message)
  support.await(function() return assert(ism.find(fid)).power == false end)
  assert(ism.power_on(fid))
  support.await(function()
    local sock <close> = socket.connect(HOST, ECHO)
    return sock and sock:mode() == MODE
  end)
  done.cycles = done.cycles + 1
end

-- ---- what may not grow ----

local function of_process(pid)
  local memory
  for line in io.lines(("/proc/%d/status"):format(pid)) do
    memory = memory or tonumber(line:match("^VmRSS:%s+(%d+)"))
  end
  local list <close> = assert(io.popen(("ls /proc/%d/fd | wc -l"):format(pid)))
  local zombies = support.processes { parent = pid, states = "Z" }
  return { memory = memory, descriptors = list:read("n"), zombies = zombies }
end

local function measure()
  collectgarbage()
  collectgarbage()
  local found = { groups = #assert(linkgroup.list()), of_process(require "smc.core.process".getpid()) }
  for i, server in ipairs(servers) do found[i + 1] = of_process(server.pid) end
  return found
end

-- The descriptors that are left of connections go when both sides have closed.
local function settle()
  support.await(function()
    for s in assert(diag.sockets { details = false }) do
      if s.state ~= "LISTEN" and s.inode ~= 0 then return false end
    end
    return true
  end)
  return measure()
end

local NAMES <const> = { "this process", "echo_server.lua", "smc_chk.lua -S" }

local function compare(before, now)
  local faults = {}
  for i, one in ipairs(now) do
    local was = before[i]
    print(("%-16s %6d KiB, %3d descriptors, %d zombies; before %6d KiB, %3d descriptors"):format(NAMES[i],
      one.memory, one.descriptors, one.zombies, was.memory, was.descriptors))
    if one.memory > was.memory + ROOM then faults[#faults + 1] = NAMES[i] .. ": memory" end
    if one.descriptors > was.descriptors then faults[#faults + 1] = NAMES[i] .. ": descriptors" end
    if one.zombies > 0 then faults[#faults + 1] = NAMES[i] .. ": children" end
  end
  print(("link groups: %d; before %d"):format(now.groups, before.groups))
  if now.groups > before.groups + 1 then faults[#faults + 1] = "link groups" end
  return faults
end

-- ---- the run ----

collectgarbage("incremental")
local fid
if MODE == "SMC-D" then
  fid = assert(ism.list()[1], "there is no ISM function").fid
  start_servers()
end
await_servers()

local start = socket.monotonic()
local sockets <close> = assert(diag.watch { interval = 1 })
local functions <close> = assert(ism.watch())
local before
while socket.monotonic() < start + SECONDS do
  converse()
  throw_garbage()
  if random(10) == 1 then test() end
  take_events(sockets)
  take_events(functions)
  cycle(fid)
  if not before and socket.monotonic() > start + SECONDS / 10 then before = settle() end
end
local faults = compare(before, settle())
for _, server in ipairs(servers) do server:close() end
print(("%d connections with %d bytes, %d checks, %d times garbage, %d power cycles, %d events in %.0f s")
  :format(done.connections, done.bytes, done.checks, done.garbage, done.cycles, done.events,
    socket.monotonic() - start))
for name, count in pairs(reasons) do print(("fallbacks, %s: %d"):format(name, count)) end
if fallbacks > done.connections / 10 then faults[#faults + 1] = "the number of fallbacks" end
for _, fault in ipairs(faults) do print("GROWS: " .. fault) end
os.exit(#faults == 0, true)
