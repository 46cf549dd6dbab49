--- The server of a check.
-- @module smc.check.server

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local core = require "smc.core.socket"
local E = require "smc.errno"
local listen = require "smc.internal.listen"
local loop = require "smc.check.loop"
local printable = require "smc.internal.text".printable
local protocol = require "smc.check.protocol"
local session = require "smc.check.session"
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
local AT_ONCE <const> = 32 -- clients accepted before the others are served again
local PAUSE <const> = 1 -- seconds until the next accept if no descriptor is free and no client can be closed

-- Listens on the first free port starting with this one, as smc_chk does. Also returns the port.
local function listen_from(host, port)
  for candidate = port, 65535 do
    local sock, message, errno = listen(assert(socket.tcp()), host, candidate, MAX_CLIENTS)
    if sock then
      core.save_syns(sock) -- where that fails, clients learn less
      return sock, candidate
    end
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

-- Tells the caller of the server what has happened, at the end of the step.
local function tell(self, what, client)
  self.events[#self.events + 1] = { what, client }
end

-- === clients ===

-- Closes the client that has done nothing for the longest time, unless it is the one to keep.
-- @return true if there was one
local function make_room(self, keep)
  local oldest
  for client in pairs(self.clients) do
    if client ~= keep and (not oldest or client.seen < oldest.seen) then oldest = client end
  end
  if oldest then self.loop:cancel(oldest.task) end
  return oldest ~= nil
end

-- The kernel's record of a client. It requires one or two descriptors; if none is free, other clients are
-- closed.
local function look(self, sock, client)
  local info = sock:info()
  if not info and make_room(self, client) and make_room(self, client) then info = sock:info() end
  return info
end

-- What a session asks of the server.
local function host_for(self, client)
  return {
    idle_seconds = self.idle_seconds,
    look = function(sock) return look(self, sock, client) end,
    is_measuring = function() return self.is_measuring end,
    measuring = function()
      self.is_measuring = true
      return setmetatable({}, { __close = function() self.is_measuring = false end })
    end,
    probed = function(_, info)
      client.info = info
      tell(self, "probed", client)
    end,
  }
end

-- Serves a client to its end; a task.
local function attend(self, sock, client)
  local _ <close> = setmetatable({}, { __close = function()
    self.clients[client], self.count = nil, self.count - 1
    sock:close()
    tell(self, "closed", client)
  end })
  session.run(sock, client, host_for(self, client))
end

local function take(self, sock)
  sock:settimeout(0)
  -- A client that does not read must not make the server wait when it closes the connection.
  sock:setoption("linger", { on = true, timeout = 0 })
  if self.count >= self.max_clients then make_room(self) end
  local address, port = sock:getpeername()
  local client = { address = address, port = port, seen = socket.monotonic() }
  self.clients[client], self.count = true, self.count + 1
  tell(self, "connected", client)
  client.task = self.loop:start(function() attend(self, sock, client) end)
end

-- === the listener ===

-- If no descriptor or memory is left, the next accept follows at once if a client can be closed, or later.
local function recover(self, message)
  if not self.full then tell(self, "full", { message = message }) end
  self.full = true
  if not make_room(self) then loop.pause(socket.monotonic() + PAUSE) end
end

-- Accepts clients; a task.
local function listening(self)
  while true do
    for _ = 1, AT_ONCE do
      local sock, message = self.listener:accept()
      if sock then
        take(self, sock)
      elseif message == "timeout" then
        loop.wait(self.listener, "r", math.huge)
      elseif message == "closed" then
        return
      else
        recover(self, message)
      end
    end
    loop.pause()
  end
end

-- Calls what is called for clients, to load the modules that are loaded on first use: that fails later if no
-- descriptor is left.
local function load_all()
  require "smc.diag".find(0)
  require "smc.internal.addresses".completer()
  require "smc.reason".get(0)
  require "smc.check.evidence".device { dmb = { linkid = 0 } }
  require "smc.check.facts".here "127.0.0.1"
  require "smc.internal.segment"
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
  load_all()
  local tasks
  tasks, message, errno = loop.new()
  if not tasks then
    listener:close()
    return nil, message, errno
  end
  local self = setmetatable({
    host = host, port = port, listener = listener, loop = tasks, clients = {}, count = 0, events = {},
    max_clients = options.max_clients or MAX_CLIENTS, idle_seconds = options.idle_seconds or IDLE_SECONDS,
    on_event = options.on_event or function() end,
  }, metatable)
  tasks:start(function() listening(self) end)
  return self
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
  timeout = timeout or 1
  local ok, message, errno = self.loop:step(timeout < 0 and math.huge or timeout)
  local events = self.events
  self.events = {}
  for _, event in ipairs(events) do self.on_event(event[1], event[2]) end
  return ok, message, errno
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
  self.loop:close()
  self.clients, self.count, self.events = {}, 0, {}
  return self.listener:close() == 1
end

metatable.__close = methods.close

return server
