--- Reads PCI functions and their slots from sysfs, for smc.ism.
-- The formats are those of `arch/s390/pci/pci_sysfs.c` and `drivers/pci/slot.c` in the kernel source.
-- @module smc.ism.pci

local E = require "smc.errno"
local look = require "smc.internal.look"
local util_string = require "smc.internal.util_string"

local pci = {}

local UTIL_FIELDS <const> = 4 -- PNET IDs in util_string

-- Drivers that hand a function to a guest.
local VFIO <const> = { ["ism-vfio-pci"] = true, ["vfio-pci"] = true, ["mlx5_vfio_pci"] = true }

local ATTRIBUTES <const> = {
  "vendor", "device", "class", "function_id", "pchid", "pft", "vfn", "uid", "port", "util_string",
}
local IBM_ISM <const> = { vendor = 0x1014, device = 0x04ed }

-- The physical function types of s390; type 0x0a covers two generations.
local ISM <const>, ROCE <const> = 0x05, 0x02
local by_pft = {
  [ROCE] = "RoCE_Express", [ISM] = "ISM", [0x0c] = "Network_Express", [0x0f] = "Network_Express",
}
local ROCE_2_OR_3 <const>, NETWORK_PHYSICAL <const> = 0x0a, 0x0f

-- The generations, by the first number of the firmware's version and by PCI device ID.
local by_firmware = { [14] = "RoCE_Express2", [22] = "RoCE_Express3" }
local by_device = { [0x1004] = "RoCE_Express", [0x1016] = "RoCE_Express2", [0x101e] = "RoCE_Express3" }
local MELLANOX <const> = 0x15b3

local function number(text, base)
  local digits = text and text:match("^0?x?(%x+)%s*$")
  return digits and tonumber(digits, base or 16)
end

-- === slots ===

local states = { ["1\n"] = true, ["0\n"] = false }

--- Whether a slot is powered on.
-- @tparam string folder directory of the slot
-- @treturn[1] string `"on"`, `"off"`, or `"unclear"`
-- @treturn[1] string the contents of the file
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if there is no such file
pci.power = look.protect(function(folder)
  local text = look.attribute(folder, "power")
  if not text then look.fail(folder .. "/power: the slot has no state", E.ENOENT) end
  local on = states[text]
  return on and "on" or on == false and "off" or "unclear", text
end)

local function slot_of(folder, name)
  local found = look.attributes(folder .. "/" .. name, { "power", "address" })
  if not (found and found.address) then return nil end -- just removed: every slot has an address
  return {
    slot = name,
    fid = #name == 8 and name:match("^%x+$") and tonumber(name, 16) or nil,
    power = states[found.power],
    address = found.address:match("^%S+"),
  }
end

local function slots_of(root)
  local folder, slots = root .. "/bus/pci/slots", {}
  for _, name in ipairs(look.entries(folder)) do
    slots[#slots + 1] = slot_of(folder, name)
  end
  return slots
end

-- === functions ===

local function add(list, value)
  list[#list + 1] = value
end

-- The port with that index, created if it does not exist yet.
local function port_at(ports, index)
  local port = ports[index] or { index = index, netdevs = {}, ibdevs = {} }
  ports[index] = port
  return port
end

local function add_netdevs(folder, ports, by_adapter)
  for _, name in ipairs(look.entries(folder .. "/net")) do
    local port = not by_adapter and look.attribute(folder .. "/net/" .. name, "dev_port")
    local index = by_adapter or math.tointeger(tonumber(port)) or 0
    add(port_at(ports, index).netdevs, name)
  end
end

-- Returns whether the function has RDMA devices, and the firmware version.
local function add_ibdevs(folder, ports)
  local firmware
  local names = look.entries(folder .. "/infiniband")
  for _, name in ipairs(names) do
    local path = folder .. "/infiniband/" .. name
    firmware = firmware or look.attribute(path, "fw_ver")
    for _, port in ipairs(look.entries(path .. "/ports")) do
      local ibport = math.tointeger(tonumber(port))
      if ibport then add(port_at(ports, ibport - 1).ibdevs, { ibdev = name, ibport = ibport }) end
    end
  end
  return #names > 0, firmware
end

local function type_of(record, firmware, is_rdma)
  if record.vendor == IBM_ISM.vendor and record.device == IBM_ISM.device then return "ISM" end
  if record.pft == ROCE_2_OR_3 then
    return firmware and by_firmware[tonumber(firmware:match("^%d+"))] or by_device[record.device]
      or "RoCE_Express2"
  elseif record.pft then
    return by_pft[record.pft]
  elseif record.vendor == MELLANOX and by_device[record.device] then
    return by_device[record.device]
  end
  return is_rdma and "RDMA" or nil
end

-- Whether it is a virtual function. On s390 all types but one are virtual functions.
local function virtual(record)
  if record.pft == nil then return nil end
  if record.pft == NETWORK_PHYSICAL or not (by_pft[record.pft] or record.pft == ROCE_2_OR_3) then
    return record.vfn ~= 0
  end
  return true
end

-- PNET IDs of the hardware: one field per port, or the first field for the only port, whatever its number.
local function add_pnetids(record, ports, bytes)
  for field = 0, UTIL_FIELDS - 1 do
    local pnetid = bytes and util_string.pnetid(bytes, field)
    local port
    if record.type == "RoCE_Express" then
      port = pnetid and port_at(ports, field)
    elseif field == 0 then
      port = ports[next(ports)]
    end
    if pnetid and port then port.pnetid, port.pnetid_source = pnetid, "hardware" end
  end
end

local function as_list(ports)
  local indexes, list = {}, {}
  for index in pairs(ports) do add(indexes, index) end
  table.sort(indexes)
  for i, index in ipairs(indexes) do list[i] = ports[index] end
  return list
end

local function function_of(folder, name)
  local path = folder .. "/" .. name
  local raw = look.attributes(path, ATTRIBUTES)
  if not (raw and raw.vendor and raw.device) then return nil end -- just removed: every function has them
  local record = {
    pci_id = name,
    vendor = number(raw.vendor), device = number(raw.device), class = number(raw.class),
    fid = number(raw.function_id), pchid = number(raw.pchid), pft = number(raw.pft),
    vfn = number(raw.vfn), uid = number(raw.uid), port = number(raw.port, 10),
    driver = (look.link(path .. "/driver") or ""):match("[^/]+$"),
  }
  local ports = {}
  local by_adapter = record.pft and record.pft ~= ROCE and record.port and record.port > 0 and record.port - 1
  add_netdevs(path, ports, by_adapter or nil)
  local is_rdma, firmware = add_ibdevs(path, ports)
  record.type = type_of(record, firmware, is_rdma)
  record.vf = virtual(record)
  record.guest = VFIO[record.driver] or nil
  port_at(ports, by_adapter or next(ports) or 0)
  add_pnetids(record, ports, raw.util_string)
  record.ports = as_list(ports)
  if not look.is_folder(path) then return nil end -- removed meanwhile: some of it was missing
  return record
end

-- Slots are matched by FID, or else by bus and device number; a slot without a function is its own record.
local function join(records, slots)
  local by_fid, by_address = {}, {}
  for _, record in ipairs(records) do
    if record.fid then by_fid[record.fid] = record end
    local address = record.pci_id:match("^(.*)%.%x$") or record.pci_id
    by_address[address] = by_address[address] or {}
    add(by_address[address], record)
  end
  for _, slot in ipairs(slots) do
    local mine = by_address[slot.address]
    if slot.fid then mine = by_fid[slot.fid] and { by_fid[slot.fid] } end
    for _, record in ipairs(mine or {}) do
      record.slot, record.power = slot.slot, slot.power
    end
    if not mine then
      add(records, { slot = slot.slot, fid = slot.fid, power = slot.power, ports = {} })
    end
  end
end

local function before(a, b)
  if (a.fid ~= nil) ~= (b.fid ~= nil) then return a.fid ~= nil end
  if a.fid ~= b.fid then return a.fid < b.fid end
  return (a.pci_id or a.slot) < (b.pci_id or b.slot)
end

--- Lists every PCI function, and every slot without one.
-- @tparam string root directory where sysfs is mounted
-- @treturn[1] {table,...} sorted by FID, then by PCI address
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
pci.read = look.protect(function(root)
  local folder, records = root .. "/bus/pci/devices", {}
  for _, name in ipairs(look.entries(folder)) do
    add(records, function_of(folder, name))
  end
  join(records, slots_of(root))
  table.sort(records, before)
  return records
end)

return pci
