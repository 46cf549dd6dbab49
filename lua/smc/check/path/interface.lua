--- A network interface as SMC sees it: its addresses, its VLAN and its PNET ID.
-- @module smc.check.path.interface

local E = require "smc.errno"
local look = require "smc.internal.look"
local netlink = require "smc.core.netlink"
local pnet = require "smc.pnet"
local text = require "smc.internal.text"

local interface = {}

local MAX_NESTING <const> = 8 -- MAX_NEST_DEV

--- The interfaces of this network namespace.
-- @treturn[1] {table,...} `name`, `ifindex`, `up`, `carrier`, `loopback`, `mtu`, `lower`, `vlan`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function interface.all()
  return netlink.links()
end

-- "192.168.0.12/24", the addresses of an interface.
local function addresses_of(ifindex)
  local list = {}
  for _, entry in ipairs(look.demand(netlink.addresses())) do
    local address = entry.address or entry.peer
    if entry.ifindex == ifindex and address then
      list[#list + 1] = ("%s/%d"):format(address, entry.prefix)
    end
  end
  return list
end

-- The VLAN of an interface, or of the first VLAN below it, as the kernel's smc_vlan_by_tcpsk() finds it.
local function vlan_of(links, link)
  local by_index = {}
  for _, one in ipairs(links) do by_index[one.ifindex] = one end
  for _ = 1, MAX_NESTING do
    if not link or link.vlan then break end
    link = link.lower ~= link.ifindex and by_index[link.lower]
  end
  return link and link.vlan
end

-- Errors that say that there is none: an interface without one is normal, and so is a kernel without SMC.
local NONE <const> = { [E.ENODATA] = true, [E.EAFNOSUPPORT] = true }

-- Returns why the PNET ID cannot be read.
local function add_pnetid(found)
  local pnetid, message, errno = pnet.of_interface(found.name)
  if pnetid then
    found.pnetid, found.pnetid_source, found.pnetid_netdev =
      pnetid.pnetid, pnetid.pnetid_source, pnetid.netdev
  elseif not NONE[errno] then
    return { what = "PNET ID of " .. found.name, message = message, errno = errno }
  end
end

--- A network interface by its name.
-- @function interface.named
-- @tparam string name
-- @treturn[1] table `name`, `up`, `carrier`, `mtu`, `vlan`, `addresses`; `pnetid`, `pnetid_source` and
--   `pnetid_netdev` if there is one
-- @treturn[1] ?table why the PNET ID cannot be read: `what`, `message`, `errno`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENODEV
interface.named = look.protect(function(name)
  local links = look.demand(interface.all())
  for _, link in ipairs(links) do
    if link.name == name then
      local found = { name = name, up = link.up, carrier = link.carrier, mtu = link.mtu,
        vlan = vlan_of(links, link), addresses = addresses_of(link.ifindex) }
      return found, add_pnetid(found)
    end
  end
  look.fail(("there is no interface %s in this network namespace"):format(text.printable(name)), E.ENODEV)
end)

return interface
