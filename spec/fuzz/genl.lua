--- Messages of SMC_GEN_NETLINK made by hand, in the byte order of this host, for specs and the fuzzer.
--
-- An attribute is { type, kind, value }: kind "u8", "u16", "u32", "u64", "string", "nest" (value: a list of
-- attributes) or "raw". See <linux/smc.h> for the types.

local genl = {}

local SIZES <const> = { u8 = "I1", u16 = "I2", u32 = "I4", u64 = "I8" }
local FAMILY <const>, NLM_F_MULTI <const>, NLMSG_DONE <const>, NLA_F_NESTED <const> = 0x1b, 2, 3, 0x8000

local function padded(bytes)
  return bytes .. ("\0"):rep(-#bytes % 4)
end

local function attributes(list)
  local out = {}
  for i, one in ipairs(list) do
    local number, kind, value = table.unpack(one)
    if kind == "nest" then
      number, value = number | NLA_F_NESTED, attributes(value)
    elseif kind == "string" then
      value = value .. "\0"
    elseif kind ~= "raw" then
      value = string.pack("=" .. SIZES[kind], value)
    end
    out[i] = padded(string.pack("=I2I2", 4 + #value, number) .. value)
  end
  return table.concat(out)
end

--- A message with a list of attributes.
-- @tparam integer command
-- @tparam table list
function genl.message(command, list)
  local payload = string.pack("BBI2", command, 1, 0) .. attributes(list)
  return string.pack("=I4I2I2I4I4", 16 + #payload, FAMILY, NLM_F_MULTI, 0, 0) .. payload
end

function genl.done()
  return string.pack("=I4I2I2I4I4i4", 20, NLMSG_DONE, NLM_F_MULTI, 0, 0, 0)
end

local V2 <const> = { { 0, "u8", 2 }, { 1, "u8", 1 }, { 2, "u8", 2 },
  { 3, "string", "SMCV2-LAB" .. (" "):rep(23) }, { 4, "string", "host12" .. (" "):rep(26) } }

--- An SMC-D link group, of Linux 6.12, or of 6.1 where old.
function genl.lgr_smcd(old)
  local list = { { 1, "u32", 0x100 }, { 2, "u64", -2 }, { 3, "u64", 5 }, { 4, "u8", 7 }, { 5, "u32", 3 },
    { 6, "string", "NET25" .. (" "):rep(11) }, { 7, "u32", 0x7c0 } }
  if not old then
    for _, one in ipairs { { 9, "nest", V2 }, { 10, "u64", 8 }, { 11, "u64", 9 }, { 12, "u32", 65536 },
      { 13, "u64", 1 << 33 } } do
      list[#list + 1] = one
    end
  end
  return genl.message(4, { { 4, "nest", list } })
end

--- An SMC-R link group, and a link of one.
function genl.lgr_smcr()
  return genl.message(3, { { 2, "nest", { { 1, "u32", 0x200 }, { 2, "u8", 1 }, { 3, "u8", 2 },
    { 4, "string", "NETA" }, { 5, "u8", 0 }, { 6, "u32", 2 }, { 7, "nest", V2 },
    { 8, "nest", { { 1, "u8", 1 }, { 2, "u8", 255 }, { 3, "u8", 2 } } }, { 9, "u64", 1 }, { 11, "u8", 0 },
    { 12, "u64", 131072 }, { 13, "u64", 65536 } } } })
end

function genl.link()
  return genl.message(3, { { 3, "nest", { { 1, "u8", 1 }, { 2, "string", "mlx5_0" }, { 3, "u8", 1 },
    { 4, "string", "fe80::1" }, { 5, "string", "fe80::2" }, { 6, "u32", 2 }, { 7, "u32", 0 },
    { 8, "raw", "\0\0\2\1" }, { 9, "raw", "\0\0\3\1" }, { 10, "u32", 3 } } } })
end

local function port(netdev, name, by_user)
  return { { 1, "u8", by_user }, { 2, "string", name }, { 3, "u32", netdev }, { 5, "u8", 1 }, { 4, "u8", 1 },
    { 6, "u32", 2 } }
end

--- The ISM device of an s390x, as its kernel sent it, but for the byte order.
function genl.dev_smcd()
  return genl.message(5, { { 5, "nest", { { 1, "u32", 0 }, { 2, "u8", 0 }, { 3, "u32", 0x50 },
    { 4, "u16", 0x7c0 }, { 5, "u16", 0x1014 }, { 6, "u16", 0x4ed }, { 7, "string", "0050:00:00.0" },
    { 8, "nest", { { 1, "u8", 0 }, { 2, "string", "NET25" .. (" "):rep(11) } } } } } })
end

function genl.dev_smcr()
  return genl.message(6, { { 6, "nest", { { 2, "u8", 1 }, { 3, "u32", 0x51 }, { 4, "u16", 0x1c8 },
    { 5, "u16", 0x15b3 }, { 6, "u16", 0x1016 }, { 7, "string", "0001:00:00.0" },
    { 8, "nest", port(0, "NETA", 1) }, { 9, "nest", port(0, (" "):rep(16), 0) },
    { 10, "string", "mlx5_0" } } } })
end

local function numbered(count, first)
  local list = {}
  for i = 1, count do list[i] = { i, "u64", first + i } end
  return list
end

function genl.stats(factor)
  factor = factor or 1
  local tech = {}
  for i = 1, 4 do tech[i] = { i, "nest", numbered(9, 100 * i * factor) } end
  for i = 5, 6 do tech[i] = { i, "nest", numbered(7, 100 * i * factor) } end
  for i = 7, 19 do tech[i] = { i, "u64", 1000 * i * factor } end
  tech[20], tech[21] = { 20, "u32", 65536 }, { 21, "u64", 1 << 40 }
  return genl.message(7, { { 7, "nest", { { 1, "nest", tech }, { 2, "nest", tech }, { 3, "u64", 4 * factor },
    { 4, "u64", 5 * factor } } } })
end

function genl.fallback(by_server, code, count, sums)
  local list = { { 1, "u8", by_server and 1 or 0 }, { 4, "u32", code }, { 5, "u16", count } }
  if sums then
    list[#list + 1] = { 2, "u64", sums.server }
    list[#list + 1] = { 3, "u64", sums.client }
  end
  return genl.message(8, { { 8, "nest", list } })
end

--- An entry of the table of PNET IDs: of an interface, or of a port of a device. The kernel says "n/a" for
-- the one that it is not of, and 255 for the port of an interface.
function genl.pnetid(name, netdev, ibdev, ibport)
  return genl.message(1, { { 1, "string", name }, { 2, "string", netdev or "n/a" },
    { 3, "string", ibdev or "n/a" }, { 4, "u8", ibport or 255 } })
end

--- A UEID.
function genl.ueid(ueid)
  return genl.message(10, { { 1, "string", ueid .. (" "):rep(32 - #ueid) } })
end

--- The SEID; nil where no device has one.
function genl.seid(seid, enabled)
  return genl.message(14, seid and { { 1, "string", seid }, { 2, "u8", enabled and 1 or 0 } } or {})
end

return genl
