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
local E = require "smc.errno"
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
    ready = { [0] = 0 }, -- what epoll reported: see collect
    entries = {}, -- descriptor → the socket, and what is waited for
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
  if not indexed and not tostring(getfd):find("attempt to index", 1, true) then
    error(getfd, 0) -- it is about something else: Ctrl-C raises one in any line of Lua
  elseif not (indexed and getfd) then
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

-- Checks the arguments of a method. Returns the descriptor and the events for epoll.
local function check(self, called, sock, events, edge)
  args.object(called, self, metatable)
  local fd, message, errno = descriptor_of(called, sock)
  local checked = check_events(called, events, edge)
  if not fd then return nil, message, errno end
  return fd, checked
end

local function forget(self, fd)
  local entry = self.entries[fd]
  if not entry then return end
  self.entries[fd], self.foreign[entry.sock], self.recent[entry.sock] = nil, nil, nil
end

-- Tells epoll. A descriptor that it knows, and this object does not, was left by an error in the middle.
local function register(self, fd, checked, known)
  local ok, message, errno = self.epoll:add(fd, checked)
  if ok or known or errno ~= E.EEXIST then return ok, message, errno end
  return self.epoll:modify(fd, checked)
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
  local fd, checked, failure = check(self, "add", sock, events, edge)
  if not fd then return nil, checked, failure end
  -- epoll is told when nothing is left that needs memory.
  local before, entry = self.entries[fd], { sock = sock, events = events }
  if not before then self.entries[fd] = entry end
  local ours = sock_core.watch(sock, self, function() self:remove(sock) end)
  if not ours and sock.dirty then self.foreign[sock] = true end
  local ok, message, errno = register(self, fd, checked, before)
  if ok then
    if before and before.sock ~= sock then forget(self, fd) end -- it was closed unseen
    self.entries[fd] = entry
    return true
  end
  self.entries[fd] = before
  if not before or before.sock ~= sock then
    self.foreign[sock] = nil
    sock_core.watch(sock, self, nil)
  end
  return nil, message, errno
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
  local fd, checked, failure = check(self, "modify", sock, events, edge)
  if not fd then return nil, checked, failure end
  local ok, message, errno = self.epoll:modify(fd, checked)
  if not ok then return nil, message, errno end
  if self.entries[fd] then self.entries[fd].events = events end
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
  local ok
  ok, message, errno = self.epoll:remove(fd)
  forget(self, fd)
  sock_core.watch(sock, self, nil)
  return ok, message, errno
end

-- The sockets that have buffered input, fd → socket; nil if there are none.
local function dirty_sockets(self)
  local expected, found = sock_core.buffered(), nil
  local function try(sock)
    local fd = sock:getfd()
    if not sock:dirty() then return end
    expected = expected - 1
    local entry = self.entries[fd]
    if entry and entry.sock == sock and entry.events ~= "w" then
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
    for _, entry in pairs(self.entries) do
      local sock = entry.sock
      if not self.recent[sock] and not self.foreign[sock] and sock.dirty then try(sock) end
    end
  end
  return found
end

-- Waits, and stores the ready sockets in self.ready and self.recent. Returns their number. What epoll has
-- reported is in ready, and its number in ready[0], until the caller gets it, even if an error comes between:
-- in edge mode it is not reported again.
local function collect(self, timeout)
  local ready, dirty = self.ready, dirty_sockets(self)
  local n, message, errno = ready[0], nil, nil
  if n == 0 then n, message, errno = self.epoll:wait(dirty and 0 or timeout, ready) end
  if not n then return nil, message, errno end
  self.recent = {}
  for i = 1, n do
    local fd = ready[2 * i - 1]
    local entry = self.entries[fd]
    if entry and entry.sock.dirty then self.recent[entry.sock] = true end
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
  local function next_ready()
    while i < n do
      i = i + 1
      local fd, events = ready[2 * i - 1], ready[2 * i]
      local entry = self.entries[fd]
      if entry and entry.sock:getfd() == fd then return entry.sock, events end
      -- Another maker's: closed, or its descriptor given away. Or left in epoll by an error.
      self.epoll:remove(fd)
      forget(self, fd)
    end
  end
  ready[0] = 0
  return next_ready
end

--- Closes the poller; the sockets stay open. `<close>` does the same, and closing twice is fine.
-- @function Poller:close
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function methods:close()
  args.object("close", self, metatable)
  self.epoll:close()
  for fd, entry in pairs(self.entries) do
    sock_core.watch(entry.sock, self, nil)
    forget(self, fd)
  end
  return true
end

metatable.__close = methods.close

return poller
