--- PCI functions as they come and go: the part of smc.ism that listens.
-- @module smc.ism.watch

local args = require "smc.internal.args"
local monotonic = require "smc.socket".monotonic
local sysfs = require "smc.core.sysfs"

local ETIMEDOUT <const>, ENOBUFS <const> = 110, 105
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
-- @tparam function list gives the functions to be told of, as `ism.functions`
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

function Watch:came(address)
  local record = by_address(self.list())[address]
  if record and not self.known[address] then
    self.known[address] = record
    return { action = "add", ["function"] = record }
  end
end

function Watch:went(address)
  local record = self.known[address]
  self.known[address] = nil
  return record and { action = "remove", ["function"] = record }
end

-- The kernel had to drop some: what is different now tells. It goes on dropping, without a word, until all
-- that it kept is read. Gives nil, message, errno: the caller is to know.
function Watch:catch_up()
  repeat
    local uevent, _, errno = self.socket:receive(0)
  until not uevent and errno ~= ENOBUFS
  local list, message, errno = self.list()
  if not list then return nil, message, errno end
  local now, changed = by_address(list), {}
  for address in pairs(self.known) do
    if not now[address] then changed[#changed + 1] = self:went(address) end
  end
  for address, record in pairs(now) do
    if not self.known[address] then
      self.known[address] = record
      changed[#changed + 1] = { action = "add", ["function"] = record }
    end
  end
  self.queue = changed
  return nil, "the kernel had more to announce than there was room for: what differs comes next, but not "
    .. "what went and came back", ENOBUFS
end

function Watch:interpret(uevent)
  if uevent.SUBSYSTEM ~= "pci" then return nil end
  local address = uevent.PCI_SLOT_NAME or (uevent.DEVPATH or ""):match("[^/]+$")
  if uevent.ACTION == "add" then return self:came(address) end
  if uevent.ACTION == "remove" then return self:went(address) end
end

--- The next change.
-- @tparam[opt] number seconds to wait at most; default: for ever
-- @treturn[1] table `action`: `"add"` or `"remove"`; `function`: the function, as it was when it was there
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: 110 (ETIMEDOUT) where nothing changed; 105 (ENOBUFS) where changes were lost
--   because the caller was too slow
function Watch:next(seconds)
  args.object("next", self, Watch)
  args.optional("next", 1, seconds, "seconds")
  local deadline = monotonic() + (seconds or math.huge)
  while true do
    local event = table.remove(self.queue, 1)
    if event then return event end
    local left = deadline - monotonic()
    local uevent, message, errno = self.socket:receive(math.max(0, math.min(left, STEP)))
    if uevent then
      event = self:interpret(uevent)
      if event then return event end
    elseif errno == ENOBUFS then
      return self:catch_up()
    elseif errno ~= ETIMEDOUT or left <= 0 then
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

--- A watch is an iterator, too: `for event in w do`. It goes on after changes that were lost.
function Watch:__call()
  local event, _, errno
  repeat event, _, errno = self:next() until event or errno ~= ENOBUFS
  return event
end

return watch
