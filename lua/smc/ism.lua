--- PCI functions that SMC can use, ISM and RoCE: lists them, including those that are powered off, and powers
-- them on and off.
--
--    local ism = require "smc.ism"
--    for _, f in ipairs(assert(ism.list { type = "ISM" })) do
--      print(("%x"):format(f.fid), f.power, f.ports[1] and f.ports[1].pnetid)
--    end
--    assert(ism.power_off("32"))
--
-- Any user may list functions, which are read from sysfs; powering them on and off requires root. On s390 the
-- name of a slot is the FID of its function; on other machines functions are found by PCI address or slot. A
-- FID or PCHID is an integer, or a string of hex digits as Linux prints it: "32" is 0x32.
--
-- See `smc_rnics(8)`, `lspci(8)`, and `arch/s390/pci` and `drivers/pci/slot.c` in the kernel's source.
--
-- @module smc.ism

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local E = require "smc.errno"
local hex = require "smc.internal.hex"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"
local lists = require "smc.internal.lists"
local paths = require "smc.internal.paths"
local text = require "smc.internal.text"
local pci = require "smc.ism.pci"

local ism = {}

local DEFAULT_TIMEOUT <const> = 10 -- seconds
local SWITCHING <const> = { timeout = "seconds" }

-- The fields of a filter.
local FILTER <const> = {
  all = "boolean", type = "text", power = "boolean", fid = "integer or string", slot = "text",
  pci_id = "text", pchid = "integer or string", pnetid = "text", netdev = "text",
}

-- Those of its fields that may be hex digits.
local NUMBERS <const> = { fid = "FID", pchid = "PCHID" }

-- The types that list(filter) returns without `all`.
local relevant = {
  ISM = true, RoCE_Express = true, RoCE_Express2 = true, RoCE_Express3 = true, Network_Express = true,
  RDMA = true,
}

--- A PCI function, or a slot whose function is powered off or removed, which has only the first three fields.
-- Fields that the machine does not report are absent.
--
-- @table pci_function
-- @tfield ?integer fid function ID, on s390; printed with `%x`
-- @tfield ?boolean power absent if the function is not in a slot
-- @tfield ?string slot name of its slot; on s390 the FID as `%08x`
-- @tfield ?string pci_id PCI address such as `0000:00:00.0`
-- @tfield ?string type `"ISM"`, `"RoCE_Express"`, `"RoCE_Express2"`, `"RoCE_Express3"`, `"Network_Express"`,
--   or `"RDMA"` for another function with an RDMA device
-- @tfield ?integer vendor
-- @tfield ?integer device
-- @tfield ?integer class
-- @tfield ?integer pchid physical channel ID, printed with `%04x`; s390, as those that follow
-- @tfield ?integer pft physical function type, printed with `0x%02x`
-- @tfield ?boolean vf whether it is a virtual function
-- @tfield ?integer vfn number of the virtual function
-- @tfield ?integer uid user-defined ID
-- @tfield ?integer port of the adapter, from 1; 0 where that has no meaning
-- @tfield ?string driver
-- @tfield ?boolean guest true if the driver hands the function to a guest (VFIO: `ism-vfio-pci` and others):
--   this host cannot use it
-- @tfield ?string dibs name of the SMC-D device that it is, since Linux 6.18: `ism32`
-- @tfield {port,...} ports
-- @tfield ?table smcd for an ISM function that SMC uses: `link_groups`, their number, and `critical`

--- A port of a function.
--
-- @table port
-- @tfield integer index from 0
-- @tfield ?string pnetid PNET ID
-- @tfield ?string pnetid_source `"hardware"`, or `"user"` for the table of @{smc.pnet}
-- @tfield {string,...} netdevs network interfaces, of this network namespace
-- @tfield {table,...} ibdevs RDMA devices: `ibdev`, the name, and `ibport`

-- === information that is not in sysfs ===

-- Errors of a kernel without such a list; the information of sysfs is complete then.
local NO_LIST <const> = { [E.EAFNOSUPPORT] = true, [E.EPROTONOSUPPORT] = true, [E.EOPNOTSUPP] = true }

local function listed(list, message, errno)
  if not list and not NO_LIST[errno] then look.fail(message, errno) end
  return list or {}
end

local function add_dibs(records)
  local names = {}
  for _, device in ipairs(require "smc.internal.dibs".list()) do
    names[device.pci_id or false] = device.name
  end
  for _, record in ipairs(records) do record.dibs = record.pci_id and names[record.pci_id] end
end

local function add_smcd(records)
  local by_address = {}
  for _, message in ipairs(listed(netlink.device_smcd())) do
    by_address[message.smcd.pci_id or false] = message.smcd
  end
  for _, record in ipairs(records) do
    local device = record.pci_id and by_address[record.pci_id]
    record.smcd = device and { link_groups = device.link_groups, critical = device.critical }
  end
end

-- === listing ===

local function has_port_with(record, key, value)
  for _, port in ipairs(record.ports) do
    if key == "pnetid" and port.pnetid == value or key == "netdev" and lists.has(port.netdevs, value) then
      return true
    end
  end
  return false
end

local function matches(record, filter)
  -- The type of a function is not known while its slot is off, so every slot that is named by a FID matches.
  if not filter.all and not (relevant[record.type] or not record.pci_id and record.fid) then return false end
  for key, value in pairs(filter) do
    if key == "pnetid" or key == "netdev" then
      if not has_port_with(record, key, value) then return false end
    elseif key ~= "all" and record[key] ~= value then
      return false
    end
  end
  return true
end

-- All records. The kernel's lists are those of this machine, so they are not used for a recorded tree.
local read = look.protect(function()
  local records = look.demand(pci.read(paths.sysfs))
  add_dibs(records)
  if paths.sysfs == "/sys" then
    local entries = listed(netlink.pnet_list())
    if #entries > 0 then require "smc.ism.user_pnetids".add(records, entries) end
    add_smcd(records)
  end
  return records
end)

-- The functions that match a checked filter.
local function functions_like(filter)
  local wanted, message, errno = hex.filter(filter, NUMBERS)
  if not wanted then return nil, message, errno end
  wanted.pnetid = wanted.pnetid and wanted.pnetid:upper()
  local records
  records, message, errno = read()
  if not records then return nil, message, errno end
  return lists.select(records, matches, wanted)
end

--- Lists the functions that SMC can use, sorted by FID, including slots that are powered off; all of them, or
-- those that match every field of a filter.
--
-- @tparam[opt] table filter
-- @tparam ?boolean filter.all every PCI function and slot
-- @tparam ?string filter.type
-- @tparam ?boolean filter.power
-- @tparam ?integer|string filter.fid integer, or hex digits
-- @tparam ?string filter.slot
-- @tparam ?string filter.pci_id
-- @tparam ?integer|string filter.pchid integer, or hex digits
-- @tparam ?string filter.pnetid of some port
-- @tparam ?string filter.netdev network interface of some port
-- @treturn[1] {pci_function,...}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EINVAL (not a valid FID or PCHID), and other errors of the kernel
-- @raise for an unknown field or a field of the wrong type
function ism.list(filter)
  return functions_like(args.options("list", 1, filter, FILTER))
end

-- === finding ===

--- Converts a string or a number to a FID.
-- @tparam integer|string fid an integer, or 1 to 8 hex digits with or without `0x`
-- @treturn[1] integer
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EINVAL
-- @raise for a value of another type
function ism.fid(fid)
  return hex.number(args.check("fid", 1, fid, "integer or string"), "FID")
end

-- A filter for the function that an argument names, and its name in messages.
local function meant(called, which)
  args.check(called, 1, which, "integer or string or table")
  if type(which) == "table" then
    args.options(called, 1, which, { slot = "text" })
    args.option("slot", which.slot, "text")
    return { slot = which.slot, all = true }, "slot " .. which.slot
  elseif type(which) == "string" and which:find("^%x+:%x%x:%x%x%.%x$") then
    return { pci_id = which, all = true }, which
  end
  local fid, message, errno = hex.number(which, "FID")
  if not fid then return nil, message, errno end
  return { fid = fid, all = true }, ("FID %x"):format(fid)
end

-- The function, and its name in messages; or nil, message, errno.
local function find(called, which)
  local filter, name, errno = meant(called, which)
  if not filter then return nil, name, errno end
  local found, message
  found, message, errno = functions_like(filter)
  if not found then return nil, message, errno end
  if not found[1] then
    return nil, ("there is no PCI function %s on this host"):format(text.printable(name)), E.ENOENT
  end
  return found[1], name
end

--- Finds a function, powered on or off, of any type.
--
-- @tparam integer|string|table which FID, PCI address (only while it is powered on), or `{ slot = name }`
-- @treturn[1] pci_function
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT (no such function), EINVAL (not a valid FID)
-- @raise for a value of another type or an unknown option
function ism.find(which)
  local found, message, errno = find("find", which)
  if not found then return nil, message, errno end
  return found
end

-- === switching ===

-- Returns the function, or nil, message, errno and the sockets that the kernel waits for.
local function switch(called, which, on, timeout)
  local found, name, errno = find(called, which)
  if not found then return nil, name, errno end
  if not found.slot then
    return nil, ("%s is not in a slot that can be powered on or off"):format(text.printable(name)), E.ENOTSUP
  end
  local folder = ("%s/bus/pci/slots/%s"):format(paths.sysfs, found.slot)
  local ok, message, sockets
  ok, message, errno, sockets =
    require "smc.ism.power".set(folder, text.printable(name), on, timeout or DEFAULT_TIMEOUT)
  if not ok then return nil, message, errno, sockets end
  found, message, errno = find(called, { slot = found.slot })
  if not found then
    return nil, ("%s is powered %s, but it cannot be read: %s"):format(name, on and "on" or "off", message),
      errno
  end
  return found
end

--- Powers a function on, and waits until it is.
--
-- @tparam integer|string|table which as for @{find}
-- @tparam[opt] table options
-- @tparam[opt=10] ?number options.timeout seconds
-- @treturn[1] pci_function the function with its new fields: PCI address, ports, use by SMC-D
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EALREADY (it is already on), ENOENT (no such function), EACCES (not root),
--   EINVAL (not a valid FID), ENOTSUP (not in a slot), ETIMEDOUT, and other errors of the kernel
-- @raise for a value of another type or an unknown option
function ism.power_on(which, options)
  local timeout = args.options("power_on", 2, options, SWITCHING).timeout
  local found, message, errno = switch("power_on", which, true, timeout)
  if not found then return nil, message, errno end
  return found
end

--- Powers a function off, and waits until it is. Its SMC-D connections break.
--
-- The kernel waits until programs have closed the sockets of the broken connections, and signals cannot
-- interrupt that; therefore a separate process makes the request. After the timeout that process continues to
-- wait, and the function is powered off as soon as the last of the sockets is closed. Kernels up to at least
-- 7.2 wait longer for connections that were being established, and forever if one broke before it was
-- accepted.
--
-- @tparam integer|string|table which as for @{find}
-- @tparam[opt] table options as for @{power_on}
-- @treturn[1] pci_function
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno as for @{power_on}
-- @treturn[2] ?{table,...} with ETIMEDOUT: the sockets of this network namespace that are still open, as
--   @{smc.diag} listed them before, with their `processes`; absent if the message says that they cannot be
--   listed
-- @raise for a value of another type or an unknown option
function ism.power_off(which, options)
  return switch("power_off", which, false, args.options("power_off", 2, options, SWITCHING).timeout)
end

--- Sees to it that a function is powered on, or off: looks, and switches it only where it is not so. If
-- nothing has to be switched, no privilege is needed; that another process did it meanwhile is a success.
--
--    local f, changed = assert(ism.ensure("32", "on"))
--
-- @tparam integer|string|table which as for @{find}
-- @tparam string state `"on"` or `"off"`
-- @tparam[opt] table options as for @{power_on}
-- @treturn[1] pci_function
-- @treturn[1] boolean whether it was switched
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno as for @{power_on}, but never EALREADY
-- @treturn[2] ?{table,...} as for @{power_off}
-- @raise for a value of another type or an unknown option
function ism.ensure(which, state, options)
  args.check("ensure", 1, which, "integer or string or table")
  args.check("ensure", 2, state, { "on", "off" })
  local timeout = args.options("ensure", 3, options, SWITCHING).timeout
  local on = state == "on"
  local before, message, errno = find("ensure", which)
  if not before then return nil, message, errno end
  if before.power == on then return before, false end
  local after, sockets
  after, message, errno, sockets = switch("ensure", which, on, timeout)
  if after then return after, true end
  if errno == E.EALREADY or errno == E.EIO then -- somebody else may have switched it meanwhile
    after = find("ensure", { slot = before.slot })
    if after and after.power == on then return after, false end
  end
  return nil, message, errno, sockets
end

-- === watching ===

--- Watches for functions that are added and removed, of those that `list(filter)` returns.
-- It does not poll: it receives the kernel's uevents (NETLINK_KOBJECT_UEVENT of netlink(7)).
-- An event has `event`, `"added"` or `"removed"`, and `pci_function`, the function as it is or was. Since
-- Linux 6.18 an ISM function that was added can be used by SMC only once its dibs device is there: `"usable"`
-- and `"unusable"`.
--
--    for event in assert(ism.watch { type = "ISM" }) do
--      print(event.event, event.pci_function.pci_id)
--    end
--
-- @tparam[opt] table filter as for @{list}
-- @treturn[1] smc.diag.Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise as @{list}
function ism.watch(filter)
  filter = args.options("watch", 1, filter, FILTER)
  return require "smc.ism.watch".watch(function() return functions_like(filter) end)
end

return ism
