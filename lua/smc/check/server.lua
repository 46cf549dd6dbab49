--- The server of a check.
-- @module smc.check.server

local args = require "smc.internal.args"
local core = require "smc.core.socket"
local E = require "smc.errno"
local poller = require "smc.poller"
local printable = require "smc.internal.text".printable
local protocol = require "smc.check.protocol"
local socket = require "smc.socket"
local system = require "smc.system"

local server = {}
local methods = {}
local metatable = { __index = methods, __name = "smc.check.server" }

local OPTIONS <const> = {
  host = "text", port = args.range(1, 65535), family = { "inet", "inet6", "unspec" }, on_event = "function",
  max_clients = args.range(1), idle_seconds = "seconds",
}

local MAX_CLIENTS <const> = 1024 -- clients at once, and length of the accept queue
local IDLE_SECONDS <const> = 60
local PAUSE <const> = 1 -- seconds until the next accept if no descriptor is free and no client can be closed

-- Like socket.bind, but returns the errno of a failure.
local function listen(host, port)
  local sock = assert(socket.tcp())
  sock:setoption("reuseaddr", true)
  local ok, message = sock:bind(host, port)
  if ok then ok, message = sock:listen(MAX_CLIENTS) end
  if ok then return sock end
  local errno = core.last_errno(sock)
  sock:close()
  return nil, message, errno
end

-- Listens on the first free port starting with this one, as smc_chk does. Also returns the port.
local function listen_from(host, port)
  for candidate = port, 65535 do
    local sock, message, errno = listen(host, candidate)
    if sock then return sock, candidate end
    if errno ~= E.EADDRINUSE then
      return nil, ("cannot listen on %s port %d: %s"):format(printable(host), candidate, message), errno
    end
  end
  return nil, ("%s has no free port from %d on"):format(printable(host), port), E.EADDRINUSE
end

-- The address to listen on.
local function address_of(options)
  if not options.host then return options.family == "inet6" and "::" or "*" end
  if not options.family then return options.host end
  local addresses, message, errno = socket.resolve(options.host, options.family)
  if not addresses then return nil, message, errno end
  return addresses[1]
end

--- See `smc.check.server`.
function server.new(options)
  options = args.options("server", 1, options, OPTIONS)
  local ok, message, errno = system.available()
  if not ok then return nil, message, errno end
  local host
  host, message, errno = address_of(options)
  if not host then return nil, message, errno end
  local listener, port
  listener, port, errno = listen_from(host, options.port or protocol.PORT)
  if not listener then return nil, port, errno end -- a message instead of the port
  listener:settimeout(0)
  local loop
  loop, message, errno = poller.new()
  if loop then ok, message, errno = loop:add(listener, "r") end
  if not (loop and ok) then
    listener:close()
    return nil, message, errno
  end
  return setmetatable({
    host = host, port = port, listener = listener, poller = loop, clients = {}, count = 0, next_look = 0,
    max_clients = options.max_clients or MAX_CLIENTS, idle_seconds = options.idle_seconds or IDLE_SECONDS,
    on_event = options.on_event or function() end,
  }, metatable)
end

local function drop(self, sock)
  local client = self.clients[sock]
  self.poller:remove(sock)
  sock:close()
  self.clients[sock], self.count = nil, self.count - 1
  self.on_event("closed", client)
end

-- Closes the client that has been silent for the longest time, unless it is the one to keep.
-- @return true if there was one
local function make_room(self, keep)
  local oldest, since
  for sock, client in pairs(self.clients) do
    if sock ~= keep and (not oldest or client.seen < since) then oldest, since = sock, client.seen end
  end
  if oldest then drop(self, oldest) end
  return oldest ~= nil
end

-- If accept() fails, the listener stays readable: it is removed from the poller for a while.
local function pause(self)
  self.poller:remove(self.listener)
  self.paused_until = socket.monotonic() + PAUSE
end

local function resume(self)
  if not self.paused_until or socket.monotonic() < self.paused_until then return end
  self.paused_until = nil
  self.poller:add(self.listener, "r")
end

local function take(self, sock)
  sock:settimeout(0)
  if self.count >= self.max_clients then make_room(self) end
  if not self.poller:add(sock, "r") then
    sock:close()
    return
  end
  local address, port = sock:getpeername()
  self.clients[sock] = { address = address, port = port, seen = socket.monotonic(), data = "" }
  self.count = self.count + 1
  self.on_event("connected", self.clients[sock])
end

-- Accepts one client. If no descriptor is free, the next step accepts it.
local function accept(self)
  local sock, message = self.listener:accept()
  if sock then
    take(self, sock)
  elseif message == "closed" then
    return nil, "the server is closed", E.EBADF
  elseif message ~= "timeout" and not make_room(self) then
    pause(self)
  end
  return true
end

-- The kernel's record of a client. It requires one or two descriptors; if none is free, other clients are
-- closed.
local function look(self, sock)
  local info = sock:info()
  if not info and make_room(self, sock) and make_room(self, sock) then info = sock:info() end
  return info
end

-- Answers a probe once; the answer is so short that it fits into the send buffer.
local function answer(self, sock, client)
  local is_request = protocol.is_request(client.data)
  if is_request == nil then return end
  client.data = nil
  if not is_request then return end
  client.info = look(self, sock)
  sock:send(protocol.answer(client.info))
  self.on_event("probed", client)
end

local function receive(self, sock)
  local client = self.clients[sock]
  if not client then return end
  local data, message = sock:receiveany(65536)
  if data then
    client.seen = socket.monotonic()
    if client.data then
      client.data = client.data .. data
      answer(self, sock, client)
    end
  elseif message ~= "timeout" then
    drop(self, sock)
  end
end

local function drop_idle(self)
  local now = socket.monotonic()
  if now < self.next_look then return end
  self.next_look = now + 1
  local limit = now - self.idle_seconds
  for sock, client in pairs(self.clients) do
    if client.seen < limit then drop(self, sock) end
  end
end

--- Serves the clients that are ready, once.
-- @tparam[opt] number timeout seconds to wait for a client; one second by default
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EBADF if the server is closed
-- @raise for an argument of the wrong type
function methods:step(timeout)
  args.object("step", self, metatable)
  args.optional("step", 1, timeout, "number")
  resume(self)
  local ready, message, errno = self.poller:wait(timeout or 1)
  if not ready then return nil, message, errno end
  for sock in ready do
    if sock == self.listener then
      local ok
      ok, message, errno = accept(self)
      if not ok then return nil, message, errno end
    else
      receive(self, sock)
    end
  end
  drop_idle(self)
  return true
end

--- Serves until an error or an interrupt.
-- @treturn nil
-- @treturn string message
-- @treturn integer errno
function methods:serve()
  args.object("serve", self, metatable)
  local ok, message, errno
  repeat ok, message, errno = self:step() until not ok
  return nil, message, errno
end

--- Closes the server and its clients. Closing twice is allowed. `<close>` does the same.
-- @treturn boolean true
function methods:close()
  args.object("close", self, metatable)
  for sock in pairs(self.clients) do sock:close() end
  self.clients, self.count = {}, 0
  self.listener:close()
  return self.poller:close()
end

metatable.__close = methods.close

return server
