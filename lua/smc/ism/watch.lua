--- Reports PCI functions that are added and removed, for smc.ism.
-- @module smc.ism.watch

local args = require "smc.internal.args"
local E = require "smc.errno"
local monotonic = require "smc.core.os".monotonic
local sysfs = require "smc.core.sysfs"

local STEP <const> = 0.25 -- seconds; the longest delay before Ctrl-C takes effect

local Watch = { __name = "smc.ism.Watch" }
Watch.__index = Watch

local watch = {}

-- PCI address → record
local function by_address(list)
  local map = {}
  for _, record in ipairs(list or {}) do
    if record.pci_id then map[record.pci_id] = record end
  end
  return map
end

--- Starts listening.
-- @tparam function list returns the functions to report, as `ism.list` does
-- @treturn[1] Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function watch.open(list)
  local socket, message, errno = sysfs.uevents()
  if not socket then return nil, message, errno end
  local known
  known, message, errno = list()
  if not known then return nil, message, errno end
  return setmetatable({ socket = socket, list = list, known = by_address(known), queue = {} }, Watch)
end

local function event_of(action, record)
  return { action = action, ["function"] = record }
end

-- Adds an event to the queue for each function that was added or removed, at all addresses or at one. If the
-- functions cannot be listed, no event is lost: the next call of next() compares again.
function Watch:compare(only)
  local list, message, errno = self.list()
  self.behind = not list
  if not list then return nil, message, errno end
  local now = by_address(list)
  for address, record in pairs(self.known) do
    if not now[address] and not only then
      self.known[address] = nil
      table.insert(self.queue, event_of("remove", record))
    end
  end
  for address, record in pairs(now) do
    if not self.known[address] and (not only or address == only) then
      self.known[address] = record
      table.insert(self.queue, event_of("add", record))
    end
  end
  return true
end

-- The kernel dropped events, so the lists have to be compared. It silently drops more until the socket's
-- queue has been read. Returns nil, message, errno, for the caller to report.
function Watch:catch_up()
  repeat
    local uevent, _, errno = self.socket:receive(0)
  until not uevent and errno ~= E.ENOBUFS
  self.behind = true
  return nil, "the kernel dropped events because the queue was full: the next events are the differences, "
    .. "without functions that were removed and added again", E.ENOBUFS
end

-- Adds the change that a uevent reports to the queue, if it concerns a function.
function Watch:interpret(uevent)
  if uevent.SUBSYSTEM ~= "pci" then return true end
  local address = uevent.PCI_SLOT_NAME or (uevent.DEVPATH or ""):match("[^/]+$")
  local record = self.known[address]
  if uevent.ACTION == "add" and not record then
    return self:compare(address)
  elseif uevent.ACTION == "remove" and record then
    self.known[address] = nil
    table.insert(self.queue, event_of("remove", record))
  end
  return true
end

--- The next change.
-- @tparam[opt] number seconds to wait at most; default: forever
-- @treturn[1] table `action`: `"add"` or `"remove"`; `function`: the function, as it was when it was there
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ETIMEDOUT if nothing changed; ENOBUFS if changes were lost because the
--   caller was too slow; others if something changed and could not be looked at: the next call looks again
function Watch:next(seconds)
  args.object("next", self, Watch)
  args.optional("next", 1, seconds, "seconds")
  local deadline = monotonic() + (seconds or math.huge)
  local ok, message, errno = true, nil, nil
  while true do
    if self.behind then ok, message, errno = self:compare() end
    if not ok then return nil, message, errno end
    local event = table.remove(self.queue, 1)
    if event then return event end
    local left = deadline - monotonic()
    local uevent
    uevent, message, errno = self.socket:receive(math.max(0, math.min(left, STEP)))
    if uevent then
      ok, message, errno = self:interpret(uevent)
    elseif errno == E.ENOBUFS then
      return self:catch_up()
    elseif errno ~= E.ETIMEDOUT or left <= 0 then
      return nil, message, errno
    end
  end
end

--- The descriptor, which is readable when there may be a change: for pollers.
function Watch:getfd()
  args.object("getfd", self, Watch)
  return self.socket:getfd()
end

--- Ends it. Closing twice is allowed.
function Watch:close()
  args.object("close", self, Watch)
  self.socket:close()
end

Watch.__close = Watch.close

--- A watch is an iterator, too: `for event in w do`. It goes on after changes that were lost, and raises what
-- else goes wrong: a loop could not tell a nil from the end.
function Watch:__call()
  local event, message, errno
  repeat event, message, errno = self:next() until event or errno ~= E.ENOBUFS
  if not event then error(message, 0) end
  return event
end

return watch
