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

-- The events that make `known` what there is now: all of them, or those of one address.
local function differences(known, list, only)
  local now, events = by_address(list), {}
  for address, record in pairs(known) do
    if not now[address] and not only then
      known[address] = nil
      events[#events + 1] = event_of("removed", record)
    end
  end
  for address, record in pairs(now) do
    if not known[address] and (not only or address == only) then
      known[address] = record
      events[#events + 1] = event_of("added", record)
    end
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
  return watch.new(source, function(uevent)
    local action, address
    if uevent then
      action, address = read_uevent(uevent)
      if action == "remove" and known[address] then
        local gone = known[address]
        known[address] = nil
        return { event_of("removed", gone) }
      elseif action ~= "add" or known[address] then
        return {}
      end
    end
    local now, failure, number = list()
    if not now then return nil, failure, number end
    return differences(known, now, address)
  end)
end

return functions
