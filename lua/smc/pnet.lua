--- PNET IDs: which network interface, RDMA device and ISM device are on the same physical network.
--
--    local pnet = require "smc.pnet"
--    assert(pnet.add { pnetid = "NET25", netdev = "eth0" })
--    print(pnet.of_interface("eth0").pnetid)         --> NET25
--
-- SMC uses a device for the connections of an interface that has the same PNET ID. On s390 the hardware
-- configuration assigns PNET IDs; an interface or device without one can be given one in the kernel's table.
-- Any user may read the table. Each network namespace has a table for its interfaces; only that of the
-- initial network namespace contains RDMA and ISM devices.
--
-- See `smc_pnet(8)`, and `net/smc/smc_pnet.c` and `arch/s390/net/pnet.c` in the kernel's source.
--
-- @module smc.pnet

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local E = require "smc.errno"
local matching = require "smc.internal.lists".select
local netlink = require "smc.internal.genl"
local remedy = require "smc.internal.remedy"
local text = require "smc.internal.text"
local util_string = require "smc.internal.util_string"

local pnet = {}

local MAX_PORTS <const> = 2 -- SMC_MAX_PORTS: ports of an RDMA device
local MAX_LENGTH <const> = 16 -- SMC_MAX_PNETID_LEN

--- An entry of the table. It belongs to an interface (`netdev`), or to an RDMA or ISM device (`ibdev` and
-- `ibport`). The argument of `add` may have both, which creates two entries.
--
-- @table entry
-- @tfield string pnetid the PNET ID
-- @tfield ?string netdev network interface; it need not exist (yet)
-- @tfield ?string ibdev RDMA device such as `mlx5_0`, or the PCI address of an ISM device
-- @tfield ?integer ibport port of the RDMA device; meaningless for ISM devices, where it is 1

-- The fields of a filter and of an entry. Invalid names in an entry are returned as errors, not raised.
local FILTER <const> = { pnetid = "string", netdev = "text", ibdev = "text", ibport = "integer" }
local ENTRY <const> = { pnetid = "string", netdev = "string", ibdev = "string", ibport = "integer" }

local function invalid(value, what)
  return nil, ("%s is %s"):format(text.quoted(value), what), E.EINVAL
end

-- A PNET ID as the kernel stores it.
local function canonical(pnetid)
  local upper = pnetid:upper()
  if not upper:find("^[A-Z0-9]+$") or #upper > MAX_LENGTH then
    return invalid(pnetid, "not a valid PNET ID: 1 to 16 characters from A to Z and 0 to 9 expected")
  end
  return upper
end

-- Like dev_valid_name() of the kernel. A valid name is a single component of a path.
local function check_interface(name)
  if #name < 1 or #name > 15 or name == "." or name == ".." or name:find("[/:%s%c]") then
    return invalid(name, "not a valid interface name: 1 to 15 characters without / : and blanks expected")
  end
  return name
end

local function check_device(name)
  if #name > 63 or not name:find("^[^/%s%c]+$") then
    return invalid(name, "not a valid device name: 1 to 63 characters without / and blanks expected")
  end
  return name
end

local function matches(entry, filter)
  for key, value in pairs(filter) do
    if entry[key] ~= value then return false end
  end
  return true
end

-- The entries that match a checked filter.
local function entries_like(filter)
  local wanted, entries, message, errno = {}
  for key, value in pairs(filter) do wanted[key] = value end
  if wanted.pnetid then
    wanted.pnetid, message, errno = canonical(wanted.pnetid)
    if not wanted.pnetid then return nil, message, errno end
  end
  entries, message, errno = netlink.pnet_list()
  if not entries then return nil, message, errno end
  for _, entry in ipairs(entries) do
    if not entry.ibdev then entry.ibport = nil end
  end
  return matching(entries, matches, wanted)
end

--- Lists the entries of the table, all of them or those that match every field of a filter.
--
-- @tparam[opt] table filter
-- @tparam ?string filter.pnetid
-- @tparam ?string filter.netdev
-- @tparam ?string filter.ibdev
-- @tparam ?integer filter.ibport
-- @treturn[1] {entry,...} in the order in which they were added
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC, EINVAL not a PNET ID
-- @raise for an unknown field or a field of the wrong type
function pnet.list(filter)
  return entries_like(args.options("list", 1, filter, FILTER))
end

--- Finds the first entry with a PNET ID, or the first that matches a filter. Several devices can have the
-- same PNET ID: @{list} returns all entries.
--
-- @tparam string|table which PNET ID, or a filter as for @{list}
-- @treturn[1] entry
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if the table does not have it, EINVAL not a PNET ID, EAFNOSUPPORT
-- @raise for a value of another type, and as @{list}
function pnet.find(which)
  args.check("find", 1, which, "string or table")
  if type(which) == "string" then which = { pnetid = which } end
  local entries, message, errno = entries_like(args.options("find", 1, which, FILTER))
  if not entries then return nil, message, errno end
  if entries[1] then return entries[1] end
  return nil, which.pnetid and ("the table has no PNET ID %s"):format(which.pnetid:upper())
    or "the table has no such entry", E.ENOENT
end

-- Why the kernel returned EEXIST. It does so also for devices that it cannot add.
local function why_exists(entry)
  local device = text.printable(entry.netdev or entry.ibdev)
  local entries, message = pnet.list { netdev = entry.netdev, ibdev = entry.ibdev }
  if not entries then return message end
  local old = entries[1]
  if not old and entry.netdev then
    return ("%s has a hardware PNET ID, which the table cannot replace"):format(device)
  elseif not old then
    return ("%s has a hardware PNET ID, which the table cannot replace; or this is not the initial network "
      .. "namespace, and only its table can contain RDMA and ISM devices"):format(device)
  elseif old.ibport ~= entry.ibport then
    return ("%s is in the table with %s for port %d, and the table can contain only one port of a device: "
      .. "remove that entry first"):format(device, text.printable(old.pnetid), old.ibport)
  end
  local name = text.printable(old.pnetid)
  return ("%s is in the table with %s: remove that first, with %s"):format(device, name,
    remedy.of(('smc.pnet.remove("%s")'):format(name), "smc_pnet.lua -d " .. name))
end

-- The checked fields of an entry: pnetid, netdev, ibdev, ibport.
local function check_entry(called, entry)
  args.options(called, 1, args.check(called, 1, entry, "table"), ENTRY)
  args.option("pnetid", entry.pnetid, "string")
  if not (entry.netdev or entry.ibdev) then args.refuse(called, 1, "netdev, ibdev or both are required") end
  if entry.ibport and not entry.ibdev then args.refuse_option("ibport", "an interface has none") end
  local pnetid, message, errno = canonical(entry.pnetid)
  if not pnetid then return nil, message, errno end
  local ok = true
  if entry.netdev then ok, message, errno = check_interface(entry.netdev) end
  if ok and entry.ibdev then ok, message, errno = check_device(entry.ibdev) end
  if not ok then return nil, message, errno end
  if not entry.ibdev then return pnetid, entry.netdev end
  local port = entry.ibport or 1
  if port < 1 or port > MAX_PORTS then
    return nil, ("ibport %d: the ports of an RDMA device are 1 and 2"):format(port), E.EINVAL
  end
  return pnetid, entry.netdev, entry.ibdev, port
end

-- Which of an interface and a device the kernel did not add, although it accepted both: an entry, or nil.
local function left_out(pnetid, netdev, ibdev, ibport)
  for _, entry in ipairs { { netdev = netdev }, { ibdev = ibdev, ibport = ibport } } do
    local asked = { pnetid = pnetid, netdev = entry.netdev, ibdev = entry.ibdev, ibport = entry.ibport }
    local found, message, errno = pnet.list(asked)
    if not found then return nil, message, errno end
    if #found == 0 then return entry end
  end
  return nil
end

local function add(pnetid, netdev, ibdev, ibport)
  local ok, message, errno = netlink.pnet_add(pnetid, netdev, ibdev, ibport)
  local refused = netdev and { netdev = netdev } or { ibdev = ibdev, ibport = ibport }
  if ok then
    if not (netdev and ibdev) then return true end
    refused, message, errno = left_out(pnetid, netdev, ibdev, ibport)
    if message then return nil, message, errno end
    if not refused then return true end
    local other = text.printable(refused.netdev and ibdev or netdev)
    message = ("%s has the PNET ID %s now, but the kernel did not add the other"):format(other, pnetid)
    errno = E.EEXIST
  end
  if errno == E.EEXIST then message = message .. ": " .. why_exists(refused) end
  return nil, message, errno
end

--- Assigns a PNET ID to an interface, a port of an RDMA device, or an ISM device; or to an interface and a
-- device at once.
--
-- The device need not exist: it gets the PNET ID when it is created. A device that has a hardware PNET ID or
-- is already in the table cannot be added. The table has only one port of an RDMA device: adding the other
-- port fails, although kernels up to at least 6.12 assign the PNET ID to that port anyway, until it is
-- removed. Requires CAP_NET_ADMIN in the initial user namespace.
--
-- @tparam table entry
-- @tparam string entry.pnetid 1 to 16 characters from A to Z and 0 to 9; lower case becomes upper case
-- @tparam ?string entry.netdev interface
-- @tparam ?string entry.ibdev device; requires the initial network namespace
-- @tparam[opt=1] ?integer entry.ibport port of the device: 1 or 2
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EEXIST (also if only one of two was added), EINVAL, EAFNOSUPPORT (no SMC)
-- @raise for an unknown field, a field of the wrong type, and if there is neither netdev nor ibdev
function pnet.add(entry)
  local pnetid, netdev, ibdev, ibport = check_entry("add", entry)
  if not pnetid then return nil, netdev, ibdev end
  return add(pnetid, netdev, ibdev, ibport)
end

--- Removes all entries with a PNET ID. Requires CAP_NET_ADMIN in the initial user namespace.
--
-- @tparam string pnetid
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, ENOENT, EINVAL, EAFNOSUPPORT (no SMC)
-- @raise for a value that is not a string
function pnet.remove(pnetid)
  local upper, message, errno = canonical(args.check("remove", 1, pnetid, "string"))
  if not upper then return nil, message, errno end
  local ok
  ok, message, errno = netlink.pnet_remove(upper)
  if ok then return true end
  if errno == E.ENOENT then
    message = ("%s: the table of this network namespace has no PNET ID %s"):format(message, upper)
  end
  return nil, message, errno
end

--- Removes every PNET ID from the table. It succeeds if the table is empty. Requires CAP_NET_ADMIN in the
-- initial user namespace.
--
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EAFNOSUPPORT (no SMC)
function pnet.flush()
  return netlink.pnet_flush()
end

-- === ensure ===

-- Whether the device has the PNET ID, in the table.
local function is_in_table(pnetid, netdev, ibdev, ibport)
  local wanted = { pnetid = pnetid, netdev = netdev, ibdev = ibdev, ibport = ibport }
  local found, message, errno = pnet.list(wanted)
  if not found then return nil, message, errno end
  return found[1] ~= nil
end

-- Whether the interface has the PNET ID from its hardware.
local function is_of_hardware(pnetid, netdev)
  local own = netdev and pnet.of_interface(netdev)
  return own and own.pnetid_source == "hardware" and own.pnetid == pnetid
end

-- Ensures that one device has the PNET ID. Returns whether something was changed, or nil, message, errno.
local function ensure_device(pnetid, netdev, ibdev, ibport)
  if not (netdev or ibdev) then return false end
  local is_there, message, errno = is_in_table(pnetid, netdev, ibdev, ibport)
  if is_there == nil then return nil, message, errno end
  if is_there or is_of_hardware(pnetid, netdev) then return false end
  local ok
  ok, message, errno = add(pnetid, netdev, ibdev, ibport)
  if ok then return true end
  if errno == E.EEXIST and is_in_table(pnetid, netdev, ibdev, ibport) then return false end -- another did it
  return nil, message, errno
end

local function ensure_present(entry)
  local pnetid, netdev, ibdev, ibport = check_entry("ensure", entry)
  if not pnetid then return nil, netdev, ibdev end
  local changed, message, errno = ensure_device(pnetid, netdev)
  if changed == nil then return nil, message, errno end
  local too
  too, message, errno = ensure_device(pnetid, nil, ibdev, ibport)
  if too == nil then return nil, message, errno end
  return true, changed or too
end

local function ensure_absent(entry)
  args.options("ensure", 1, args.check("ensure", 1, entry, "table"), { pnetid = "string" })
  local found, message, errno = pnet.find(args.option("pnetid", entry.pnetid, "string"))
  local ok = found
  if found then ok, message, errno = pnet.remove(entry.pnetid) end
  if ok then return true, true end
  if errno == E.ENOENT then return true, false end
  return nil, message, errno
end

--- Sees to it that the table has an entry, or does not have a PNET ID: looks, and changes only what has to be
-- changed. If nothing has, no privilege is needed; that another process did it meanwhile is a success.
--
--    assert(pnet.ensure { pnetid = "NET25", netdev = "eth0" })
--    assert(pnet.ensure({ pnetid = "NET26" }, "absent"))
--
-- @tparam table entry as for @{add}; a hardware PNET ID of an interface counts. With `"absent"`, only
--   `pnetid`: the kernel removes all entries with a PNET ID
-- @tparam[opt="present"] string state `"present"` or `"absent"`
-- @treturn[1] true
-- @treturn[1] boolean whether something was changed
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EINVAL, EAFNOSUPPORT (no SMC), and EEXIST if the device has another PNET
--   ID; with an interface and a device, the interface may have been added already
-- @raise as @{add}
function pnet.ensure(entry, state)
  args.optional("ensure", 2, state, { "present", "absent" })
  if state == "absent" then return ensure_absent(entry) end
  return ensure_present(entry)
end

-- === PNET IDs of the hardware ===

--- The PNET ID of a port in `util_string`, the attribute of PCI functions and channel paths in the sysfs
-- of s390: four fields of 16 characters in EBCDIC.
--
-- @tparam string bytes contents of the attribute
-- @tparam[opt=0] integer port index of the field, from 0
-- @treturn ?string PNET ID; nil if the port has none
-- @raise for an argument of the wrong type
function pnet.from_util_string(bytes, port)
  args.check("from_util_string", 1, bytes, "string")
  return util_string.pnetid(bytes, args.optional("from_util_string", 2, port, args.range(0)) or 0)
end

--- The PNET ID of an interface: the hardware PNET ID, or else the one in the table.
--
-- For a bond or a VLAN, it is that of the first physical interface below it, as in the kernel; only SMC-R
-- also checks the table for the upper interface itself. The interface must be in this network namespace, and
-- `/sys` must be mounted in it: `ip netns exec` does this, `unshare -n` alone does not.
--
-- @tparam string interface its name; alternative names are not supported
-- @treturn[1] table `pnetid`; `pnetid_source`: `"hardware"` or `"user"`; `netdev`: the interface that has it
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENODEV (no such interface), ENODATA (no PNET ID), EINVAL (not a valid interface
--   name), EAFNOSUPPORT (no hardware PNET ID, and no SMC, so that there is no table)
-- @raise for an argument of the wrong type
function pnet.of_interface(interface)
  local name, message, errno = check_interface(args.check("of_interface", 1, interface, "string"))
  if not name then return nil, message, errno end
  return require "smc.pnet.interface".find(interface, pnet.list)
end

--- Lists every PNET ID of this host with all interfaces and devices that have it, from the hardware or from
-- the table.
--
-- @treturn[1] {table,...} in the order of the PNET IDs, each with `pnetid` and three lists, possibly empty:
--   `netdevs`, interfaces of this network namespace: `netdev`; `ibdevs`, ports of RDMA devices: `ibdev`,
--   `ibport`, `state`; `ism`, ISM devices: `pci_id`, `fid`, `pchid`. Each entry of these has `pnetid_source`,
--   `"hardware"` or `"user"`, and `absent`, true if the table has it but this host, or SMC, does not
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC
function pnet.devices()
  return require "smc.pnet.devices".list(pnet.of_interface, pnet.list)
end

return pnet
