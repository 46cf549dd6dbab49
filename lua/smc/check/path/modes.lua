--- Which modes of SMC a host is set up for on a path, as far as that host alone decides.
-- @module smc.check.path.modes

local ip = require "smc.internal.ip"

local modes = {}

-- Those whose function has a field.
local function count(list, field)
  local number = 0
  for _, one in ipairs(list or {}) do
    if one[field] then number = number + 1 end
  end
  return number
end

-- Whether the path is one of IPv6; unknown for an interface alone.
local function is_ipv6(found)
  return found.address ~= nil and ip.is_ipv6(found.address)
end

--- Whether a client can propose version 1, for which its kernel needs a subnet of the connection's protocol.
-- @tparam table found facts of `smc.check.path`
-- @treturn boolean
function modes.has_subnet(found)
  if not is_ipv6(found) then return true end
  for _, address in ipairs(found.interface.addresses) do
    if ip.is_ipv6(address) and not ip.is_link_local(address) then return true end
  end
  return false
end

--- The modes that this host can offer on the path. The peer must be able to use one of them, too.
-- @tparam table found facts of `smc.check.path`
-- @treturn {string,...} of `"SMC-Dv1"`, `"SMC-Dv2"`, `"SMC-Rv1"`, `"SMC-Rv2"`; empty: every connection is TCP
function modes.of(found)
  local list = {}
  if found.kernel and not found.kernel.available then return list end
  local eids = found.eids or { ueids = {} }
  local has_ueid = #eids.ueids > 0
  local has_v1 = modes.has_subnet(found)
  if has_v1 and count(found.ism, "v1") > 0 then list[#list + 1] = "SMC-Dv1" end
  if (count(found.ism, "v2") > 0 or found.loopback_ism) and (has_ueid or eids.seid_enabled) then
    list[#list + 1] = "SMC-Dv2"
  end
  if has_v1 and count(found.roce, "v1") > 0 then list[#list + 1] = "SMC-Rv1" end
  if count(found.roce, "v2") > 0 and has_ueid and not is_ipv6(found) then list[#list + 1] = "SMC-Rv2" end
  return list
end

return modes
