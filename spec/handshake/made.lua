--- CLC messages that are made here, among them those that the lab's devices cannot make, and captures of
-- them.

local made = {}

local R <const>, D <const> = "\xe2\xd4\xc3\xd9", "\xe2\xd4\xc3\xc4"
local PEER <const>, MAC <const> = "\x00\x01\x02\x00\x00\xab\xcd\xef", "\x02\x00\x00\xab\xcd\xef"
local GID <const> = "\xfe\x80\0\0\0\0\0\0\x00\x00\x00\xff\xfe\xab\xcd\xef"
local MAPPED <const> = "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x01\x00\x0c"
local NONE <const> = ("\0"):rep(16)

local function pad(text, size)
  return text .. (" "):rep(size - #text)
end

-- A message: header, body, trailer.
local function message(kind, eyecatcher, flags, body)
  return ("%s%s%s%s"):format(eyecatcher, string.pack(">BI2B", kind, 8 + #body + 4, flags), body, eyecatcher)
end

local function flags(version, v2, v1)
  return version << 4 | v2 << 2 | v1
end

local function prefixes(subnet, bits, list)
  local out = { subnet, string.pack(">BxxB", bits, #list) }
  for _, one in ipairs(list) do out[#out + 1] = one[1] .. string.char(one[2]) end
  return table.concat(out)
end

local IPV4 <const> = prefixes("\x0a\x01\0\0", 24, {})
local IPV6 <const> = prefixes("\0\0\0\0", 0, {
  { "\xfd" .. ("\0"):rep(15), 64 }, { "\x20\x01\x0d\xb8" .. ("\0"):rep(12), 48 },
})

local function smcd_area(gid, chid, offset)
  return string.pack(">i8I2I2", gid, chid, offset) .. ("\0"):rep(28)
end

-- The version 2 extension, and that of SMC-D if there are devices.
local function extension(ueids, seid, roce, devices)
  local out = { string.pack(">BBxBxxI2", #ueids, devices and #devices or 0, 0x10 | (seid and 1 or 0),
    devices and 32 + 32 * #ueids or 0), roce, string.pack(">BBI2", 255, 2, 1), ("\0"):rep(12) }
  for _, ueid in ipairs(ueids) do out[#out + 1] = pad(ueid, 32) end
  if devices then
    out[#out + 1] = (seid and pad(seid, 32) or ("\0"):rep(32)) .. NONE
    for _, one in ipairs(devices) do out[#out + 1] = string.pack(">i8I2", one[1], one[2]) end
  end
  return table.concat(out)
end

local function smcr(version)
  local body = PEER .. GID .. MAC .. string.pack(">I3I4BI4BxI8xI3", 0x11, 0x3e4, 1, 7, 0x25,
    0x7f00112233445566, 0x3eb1e1)
  return version == 1 and body or body .. pad("SMCV2-A", 32) .. ("\0"):rep(8)
end

local function smcd(version, chid)
  local body = string.pack(">i8i8BBxxI4", 0x3147c41a3d139732, -3, 0, 0x20, 0x10000)
  if version == 1 then return body .. ("\0"):rep(12) end
  local more = chid == 0xffff and 9 or 0
  return body .. string.pack(">I2", chid) .. pad("SMCV2-A", 32) .. string.pack(">i8", more)
end

local function first_contact(release, whole, direct)
  local base = string.pack(">BBxx", direct and 0x80 or 0, 0x20 | release) .. pad("host12", 32)
  return whole and base .. string.pack(">BBI2I4", 255, 2, 1, 0) .. ("\0"):rep(8) or base
end

local function gids(...)
  return string.pack(">Bxxx", select("#", ...)) .. table.concat { ... }
end

local function decline(version, code, more)
  local body = PEER .. string.pack(">I4Bxxx", code, version == 1 and 0 or 0x20)
  return version == 1 and body or body .. string.pack(">I4I4I4I4", table.unpack(more or { 0, 0, 0, 0 }))
end

local EMULATED <const> = { { 5, 0xffff }, { 6, 0xffff }, { 7, 0x07c2 } }
local FAR <const> = MAPPED:sub(1, -2) .. "\x0d"

--- Name → bytes.
made.messages = {
  proposal_r1 = message(1, R, flags(1, 0, 0), PEER .. GID .. MAC .. "\0\0" .. IPV4),
  proposal_d1 = message(1, R, flags(1, 0, 1), ("\0"):rep(30) .. "\0\x28" .. smcd_area(-2, 0, 0) .. IPV4),
  proposal_b1 = message(1, R, flags(1, 0, 3), PEER .. GID .. MAC .. "\0\x28" .. smcd_area(-2, 0, 0) .. IPV6),
  proposal_all = message(1, R, flags(2, 3, 3), PEER .. GID .. MAC .. "\0\x28" .. smcd_area(-2, 0x7c1, 36 + 34)
    .. IPV6 .. extension({ "SMCV2-A", "SMCV2-B.C" }, "IBM-SYSZ-ISMSEID0000000000008561", MAPPED, EMULATED)),
  proposal_r2 = message(1, R, flags(2, 0, 2), PEER .. NONE .. MAC .. "\0\0" .. smcd_area(0, 0, 28)
    .. extension({ "SMCV2-A" }, nil, MAPPED)),
  proposal_d2 = message(1, R, flags(2, 1, 2), ("\0"):rep(30) .. "\0\0" .. smcd_area(0, 0, 28)
    .. extension({}, nil, NONE, {})),
  accept_r1 = message(2, R, flags(1, 2, 0), smcr(1)),
  accept_r2 = message(2, R, flags(2, 2, 0), smcr(2) .. first_contact(1, true, true)),
  accept_r2_again = message(2, R, flags(2, 0, 0), smcr(2)),
  accept_d1 = message(2, D, flags(1, 0, 1), smcd(1)),
  accept_d2 = message(2, D, flags(2, 2, 1), smcd(2, 0xffff) .. first_contact(1, true)),
  accept_d2_old = message(2, D, flags(2, 2, 1), smcd(2, 0x7c1) .. first_contact(0, false)),
  confirm_r1 = message(3, R, flags(1, 2, 0), smcr(1)),
  confirm_r2 = message(3, R, flags(2, 2, 0), smcr(2) .. first_contact(1, true, false) .. gids(MAPPED, FAR)),
  confirm_r2_old = message(3, R, flags(2, 2, 0), smcr(2) .. first_contact(0, true, true) .. gids(MAPPED)),
  confirm_d1 = message(3, D, flags(1, 0, 1), smcd(1)),
  confirm_d2 = message(3, D, flags(2, 0, 1), smcd(2, 0x7c1)),
  decline_1 = message(4, R, flags(1, 0, 0), decline(1, 0x03070000)),
  decline_2 = message(4, R, flags(2, 2, 0), decline(2, 0x04000000, { 0x03030008, 0, 0, 0 })),
  decline_unknown = message(4, D, flags(2, 0, 0), decline(2, 0x12345678)),
}

--- A Proposal with so many IPv6 prefixes.
function made.with_prefixes(count)
  local list = {}
  for i = 1, count do list[i] = { string.char(0xfd, i) .. ("\0"):rep(14), 64 } end
  return message(1, R, flags(1, 0, 0), PEER .. GID .. MAC .. "\0\0" .. prefixes("\0\0\0\0", 0, list))
end

--- A Proposal with these UEIDs and ISM devices, { GID, CHID }.
function made.with_devices(ueids, devices)
  return message(1, R, flags(2, 1, 2), ("\0"):rep(30) .. "\0\0" .. smcd_area(0, 0, 28)
    .. extension(ueids, nil, NONE, devices))
end

--- The names, sorted.
made.names = {}
for name in pairs(made.messages) do table.insert(made.names, name) end
table.sort(made.names)

-- === packets ===

local IPS <const> = {
  inet = { "\x0a\x01\0\x0c", "\x0a\x02\0\x0a" },
  inet6 = { "\xfd" .. ("\0"):rep(14) .. "\x0c", "\xfd" .. ("\0"):rep(14) .. "\x0a" },
}
local PORTS <const> = { 40000, 37373 }
made.OPTION = "\xfe\x06\xe2\xd4\xc3\xd9\1\1"

--- An IP packet with a TCP segment.
-- @tparam table t `family`, `from` (1 client, 2 server), `sequence`, `flags`, `options`, `payload`; `more`:
--   options of IPv4, or extension headers of IPv6, of which the first has the type `next`
function made.packet(t)
  local addresses, to = IPS[t.family or "inet"], 3 - t.from
  local options, payload = t.options or "", t.payload or ""
  local tcp = string.pack(">I2I2I4I4BBI2I2I2", PORTS[t.from], PORTS[to], t.sequence & 0xffffffff, 0,
    (5 + #options // 4) << 4, t.flags or 16, 1000, 0, 0) .. options .. payload
  local more = t.more or ""
  if t.family == "inet6" then
    return string.pack(">I4I2BB", 6 << 28, #more + #tcp, t.next or 6, 64) .. addresses[t.from]
      .. addresses[to] .. more .. tcp
  end
  return string.pack(">BBI2I2I2BBI2", 0x45 + #more // 4, 0, 20 + #more + #tcp, 1, t.fragment or 0, 64, 6, 0)
    .. addresses[t.from] .. addresses[to] .. more .. tcp
end

local function ethernet(vlan)
  local tag = vlan and string.pack(">I2I2", 0x8100, vlan) or ""
  return function(packet)
    return ("\2"):rep(12) .. tag .. (packet:byte() >> 4 == 4 and "\x08\x00" or "\x86\xdd") .. packet
  end
end

local function protocol(packet)
  return packet:byte() >> 4 == 4 and "\x08\x00" or "\x86\xdd"
end

local function before(bytes)
  return function(packet) return bytes .. packet end
end

--- Link layers: the number, and what puts a packet into a frame.
made.links = {
  ethernet = { 1, ethernet() },
  vlan = { 1, ethernet(0xe005) }, -- ID 5, with a priority
  cooked = { 113, function(p) return ("\0"):rep(14) .. protocol(p) .. p end },
  cooked2 = { 276, function(p) return protocol(p) .. ("\0"):rep(18) .. p end },
  raw = { 101, before "" },
  ipv4 = { 228, before "" },
  null = { 0, before "\2\0\0\0" },
  loop = { 108, before "\0\0\0\2" },
}

--- The packets of a handshake, with the option in both SYNs.
-- @tparam {string,...} messages
-- @tparam[opt] table how `family`, `more`, `next` and `fragment` of the packets; `size` of segments;
--   `reverse`: those of a message in the wrong order; `twice`: each comes twice; `first`: the first sequence
--   number
function made.handshake(messages, how)
  how = how or {}
  local first = how.first or 1000
  local packets, at = {}, { first + 1, first + 5001 }
  local function add(t)
    t.family, t.more, t.next, t.fragment = how.family, how.more, how.next, how.fragment
    for _ = 1, how.twice and 2 or 1 do packets[#packets + 1] = made.packet(t) end
  end
  add { from = 1, sequence = first, flags = 2, options = made.OPTION }
  add { from = 2, sequence = first + 5000, flags = 18, options = made.OPTION }
  for _, bytes in ipairs(messages) do
    local from, segments = bytes:byte(5) % 2 == 1 and 1 or 2, {}
    for i = 1, #bytes, how.size or #bytes do
      local payload = bytes:sub(i, i + (how.size or #bytes) - 1)
      table.insert(segments, how.reverse and 1 or #segments + 1,
        { from = from, sequence = at[from] + i - 1, payload = payload })
    end
    for _, segment in ipairs(segments) do add(segment) end
    at[from] = at[from] + #bytes
  end
  return packets
end

--- A pcap file.
-- @tparam {string,...} packets
-- @tparam[opt] table how `link`, a name; `order`, `"<"` or `">"`; `nano`; `snap`: bytes of a frame that are
--   kept
function made.pcap(packets, how)
  how = how or {}
  local order, link = how.order or "<", made.links[how.link or "ethernet"]
  local magic = how.nano and 0xa1b23c4d or 0xa1b2c3d4
  local out = { string.pack(order .. "I4I2I2I4I4I4I4", magic, 2, 4, 0, 0, 65535, link[1]) }
  for i, packet in ipairs(packets) do
    local frame = link[2](packet)
    local kept = frame:sub(1, how.snap)
    out[#out + 1] = string.pack(order .. "I4I4I4I4", 1700000000, i * (how.nano and 1000 or 1), #kept, #frame)
    out[#out + 1] = kept
  end
  return table.concat(out)
end

local function block(order, kind, body)
  body = body .. ("\0"):rep(-#body % 4)
  local length = string.pack(order .. "I4", #body + 12)
  return string.pack(order .. "I4", kind) .. length .. body .. length
end

--- A pcapng file: a section, an interface, a block that readers skip, and the packets.
function made.pcapng(packets, how)
  how = how or {}
  local order, link = how.order or "<", made.links[how.link or "ethernet"]
  local resolution = how.nano and string.pack(order .. "I2I2Bxxx", 9, 1, 9) or ""
  local out = {
    block(order, 0x0a0d0d0a, string.pack(order .. "I4I2I2i8", 0x1a2b3c4d, 1, 0, -1)),
    block(order, 1, string.pack(order .. "I2I2I4", link[1], 0, 0) .. resolution),
    block(order, 4, "\0\0\0\0"),
  }
  for i, packet in ipairs(packets) do
    local frame = link[2](packet)
    local time = (1700000000 * 1000000 + i) * (how.nano and 1000 or 1)
    local head = string.pack(order .. "I4I4I4I4I4", 0, time >> 32, time & 0xffffffff, #frame, #frame)
    out[#out + 1] = block(order, 6, head .. frame)
  end
  return table.concat(out)
end

return made
