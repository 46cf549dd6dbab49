--- Reports PCI functions that are added and removed, and become usable for SMC-D, for smc.ism.
-- @module smc.ism.watch

local sysfs = require "smc.core.sysfs"
local watch = require "smc.internal.watch"

local functions = {}

local LOST <const> = "the kernel dropped events because the queue was full: the next events are the "
  .. "differences, without functions that were removed and added again"

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

-- Adds an event if the dibs device of a function has appeared or gone: SMC-D can use the function while it
-- has one.
local function add_use(events, before, now)
  if now.dibs and not (before and before.dibs) then events[#events + 1] = event_of("usable", now) end
  if not now.dibs and before and before.dibs then events[#events + 1] = event_of("unusable", now) end
  return events
end

-- The events between the known functions and the present ones.
local function differences(known, now)
  local events = {}
  for address, record in pairs(known) do
    if not now[address] then events[#events + 1] = event_of("removed", record) end
  end
  for address, record in pairs(now) do
    if not known[address] then events[#events + 1] = event_of("added", record) end
    add_use(events, known[address], record)
  end
  return events
end

-- The action of a uevent for a PCI function: "add", "remove", or "dibs" if it is about the dibs device below
-- the function; and the address of the function.
local function read_uevent(uevent)
  local path = uevent.DEVPATH or ""
  if uevent.SUBSYSTEM == "dibs" then
    return "dibs", path:match("/(%x+:%x%x:%x%x%.%x)/dibs/[^/]+$")
  end
  if uevent.SUBSYSTEM ~= "pci" then return nil end
  return uevent.ACTION, uevent.PCI_SLOT_NAME or path:match("[^/]+$")
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

  -- Reads a function that is present, and returns its events.
  local function look_at(address)
    local now, failure, number = list()
    if not now then return nil, failure, number end
    local record = by_address(now)[address]
    if not record then return {} end
    local events = { not known[address] and event_of("added", record) or nil }
    add_use(events, known[address], record)
    known[address] = record
    return events
  end

  -- Events are built before the function counts as known: after an error, the next reading finds them again.
  local function read_one(action, address)
    if action == "dibs" and address then return look_at(address) end
    if action == "remove" and known[address] then
      local events = { event_of("removed", known[address]) }
      known[address] = nil
      return events
    elseif action ~= "add" or known[address] then
      return {}
    end
    return look_at(address)
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
  end, LOST)
end

return functions
