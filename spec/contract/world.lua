--- The paths that the specs run on, each with a peer process at its other end.

local collector = require "collector"
local core = require "smc.core.socket"
local plain = require "socket"
local process = require "smc.core.process"
local smc = require "smc.socket"
local support = require "support"

local world = {}

--- What the contract is about: files of spec/contract/subjects.
world.SUBJECTS = {
  "objects", "numbers", "send", "receive", "timeouts", "closing", "names", "options", "connecting",
  "attempts", "select", "module",
}

--- Where host10 has a peer of smc.socket, on port 9900: then there is SMC-R.
local other_host = os.getenv "SMC_CONTRACT_PEER"
local OTHER_PORT <const> = 9900

-- How often the kernel tries whether an SMC-R link still has another end: by default 30 seconds.
if other_host then
  local testlink <close> = assert(io.open("/proc/sys/net/smc/smcr_testlink_time", "w"))
  assert(testlink:write("1\n"))
end

-- name; mode: what the connections have to be; peer: the peer's module; host: where the peer is;
-- protocol: that of the sockets; collect: how garbage is collected meanwhile.
local paths = {
  { name = "smc.socket over SMC-D", mode = "SMC-D", peer = "smc.socket" },
  { name = "smc.socket over a fallback to TCP", mode = "TCP", peer = "socket" },
  other_host and { name = "smc.socket over SMC-R", mode = "SMC-R", host = other_host } or nil,
}
local implementations = {
  { name = "LuaSocket over TCP", module = plain, peer = "socket" }, table.unpack(paths)
}
-- `make check` takes every way to collect, the other runs the one that collects most.
local ways = { "without a pause" }
if os.getenv "SMC_CONTRACT_ALL" then
  ways = { "incremental", "generational", "without a pause" }
end
for _, mode in ipairs(ways) do
  table.insert(implementations, { name = "smc.socket over SMC-D, garbage collection " .. mode,
    mode = "SMC-D", peer = "smc.socket", collect = mode })
end


-- The same over the other kind of SMC socket, which is of AF_INET or AF_INET6.
if os.getenv "SMC_CONTRACT_COLLECTORS" == "all" then
  table.insert(implementations, { name = "smc.socket of IPPROTO_SMC", mode = "SMC-D", peer = "smc.socket",
    protocol = "inet" })
end

local new_socket = core.new

-- Has smc.socket make sockets of this kind, where it is not told which; nil: of AF_SMC.
local function use(protocol)
  core.new = protocol and function(version, may_tcp, kind)
    return new_socket(version, may_tcp, kind or protocol)
  end or new_socket
end

local Peer = {}

local function start(path)
  local argv = { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath,
    "lua5.4", "spec/contract/peer.lua", path.peer, path.host or "127.0.0.1", "0" }
  if path.namespace then argv = { "ip", "netns", "exec", path.namespace, table.unpack(argv) } end
  local pid, message, stdout = process.spawn(argv, nil, { stdin = "null", stdout = "pipe" })
  assert(pid, message)
  return pid, stdout
end

-- The peer of the other host is started again by itself whenever it ends.
local function reach(host, port)
  return support.await(function() return (plain.connect(host, port)) end)
end

function Peer:open()
  use(self.path.protocol)
  local port = OTHER_PORT
  if self.host ~= other_host then
    self.pid, self.stdout = start(self.path)
    port = tonumber(self.stdout:read())
  end
  self.control = reach(self.host, port)
  self.control:setoption("tcp-nodelay", true)
  self.port = math.tointeger(tonumber(self.remote "return (select(2, server:getsockname()))"))
  if self.collector then self.collector:start() end
end

function Peer:close()
  use(nil)
  if self.collector then self.collector:stop() end
  self.control:close()
  if not self.pid then return end
  process.kill(self.pid, process.signals.KILL)
  process.wait(self.pid)
  self.stdout:close()
end

--- Has the peer do something and waits for the answer.
function Peer:remote(code)
  assert(self.control:send((code:gsub("%s+", " ")) .. "\n"))
  local status, answer = assert(self.control:receive()):match("^(%a+) ?(.*)")
  assert(status == "ok", answer)
  return answer
end

--- Has the peer do something meanwhile.
function Peer:later(code) return self.remote("later " .. code) end

--- A new connection; the peer's end is its `data`.
function Peer:connect()
  self.later "accept()"
  return assert(self.module.connect(self.host, self.port))
end

-- Seconds that a function takes.
local function elapsed(f)
  local started = smc.monotonic()
  f()
  return smc.monotonic() - started
end

--- A function that has a limit of time: it takes so many seconds at least, and does not hang.
function Peer.takes(low, f)
  local seconds = elapsed(f)
  assert(low <= seconds and seconds < low + support.HANG, ("it took %g s, not %g"):format(seconds, low))
end

function Peer.between(low, value, high)
  assert(low <= value and value <= high, ("%g is not between %g and %g"):format(value, low, high))
end

-- Methods come bound: `peer.connect()`.
function world.peer(path)
  local self = { name = path.name, path = path, mode = path.mode, host = path.host or "127.0.0.1",
    module = path.module or smc, ours = path.ours or not path.module,
    collector = path.collect and collector.new(path.collect) }
  for name, method in pairs(Peer) do self[name] = function(...) return method(self, ...) end end
  self.takes, self.between = Peer.takes, Peer.between
  return self
end

local function peers(list)
  local result = {}
  for i, path in ipairs(list) do result[i] = world.peer(path) end
  return result
end

--- LuaSocket, and smc.socket over every path.
function world.implementations() return peers(implementations) end

--- smc.socket over every path.
function world.paths() return peers(paths) end

return world
