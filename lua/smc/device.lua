--- The devices that SMC can use: ISM and similar devices for SMC-D, RDMA devices for SMC-R.
--
--    local device = require "smc.device"
--    for _, d in ipairs(assert(device.list { type = "SMC-D" })) do
--      print(("%04x %04x"):format(d.fid, d.pchid), d.pnetid, d.pnetid_source)
--    end
--
-- The kernel lists those of the whole host; any user may read them. It does not list loopback-ism, which
-- @{dibs} lists since Linux 6.18. For the PCI view of ISM and RoCE functions, including those that are
-- powered off, see `smc.ism`.
--
-- See `smcd-device(8)`, `smcr-device(8)`, `net/smc/smc_ism.c`, `net/smc/smc_ib.c` and `drivers/dibs` in the
-- kernel's source.
--
-- @module smc.device

local args = require "smc.internal.args"
local dibs = require "smc.internal.dibs"
local filters = require "smc.internal.filter"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"

local device = {}

-- The fields of a filter, and which of them apply to a device, and which to its ports.
local SHAPE <const> = {
  filter = { type = { "SMC-D", "SMC-R" }, netdev = "text", ibdev = "text", fid = "integer or string" },
  numbers = { fid = "FID" }, own = { "ibdev", "fid" }, parts = "ports", of_parts = { "netdev" },
}

function SHAPE.ask()
  return { ["SMC-D"] = netlink.device_smcd, ["SMC-R"] = netlink.device_smcr }
end

-- By PCI device ID: that of IBM's ISM, those of Mellanox' ConnectX-3, -4 Lx and -6 Dx.
local models = { [0x04ed] = "ISM", [0x1004] = "RoCE_Express", [0x1016] = "RoCE_Express2",
  [0x101e] = "RoCE_Express3" }

local port_states = { [0] = "INACTIVE", "ACTIVE" }

--- A device. What the kernel does not send is absent; FID, PCHID and PCI address are those of s390 and PCI,
-- and 0 or absent elsewhere.
--
-- @table entry
-- @tfield string type `"SMC-D"` or `"SMC-R"`
-- @tfield ?string model `"ISM"`, `"RoCE_Express"`, `"RoCE_Express2"`, `"RoCE_Express3"`; absent for others
-- @tfield ?integer fid function ID, printed with `%04x`
-- @tfield ?integer pchid physical channel ID, printed with `%04x`
-- @tfield ?integer pci_vendor
-- @tfield ?integer pci_device
-- @tfield ?string pci_id PCI address
-- @tfield boolean critical SMC-D: a link group uses it; SMC-R: removing it breaks connections, since a link
--   group has no other link
-- @tfield ?integer link_groups SMC-D: how many link groups use it
-- @tfield ?string pnetid SMC-D
-- @tfield ?string pnetid_source SMC-D: `"hardware"`, or `"user"` for the table of @{smc.pnet}
-- @tfield ?string dibs SMC-D, since Linux 6.18: name of the device of @{dibs}
-- @tfield ?string ibdev SMC-R: name of the RDMA device
-- @tfield ?{port,...} ports SMC-R

--- A port of an SMC-R device.
--
-- @table port
-- @tfield integer ibport 1 or 2
-- @tfield string state `"ACTIVE"` or `"INACTIVE"`; one of a later kernel in the form `0x2?`
-- @tfield ?integer ifindex of its network interface
-- @tfield ?string netdev its name; absent if this network namespace has none of that index
-- @tfield integer links number of links that use it
-- @tfield ?string pnetid
-- @tfield ?string pnetid_source `"hardware"` or `"user"`

-- Sets the PNET ID, if there is one, and its source.
local function set_pnetid(record, port)
  local name = port.pnetid and port.pnetid:match("^%s*(.-)%s*$") or ""
  if name == "" then name = nil end
  record.pnetid = name
  record.pnetid_source = name and (port.pnetid_by_user and "user" or "hardware") or nil
end

local function port_of(record, number)
  local state = record.state
  local port = { ibport = number, links = record.links }
  port.state = state and (port_states[state] or ("0x%x?"):format(state))
  port.ifindex = record.ifindex ~= 0 and record.ifindex or nil
  port.netdev = port.ifindex and look.interface_name(port.ifindex) or nil
  set_pnetid(port, record)
  return port
end

local function entry_of(message)
  local record = message.smcd or message.smcr
  local ports = { record.port1, record.port2 }
  record.port1, record.port2 = nil, nil
  record.type = message.smcd and "SMC-D" or "SMC-R"
  record.model = models[record.pci_device]
  if record.pci_id == "" then record.pci_id = nil end
  if message.smcd then
    set_pnetid(record, ports[1] or {})
    return record
  end
  record.ports = {}
  for number = 1, 2 do
    if ports[number] and ports[number].valid then
      record.ports[#record.ports + 1] = port_of(ports[number], number)
    end
  end
  return record
end

-- Adds the names of dibs devices, which the kernel does not send.
local function add_dibs(entries)
  local names = {}
  for _, one in ipairs(#entries > 0 and dibs.list() or {}) do names[one.pci_id or false] = one.name end
  for _, entry in ipairs(entries) do entry.dibs = entry.pci_id and names[entry.pci_id] end
end

SHAPE.read = look.protect(function(messages)
  local entries = {}
  for i, one in ipairs(messages) do entries[i] = entry_of(one) end
  add_dibs(entries)
  return entries
end)

--- Lists the devices, all of them or those that match every field of a filter.
--
-- @tparam[opt] table filter
-- @tparam ?string filter.type `"SMC-D"` or `"SMC-R"`
-- @tparam ?string filter.netdev SMC-R devices with a port of this network interface, and that port
-- @tparam ?string filter.ibdev an SMC-R device's name
-- @tparam ?integer|string filter.fid integer, or hex digits
-- @treturn[1] {entry,...}
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC, EINVAL for text that is not a FID
-- @raise for an unknown field or a field of the wrong type
function device.list(filter)
  return filters.list("list", filter, SHAPE)
end

--- Finds the first device that matches.
--
-- @tparam integer|string|table which FID, name of an RDMA device, or a filter as for @{list}
-- @treturn[1] entry
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if there is no such device, and as for @{list}
-- @raise for a value of another type, and as @{list}
function device.find(which)
  args.check("find", 1, which, "integer or text or table")
  if type(which) ~= "table" then which = { [type(which) == "string" and "ibdev" or "fid"] = which } end
  return filters.first("SMC has no such device on this host", filters.list("find", which, SHAPE))
end

--- Lists the devices of the kernel's direct internal buffer sharing layer (dibs), which includes ISM devices
-- and loopback since Linux 6.18.
--
-- @treturn[1] {table,...} each with `name`, such as `lo` and `ism32`; `gid`: a UUID; `fabric_id`: an
--   integer, printed with `%04x`, the PCHID of an ISM device; `type`: `"ISM"` or `"loopback"`, absent for
--   others; `loopback`: whether it connects this host only with itself; `pci_id`, only of a PCI function.
--   Empty if the kernel has no dibs.
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @function dibs
device.dibs = look.protect(dibs.list)

return device
