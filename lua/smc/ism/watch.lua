--- Reports PCI functions that are added and removed, for smc.ism.
-- @module smc.ism.watch

local sysfs = require "smc.core.sysfs"
local watch = require "smc.internal.watch"

local functions = {}

-- PCI address → function
local function by_address(list)
  local map = {}
  for _, record in ipairs(list) do
    if record.pci_id then map[record.pci_id] = record end
  end
  return map
end

local function event_of(word, record)
  return { event = word, pci_function = record }
end

-- The events between what was known and what there is now.
local function differences(known, now)
  local events = {}
  for address, record in pairs(known) do
    if not now[address] then events[#events + 1] = event_of("removed", record) end
  end
  for address, record in pairs(now) do
    if not known[address] then events[#events + 1] = event_of("added", record) end
  end
  return events
end

-- The action of a uevent that concerns a PCI function, "add", "remove" or another, and the address.
local function read_uevent(uevent)
  if uevent.SUBSYSTEM ~= "pci" then return nil end
  return uevent.ACTION, uevent.PCI_SLOT_NAME or (uevent.DEVPATH or ""):match("[^/]+$")
end

--- Starts listening.
-- @tparam function list returns the functions to report, as `ism.list` does
-- @treturn[1] Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function functions.watch(list)
  local source, message, errno = sysfs.uevents()
  if not source then return nil, message, errno end
  local before
  before, message, errno = list()
  if not before then
    source:close()
    return nil, message, errno
  end
  local known = by_address(before)

  -- The events are made before they are known: an error in between leaves them to the next reading.
  local function read_one(action, address)
    if action == "remove" and known[address] then
      local events = { event_of("removed", known[address]) }
      known[address] = nil
      return events
    elseif action ~= "add" or known[address] then
      return {}
    end
    local now, failure, number = list()
    if not now then return nil, failure, number end
    local record = by_address(now)[address]
    local events = { record and event_of("added", record) }
    known[address] = record
    return events
  end

  local function read_all()
    local now, failure, number = list()
    if not now then return nil, failure, number end
    now = by_address(now)
    local events = differences(known, now)
    known = now
    return events
  end

  return watch.new(source, function(uevent)
    if uevent then return read_one(read_uevent(uevent)) end
    return read_all()
  end)
end

return functions
