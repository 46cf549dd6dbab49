--- The PCI functions that SMC uses, ISM and RoCE: list them, also those that are powered off, and switch them
-- on and off.
--
--    local ism = require "smc.ism"
--    for _, f in ipairs(assert(ism.list { type = "ISM" })) do
--      print(("%x"):format(f.fid), f.power, f.ports[1] and f.ports[1].pnetid)
--    end
--    assert(ism.power_off("32"))
--
-- Everything is read from sysfs, which everybody may; switching is for root. On s390, slots have the FID of
-- their function as a name; elsewhere functions are found by PCI address or slot. FIDs are hex digits in
-- text, as Linux prints them, and integers otherwise: "32" is 0x32. So are PCHIDs.
--
-- See `smc_rnics(8)`, `lspci(8)`, and `arch/s390/pci` and `drivers/pci/slot.c` in the kernel's source.
--
-- @module smc.ism

local args = require "smc.internal.args"
local E = require "smc.errno"
local look = require "smc.internal.look"
local matching = require "smc.internal.filter".select
local paths = require "smc.internal.paths"
local text = require "smc.internal.text"
local pci = require "smc.ism.pci"

local ism = {}

local DEFAULT_TIMEOUT <const> = 10 -- seconds
local SWITCHING <const> = { timeout = "seconds" }

-- What a filter may have.
local FILTER <const> = {
  all = "boolean", type = "text", power = "boolean", fid = "integer or string", slot = "text",
  pci_id = "text", pchid = "integer or string", pnetid = "text", netdev = "text",
}

-- Types that list(filter) gives without being asked for all.
local relevant = {
  ISM = true, RoCE_Express = true, RoCE_Express2 = true, RoCE_Express3 = true, Network_Express = true,
  RDMA = true,
}

--- A PCI function, or a slot whose function is powered off or gone: that has the first three fields only.
-- What the machine does not tell is absent.
--
-- @table pci_function
-- @tfield ?integer fid function ID, on s390; printed with `%x`
-- @tfield ?boolean power absent where the function is in no slot
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
-- @tfield {port,...} ports
-- @tfield ?table smcd of an ISM function that SMC uses: `link_groups`, how many, and `critical`

--- A port of a function.
--
-- @table port
-- @tfield integer index from 0
-- @tfield ?string pnetid PNET ID
-- @tfield ?string pnetid_source `"hardware"`, or `"user"` for the table of @{smc.pnet}
-- @tfield {string,...} netdevs network interfaces, of this network namespace
-- @tfield {table,...} ibdevs RDMA devices: `ibdev`, the name, and `ibport`

-- === what the kernel knows beyond sysfs ===

local function has(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

local function is_for(entry, record, port)
  if entry.netdev then return has(port.netdevs, entry.netdev) end
  if entry.ibdev == record.pci_id then return true end
  for _, ibdev in ipairs(port.ibdevs) do
    if entry.ibdev == ibdev.ibdev and entry.ibport == ibdev.ibport then return true end
  end
  return false
end

-- By these a kernel says that it has no such list: it knows of no more than sysfs then.
local NO_LIST <const> = { [E.EAFNOSUPPORT] = true, [E.EPROTONOSUPPORT] = true, [E.EOPNOTSUPP] = true }

local function listed(list, message, errno)
  if not list and not NO_LIST[errno] then look.fail(message, errno) end
  return list or {}
end

local function add_user_pnetids(records)
  local entries = listed(require "smc.pnet".list())
  for _, record in ipairs(#entries > 0 and records or {}) do
    for _, port in ipairs(record.ports) do
      for _, entry in ipairs(port.pnetid == nil and entries or {}) do
        if is_for(entry, record, port) then port.pnetid, port.pnetid_source = entry.pnetid, "user" end
      end
    end
  end
end

local function add_smcd(records)
  local by_address = {}
  for _, device in ipairs(listed(require "smc.device".list { type = "SMC-D" })) do
    if device.pci_id then by_address[device.pci_id] = device end
  end
  for _, record in ipairs(records) do
    local device = by_address[record.pci_id or false]
    record.smcd = device and { link_groups = device.link_groups, critical = device.critical }
  end
end

-- === listing ===

local function has_port_with(record, key, value)
  for _, port in ipairs(record.ports) do
    if key == "pnetid" and port.pnetid == value or key == "netdev" and has(port.netdevs, value) then
      return true
    end
  end
  return false
end

local function matches(record, filter)
  -- What a slot holds is not known while it is off; one that is named by a FID may hold anything.
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

-- All records there are. What the kernel's lists know is of this machine, and not of a recorded tree.
local read = look.protect(function()
  local records = look.demand(pci.read(paths.sysfs))
  if paths.sysfs == "/sys" then
    add_user_pnetids(records)
    add_smcd(records)
  end
  return records
end)

local function bad_number(value, what)
  return nil, ("%s is not a %s: it has 1 to 8 hex digits, with or without 0x in front"):format(
    text.quoted(value), what), E.EINVAL
end

-- A FID or a PCHID, by an integer or by hex digits and nothing else.
local function number_of(value, what)
  if math.type(value) == "integer" then
    if value < 0 or value > 0xffffffff then return bad_number(tostring(value), what) end
    return value
  end
  local digits = value:match("^0[xX](%x+)$") or value:match("^%x+$")
  if not digits or #digits > 8 then return bad_number(value, what) end
  return tonumber(digits, 16)
end

-- The functions that match a filter whose fields were checked.
local function functions_like(filter)
  local wanted, message, errno = {}
  for key, value in pairs(filter) do
    if key == "fid" or key == "pchid" then
      value, message, errno = number_of(value, key:upper())
      if not value then return nil, message, errno end
    elseif key == "pnetid" then
      value = value:upper()
    end
    wanted[key] = value
  end
  local records
  records, message, errno = read()
  if not records then return nil, message, errno end
  return matching(records, matches, wanted)
end

--- The functions that matter to SMC, by FID, those in slots that are powered off included; or of them those
-- that match every field of a filter.
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
-- @treturn[2] integer errno: EINVAL text that is not a FID or a PCHID, and what else the kernel says
-- @raise for an unknown field, or one of a wrong type
function ism.list(filter)
  return functions_like(args.options("list", 1, filter, FILTER))
end

-- === finding ===

--- A FID out of text or of a number.
-- @tparam integer|string fid an integer, or 1 to 8 hex digits with or without `0x`, and nothing else
-- @treturn[1] integer
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EINVAL
-- @raise for a value of another type
function ism.fid(fid)
  return number_of(args.check("fid", 1, fid, "integer or string"), "FID")
end

-- Which function is meant: a filter, and its name in messages.
local function meant(called, which)
  args.check(called, 1, which, "integer or string or table")
  if type(which) == "table" then
    args.options(called, 1, which, { slot = "text" })
    args.option("slot", which.slot, "text")
    return { slot = which.slot, all = true }, "slot " .. which.slot
  elseif type(which) == "string" and which:find("^%x+:%x%x:%x%x%.%x$") then
    return { pci_id = which, all = true }, which
  end
  local fid, message, errno = number_of(which, "FID")
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

--- Finds a function: powered on or off, of any type.
--
-- @tparam integer|string|table which FID; or PCI address, while it is powered on; or `{ slot = name }`
-- @treturn[1] pci_function
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT no such function, EINVAL no FID
-- @raise for a value of another type, and unknown options
function ism.find(which)
  local found, message, errno = find("find", which)
  if not found then return nil, message, errno end
  return found
end

-- === switching ===

-- Gives the function, or nil, message, errno and the sockets in the way.
local function switch(called, which, on, timeout)
  local found, name, errno = find(called, which)
  if not found then return nil, name, errno end
  if not found.slot then
    return nil, ("%s is in no slot that can be powered"):format(text.printable(name)), E.ENOTSUP
  end
  local folder = ("%s/bus/pci/slots/%s"):format(paths.sysfs, found.slot)
  local ok, message, sockets
  ok, message, errno, sockets =
    require "smc.ism.power".set(folder, text.printable(name), on, timeout or DEFAULT_TIMEOUT)
  if not ok then return nil, message, errno, sockets end
  found, message, errno = find(called, { slot = found.slot })
  if not found then
    return nil, ("%s is powered %s, but cannot be looked at: %s"):format(name, on and "on" or "off", message),
      errno
  end
  return found
end

--- Powers a function on, and waits until it is.
--
-- @tparam integer|string|table which as for @{find}
-- @tparam[opt] table options
-- @tparam[opt=10] ?number options.timeout seconds
-- @treturn[1] pci_function the function with all that came: PCI address, ports, use by SMC-D
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EALREADY it is on, ENOENT no such function, EACCES not for this
--   user, EINVAL no FID, ENOTSUP in no slot, ETIMEDOUT, and what else the kernel says
-- @raise for a value of another type, and unknown options
function ism.power_on(which, options)
  local timeout = args.options("power_on", 2, options, SWITCHING).timeout
  local found, message, errno = switch("power_on", which, true, timeout)
  if not found then return nil, message, errno end
  return found
end

--- Powers a function off, and waits until it is. Its SMC-D connections break.
--
-- The kernel waits, beyond the reach of signals, for programs to close the sockets of connections that
-- broke; so the order is given by a process of its own. After the timeout that waits on, and the function is
-- powered off as soon as the last of the sockets is closed. Kernels up to 6.12 at least wait longer for
-- connections that were being made, and for ever where one broke before it was accepted.
--
-- @tparam integer|string|table which as for @{find}
-- @tparam[opt] table options as for @{power_on}
-- @treturn[1] pci_function
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno as for @{power_on}
-- @treturn[2] ?{table,...} with ETIMEDOUT: the sockets of this network namespace that are still open, as of
--   @{smc.diag} before, with their `processes`; absent where the message says that they are not known
-- @raise for a value of another type, and unknown options
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
-- @raise for a value of another type, and unknown options
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
-- An event has `event`, `"added"` or `"removed"`, and `pci_function`, the function as it is or was.
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
