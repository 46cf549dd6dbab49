--- Waits for many sockets at once: epoll(7), without a limit on descriptors.
--
--    local poller <close> = assert(smc.socket.poller())
--    poller:add(server, "r")
--    for sock, events in poller:wait(1) do … end
--
-- A poller waits for any object with a `getfd` method. The kernel does not know about the bytes that a socket
-- object has buffered; the poller also reports such a socket (`sock:dirty()`), in edge mode too. It removes a
-- socket that is closed or gives its descriptor away.
-- @module smc.poller

local args = require "smc.internal.args"
local core = require "smc.core.poller"
local sock_core = require "smc.core.socket"

local poller = {}
local methods = {}
local metatable = { __index = methods, __name = "smc.poller" }

--- Creates a poller: epoll_create1(2).
-- @treturn[1] Poller
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function poller.new()
  local epoll, message, errno = core.new()
  if not epoll then return nil, message, errno end
  return setmetatable({
    epoll = epoll,
    ready = {},
    count = 0,    -- of the sockets
    sockets = {}, -- by descriptor
    reads = {},   -- descriptor → true if input is waited for
    foreign = {}, -- those of other makers that may be dirty
    recent = {},  -- those reported last: they are the likely dirty ones
  }, metatable)
end

--- Blocks signals and creates an object with which a poller can wait for them: signalfd(2).
-- They no longer end the program until the object is closed.
-- @function signals
-- @tparam string ... names: `"HUP"`, `"INT"`, `"TERM"`, `"USR1"`, `"USR2"`
-- @treturn[1] Signals
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for another name
poller.signals = core.signals

--- Returns the next signal. `for name in signals do` waits without a limit, and ends when the
-- object is closed.
-- @function Signals:next
-- @tparam[opt] number seconds how long to wait for one; default: without limit. 0 does not wait
-- @treturn[1] string its name, as `"TERM"`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ETIMEDOUT where none has arrived, EBADF where the object is closed

--- Returns the descriptor, for a poller.
-- @function Signals:getfd
-- @treturn integer -1 when the object is closed

--- Closes the descriptor and restores the former effect of the signals. Closing twice is allowed.
-- @function Signals:close
-- @treturn boolean true

--- Reads the available bytes from a descriptor, like read(2); `io.read` waits until it has all of them.
-- @function read
-- @tparam integer fd
-- @tparam integer max bytes, 64 KiB at most
-- @treturn[1] string `""` at the end of the file
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for an argument of the wrong type
poller.read = require "smc.core.os".read

local EVENTS <const> = { "r", "w", "rw" }
local EDGE <const> = { [false] = "", [true] = "e" }

local MAX_FD <const> = 0x7fffffff

local function index(object, key) return object[key] end

-- The descriptor of an argument; -1, that of a closed object, is allowed, so that the kernel reports it.
-- Returns nil, message, errno if the object cannot have one.
local function descriptor_of(called, sock)
  local indexed, getfd = pcall(index, sock, "getfd")
  if not (indexed and getfd) then
    args.refuse(called, 1, "socket or other object with getfd expected, got " .. type(sock))
  end
  local fd, message, errno = getfd(sock)
  if fd == nil and errno then return nil, message, errno end
  fd = math.tointeger(fd) or fd -- LuaSocket's are floats
  if math.type(fd) ~= "integer" or fd < -1 or fd > MAX_FD then
    args.refuse(called, 1, ("its getfd returns %s, which is not a descriptor"):format(tostring(fd)))
  end
  return fd
end

local function check_events(called, events, edge)
  args.check(called, 2, events, EVENTS)
  args.optional(called, 3, edge, "boolean")
  return events .. EDGE[edge or false]
end

-- Checks the arguments of a method, and calls the epoll method with its name. Returns the descriptor.
local function control(self, called, sock, events, edge)
  args.object(called, self, metatable)
  local fd, message, errno = descriptor_of(called, sock)
  local checked = check_events(called, events, edge)
  if not fd then return nil, message, errno end
  local ok
  ok, message, errno = self.epoll[called](self.epoll, fd, checked)
  if not ok then return nil, message, errno end
  return fd
end

local function forget(self, fd)
  local sock = self.sockets[fd]
  if not sock then return end
  self.sockets[fd], self.reads[fd], self.foreign[sock], self.recent[sock] = nil, nil, nil, nil
  self.count = self.count - 1
end

--- Registers a socket.
-- @function Poller:add
-- @tparam table|userdata sock anything with a method `getfd`
-- @tparam string events `"r"`, `"w"` or `"rw"`
-- @tparam[opt=false] boolean edge report changes only (EPOLLET)
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for an argument of the wrong type
function methods:add(sock, events, edge)
  local fd, message, errno = control(self, "add", sock, events, edge)
  if not fd then return nil, message, errno end
  forget(self, fd) -- of a socket that was closed unseen
  self.sockets[fd], self.reads[fd] = sock, events ~= "w" or nil
  self.count = self.count + 1
  local ours = sock_core.watch(sock, self, function() self:remove(sock) end)
  if not ours and sock.dirty then self.foreign[sock] = true end
  return true
end

--- Changes the events of a socket.
-- @function Poller:modify
-- @tparam table|userdata sock
-- @tparam string events `"r"`, `"w"` or `"rw"`
-- @tparam[opt=false] boolean edge report changes only (EPOLLET)
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if the socket is not registered
-- @raise for an argument of the wrong type
function methods:modify(sock, events, edge)
  local fd, message, errno = control(self, "modify", sock, events, edge)
  if not fd then return nil, message, errno end
  self.reads[fd] = events ~= "w" or nil
  return true
end

--- Removes a socket. Closing a socket removes it too.
-- @function Poller:remove
-- @tparam table|userdata sock
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if the socket is not registered
function methods:remove(sock)
  args.object("remove", self, metatable)
  local fd, message, errno = descriptor_of("remove", sock)
  if not fd then return nil, message, errno end
  forget(self, fd)
  sock_core.watch(sock, self, nil)
  return self.epoll:remove(fd)
end

-- The sockets that have buffered input, fd → socket; nil if there are none.
local function dirty_sockets(self)
  local expected, found = sock_core.buffered(), nil
  local function try(sock)
    local fd = sock:getfd()
    if not sock:dirty() then return end
    expected = expected - 1
    if self.reads[fd] and self.sockets[fd] == sock then
      found = found or {}
      found[fd] = sock
    end
  end
  for sock in pairs(self.foreign) do
    if sock:dirty() then expected = expected + 1 end -- not of those that `buffered` counts
    try(sock)
  end
  if expected > 0 then
    for sock in pairs(self.recent) do
      if not self.foreign[sock] then try(sock) end
    end
  end
  if expected > 0 then -- somebody read from a socket that was not reported
    for _, sock in pairs(self.sockets) do
      if not self.recent[sock] and not self.foreign[sock] and sock.dirty then try(sock) end
    end
  end
  return found
end

-- Waits, and stores the ready sockets in self.ready and self.recent. Returns their number.
local function collect(self, timeout)
  local ready, dirty = self.ready, dirty_sockets(self)
  local n, message, errno = self.epoll:wait(dirty and 0 or timeout, ready)
  if not n then return nil, message, errno end
  self.recent = {}
  for i = 1, n do
    local fd = ready[2 * i - 1]
    local sock = self.sockets[fd]
    if sock and sock.dirty then self.recent[sock] = true end
    if dirty and dirty[fd] then
      if ready[2 * i] == "w" then ready[2 * i] = "rw" elseif ready[2 * i] == "e" then ready[2 * i] = "r" end
      dirty[fd] = nil
    end
  end
  for fd, sock in pairs(dirty or {}) do
    n = n + 1
    ready[2 * n - 1], ready[2 * n] = fd, "r"
    self.recent[sock] = true
  end
  return n
end

--- Waits until some socket is ready. A signal ends the wait without any socket.
-- @function Poller:wait
-- @tparam[opt] number timeout seconds; nil, a negative number and `math.huge` wait without limit
-- @treturn[1] function an iterator of socket and `"r"`, `"w"`, `"rw"` or `"e"` (error or hang-up)
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for an argument of the wrong type
function methods:wait(timeout)
  args.object("wait", self, metatable)
  args.optional("wait", 1, timeout, "limit")
  local ready = self.ready
  local n, message, errno = collect(self, timeout)
  if not n then return nil, message, errno end
  local i = 0
  return function()
    while i < n do
      i = i + 1
      local fd, events = ready[2 * i - 1], ready[2 * i]
      local sock = self.sockets[fd]
      if sock and sock:getfd() == fd then return sock, events end
      if sock then -- another maker's: closed, or its descriptor given away
        forget(self, fd)
        self.epoll:remove(fd)
      end
    end
  end
end

--- Closes the poller; the sockets stay open. `<close>` does the same, and closing twice is fine.
-- @function Poller:close
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function methods:close()
  args.object("close", self, metatable)
  for _, sock in pairs(self.sockets) do sock_core.watch(sock, self, nil) end
  self.sockets, self.reads, self.foreign, self.recent, self.count = {}, {}, {}, {}, 0
  return self.epoll:close()
end

metatable.__close = methods.close

return poller
