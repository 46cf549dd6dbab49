-- Makers of every kind of object: each is open and ready, so that no call on it has to wait.

local netlink = require "smc.core.netlink"
local os_core = require "smc.core.os"
local poller = require "smc.poller"
local poller_core = require "smc.core.poller"
local process = require "smc.process"
local process_core = require "smc.core.process"
local socket = require "smc.socket"
local sysfs = require "smc.core.sysfs"
local watch = require "smc.internal.watch"

local TCP <const> = { fallback = "tcp" }

local function listener()
  local server = assert(socket.bind("127.0.0.1", 0, 8, TCP))
  server:settimeout(0)
  return server, (select(2, server:getsockname()))
end

local peers = setmetatable({}, { __mode = "k" }) -- object → what keeps it ready

local objects = {}

local held = assert(poller.signals("USR2")) -- a signal that nobody takes is not to end the program

function objects.master()
  local sock = assert(socket.tcp(TCP))
  sock:settimeout(0)
  return sock
end

function objects.client()
  local server, port = listener()
  local peer = assert(socket.connect("127.0.0.1", port, TCP))
  local sock
  repeat sock = server:accept() until sock
  assert(peer:send("one\ntwo\r\nthree" .. ("x"):rep(1000)))
  peer:shutdown("send")
  server:close()
  sock:settimeout(0)
  peers[sock] = peer
  return sock
end

function objects.server()
  local server, port = listener()
  peers[server] = assert(socket.connect("127.0.0.1", port, TCP))
  return server
end

function objects.epoll()
  local epoll, sock = assert(poller_core.new()), objects.client()
  assert(epoll:add(sock:getfd(), "r"))
  peers[epoll] = sock
  return epoll
end

function objects.poller()
  local waiting, sock = assert(poller.new()), objects.client()
  assert(waiting:add(sock, "r"))
  return waiting
end

function objects.signals()
  local signals = assert(poller.signals("USR2"))
  process_core.kill(process_core.getpid(), process_core.signals.USR2)
  return signals
end

function objects.timer()
  local timer = assert(os_core.timer(1e-9))
  assert(timer:receive(60))
  return timer
end

function objects.writing() return assert(sysfs.async_write("/dev/null", "1")) end
function objects.uevents() return assert(sysfs.uevents()) end
function objects.pidfd() return assert(process_core.pidfd(process_core.getpid())) end
function objects.dump() return (assert(netlink.inet_diag(false, true))) end

function objects.process()
  return assert(process.spawn({ "true" }, { stdin = "pipe", stdout = "pipe" }))
end

function objects.watch()
  return watch.new(objects.timer(), function() return { { event = "expired" } } end)
end

return objects, held
