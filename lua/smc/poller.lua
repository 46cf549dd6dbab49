--- Waiting for many sockets at once: epoll(7), without a limit on descriptors.
--
--    local poller <close> = assert(smc.socket.poller())
--    poller:add(server, "r")
--    for sock, events in poller:wait(1) do … end
--
-- Anything with a `getfd` method can be waited for. Bytes that a socket has buffered itself
-- (`sock:dirty()`) are unseen by the kernel: read with `receiveany`, or until `"timeout"`.
-- @module smc.poller

local core = require "smc.core.poller"

local poller = {}
local methods = {}
local metatable = { __index = methods, __name = "smc.poller" }

--- A new poller.
-- @return the poller, or nil, a message and errno
function poller.new()
  local epoll, message, errno = core.new()
  if not epoll then return nil, message, errno end
  return setmetatable({ epoll = epoll, sockets = {}, ready = {}, count = 0 }, metatable)
end

local function check_events(events, edge)
  if events ~= "r" and events ~= "w" and events ~= "rw" then
    error(('events are "r", "w" or "rw", not "%s"'):format(tostring(events)), 3)
  end
  return edge and events .. "e" or events
end

--- Registers a socket.
-- @param sock anything with `getfd`
-- @tparam string events `"r"`, `"w"` or `"rw"`
-- @tparam[opt=false] boolean edge report changes only (EPOLLET)
-- @return true, or nil, a message and errno
function methods:add(sock, events, edge)
  local fd = sock:getfd()
  local ok, message, errno = self.epoll:add(fd, check_events(events, edge))
  if not ok then return nil, message, errno end
  if not self.sockets[fd] then self.count = self.count + 1 end
  self.sockets[fd] = sock
  return true
end

--- Changes what is waited for. Parameters and returns as `add`.
function methods:modify(sock, events, edge)
  return self.epoll:modify(sock:getfd(), check_events(events, edge))
end

local function forget(self, fd)
  if self.sockets[fd] then
    self.sockets[fd] = nil
    self.count = self.count - 1
  end
end

--- Removes a socket, before it is closed.
-- @return true, or nil, a message and errno
function methods:remove(sock)
  local fd = sock:getfd()
  forget(self, fd)
  return self.epoll:remove(fd)
end

--- Waits until some socket is ready.
-- @tparam[opt] number timeout seconds; nil waits without limit
-- @treturn function an iterator of socket and `"r"`, `"w"`, `"rw"` or `"e"` (error or hang-up)
-- @return or nil, a message and errno
function methods:wait(timeout)
  local ready = self.ready
  local n, message, errno = self.epoll:wait(timeout, ready)
  if not n then return nil, message, errno end
  local i = 0
  return function()
    while i < n do
      i = i + 1
      local fd, events = ready[2 * i - 1], ready[2 * i]
      local sock = self.sockets[fd]
      if sock and sock:getfd() == fd then return sock, events end
      forget(self, fd)
    end
  end
end

--- Closes the poller; the sockets stay open. Also by `<close>`.
function methods:close()
  self.sockets, self.count = {}, 0
  return self.epoll:close()
end

metatable.__close = methods.close

return poller
