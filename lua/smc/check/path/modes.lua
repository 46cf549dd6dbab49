--- Which modes of SMC a host is set up for on a path, as far as that host alone decides.
-- @module smc.check.path.modes

local modes = {}

-- Those whose function has a field.
local function count(list, field)
  local number = 0
  for _, one in ipairs(list or {}) do
    if one[field] then number = number + 1 end
  end
  return number
end

-- Whether the path is one of IPv4, which SMC-Rv2 requires; unknown for an interface alone.
local function is_ipv4(found)
  return not found.address or not found.address:gsub("^::ffff:", ""):find(":", 1, true)
end

--- The modes that this host can offer on the path. The peer must be able to use one of them, too.
-- @tparam table found facts of `smc.check.path`
-- @treturn {string,...} of `"SMC-Dv1"`, `"SMC-Dv2"`, `"SMC-Rv1"`, `"SMC-Rv2"`; empty: every connection is TCP
function modes.of(found)
  local list = {}
  if found.kernel and not found.kernel.available then return list end
  local eids = found.eids or { ueids = {} }
  local has_ueid = #eids.ueids > 0
  if count(found.ism, "v1") > 0 then list[#list + 1] = "SMC-Dv1" end
  if (count(found.ism, "v2") > 0 or found.loopback_ism) and (has_ueid or eids.seid_enabled) then
    list[#list + 1] = "SMC-Dv2"
  end
  if count(found.roce, "v1") > 0 then list[#list + 1] = "SMC-Rv1" end
  if count(found.roce, "v2") > 0 and has_ueid and is_ipv4(found) then list[#list + 1] = "SMC-Rv2" end
  return list
end

return modes
