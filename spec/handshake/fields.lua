--- A decoded CLC message in the names and the words of Wireshark's smc dissector, for comparison with tshark.

local bytes_of = require "smc.internal.ip".bytes
local text_of = require "smc.internal.ip".text

local fields = {}

-- What the dissector has and a message does not: raw bytes that other fields are made of, offsets of areas,
-- and what both leave out.
fields.IGNORED = {
  ["smc.reserved"] = true,
  ["smc.proposal.flags"] = true, ["smc.proposal.extflags.2"] = true, ["smc.accept.flags"] = true,
  ["smc.accept.flags.2"] = true, ["smc.confirm.flags"] = true, ["smc.confirm.flags.2"] = true,
  ["smc.decline.flags"] = true, ["smc.decline.flags2"] = true, ["smc.accept.fce.flags"] = true,
  ["smc.accept.fce1.flags"] = true, ["smc.accept.dmbe.size"] = true, ["smc.confirm.dmbe.size"] = true,
  ["smc.proposal.smcv1_subnet_ext_offset"] = true, ["smc.proposal.smcv2_ext_offset"] = true,
  ["smc.proposal.smcdv2_ext_offset"] = true,
}

local NUMBERS <const> = { Proposal = 1, Accept = 2, Confirm = 3, Decline = 4 }
local SYSTEMS <const> = { ["z/OS"] = 1, Linux = 2, AIX = 3 }

local function hex(digits)
  local form = "0x%0" .. digits .. "x"
  return function(value) return form:format(value or 0) end
end

local hex64, hex32, hex24, hex16 = hex(16), hex(8), hex(6), hex(4)

local function id(text)
  return "0x" .. (text or ("0"):rep(16))
end

local function mac(text)
  return text or "00:00:00:00:00:00"
end

local function flag(value)
  return value and "1" or "0"
end

-- GIDs as the kernel prints them, and as inet_ntop(3) does.
local function gid(text)
  return text and text_of(bytes_of(text)) or "::"
end

local function eid(text)
  return text or ""
end

local function has(offers, name)
  for _, one in ipairs(offers) do
    if one == name then return true end
  end
  return false
end

local TYPES <const> = { [true] = { [true] = "3", [false] = "1" }, [false] = { [true] = "0", [false] = "2" } }

local function type_of(offers, version)
  return TYPES[has(offers, "SMC-Dv" .. version)][has(offers, "SMC-Rv" .. version)]
end

local of = {}

function of.Proposal(add, m)
  add("smc.proposal.smc.version", m.version)
  add("smc.proposal.smc.type", type_of(m.offers, 1))
  if m.version > 1 then add("smc.proposal.smcv2.type", type_of(m.offers, 2)) end
  if has(m.offers, "SMC-Rv1") or has(m.offers, "SMC-Rv2") then
    add("smc.proposal.sender.client.peer.id", id(m.peer_id))
  end
  if has(m.offers, "SMC-Rv1") then
    add("smc.proposal.client.preferred.gid", gid(m.gid))
    add("smc.proposal.client.preferred.mac", mac(m.mac))
  end
  -- Where no SMC-D area comes before them, tshark does not see the prefixes.
  if m.version == 1 and not m.ism then return end
  if m.subnet then
    local address, bits = m.subnet:match("(.*)/(.*)")
    add("smc.outgoing.interface.subnet.mask", address)
    add("smc.outgoing.interface.subnet.mask.number.of.significant.bits", bits)
    add("smc.proposal.ipv6.prefix.count", 0)
  elseif m.ipv6_prefixes then
    add("smc.outgoing.interface.subnet.mask", "0.0.0.0")
    add("smc.outgoing.interface.subnet.mask.number.of.significant.bits", 0)
    add("smc.proposal.ipv6.prefix.count", #m.ipv6_prefixes)
  end
  for _, prefix in ipairs(m.ipv6_prefixes or {}) do
    local address, bits = prefix:match("(.*)/(.*)")
    add("smc.proposal.ipv6.prefix.value", address)
    add("smc.proposal.ipv6.prefix.length", bits)
  end
  local devices = { m.ism or has(m.offers, "SMC-Dv2") and {} or nil }
  local native = #devices
  for _, one in ipairs(m.ism_devices or {}) do
    devices[#devices + 1] = one
    if one.gid_ext then devices[#devices + 1] = { gid = one.gid_ext, chid = one.chid } end
  end
  for _, one in ipairs(devices) do
    add("smc.proposal.ism.gid", hex64(one.gid))
    if m.version > 1 then add("smc.proposal.smc.chid", hex16(one.chid)) end
  end
  if not m.release then return end
  add("smc.proposal.eid.count", #m.ueids)
  add("smc.proposal.ismv2_gid_count", #devices - native)
  add("smc.proposal.smc.version.relnum", m.release)
  add("smc.proposal.smc.seid", flag(m.seid_enabled))
  for _, one in ipairs(m.ueids) do add("smc.proposal.eid", eid(one)) end
  if has(m.offers, "SMC-Dv2") then add("smc.proposal.system.eid", eid(m.seid)) end
  if has(m.offers, "SMC-Rv2") then
    local mapped = gid(m.roce_gid):match("^::ffff:(%d.*)")
    add("smc.proposal.rocev2.gid." .. (mapped and "ipv4" or "ipv6"), mapped or gid(m.roce_gid))
  end
end

-- The same fields of an Accept and of a Confirm, of which some have other names.
local NAMES <const> = {
  Accept = {
    prefix = "smc.accept.", dmb_gid = "smc.accept.sender.server.ism.gid", linkid = "smc.accept.server.linkid",
    peer_id = "smc.accept.sender.server.peer.id", gid = "smc.accept.server.preferred.gid",
    mac = "smc.accept.server.preferred.mac", qpn = "smc.accept.server.qp.number",
    rkey = "smc.accept.server.rmb.rkey", index = "smc.accept.server.tcp.conn.index",
    alert_token = "smc.accept.server.rmb.element.alert.token",
    address = "smc.accept.server.rmb.virtual.address", psn = "smc.accept.initial.psn",
  },
  Confirm = {
    prefix = "smc.confirm.", dmb_gid = "smc.confirm.sender.client.ism.gid",
    linkid = "smc.confirm.client.linkid", peer_id = "smc.confirm.sender.client.peer.id",
    gid = "smc.client.gid", mac = "smc.confirm.client.mac", qpn = "smc.confirm.client.qp.number",
    rkey = "smc.confirm.client.rmb.rkey", index = "smc.confirm.client.tcp.conn.index",
    alert_token = "smc.client.rmb.element.alert.token", address = "smc.client.rmb.virtual.address",
    psn = "smc.initial.psn",
  },
}

local function log2(number)
  local bits = 0
  while number > 1 do number, bits = number >> 1, bits + 1 end
  return bits
end

local function add_dmb(add, m, names)
  local dmb, prefix = m.dmb, names.prefix
  add(names.dmb_gid, hex64(dmb.gid))
  add(prefix .. "dmb.token", hex64(dmb.token))
  add(prefix .. "dmbe.conn.index", dmb.index)
  add(prefix .. "dmbe.buffer.size", log2(dmb.size) - 14)
  add(names.linkid, hex32(dmb.linkid))
  if dmb.chid then add(prefix .. "smc.chid", hex16(dmb.chid)) end
end

local function add_rmb(add, m, names)
  local rmb, prefix = m.rmb, names.prefix
  add(names.peer_id, id(m.peer_id))
  add(names.gid, gid(m.gid))
  add(names.mac, mac(m.mac))
  add(names.qpn, hex24(m.qpn))
  add(names.rkey, hex32(rmb.rkey))
  add(names.index, rmb.index)
  add(names.alert_token, hex32(rmb.alert_token))
  add(prefix .. "rmb.buffer.size", log2(rmb.size) - 14)
  add(prefix .. "qp.mtu.value", log2(m.mtu) - 7)
  add(names.address, hex64(rmb.address))
  add(names.psn, hex24(m.psn))
end

function of.Accept(add, m)
  local names = NAMES[m.type]
  local prefix = names.prefix
  add("smc.proposal.smc.version", m.version)
  if m.mode == "SMC-R" and m.type == "Accept" then -- the dissector has no name of its own for it
    add("smc.proposal.first.contact", flag(m.first_contact))
  else
    add(prefix .. "smc.type", m.mode == "SMC-D" and 1 or 0)
    add(prefix .. "first.contact", flag(m.first_contact))
  end
  local add_memory = m.dmb and add_dmb or add_rmb
  add_memory(add, m, names)
  if m.version > 1 then add(prefix .. "eid", eid(m.eid)) end
  if not m.release then return end
  add(prefix .. "os.type", SYSTEMS[m.os] or 0)
  add(prefix .. "smc.version.relnum", m.release)
  add(prefix .. "peer.host.name", eid(m.hostname))
  if m.direct ~= nil then add("smc.accept.v2_lg.type", flag(m.direct)) end
  if not m.gids then return end
  add("smc.confirm.gid.list.entry_count", #m.gids)
  for _, one in ipairs(m.gids) do add("smc.confirm.gid.list.entry", gid(one)) end
end

of.Confirm = of.Accept

function of.Decline(add, m)
  add("smc.decline.smc.version", m.version)
  add("smc.decline.osync", flag(m.out_of_sync))
  add("smc.sender.peer.id", id(m.peer_id))
  add("smc.peer.diag.info", hex32(m.diagnosis.code))
  if m.version == 1 then return end
  add("smc.decline.os.type", SYSTEMS[m.os] or 0)
  for i = 1, 4 do add("smc.peer.diag.info", hex32(m.further and m.further[i] and m.further[i].code)) end
end

--- The fields of a message.
-- @tparam message m
-- @treturn table name → values, in order, as texts
function fields.of(m)
  local found = {}
  local function add(name, value)
    found[name] = found[name] or {}
    table.insert(found[name], tostring(value))
  end
  add("smc.clc_msg", NUMBERS[m.type])
  add("smc.length", m.length)
  of[m.type](add, m)
  return found
end

return fields
