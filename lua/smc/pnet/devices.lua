--- Which interfaces and devices have each PNET ID, for smc.pnet.
-- @module smc.pnet.devices

local require = require "smc.internal.load"
local E = require "smc.errno"
local look = require "smc.internal.look"
local netlink = require "smc.core.netlink"

local devices = {}

local KINDS <const> = { "netdevs", "ibdevs", "ism" }

-- The lists of a PNET ID, created if it is new.
local function entry_of(found, pnetid)
  local entry = found[pnetid]
  if not entry then
    entry = { pnetid = pnetid, netdevs = {}, ibdevs = {}, ism = {} }
    found[pnetid] = entry
  end
  return entry
end

-- Errors that mean that an interface has no PNET ID or no longer exists.
local NONE <const> = { [E.ENODATA] = true, [E.ENODEV] = true, [E.EAFNOSUPPORT] = true }

local function add_interfaces(found, of_interface)
  for _, link in ipairs(look.demand(netlink.links())) do
    local one, message, errno = of_interface(link.name)
    if one then
      table.insert(entry_of(found, one.pnetid).netdevs,
        { netdev = link.name, pnetid_source = one.pnetid_source })
    elseif not NONE[errno] then
      look.fail(message, errno)
    end
  end
end

local function add_rdma(found, device)
  for _, port in ipairs(device.ports) do
    if port.pnetid then
      table.insert(entry_of(found, port.pnetid).ibdevs, { ibdev = device.ibdev, ibport = port.ibport,
        state = port.state, pnetid_source = port.pnetid_source })
    end
  end
end

local function add_devices(found)
  for _, device in ipairs(look.demand(require "smc.device".list())) do
    if device.type == "SMC-R" then
      add_rdma(found, device)
    elseif device.pnetid then
      table.insert(entry_of(found, device.pnetid).ism, { pci_id = device.pci_id, fid = device.fid,
        pchid = device.pchid, pnetid_source = device.pnetid_source })
    end
  end
end

-- Whether a list has an entry of the table already.
local function has(list, key, value, ibport)
  for _, one in ipairs(list) do
    if one[key] == value and (ibport == nil or one.ibport == nil or one.ibport == ibport) then return true end
  end
  return false
end

-- Entries of the table whose interface or device does not exist (yet). The name of an ISM device is its PCI
-- address.
local function add_absent(found, entries)
  for _, one in ipairs(entries) do
    local entry, name = entry_of(found, one.pnetid), one.netdev or one.ibdev
    local absent = { pnetid_source = "user", absent = true }
    if one.netdev then
      absent.netdev = name
      if not has(entry.netdevs, "netdev", name) then table.insert(entry.netdevs, absent) end
    elseif name:find("^%x+:%x%x:%x%x%.%x$") then
      absent.pci_id = name
      if not has(entry.ism, "pci_id", name) then table.insert(entry.ism, absent) end
    else
      absent.ibdev, absent.ibport = name, one.ibport
      if not has(entry.ibdevs, "ibdev", name, one.ibport) then table.insert(entry.ibdevs, absent) end
    end
  end
end

--- Lists every PNET ID with its interfaces and devices, in alphabetical order.
-- @function devices.list
-- @tparam function of_interface `smc.pnet.of_interface`
-- @tparam function entries returns the kernel's table
-- @return as `smc.pnet.devices`
devices.list = look.protect(function(of_interface, entries)
  local found, list = {}, {}
  add_interfaces(found, of_interface)
  add_devices(found)
  add_absent(found, look.demand(entries()))
  for _, entry in pairs(found) do
    for _, kind in ipairs(KINDS) do
      table.sort(entry[kind], function(a, b)
        return (a.netdev or a.ibdev or a.pci_id or "") < (b.netdev or b.ibdev or b.pci_id or "")
      end)
    end
    list[#list + 1] = entry
  end
  table.sort(list, function(a, b) return a.pnetid < b.pnetid end)
  return list
end)

return devices
