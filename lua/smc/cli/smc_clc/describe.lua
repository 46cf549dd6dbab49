--- The contents of a CLC message, as lines.
-- @module smc.cli.smc_clc.describe

local describe = {}

-- Joins what there is of a list of texts.
local function join(...)
  local out, given = {}, table.pack(...)
  for i = 1, given.n do
    if given[i] then out[#out + 1] = given[i] end
  end
  return #out > 0 and table.concat(out, ", ") or nil
end

local function named(name, value)
  return value and ("%s %s"):format(name, value)
end

local function flag(value, word)
  return value and word or nil
end

local function list(name, values)
  return values and #values > 0 and ("%s %s"):format(name, table.concat(values, ", ")) or nil
end

local function device(name, one)
  if not one then return nil end
  local more = one.gid_ext and (" %016x"):format(one.gid_ext) or ""
  return ("%s GID %016x%s, CHID %04x"):format(name, one.gid, more, one.chid)
end

local function mask(message)
  return message.feature_mask and message.feature_mask ~= 0 and ("features %04x"):format(message.feature_mask)
end

local function version(message)
  local release = message.release and ("." .. message.release) or ""
  return ("version %d%s"):format(message.version, release)
end

local function limits(message)
  return message.max_conns and ("at most %d connections and %d links"):format(message.max_conns,
    message.max_links)
end

local of = {}

function of.Proposal(m)
  local seid = m.seid_enabled and (m.seid or "none") or m.seid_enabled == false and "disabled"
  local lines = {
    join(version(m), "offers " .. table.concat(m.offers, ", ")),
    join(list("IP prefix", m.ipv6_prefixes or { m.subnet }), named("peer ID", m.peer_id)),
    m.ueids and join(list("UEIDs", m.ueids) or "no UEID", named("SEID", seid), mask(m)),
    join(named("RDMA GID", m.gid), named("MAC", m.mac)),
    join(named("RDMA v2 GID", m.roce_gid), limits(m)),
    device("ISM", m.ism),
  }
  local all = {}
  for i = 1, 6 do all[#all + 1] = lines[i] or nil end
  for _, one in ipairs(m.ism_devices or {}) do all[#all + 1] = device("ISM v2", one) end
  return all
end

local function agreement(m)
  local all = {
    join(version(m), m.mode, named("EID", m.eid), flag(m.first_contact, "first contact")),
    join(named("system", m.os), named("host", m.hostname), mask(m), limits(m),
      m.direct == false and "through a gateway" or nil) or nil,
  }
  return all
end

local function of_smcd(all, m)
  local dmb = m.dmb
  local chid = dmb.chid and (", CHID %04x"):format(dmb.chid) or ""
  local more = dmb.gid_ext and (" %016x"):format(dmb.gid_ext) or ""
  all[#all + 1] = ("GID %016x%s%s, DMB %016x of %d KiB, link ID %08x"):format(
    dmb.gid, more, chid, dmb.token, dmb.size >> 10, dmb.linkid)
end

local function of_smcr(all, m)
  local rmb = m.rmb
  all[#all + 1] = join(named("GID", m.gid), named("MAC", m.mac), named("peer ID", m.peer_id))
  all[#all + 1] = ("QP %06x, PSN %06x, MTU %d"):format(m.qpn, m.psn, m.mtu)
  all[#all + 1] = ("RMB rkey %08x at %016x, element %d of %d KiB, alert token %08x"):format(
    rmb.rkey, rmb.address, rmb.index, rmb.size >> 10, rmb.alert_token)
  all[#all + 1] = list("GIDs", m.gids)
end

function of.Accept(m)
  local all = agreement(m)
  local add = m.mode == "SMC-D" and of_smcd or of_smcr
  add(all, m)
  return all
end

of.Confirm = of.Accept

local function reason(r)
  return ("0x%08x %s"):format(r.code, r.name and ("%s: %s"):format(r.name, r.meaning) or r.meaning)
end

function of.Decline(m)
  local all = {
    join(version(m), named("system", m.os), named("peer ID", m.peer_id),
      flag(m.out_of_sync, "the link group ends")),
    reason(m.diagnosis),
  }
  for _, further in ipairs(m.further or {}) do all[#all + 1] = reason(further) end
  return all
end

--- The contents of a message.
-- @tparam message m
-- @treturn {string,...}
function describe.lines(m)
  return of[m.type](m)
end

return describe
