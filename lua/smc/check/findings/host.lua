--- What keeps one host from using a mode of SMC on a path, by the facts of `smc.check.path`. A fault has the
-- form of a finding, and also `cost`: how far the host is from that mode, as far as one can tell.
-- @module smc.check.findings.host

local has_subnet = require "smc.check.path.modes".has_subnet
local ip = require "smc.internal.ip"
local listed = require "smc.internal.text".listed
local name_of = require "smc.check.function_name"

local host = {}

local NO_HARDWARE <const>, OTHER_PROTOCOL <const> = 100, 50
local CERTAIN <const>, LIKELY <const>, POSSIBLE <const> = 1, 2, 5

local function fault(cost, text, evidence, command)
  return { cost = cost, text = text, evidence = evidence, command = command }
end

local function select(list, wanted)
  local found = {}
  for _, one in ipairs(list or {}) do
    if wanted(one) then found[#found + 1] = one end
  end
  return found
end

local function map(list, f)
  local result = {}
  for i, one in ipairs(list) do result[i] = f(one) end
  return result
end

-- === ISM functions ===

local function is_off(f) return f.power == false end
local function is_usable(f) return f.usable end
local function has_pnetid(f) return f.usable and f.pnetid ~= nil end

local function with_pnetid(f)
  return ("%s has %s"):format(name_of(f), f.pnetid or "none")
end

local function power_on(f)
  return f.fid and ("smc_rnics.lua -e %x"):format(f.fid)
    or f.slot and ("echo 1 >/sys/bus/pci/slots/%s/power"):format(f.slot) or nil
end

-- Replaces an entry of the table, or sets one where there is none.
local function set_pnetid(one, pnetid)
  local add = ("smc_pnet.lua -a %s -I %s"):format(pnetid, one.name)
  if not one.pnetid then return add end
  if one.pnetid_source ~= "user" then return nil end -- the hardware configuration has it
  return ("smc_pnet.lua -d %s && %s"):format(one.pnetid, add)
end

local function function_off(path, off)
  local one, on = path.interface, select(path.ism, has_pnetid)
  local names = listed(map(off, name_of))
  local text = ("%s %s powered off"):format(names, #off == 1 and "is" or "are")
  if one.pnetid and #on > 0 then
    text = ("No ISM function that is on has the PNET ID of %s, %s: %s, and %s."):format(
      one.name, one.pnetid, text, listed(map(on, with_pnetid)))
  elseif #select(path.ism, is_usable) > 0 then
    text = ("No ISM function that is on can be used: %s."):format(text)
  else
    text = ("No ISM function is on: %s."):format(text)
  end
  return fault(LIKELY, text, ("/sys/bus/pci/slots/%s/power is 0"):format(off[1].slot or "*"),
    power_on(off[1]))
end

local function pnetid_missing(one, devices, pnetid)
  return fault(CERTAIN, ("The interface of the connection, %s, has no PNET ID, and %s."):format(one.name,
    devices),
    "the table of PNET IDs (smc_pnet.lua) and the hardware have none for it",
    ("smc_pnet.lua -a %s -I %s"):format(pnetid, one.name))
end

local function pnetid_differs(one, devices, pnetid)
  return fault(CERTAIN, ("The PNET IDs differ: the interface of the connection, %s, has %s, and %s."):format(
    one.name, one.pnetid, devices), ("PNET ID of %s: %s"):format(one.name,
    one.pnetid_source == "user" and "the table (smc_pnet.lua)" or "the hardware configuration"),
    set_pnetid(one, pnetid))
end

-- Functions that are on, none of which has the interface's PNET ID.
local function pnetid_of_function(path, on)
  local one, named = path.interface, select(on, has_pnetid)
  if #named > 0 then
    local devices = listed(map(named, with_pnetid))
    return (one.pnetid and pnetid_differs or pnetid_missing)(one, devices, named[1].pnetid)
  end
  local pnetid = one.pnetid or "PNETID"
  local command = ("smc_pnet.lua -a %s -D %s"):format(pnetid, on[1].pci_id or name_of(on[1]))
  if not one.pnetid then command = ("smc_pnet.lua -a %s -I %s && %s"):format(pnetid, one.name, command) end
  return fault(POSSIBLE, ("%s has no PNET ID, which SMC-Dv1 requires."):format(name_of(on[1])),
    "smcd.lua device", command)
end

local function no_ism(path)
  return fault(NO_HARDWARE, path.loopback_ism
    and "There is no ISM function, and loopback-ism does not reach other hosts."
    or "There is no ISM function, and no loopback-ism.",
    "/sys/bus/pci, and the kernel's list of SMC-D devices (smcd.lua device)")
end

-- A client proposes version 1 only with its subnets.
local function no_subnet(path, is_server)
  if is_server or has_subnet(path) then return nil end
  local name = path.interface.name
  return fault(CERTAIN, ("The interface of the connection, %s, has only link-local addresses of IPv6: SMC "
    .. "version 1 over IPv6 requires another one."):format(name), "the addresses of " .. name,
    ("ip address add ADDRESS/PREFIX dev %s"):format(name))
end

local function of_dv1(path, _, is_server)
  if #select(path.ism, function(f) return f.v1 end) > 0 then return { no_subnet(path, is_server) } end
  local off, on = select(path.ism, is_off), select(path.ism, is_usable)
  local pnetid = #on > 0 and pnetid_of_function(path, on) or nil
  if #off == 0 then return { pnetid or no_ism(path) } end
  if pnetid and not path.interface.pnetid then return { pnetid } end
  return { function_off(path, off), pnetid }
end

-- Whether loopback-ism reaches the other host: only within one kernel.
local function has_loopback_to(path, other)
  if not path.loopback_ism then return false end
  local own, theirs = path.kernel, other and other.kernel
  return path.is_local or own and theirs and own.boot_id ~= nil and own.boot_id == theirs.boot_id or false
end

-- A server takes any function that reaches one of the client's, whatever the PNET IDs.
local function v2_device(path, other, is_server)
  if has_loopback_to(path, other) then return nil end
  if #select(path.ism, function(f) return f.v2 or is_server and f.usable end) > 0 then return nil end
  local off, on = select(path.ism, is_off), select(path.ism, is_usable)
  if #off > 0 then return function_off(path, off) end
  if #on == 0 then return no_ism(path) end
  return fault(POSSIBLE, ("No ISM function can be used with version 2: for that it must have no PNET ID, or "
    .. "the hardware PNET ID of an interface; %s."):format(listed(map(on, with_pnetid))), "smcd.lua device")
end

-- The command defines the other host's UEID, if it is known.
local function no_eid(text, other)
  local ueids = other and other.eids and other.eids.ueids or {}
  return fault(CERTAIN, text, "the kernel's table of UEIDs is empty (smcd.lua ueid show)",
    "smcd.lua ueid add " .. (ueids[1] or "SMCV2-NAME"))
end

local function of_dv2(path, other, is_server)
  local faults, eids = { v2_device(path, other, is_server) }, path.eids
  if eids and #eids.ueids == 0 and not eids.seid_enabled then
    faults[#faults + 1] = no_eid(("No UEID is defined, and %s: SMC version 2 requires one of them."):format(
      eids.seid and "the SEID is disabled" or "this machine has no SEID"), other)
  end
  return faults
end

-- === RoCE ===

local function port_name(port)
  return ("%s port %d"):format(port.ibdev, port.ibport)
end

local function port_with_pnetid(port)
  return ("%s has %s"):format(port_name(port), port.pnetid or "none")
end

local function port_down(port)
  return fault(CERTAIN, ("The RoCE port %s is down%s."):format(port_name(port),
    port.netdev and ", with its interface " .. port.netdev or ""),
    ("its state is %s (rdma link show, smcr.lua device)"):format(port.state),
    port.netdev and ("ip link set %s up"):format(port.netdev) or nil)
end

-- Ports, none of which is one for the interface.
local function pnetid_of_port(path)
  local one, named = path.interface, select(path.roce, function(port) return port.pnetid ~= nil end)
  if #named > 0 then
    local devices = listed(map(named, port_with_pnetid))
    return (one.pnetid and pnetid_differs or pnetid_missing)(one, devices, named[1].pnetid)
  end
  local port, pnetid = path.roce[1], one.pnetid or "PNETID"
  return fault(CERTAIN, ("The RoCE port %s has no PNET ID%s."):format(port_name(port),
    one.pnetid and (", and %s has %s"):format(one.name, one.pnetid) or ""), "smcr.lua device",
    ("%ssmc_pnet.lua -a %s -D %s -P %d"):format(one.pnetid and ""
      or ("smc_pnet.lua -a %s -I %s && "):format(pnetid, one.name), pnetid, port.ibdev, port.ibport))
end

-- The port that can be used, or what is wrong with those that there are.
local function usable_port(path)
  local usable = select(path.roce, function(port) return port.usable end)
  if #usable > 0 then return usable[1] end
  local mine = select(path.roce, function(port) return port.belongs end)
  if #mine > 0 then return nil, port_down(mine[1]) end
  if #(path.roce or {}) > 0 then return nil, pnetid_of_port(path) end
  return nil, fault(NO_HARDWARE, "There is no RDMA device.",
    "the kernel's list of RDMA devices (smcr.lua device)")
end

local GIDS <const> = "/sys/class/infiniband/%s/ports/%d/gid_attrs/types"

local function of_rv1(path, _, is_server)
  local port, trouble = usable_port(path)
  if not port then return { trouble } end
  if #select(path.roce, function(one) return one.v1 end) > 0 then return { no_subnet(path, is_server) } end
  return { fault(OTHER_PROTOCOL, ("The RoCE port %s has no GID of RoCE v1, which SMC-Rv1 requires; Soft-RoCE "
    .. "never has one."):format(port_name(port)), GIDS:format(port.ibdev, port.ibport)) }
end

local function has_v2_port(path)
  return #select(path.roce, function(port) return port.v2 end) > 0
end

local function of_rv2(path, other)
  local port, trouble = usable_port(path)
  local faults = { trouble }
  if port and not has_v2_port(path) then
    faults[1] = fault(CERTAIN, ("The RoCE port %s has no GID of RoCE v2 with an IPv4 address, which SMC-Rv2 "
      .. "requires."):format(port_name(port)), GIDS:format(port.ibdev, port.ibport),
      port.netdev and ("ip address add ADDRESS/PREFIX dev %s"):format(port.netdev) or nil)
  end
  if path.eids and #path.eids.ueids == 0 then
    faults[#faults + 1] = no_eid("No UEID is defined, which SMC-Rv2 requires.", other)
  end
  if path.address and ip.is_ipv6(path.address) then
    faults[#faults + 1] = fault(OTHER_PROTOCOL, "SMC-Rv2 does not support IPv6.", "the peer's address")
  end
  return faults
end

local OF_MODE <const> = {
  ["SMC-Dv2"] = of_dv2, ["SMC-Dv1"] = of_dv1, ["SMC-Rv2"] = of_rv2, ["SMC-Rv1"] = of_rv1,
}

--- The faults of one host for a mode.
-- @tparam table path of `smc.check.path`, or the peer's
-- @tparam string mode
-- @tparam ?table other the path of the other host
-- @tparam ?boolean is_server whether it is the server of the connection
-- @treturn {table,...} empty if the host can use it
function host.faults(path, mode, other, is_server)
  return OF_MODE[mode](path, other, is_server)
end

--- Whether there is no hardware at all for any mode.
-- @tparam table path
-- @tparam ?table other the path of the other host
-- @treturn ?table a fault
function host.without_devices(path, other)
  if not (path.ism and path.roce) then return nil end -- they could not be read
  if has_loopback_to(path, other) or #path.ism > 0 or #path.roce > 0 then return nil end
  return fault(NO_HARDWARE, ("There is no device that SMC can use: no ISM function, %s, and no RDMA "
    .. "device."):format(path.loopback_ism and "loopback-ism only within the host" or "no loopback-ism"),
    "smc_rnics.lua -a, smcd.lua device and smcr.lua device list none")
end

--- The kinds of devices that a host can use on the path, whatever the EIDs.
-- @tparam table path
-- @tparam ?table other the path of the other host
-- @treturn boolean whether it has one for SMC-D
-- @treturn boolean whether it has one for SMC-R
function host.kinds(path, other)
  return has_loopback_to(path, other) or #select(path.ism, is_usable) > 0,
    #select(path.roce, function(port) return port.usable end) > 0
end

-- What keeps even modprobe(8) from loading the module.
local NOT_LOADABLE <const> = { install = true, modules_disabled = true }

--- Why programs cannot create SMC sockets.
-- @tparam table path
-- @treturn ?table a fault
function host.without_smc(path)
  local kernel = path.kernel
  if not kernel or kernel.available ~= false then return nil end
  local text = kernel.message or "this process cannot create SMC sockets"
  local loadable = not kernel.loaded and kernel.present ~= false and not NOT_LOADABLE[kernel.blocked]
  return fault(CERTAIN, text:gsub("^%l", string.upper) .. ".", kernel.loaded
    and ("socket(AF_SMC) fails, though the module smc is loaded%s"):format(
      kernel.seccomp and "; /proc/self/status has Seccomp: 2" or "")
    or "socket(AF_SMC) fails, and the module smc is not loaded", loadable and "modprobe smc" or nil)
end

return host
