--- IP subnets, as SMC version 1 compares them: `smc_clc_prfx_match()` in `net/smc/smc_clc.c`.
-- @module smc.check.findings.subnet

local subnet = {}

-- The bytes of an IPv4 address.
local function bytes_of_v4(text)
  local bytes = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for i = 1, #bytes do bytes[i] = math.tointeger(tonumber(bytes[i])) end
  return #bytes == 4 and bytes or nil
end

local function groups_of(text)
  local groups = {}
  for group in text:gmatch("[^:]+") do
    if not group:find("^%x%x?%x?%x?$") then return nil end
    groups[#groups + 1] = tonumber(group, 16)
  end
  return groups
end

-- The bytes of an IPv6 address, which may be shortened by "::".
local function bytes_of_v6(text)
  local head, tail = text:match("^(.-)::(.*)$")
  head, tail = groups_of(head or text), groups_of(tail or "")
  if not head or not tail then return nil end
  local bytes, missing = {}, 8 - #head - #tail
  local groups = table.move(tail, 1, #tail, #head + missing + 1, table.move(head, 1, #head, 1, {}))
  for i = 1, 8 do
    local group = groups[i] or 0
    bytes[2 * i - 1], bytes[2 * i] = group >> 8, group & 0xff
  end
  return bytes
end

local function parse(text)
  local address, prefix = text:match("^([^/]+)/(%d+)$")
  if not address then return nil end
  address = address:gsub("%%.*", "")
  local bytes = bytes_of_v4(address) or address:find(":", 1, true) and bytes_of_v6(address)
  return bytes or nil, math.tointeger(tonumber(prefix))
end

--- Whether two addresses are in one subnet, with the same prefix length.
-- @tparam string a such as `"192.168.0.12/24"`
-- @tparam string b
-- @treturn ?boolean nil if one of them is not such an address
function subnet.same(a, b)
  local own, prefix = parse(a)
  local other, length = parse(b)
  if not own or not other then return nil end
  if prefix ~= length or #own ~= #other then return false end
  for i = 1, #own do
    local bits = math.max(math.min(prefix - 8 * (i - 1), 8), 0)
    local mask = 0xff << (8 - bits) & 0xff
    if own[i] & mask ~= other[i] & mask then return false end
  end
  return true
end

return subnet
