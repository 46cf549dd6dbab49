--- Which interface a connection to a peer uses: the kernel's route.
-- @module smc.check.path.route

local E = require "smc.errno"
local netlink = require "smc.core.netlink"
local socket = require "smc.socket"
local text = require "smc.internal.text"

local route = {}

-- An address and its scope, as in fe80::1%eth0; one of IPv4 that is mapped to IPv6 is one of IPv4.
local function split(address)
  local bare, scope = address:match("^(.-)%%(.*)$")
  bare = bare or address
  return bare:match("^::ffff:(%d+%.[%d.]+)$") or bare, scope
end

--- The route to an address.
-- @tparam string address IPv4 or IPv6, with a scope if it is link-local
-- @treturn[1] table `interface`, its name; `address`, `source`, `gateway`; `is_local`: the address belongs to
--   this host
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENETUNREACH, EHOSTUNREACH no route
function route.to(address)
  local bare, scope = split(address)
  local answers, message, errno = netlink.route(bare)
  if not answers then return nil, ("%s to %s"):format(message, text.printable(address)), errno end
  local found = answers[1] or {}
  local name = scope
  if not name and found.ifindex then
    name, message, errno = netlink.interface_name(found.ifindex)
    if not name then return nil, message, errno end
  end
  if not name then
    return nil, ("the route to %s has no interface"):format(text.printable(address)), E.ENETUNREACH
  end
  return { interface = name, address = address, source = found.source, gateway = found.gateway,
    is_local = found.is_local }
end

--- The route to a host: to the first of its addresses that has one.
-- @tparam string host name or address
-- @tparam ?string family `"inet"` or `"inet6"`
-- @treturn table as `route.to`, or nil, message, errno; an unknown name: ENOENT, EAGAIN
function route.to_host(host, family)
  local addresses, message, errno = socket.resolve(host, family)
  if not addresses then
    return nil, ("unknown destination %s: %s"):format(text.quoted(host), message), errno
  end
  for _, address in ipairs(addresses) do
    local found, why, number = route.to(address)
    if found then return found end
    message, errno = message or why, errno or number
  end
  return nil, message, errno
end

return route
