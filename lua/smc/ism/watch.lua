--- PCI functions as they come and go: the part of smc.ism that listens.
-- @module smc.ism.watch

local args = require "smc.internal.args"
local E = require "smc.errno"
local monotonic = require "smc.core.os".monotonic
local sysfs = require "smc.core.sysfs"

local STEP <const> = 0.25 -- seconds; so long Ctrl-C may take to be noticed

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
-- @tparam function list gives the functions to be told of, as `ism.list`
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

-- Puts what came, and what went, into the queue: all of it, or of one address. Where the functions cannot be
-- listed nothing is lost: the watch stays behind, and compares again when it is asked for the next change.
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

-- The kernel had to drop some: what is different now tells. It goes on dropping, without a word, until all
-- that it kept is read. Gives nil, message, errno: the caller is to know.
function Watch:catch_up()
  repeat
    local uevent, _, errno = self.socket:receive(0)
  until not uevent and errno ~= E.ENOBUFS
  self.behind = true
  return nil, "the kernel had more to announce than there was room for: what differs comes next, but not "
    .. "what went and came back", E.ENOBUFS
end

-- Puts the change that a uevent tells of into the queue, where it is one of a function.
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
-- @tparam[opt] number seconds to wait at most; default: for ever
-- @treturn[1] table `action`: `"add"` or `"remove"`; `function`: the function, as it was when it was there
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ETIMEDOUT where nothing changed; ENOBUFS where changes were lost because the
--   caller was too slow; others where something changed and could not be looked at: the next call looks again
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

--- Ends it. Twice is fine.
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
