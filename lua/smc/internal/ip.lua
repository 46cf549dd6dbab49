--- IP addresses as text: inet_ntop(3), and the subnets that they are in.
-- @module smc.internal.ip

local ip = {}

-- The first and the last of the longest run of zero groups, of at least two: it becomes "::".
local function longest_run(groups)
  local first, length = nil, 1
  local i = 1
  while i <= #groups do
    local j = i
    while groups[j] == 0 do j = j + 1 end
    if j - i > length then first, length = i, j - i end
    i = math.max(j, i + 1)
  end
  return first, first and first + length - 1
end

local function hex(groups, first, last)
  local text = {}
  for i = first, last do text[#text + 1] = ("%x"):format(groups[i]) end
  return table.concat(text, ":")
end

local function ipv6(bytes)
  local mapped = bytes:match("^\0\0\0\0\0\0\0\0\0\0\xff\xff(....)$")
  if mapped then return "::ffff:" .. ip.text(mapped) end
  local groups = { string.unpack(">I2I2I2I2I2I2I2I2", bytes) }
  groups[9] = nil
  local first, last = longest_run(groups)
  if not first then return hex(groups, 1, 8) end
  return hex(groups, 1, first - 1) .. "::" .. hex(groups, last + 1, 8)
end

--- An address as text.
-- @tparam string bytes 4 or 16
-- @treturn string
function ip.text(bytes)
  if #bytes == 4 then return ("%d.%d.%d.%d"):format(bytes:byte(1, 4)) end
  return ipv6(bytes)
end

-- Whether the first bits of two addresses, as bytes, are the same.
local function same_bits(a, b, bits)
  local whole = bits // 8
  if a:sub(1, whole) ~= b:sub(1, whole) then return false end
  local rest = bits % 8
  if rest == 0 then return true end
  local shift = 8 - rest
  return a:byte(whole + 1) >> shift == b:byte(whole + 1) >> shift
end

local function ipv4_bytes(text)
  local parts = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  for i, part in ipairs(parts) do
    parts[i] = tonumber(part)
    if parts[i] > 255 then return nil end
  end
  return #parts == 4 and string.char(table.unpack(parts)) or nil
end

-- The bytes of groups of hex digits; nil if there is anything else.
local function ipv6_groups(text)
  local groups = {}
  for group in (text ~= "" and text .. ":" or ""):gmatch("([^:]*):") do
    if not group:find("^%x%x?%x?%x?$") then return nil end
    groups[#groups + 1] = string.pack(">I2", tonumber(group, 16))
  end
  return table.concat(groups)
end

local function ipv6_bytes(text)
  local before, after = text:match("^(.-)::(.*)$")
  if not before then
    local bytes = ipv6_groups(text)
    return bytes and #bytes == 16 and bytes or nil
  end
  before, after = ipv6_groups(before), ipv6_groups(after)
  local missing = before and after and 16 - #before - #after or 0
  return missing > 0 and before .. ("\0"):rep(missing) .. after or nil
end

--- The bytes of an address.
-- @tparam string text the interface of a link-local address may follow: it is ignored
-- @treturn ?string 4 bytes or 16; nil if it is not an address
function ip.bytes(text)
  text = text:gsub("%%.*", "")
  local mapped = text:match("^::[fF][fF][fF][fF]:(%d+%.[%d.]+)$")
  if mapped or not text:find(":", 1, true) then return ipv4_bytes(mapped or text) end
  return ipv6_bytes(text)
end

-- The bytes of an address of IPv6, and not of one of IPv4 that is mapped to it; nil for any other.
local function bytes_of_ipv6(text)
  local bytes = ip.bytes((text:gsub("/.*", "")))
  return bytes and #bytes == 16 and bytes or nil
end

--- Whether an address is one of IPv6, and not one of IPv4 that is mapped to it.
-- @tparam string text an interface or the length of the prefix may follow
-- @treturn boolean
function ip.is_ipv6(text)
  return bytes_of_ipv6(text) ~= nil
end

--- Whether an address is link-local, one of fe80::/10.
-- @tparam string text an interface or the length of the prefix may follow
-- @treturn boolean
function ip.is_link_local(text)
  local bytes = bytes_of_ipv6(text)
  return bytes ~= nil and same_bits(bytes, "\xfe\x80" .. ("\0"):rep(14), 10)
end

-- An address with zeros behind its first bits.
local function masked(bytes, bits)
  local out = {}
  for i = 1, #bytes do
    local kept = math.max(math.min(bits - 8 * (i - 1), 8), 0)
    out[i] = string.char(bytes:byte(i) & (0xff << (8 - kept) & 0xff))
  end
  return table.concat(out)
end

local function subnet_of(address)
  local text, bits = address:match("^(.*)/(%d+)$")
  local bytes = text and ip.bytes(text)
  return bytes and ("%s/%s"):format(ip.text(masked(bytes, tonumber(bits))), bits)
end

--- The subnet of an address with its prefix length: `"10.1.0.0/24"` of `"10.1.0.12/24"`.
-- @tparam string address
-- @treturn string the same, if it is not one
function ip.subnet(address)
  return subnet_of(address) or address
end

--- Whether two addresses are in one subnet, with the same prefix length: as SMC version 1 compares them, in
-- `smc_clc_prfx_match()` of net/smc/smc_clc.c.
-- @tparam string a such as `"192.168.0.12/24"`
-- @tparam string b
-- @treturn ?boolean nil if one of them is not such an address
function ip.same_subnet(a, b)
  local own, other = subnet_of(a), subnet_of(b)
  if not own or not other then return nil end
  return own == other
end

--- Whether an address is in a subnet.
-- @tparam string address as text
-- @tparam string subnet `"192.168.0.0/24"` or `"fd00::/64"`
-- @treturn boolean
function ip.is_in(address, subnet)
  local prefix, bits = subnet:match("^(.*)/(%d+)$")
  local a, b = ip.bytes(address), prefix and ip.bytes(prefix)
  if not a or not b then return false end
  return #a == #b and same_bits(a, b, math.min(tonumber(bits), 8 * #a))
end

return ip
