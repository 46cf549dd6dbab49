--- What the arguments of every method may be, by the class of its objects: for spec/unit/mistakes_spec.lua.

local kinds = require "mistakes.kinds"
local process = require "smc.process"
local smc = require "smc"
local socket = require "smc.socket"

local need, may = kinds.need, kinds.may

local objects = {}

local nothing <const> = {}

--- Both ends of a connection over TCP: the client, and the server that has not accepted it.
function objects.connected()
  local server = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
  local _, number = server:getsockname()
  local client = assert(socket.connect("127.0.0.1", number, { fallback = "tcp" }))
  client:settimeout(0)
  server:settimeout(0)
  return client, server
end

local address <const> = { need("localhost", "c_string"), need(1, "c_port") }
local SOCKET_METHODS <const> = {
  accept = nothing, close = nothing, dirty = nothing, events = nothing, getfamily = nothing, getfd = nothing,
  getpeername = nothing, getsockname = nothing, getstats = nothing, gettimeout = nothing, info = nothing,
  mode = nothing, pollfd = nothing, timeout = nothing,
  bind = address, connect = address, setpeername = address, setsockname = address,
  getoption = { need("keepalive", "name") },
  listen = { may(1, "c_number") },
  receive = { may("*l", "letter"), may("", "c_data") },
  receiveany = { need(1, "c_number") },
  send = { need("", "c_data"), may(1, "c_number"), may(1, "c_number") },
  setfd = { need(-1, "c_integer") },
  setoption = { need("keepalive", "name"), need(true, "c_boolean") },
  setstats = { may(0, "c_number"), may(0, "c_number") },
  settimeout = { may(0, "c_seconds"), may("b", "letter") },
  shutdown = { may("both", "name") },
}

objects.classes = {
  ["smc.process.Process"] = {
    new = function() return assert(process.spawn({ "sleep", "60" })) end,
    methods = { wait = { may(0, "seconds") }, kill = { may("CONT", "signal") }, getfd = nothing,
      close = nothing },
  },
  ["smc.poller"] = {
    new = function() return assert(smc.poller.new()) end,
    methods = {
      add = { need(socket.tcp4 { fallback = "tcp" }, "object"), need("r", "name"), may(false, "boolean") },
      modify = { need(socket.tcp4 { fallback = "tcp" }, "object"), need("r", "name"), may(false, "boolean") },
      remove = { need(socket.tcp4 { fallback = "tcp" }, "object") },
      wait = { may(0, "number") },
      close = nothing,
    },
  },
  ["smc.poller.signals"] = {
    new = function() return assert(smc.poller.signals("USR2")) end,
    methods = { getfd = nothing, next = { may(0, "c_seconds") }, close = nothing },
  },
  ["smc.Watch"] = {
    new = function() return assert(smc.ism.watch()) end,
    methods = { next = { may(0, "seconds") }, getfd = nothing, dirty = nothing, close = nothing },
  },
  ["tcp{master}"] = {
    new = function() return assert(socket.tcp { fallback = "tcp" }) end, methods = SOCKET_METHODS,
  },
  ["tcp{client}"] = { new = function() return (objects.connected()) end, methods = SOCKET_METHODS },
  ["tcp{server}"] = {
    new = function() return (select(2, objects.connected())) end, methods = SOCKET_METHODS,
  },
}

local recorder = smc.handshake.recorder() -- it needs CAP_NET_RAW
if recorder then
  objects.classes["smc.handshake.Recorder"] = {
    new = function() return assert(smc.handshake.recorder()) end,
    methods = { take = { need(1, "integer") }, close = nothing },
  }
  recorder:close()
end

if smc.system.available() then
  objects.classes["smc.check.server"] = {
    new = function() return assert(smc.check.server { host = "127.0.0.1" }) end,
    methods = { step = { may(0, "number") }, serve = nothing, close = nothing },
  }
end

return objects
