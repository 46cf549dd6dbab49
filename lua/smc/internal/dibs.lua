--- The devices of the kernel's direct internal buffer sharing layer, since Linux 6.18: `drivers/dibs` in the
-- kernel's source. A GID of smc_diag and SMC_GEN_NETLINK, in two halves, is that of a device here.
-- @module smc.internal.dibs

local look = require "smc.internal.look"
local paths = require "smc.internal.paths"

local dibs = {}

local LOOPBACK_FABRIC <const> = 0xffff

local function type_of(fabric, name)
  if fabric == LOOPBACK_FABRIC then return "loopback" end
  return name:find("^ism%x+$") and "ISM" or nil
end

local function device_at(path, name)
  local fabric = tonumber((look.file(path .. "/fabric_id") or ""):match("%S+"))
  return {
    name = name,
    gid = (look.file(path .. "/gid") or ""):match("%S+"),
    fabric_id = fabric,
    type = type_of(fabric, name),
    loopback = fabric and fabric == LOOPBACK_FABRIC,
    pci_id = (look.file(path .. "/device/uevent") or ""):match("PCI_SLOT_NAME=(%S+)"),
  }
end

--- Lists the devices. Raises a failure, for `look.protect`.
-- @treturn {table,...} as `smc.device.dibs` returns them
function dibs.list()
  local folder = paths.sysfs .. "/class/dibs"
  local found = {}
  for i, name in ipairs(look.entries(folder)) do found[i] = device_at(folder .. "/" .. name, name) end
  return found
end

--- Reads the devices, and returns a function that gives the name of the one with a GID, or nil. Raises a
-- failure, for `look.protect`.
-- @treturn function takes the two halves of a GID, integers; the second may be nil
function dibs.namer()
  local names = {}
  for _, device in ipairs(dibs.list()) do
    if device.gid then names[device.gid:gsub("-", ""):lower()] = device.name end
  end
  local is_there = next(names) ~= nil
  return function(gid, extension)
    return is_there and gid and names[("%016x%016x"):format(gid, extension or 0)] or nil
  end
end

return dibs
