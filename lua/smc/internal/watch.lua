--- Watches: objects that return events as they occur. This file has what all of them share; the module that
-- a watch belongs to turns what it receives into events.
-- @module smc.internal.watch

local args = require "smc.internal.args"
local E = require "smc.errno"
local monotonic = require "smc.core.os".monotonic

local STEP <const> = 0.25 -- seconds; the longest delay before Ctrl-C takes effect

local Watch = { __name = "smc.Watch" }
Watch.__index = Watch

local watch = {}

--- A new watch.
-- @tparam table source has `receive(seconds)`, `getfd()` and `close()`; `receive` returns nil, message, errno
--   if nothing came (ETIMEDOUT), or something was lost (ENOBUFS)
-- @tparam function read takes what the source received, or nil if something was lost; returns the list of
--   events, or nil, message, errno, and is called again then
-- @tparam[opt] string lost for a source that can lose something, the message when it has
-- @treturn Watch
function watch.new(source, read, lost)
  return setmetatable({ source = source, read = read, lost = lost, events = {}, at = 0, is_behind = false,
    is_closed = false }, Watch)
end

-- The next of the events that were read, or nil.
local function take(self)
  local event = self.events[self.at + 1]
  if not event then return nil end
  self.at = self.at + 1
  return event
end

-- Turns what was received into events. If that fails, no event is lost: the next call reads again.
local function read(self, received)
  self.is_behind = true
  local events, message, errno = self.read(received)
  if not events then return nil, message, errno end
  self.events, self.at, self.is_behind = events, 0, false
  return true
end

-- Something was lost, so everything has to be compared. More is lost, silently, until what is left in the
-- source has been read. Returns nil, message, errno, for the caller to report.
local function catch_up(self)
  repeat
    local received, _, errno = self.source:receive(0)
  until not received and errno ~= E.ENOBUFS
  self.is_behind = true
  return nil, self.lost, E.ENOBUFS
end

-- Waits for the source and reads what it receives.
local function wait(self, deadline)
  while true do
    local left = deadline - monotonic()
    self.is_behind = true -- in case an error is raised after something was received
    local received, message, errno = self.source:receive(math.max(0, math.min(left, STEP)))
    if received then return read(self, received) end
    self.is_behind = false
    if errno == E.ENOBUFS and self.lost then return catch_up(self) end
    if errno ~= E.ETIMEDOUT then return nil, message, errno end
    if left <= 0 then return nil, "no event occurred before the timeout", E.ETIMEDOUT end
  end
end

--- The next event.
-- @tparam[opt] number timeout seconds to wait at most; default: forever
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ETIMEDOUT if nothing happened; ENOBUFS if events were lost because the caller
--   was too slow; EBADF after `close`; others if something happened and could not be read: the next call
--   reads it again
function Watch:next(timeout)
  args.object("next", self, Watch)
  args.optional("next", 1, timeout, "seconds")
  local deadline = monotonic() + (timeout or math.huge)
  while true do
    if self.is_closed then return nil, "the watch is closed", E.EBADF end
    local event = take(self)
    if event then return event end
    local ok, message, errno
    if self.is_behind then
      ok, message, errno = read(self)
    else
      ok, message, errno = wait(self, deadline)
    end
    if not ok then return nil, message, errno end
  end
end

--- The descriptor, which is readable when there may be an event: for pollers. -1 after `close`.
function Watch:getfd()
  args.object("getfd", self, Watch)
  return self.is_closed and -1 or self.source:getfd()
end

--- Whether the next event is available without waiting: pollers and `select` report such a watch, regardless
-- of its descriptor.
-- @treturn boolean
function Watch:dirty()
  args.object("dirty", self, Watch)
  return not self.is_closed and (self.is_behind or self.at < #self.events)
end

--- Closes the watch. Closing twice is allowed.
-- @treturn boolean true
function Watch:close()
  args.object("close", self, Watch)
  self.is_closed = true
  self.source:close()
  return true
end

Watch.__close = Watch.close

--- A watch is also an iterator: `for event in w do`. The loop ends when the watch is closed, or a file ends
-- (ENODATA), and continues after lost events; other errors are raised, since nil would look like the normal
-- end.
function Watch:__call()
  local event, message, errno
  repeat event, message, errno = self:next() until event or errno ~= E.ENOBUFS
  if not event and not self.is_closed and errno ~= E.ENODATA then error(message, 0) end
  return event
end

return watch
