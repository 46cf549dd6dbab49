--- The devices of this host that SMC could use for the connections of an interface. The rules are those of
-- `smc_find_proposal_devices()` in `net/smc/af_smc.c` and of `net/smc/smc_pnet.c` in the kernel's source.
-- @module smc.check.path.devices

local device = require "smc.device"
local file = require "smc.internal.file"
local ism = require "smc.ism"
local look = require "smc.internal.look"
local paths = require "smc.internal.paths"
local pnet = require "smc.pnet"

local devices = {}

-- === ISM ===

-- Whether an interface that is up has this hardware PNET ID: for version 2 any one counts, but the table of
-- PNET IDs does not.
local function is_hardware_pnetid_of_any(pnetid, links)
  for _, link in ipairs(links) do
    local found = link.up and pnet.of_interface(link.name)
    if found and found.pnetid_source == "hardware" and found.pnetid == pnetid then return true end
  end
  return false
end

local function function_of(f)
  local port = f.ports[1] or {}
  return { fid = f.fid, pchid = f.pchid, pci_id = f.pci_id, slot = f.slot, power = f.power,
    pnetid = port.pnetid, pnetid_source = port.pnetid_source, usable = f.smcd ~= nil }
end

-- A device of SMC-D that is not a PCI function here, as in a container without sysfs.
local function function_of_device(d)
  return { fid = d.fid ~= 0 and d.fid or nil, pchid = d.pchid, pci_id = d.pci_id, pnetid = d.pnetid,
    pnetid_source = d.pnetid_source, usable = true }
end

local function all_functions()
  local found, by_address = {}, {}
  for _, f in ipairs(look.demand(ism.list())) do
    -- The type of a function is not known while its slot is off.
    if f.type == "ISM" or not f.pci_id then
      found[#found + 1] = function_of(f)
      by_address[f.pci_id or false] = found[#found]
    end
  end
  for _, d in ipairs(look.demand(device.list { type = "SMC-D" })) do
    local known = by_address[d.pci_id or false]
    if known then
      known.pnetid, known.pnetid_source = d.pnetid, d.pnetid_source
    else
      found[#found + 1] = function_of_device(d)
    end
  end
  return found
end

--- The ISM functions, those that are powered off included.
-- @function devices.ism
-- @tparam table interface of `smc.check.path.interface`
-- @tparam {table,...} links all interfaces
-- @tparam ?boolean is_v2_capable whether the kernel reports ISM version 2
-- @treturn[1] {table,...} `fid`, `pchid`, `pci_id`, `slot`, `power`, `pnetid`, `pnetid_source`; `usable`: SMC
--   has it as a device; `v1` and `v2`: a client can use it for the interface with that version of SMC-D
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
devices.ism = look.protect(function(interface, links, is_v2_capable)
  local found = all_functions()
  for _, f in ipairs(found) do
    f.v1 = f.usable and f.pnetid ~= nil and f.pnetid == interface.pnetid
    f.v2 = f.usable and is_v2_capable == true
      and (f.v1 or f.pnetid == nil or is_hardware_pnetid_of_any(f.pnetid, links))
  end
  return found
end)

--- Whether the kernel has loopback-ism, which its list of devices leaves out. Dibs shows it in sysfs. Before
-- dibs, a kernel without any ISM function that reports version 2 has it.
-- @function devices.has_loopback
-- @tparam {table,...} functions of `devices.ism`
-- @tparam ?boolean is_v2_capable
-- @treturn[1] boolean
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
devices.has_loopback = look.protect(function(functions, is_v2_capable)
  for _, dibs in ipairs(look.demand(device.dibs())) do
    if dibs.loopback then return true end
  end
  return is_v2_capable == true and #functions == 0
end)

-- === RoCE ===

-- Whether the kernel takes this port for the interface: by PNET ID, or by its own interface if the interface
-- of the connection has no PNET ID.
local function belongs_to(port, interface)
  if interface.pnetid then return port.pnetid == interface.pnetid end
  return port.netdev ~= nil and port.netdev == (interface.pnetid_netdev or interface.name)
end

local GIDS <const> = 32 -- how many GIDs of a port are read: they are filled from the first one on
local MAPPED <const> = "^0000:0000:0000:0000:0000:ffff:"

-- Which versions of RoCE the GIDs of a port have, of version 2 only those of IPv4 addresses; an empty GID
-- cannot be asked for its type. Nothing is known, and all taken for possible, where sysfs has none.
local function versions_of(ibdev, ibport)
  local folder = ("%s/class/infiniband/%s/ports/%d"):format(paths.sysfs, ibdev, ibport)
  local v1, v2, known = false, false, false
  for index = 0, GIDS - 1 do
    local kind = file.read(("%s/gid_attrs/types/%d"):format(folder, index))
    local gid = kind and file.read(("%s/gids/%d"):format(folder, index))
    if not gid then break end
    known = true
    v1 = v1 or kind:find("RoCE v1", 1, true) ~= nil
    v2 = v2 or kind:find("RoCE v2", 1, true) ~= nil and gid:find(MAPPED) ~= nil
  end
  return v1 or not known, v2 or not known
end

local function port_of(d, port, interface)
  local belongs = belongs_to(port, interface)
  local usable = belongs and port.state == "ACTIVE"
  local v1, v2 = versions_of(d.ibdev, port.ibport)
  return { ibdev = d.ibdev, ibport = port.ibport, state = port.state, netdev = port.netdev,
    pnetid = port.pnetid, pnetid_source = port.pnetid_source, belongs = belongs, usable = usable,
    v1 = usable and v1, v2 = usable and v2 }
end

--- The ports of RDMA devices.
-- @function devices.roce
-- @tparam table interface of `smc.check.path.interface`
-- @treturn[1] {table,...} `ibdev`, `ibport`, `state`, `netdev`, `pnetid`, `pnetid_source`; `belongs`: it is
--   one for the interface; `usable`: and it is ACTIVE; `v1`, `v2`: and it has GIDs for that version of SMC-R
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
devices.roce = look.protect(function(interface)
  local found = {}
  for _, d in ipairs(look.demand(device.list { type = "SMC-R" })) do
    for _, port in ipairs(d.ports) do found[#found + 1] = port_of(d, port, interface) end
  end
  return found
end)

return devices
