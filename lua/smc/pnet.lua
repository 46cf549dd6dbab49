--- PNET IDs: which network interface, RDMA device and ISM device are on the same physical network.
--
--    local pnet = require "smc.pnet"
--    assert(pnet.add { name = "NET25", netdev = "eth0" })
--    print(pnet.of_interface("eth0").name)           --> NET25
--
-- SMC uses a device for the connections of an interface that has the same PNET ID. On s390 the hardware
-- configuration gives them out; whatever has none of the hardware's can be given one in the kernel's table.
-- Everybody may read the table. It is one of the network namespace for interfaces; RDMA and ISM devices are
-- in that of the initial network namespace only.
--
-- See `smc_pnet(8)`, and `net/smc/smc_pnet.c` and `arch/s390/net/pnet.c` in the kernel's source.
--
-- @module smc.pnet

local args = require "smc.internal.args"
local E = require "smc.errno"
local ebcdic = require "smc.internal.ebcdic"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"
local remedy = require "smc.internal.remedy"
local text = require "smc.internal.text"

local pnet = {}

local MAX_PORTS <const> = 2 -- SMC_MAX_PORTS: ports of an RDMA device
local UTIL_FIELD <const> = 16 -- bytes of the PNET ID of one port in util_string
local MAX_NESTING <const> = 8 -- MAX_NEST_DEV: VLANs on bonds on …

--- An entry of the table. It is of an interface, or of an RDMA or ISM device: `netdev`, or `ibdev` and
-- `ibport`, are absent. What `add` takes may have both, and makes two entries.
--
-- @table entry
-- @tfield string name the PNET ID
-- @tfield ?string netdev network interface; it need not exist (yet)
-- @tfield ?string ibdev RDMA device such as `mlx5_0`, or the PCI address of a device, as ISM devices have
-- @tfield ?integer ibport port of the RDMA device; without meaning for ISM devices, which come with 1

-- What a filter and an entry may have. What is wrong with the names of an entry is answered, not thrown.
local FILTER <const> = { name = "text", netdev = "text", ibdev = "text", ibport = "integer" }
local ENTRY <const> = { name = "string", netdev = "string", ibdev = "string", ibport = "integer" }

local function invalid(value, what)
  return nil, ("%s is %s"):format(text.quoted(value), what), E.EINVAL
end

-- A PNET ID as the kernel keeps it.
local function canonical(name)
  local upper = name:upper()
  if not upper:find("^[A-Z0-9]+$") or #upper > UTIL_FIELD then
    return invalid(name, "not a PNET ID: it has 1 to 16 characters out of A to Z and 0 to 9")
  end
  return upper
end

-- dev_valid_name() of the kernel. What passes is one component of a path.
local function check_interface(name)
  if #name < 1 or #name > 15 or name == "." or name == ".." or name:find("[/:%s%c]") then
    return invalid(name, "not the name of an interface: it has 1 to 15 characters, without / : and blanks")
  end
  return name
end

local function check_device(name)
  if #name > 63 or not name:find("^[^/%s%c]+$") then
    return invalid(name, "not the name of a device: it has 1 to 63 characters, without / and blanks")
  end
  return name
end

local function matches(entry, filter)
  for key, value in pairs(filter) do
    if entry[key] ~= value then return false end
  end
  return true
end

--- The entries of the table, all of them or those that match every field of a filter.
--
-- @tparam[opt] table filter `name`, `netdev`, `ibdev`, `ibport`
-- @treturn[1] {entry,...} in the order in which they were added
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EAFNOSUPPORT where the kernel has no SMC
-- @raise for an unknown field, or one of a wrong type
function pnet.list(filter)
  local wanted = {}
  for key, value in pairs(args.options("list", 1, filter, FILTER)) do
    wanted[key] = key == "name" and value:upper() or value
  end
  local entries, message, errno = netlink.pnet_list()
  if not entries then return nil, message, errno end
  local found = {}
  for _, entry in ipairs(entries) do
    if matches(entry, wanted) then found[#found + 1] = entry end
  end
  return found
end

--- What has a PNET ID: several devices can have the same.
--
-- @tparam string name PNET ID
-- @treturn[1] {entry,...} at least one
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT where the table does not have it
-- @raise for anything but a string
function pnet.get(name)
  local upper, message, errno = canonical(args.check("get", 1, name, "string"))
  if not upper then return nil, message, errno end
  local entries
  entries, message, errno = pnet.list { name = upper }
  if not entries then return nil, message, errno end
  if #entries == 0 then return nil, ("the table has no PNET ID %s"):format(upper), E.ENOENT end
  return entries
end

-- Why the kernel said that there is one already. It says so too of what it cannot add.
local function why_exists(entry)
  local device = text.printable(entry.netdev or entry.ibdev)
  local entries, message = pnet.list { netdev = entry.netdev, ibdev = entry.ibdev }
  if not entries then return message end
  local old = entries[1]
  if not old and entry.netdev then
    return ("%s has a PNET ID of its hardware, which the table cannot replace"):format(device)
  elseif not old then
    return ("%s has a PNET ID of its hardware, which the table cannot replace; or this is not the initial "
      .. "network namespace, which alone has RDMA and ISM devices in its table"):format(device)
  elseif old.ibport ~= entry.ibport then
    return ("%s is in the table with %s for port %d, and the table has one port of a device; "
      .. "remove that one first"):format(device, text.printable(old.name), old.ibport)
  end
  local name = text.printable(old.name)
  return ("%s is in the table with %s: remove that first, with %s"):format(device, name,
    remedy.of(('smc.pnet.remove("%s")'):format(name), "smc_pnet.lua -d " .. name))
end

-- The checked arguments of add: name, netdev, ibdev, ibport.
local function check_entry(entry)
  args.options("add", 1, args.check("add", 1, entry, "table"), ENTRY)
  args.option("name", entry.name, "string")
  if not (entry.netdev or entry.ibdev) then args.refuse("add", 1, "netdev, ibdev or both are needed") end
  if entry.ibport and not entry.ibdev then args.refuse_option("ibport", "an interface has none") end
  local name, message, errno = canonical(entry.name)
  if not name then return nil, message, errno end
  local ok = true
  if entry.netdev then ok, message, errno = check_interface(entry.netdev) end
  if ok and entry.ibdev then ok, message, errno = check_device(entry.ibdev) end
  if not ok then return nil, message, errno end
  if not entry.ibdev then return name, entry.netdev end
  local port = entry.ibport or 1
  if port < 1 or port > MAX_PORTS then
    return nil, ("ibport %d: the ports of an RDMA device are 1 and 2"):format(port), E.EINVAL
  end
  return name, entry.netdev, entry.ibdev, port
end

-- What of an interface and a device the kernel did not add, though it took both: an entry, or nil.
local function left_out(name, netdev, ibdev, ibport)
  for _, entry in ipairs { { netdev = netdev }, { ibdev = ibdev, ibport = ibport } } do
    local asked = { name = name, netdev = entry.netdev, ibdev = entry.ibdev, ibport = entry.ibport }
    local found, message, errno = pnet.list(asked)
    if not found then return nil, message, errno end
    if #found == 0 then return entry end
  end
  return nil
end

--- Gives a PNET ID to an interface, a port of an RDMA device, or an ISM device; or to an interface and a
-- device at once.
--
-- The device need not exist: it has the PNET ID as soon as it does. One that has a PNET ID of its
-- hardware, or is in the table, cannot be added. Of an RDMA device the table has one port: adding the other
-- is refused, although kernels up to 6.12 at least have given that port the PNET ID by then, until it is
-- removed. Needs CAP_NET_ADMIN in the initial user namespace.
--
-- @tparam table entry
-- @tparam string entry.name 1 to 16 characters out of A to Z and 0 to 9; lower case becomes upper case
-- @tparam ?string entry.netdev interface
-- @tparam ?string entry.ibdev device; needs the initial network namespace
-- @tparam[opt=1] ?integer entry.ibport port of the device: 1 or 2
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EEXIST (also where one of two could be added, and was), EINVAL,
--   EAFNOSUPPORT (no SMC)
-- @raise for an unknown field, one of a wrong type, and neither netdev nor ibdev
function pnet.add(entry)
  local name, netdev, ibdev, ibport = check_entry(entry)
  if not name then return nil, netdev, ibdev end
  local ok, message, errno = netlink.pnet_add(name, netdev, ibdev, ibport)
  local refused = netdev and { netdev = netdev } or { ibdev = ibdev, ibport = ibport }
  if ok then
    if not (netdev and ibdev) then return true end
    refused, message, errno = left_out(name, netdev, ibdev, ibport)
    if message then return nil, message, errno end
    if not refused then return true end
    local other = text.printable(refused.netdev and ibdev or netdev)
    message = ("%s has the PNET ID %s now, and the kernel left the other out"):format(other, name)
    errno = E.EEXIST
  end
  if errno == E.EEXIST then message = message .. ": " .. why_exists(refused) end
  return nil, message, errno
end

--- Removes a PNET ID from whatever the table gave it to. Needs CAP_NET_ADMIN in the initial user namespace.
--
-- @tparam string name PNET ID
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, ENOENT, EINVAL, EAFNOSUPPORT (no SMC)
-- @raise for anything but a string
function pnet.remove(name)
  local upper, message, errno = canonical(args.check("remove", 1, name, "string"))
  if not upper then return nil, message, errno end
  local ok
  ok, message, errno = netlink.pnet_remove(upper)
  if ok then return true end
  if errno == E.ENOENT then
    message = ("%s: the table of this network namespace has no PNET ID %s"):format(message, upper)
  end
  return nil, message, errno
end

--- Removes every PNET ID from the table. It is no mistake when there is none. Needs CAP_NET_ADMIN in the
-- initial user namespace.
--
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EAFNOSUPPORT (no SMC)
function pnet.flush()
  return netlink.pnet_flush()
end

--- The PNET ID of a port in `util_string`, the attribute of PCI functions and channel paths in the sysfs
-- of s390: four fields of 16 characters in EBCDIC.
--
-- @tparam string bytes what the attribute holds
-- @tparam[opt=0] integer port index of the field, from 0
-- @treturn ?string PNET ID; nil where the port has none
-- @raise for an argument of a wrong type
function pnet.from_util_string(bytes, port)
  args.check("from_util_string", 1, bytes, "string")
  local first = (args.optional("from_util_string", 2, port, "integer") or 0) * UTIL_FIELD
  return ebcdic.decode(bytes:sub(first + 1, first + UTIL_FIELD)):match("^[^\0 ]+")
end

-- === of_interface ===

-- Where the interface is of a channel path: that of a CCW group device, with the port of the adapter.
local function channel_path_of(sysfs, device)
  local chpid = (look.file(device .. "/chpid") or ""):match("^%x%x?%f[%X]")
  if not chpid then return nil end
  return ("%s/devices/css0/chp0.%02x"):format(sysfs, tonumber(chpid, 16)), look.file(device .. "/portno")
end

local function hardware_pnetid(sysfs, interface)
  local directory = sysfs .. "/class/net/" .. interface
  local port = look.file(directory .. "/dev_port")
  local util_string = look.file(directory .. "/device/util_string")
  if not util_string then
    local path, portno = channel_path_of(sysfs, directory .. "/device")
    port = portno or port
    util_string = path and look.file(path .. "/util_string")
  end
  return util_string and pnet.from_util_string(util_string, math.tointeger(tonumber(port)))
end

-- The names of the interfaces of this network namespace, a list and a set; nil where that is not known.
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

-- Fails unless there is the interface. sysfs shows the interfaces of the network
-- namespace that it was mounted in, which one of the same name in another one must not be taken for.
local function demand(sysfs, names, interface)
  local there, here = look.is_folder(sysfs .. "/class/net/" .. interface), not names or names[interface]
  if there and here then return end
  local message = ("there is no interface %s in %s"):format(text.printable(interface),
    there and "this network namespace" or sysfs .. "/class/net")
  if here and names then
    message = ("%s: %s is of another network namespace"):format(message, sysfs)
  end
  look.fail(message, E.ENODEV)
end

-- The first of the interfaces that one stands on: of a bond, a VLAN, a bridge. nil where it is the last.
local function lower_of(sysfs, names, interface)
  local directory = sysfs .. "/class/net/" .. interface
  local first = (look.file(directory .. "/bonding/slaves") or ""):match("%S+")
  if first then return first end
  for _, name in ipairs(names or {}) do
    if look.is_folder(directory .. "/lower_" .. name) then return name end
  end
  return nil
end

-- The interface whose hardware counts, as the kernel's pnet_find_base_ndev().
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
    if entry.netdev == interface then return entry.name end
  end
  return nil
end

local function no_pnetid(interface)
  interface = text.printable(interface)
  look.fail(("%s has no PNET ID, neither of its hardware nor in the table: give it one in the hardware "
    .. "configuration, or with %s, the same as that of the ISM or RDMA device on its network"):format(
    interface, remedy.of(('smc.pnet.add { name = "…", netdev = "%s" }'):format(interface),
    "smc_pnet.lua -a PNETID -I " .. interface)), E.ENODATA)
end

-- The entries of the kernel's table.
local function user_entries(interface)
  local entries, message, errno = pnet.list()
  if not entries then
    look.fail(("%s has no PNET ID of its hardware, and the table cannot be read: %s"):format(
      text.printable(interface), message), errno)
  end
  return entries
end

local of_interface = look.protect(function(interface, sysfs, proc, entries)
  local names = interfaces(proc)
  demand(sysfs, names, interface)
  local base = base_of(sysfs, names, interface)
  local found = hardware_pnetid(sysfs, base)
  if found then return { name = found, source = "hardware", netdev = base } end
  entries = entries or user_entries(interface)
  for _, netdev in ipairs { base, interface } do
    found = user_pnetid(entries, netdev)
    if found then return { name = found, source = "user", netdev = netdev } end
  end
  no_pnetid(interface)
end)

--- The PNET ID of an interface: that of its hardware, or else the one in the table.
--
-- Of a bond or a VLAN, it is that of the first interface at the bottom, as the kernel has it; only SMC-R also
-- looks whether the table has one for the upper interface itself. The interface is one of this network
-- namespace, in which `/sys` has to be mounted: `ip netns exec` sees to that, `unshare -n` alone does not.
--
-- @tparam string interface its name; alternative names are not known
-- @tparam[opt] table opts
-- @tparam[opt="/sys"] ?string opts.sysfs with a recorded tree, give its proc too: `net/dev` has the names
-- @tparam[opt="/proc"] ?string opts.proc
-- @tparam ?{entry,...} opts.table in place of the kernel's, such as a recorded one
-- @treturn[1] table `name`: the PNET ID; `source`: `"hardware"` or `"user"`; `netdev`: the interface that it
--   is of
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENODEV no such interface, ENODATA no PNET ID, EINVAL no name of
--   an interface, EAFNOSUPPORT no PNET ID of the hardware, and no SMC that could have another
-- @raise for an argument of a wrong type and an unknown option
function pnet.of_interface(interface, opts)
  args.check("of_interface", 1, interface, "string")
  opts = args.options("of_interface", 2, opts, { sysfs = "text", proc = "text", table = "table" })
  local name, message, errno = check_interface(interface)
  if not name then return nil, message, errno end
  return of_interface(interface, opts.sysfs or "/sys", opts.proc or "/proc", opts.table)
end

return pnet
