--- Finds the PNET ID of a network interface in sysfs and in the kernel's table, for smc.pnet. See
-- `arch/s390/net/pnet.c` in the kernel source.
-- @module smc.pnet.interface

local E = require "smc.errno"
local look = require "smc.internal.look"
local paths = require "smc.internal.paths"
local remedy = require "smc.internal.remedy"
local text = require "smc.internal.text"
local util_string = require "smc.internal.util_string"

local lookup = {}

local MAX_NESTING <const> = 8 -- MAX_NEST_DEV: VLANs on bonds on …

-- The channel path of an interface that is a CCW group device, and the port of the adapter.
local function channel_path_of(sysfs, device)
  local chpid = (look.file(device .. "/chpid") or ""):match("^%x%x?%f[%X]")
  if not chpid then return nil end
  return ("%s/devices/css0/chp0.%02x"):format(sysfs, tonumber(chpid, 16)), look.file(device .. "/portno")
end

local function hardware_pnetid(sysfs, interface)
  local directory = sysfs .. "/class/net/" .. interface
  local port = look.file(directory .. "/dev_port")
  local bytes = look.file(directory .. "/device/util_string")
  if not bytes then
    local path, portno = channel_path_of(sysfs, directory .. "/device")
    port = portno or port
    bytes = path and look.file(path .. "/util_string")
  end
  return bytes and util_string.pnetid(bytes, math.tointeger(tonumber(port)) or 0)
end

-- The names of the interfaces of this network namespace, as a list and a set; nil if they are not known.
local function interfaces(proc)
  local table_of_all = look.file(proc .. "/net/dev")
  if not table_of_all then return nil end
  local names = {}
  for name in table_of_all:gmatch("%f[^\n\0]%s*([^%s:]+):") do
    names[#names + 1] = name
    names[name] = true
  end
  return names
end

-- Raises a failure unless the interface exists. sysfs shows the interfaces of the network namespace in which
-- it was mounted; an interface there may have the same name as one in this network namespace.
local function demand(sysfs, names, interface)
  local there, here = look.is_folder(sysfs .. "/class/net/" .. interface), not names or names[interface]
  if there and here then return end
  local message = ("there is no interface %s in %s"):format(text.printable(interface),
    there and "this network namespace" or sysfs .. "/class/net")
  if here and names then
    message = ("%s: %s belongs to another network namespace"):format(message, sysfs)
  end
  look.fail(message, E.ENODEV)
end

-- The first interface below a bond, a VLAN or a bridge. nil if there is none.
local function lower_of(sysfs, names, interface)
  local directory = sysfs .. "/class/net/" .. interface
  local first = (look.file(directory .. "/bonding/slaves") or ""):match("%S+")
  if first then return first end
  for _, name in ipairs(names or {}) do
    if look.is_folder(directory .. "/lower_" .. name) then return name end
  end
  return nil
end

-- The interface whose hardware counts, as in the kernel's pnet_find_base_ndev().
local function base_of(sysfs, names, interface)
  for _ = 1, MAX_NESTING do
    local lower = lower_of(sysfs, names, interface)
    if not lower then break end
    interface = lower
  end
  return interface
end

local function user_pnetid(entries, interface)
  for _, entry in ipairs(entries) do
    if entry.netdev == interface then return entry.pnetid end
  end
  return nil
end

local function no_pnetid(interface)
  interface = text.printable(interface)
  look.fail(("%s has no PNET ID, neither a hardware PNET ID nor one in the table: set the PNET ID of the ISM "
    .. "or RDMA device on its network, in the hardware configuration or with %s"):format(
    interface, remedy.of(('smc.pnet.add { pnetid = "…", netdev = "%s" }'):format(interface),
    "smc_pnet.lua -a PNETID -I " .. interface)), E.ENODATA)
end

-- The entries of the kernel's table.
local function user_entries(interface, list)
  local entries, message, errno = list()
  if not entries then
    look.fail(("%s has no hardware PNET ID, and the table cannot be read: %s"):format(
      text.printable(interface), message), errno)
  end
  return entries
end

--- The PNET ID of an interface.
-- @tparam string name a valid interface name
-- @tparam function list returns the entries of the kernel's table
-- @return as @{smc.pnet.of_interface}
-- @function lookup.find
lookup.find = look.protect(function(name, list)
  local sysfs, proc = paths.sysfs, paths.proc
  local names = interfaces(proc)
  demand(sysfs, names, name)
  local base = base_of(sysfs, names, name)
  local found = hardware_pnetid(sysfs, base)
  if found then return { pnetid = found, pnetid_source = "hardware", netdev = base } end
  local entries = user_entries(name, list)
  for _, netdev in ipairs { base, name } do
    found = user_pnetid(entries, netdev)
    if found then return { pnetid = found, pnetid_source = "user", netdev = netdev } end
  end
  no_pnetid(name)
end)

return lookup
