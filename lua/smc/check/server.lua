--- The side of a check that others connect to.
-- @module smc.check.server

local args = require "smc.internal.args"
local poller = require "smc.poller"
local printable = require "smc.internal.text".printable
local probe = require "smc.check.probe"
local socket = require "smc.socket"
local system = require "smc.system"

local server = {}
local methods = {}
local metatable = { __index = methods, __name = "smc.check.server" }

local OPTIONS = {
  host = "text", port = "integer", family = { "inet", "inet6", "unspec" }, on_event = "function",
  max_clients = args.range(1), idle_seconds = "seconds",
}

-- The first free port from here on, as smc_chk does.
local function listen(host, port)
  for candidate = port, 65535 do
    local sock, message = socket.bind(host, candidate)
    if sock then return sock, candidate end
    if message ~= "address already in use" then
      return nil, ("cannot listen on %s port %d: %s"):format(printable(host), candidate, message)
    end
  end
  return nil, ("no free port from %d on"):format(port)
end

--- Starts to listen, on the first free port from `port` on.
-- @tparam[opt] table options
--   `host`: address to listen on, default all of IPv4, with `family = "inet6"` all of IPv6;
--   `port`: default 37373;
--   `max_clients`: connections held at once, default 256; more wait in the queue;
--   `idle_seconds`: silent clients are closed after so long, default 60;
--   `on_event(what, client)`: called on "connected", "probed", "closed", with a table of the
--   client's `address` and `port`, and once it is known what `sock:info()` gives as `info`
-- @return the server, with `port` and `host`; or nil, a message and errno
-- @raise for an unknown option, or one of a wrong type
function server.new(options)
  options = args.options("server", 1, options, OPTIONS)
  local host = options.host or (options.family == "inet6" and "::" or "*")
  local port = options.port or probe.PORT
  if port < 1 or port > 65535 then
    return nil, ("port %s is out of range (1 to 65535)"):format(port)
  end
  local ok, message, errno = system.available()
  if not ok then return nil, message, errno end
  local self = setmetatable({
    host = host, clients = {}, count = 0, next_look = 0,
    max_clients = options.max_clients or 256, idle_seconds = options.idle_seconds or 60,
    on_event = options.on_event or function() end,
  }, metatable)
  self.listener, self.port = listen(host, port)
  if not self.listener then return nil, self.port end
  self.listener:settimeout(0)
  self.poller, message, errno = poller.new()
  if not self.poller then return nil, message, errno end
  assert(self.poller:add(self.listener, "r"))
  return self
end

function methods:drop(sock)
  local client = self.clients[sock]
  self.poller:remove(sock)
  sock:close()
  if self.paused then
    self.poller:add(self.listener, "r")
    self.paused = false
  end
  self.clients[sock], self.count = nil, self.count - 1
  self.on_event("closed", client)
end

local function pause(self)
  self.poller:remove(self.listener)
  self.paused = true
end

local function accept(self)
  local sock, message = self.listener:accept()
  if not sock then
    -- Descriptors have run out: the listener, which stays ready, waits for a client to go.
    if message ~= "timeout" and message ~= "closed" and self.count > 0 then pause(self) end
    return
  end
  sock:settimeout(0)
  if not self.poller:add(sock, "r") then return sock:close() end
  local address, port = sock:getpeername()
  self.clients[sock] = { address = address, port = port, seen = socket.monotonic(), data = "" }
  self.count = self.count + 1
  if self.count == self.max_clients then pause(self) end
  self.on_event("connected", self.clients[sock])
end

-- Answers a probe once; the answer is so short that a client who does not take it is no client.
local function answer(self, sock, client)
  local is_request = probe.is_request(client.data)
  if is_request == nil then return end
  client.data = nil
  if not is_request then return end
  client.info = sock:info()
  if client.info then sock:send(probe.answer(client.info)) end
  self.on_event("probed", client)
end

local function receive(self, sock)
  local client = self.clients[sock]
  local data, message = sock:receiveany(65536)
  if data then
    client.seen = socket.monotonic()
    if client.data then
      client.data = client.data .. data
      answer(self, sock, client)
    end
  elseif message ~= "timeout" then
    self:drop(sock)
  end
end

local function drop_idle(self)
  local now = socket.monotonic()
  if now < self.next_look then return end
  self.next_look = now + 1
  local limit = now - self.idle_seconds
  for sock, client in pairs(self.clients) do
    if client.seen < limit then self:drop(sock) end
  end
end

--- Serves whatever is ready, once.
-- @tparam[opt] number timeout seconds to wait for something, nil: up to a second
-- @return true, or nil, a message and errno
-- @raise for an argument of a wrong type
function methods:step(timeout)
  args.object("step", self, metatable)
  args.optional("step", 1, timeout, "number")
  local ready, message, errno = self.poller:wait(timeout or 1)
  if not ready then return nil, message, errno end
  for sock in ready do
    if sock == self.listener then accept(self) else receive(self, sock) end
  end
  drop_idle(self)
  return true
end

--- Serves until an error or an interrupt.
-- @return nil, a message and errno
function methods:serve()
  args.object("serve", self, metatable)
  local ok, message, errno
  repeat ok, message, errno = self:step() until not ok
  return nil, message, errno
end

--- Closes the server and its clients. Closing twice is fine. Also by `<close>`.
function methods:close()
  args.object("close", self, metatable)
  for sock in pairs(self.clients) do sock:close() end
  self.clients, self.count = {}, 0
  self.listener:close()
  self.poller:close()
end

metatable.__close = methods.close

return server
