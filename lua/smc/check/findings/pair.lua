--- What is wrong between two hosts of which each is set up for SMC, by the facts of both.
-- @module smc.check.findings.pair

local common = require "smc.internal.lists".common
local host = require "smc.check.findings.host"
local ip = require "smc.internal.ip"
local listed = require "smc.internal.text".listed

local pair = {}


-- Two EIDs that are missing cost more than one subnet, and one that is missing costs less.
local CERTAIN <const>, SUBNET <const>, OTHER_MACHINE <const> = 1, 1.5, 50

-- === EIDs ===

local function eids_of(path, with_seid)
  local eids = path.eids or { ueids = {} }
  local list = table.move(eids.ueids, 1, #eids.ueids, 1, {})
  if with_seid and eids.seid_enabled then list[#list + 1] = eids.seid end
  return list
end

local function in_words(list)
  return #list > 0 and listed(list) or "none"
end

local function eids_differ(here, there, with_seid)
  if not (here.eids and there.eids) then return nil end
  local own, other = eids_of(here, with_seid), eids_of(there, with_seid)
  if #own == 0 or #other == 0 or common(own, other) then return nil end
  local ueids = there.eids.ueids
  return { cost = CERTAIN, side = "local",
    text = ("The hosts have no EID in common, which SMC version 2 requires: here %s; there %s."):format(
      in_words(own), in_words(other)),
    evidence = "the kernel's tables of EIDs on both hosts (smcd.lua ueid show, smcd.lua seid show)",
    command = ("smcd.lua ueid add %s"):format(ueids[1] or "SMCV2-NAME") }
end

-- === subnets ===

-- The address of this path with its prefix length, as in "192.168.0.12/24".
local function local_subnet(path)
  for _, one in ipairs(path.interface.addresses) do
    if one:match("^[^/]+") == path.source then return one end
  end
  return path.interface.addresses[1]
end

local function subnets_differ(here, there)
  local own, other = local_subnet(here), local_subnet(there)
  if not own or not other or ip.same_subnet(own, other) ~= false then return nil end
  return { cost = SUBNET, side = "path",
    text = ("The hosts are in different subnets, %s here and %s there: SMC version 1 requires one."):format(
      own, other),
    evidence = "the addresses of the interfaces of the route (ip address)" }
end

-- === machines ===

local function pchids_of(path)
  local list = {}
  for _, f in ipairs(path.ism or {}) do
    if f.usable and f.pchid then list[#list + 1] = f.pchid end
  end
  return list
end

local function in_hex(list)
  local texts, seen = {}, {}
  for _, pchid in ipairs(list) do
    if not seen[pchid] then texts[#texts + 1] = ("%04x"):format(pchid) end
    seen[pchid] = true
  end
  return listed(texts)
end

local function machines_differ(here, there)
  local own, other = pchids_of(here), pchids_of(there)
  if #own == 0 or #other == 0 or common(own, other) then return nil end
  return { cost = OTHER_MACHINE, side = "path",
    text = ("No ISM function here reaches one there: their PCHIDs are %s here and %s there. Hosts use SMC-D "
      .. "within one machine."):format(in_hex(own), in_hex(other)),
    evidence = "the PCHIDs of the ISM functions on both hosts (smcd.lua device)" }
end

-- "SMC-D" or "SMC-R", if a host can use only that kind.
local function only_kind(path, other)
  local smcd, smcr = host.kinds(path, other)
  if smcd == smcr then return nil end
  return smcd and "SMC-D" or "SMC-R"
end

--- What keeps two hosts from using any mode: one can use only SMC-D, and the other one only SMC-R; or both
-- only SMC-D, on two machines.
-- @tparam table here facts of `smc.check.path`
-- @tparam table there
-- @treturn ?table a fault
function pair.mismatch(here, there)
  local own, other = only_kind(here, there), only_kind(there, here)
  if not own or not other then return nil end
  if own == other then return own == "SMC-D" and machines_differ(here, there) or nil end
  return { cost = OTHER_MACHINE, side = "path",
    text = ("This host can use only %s, and the peer only %s."):format(own, other),
    evidence = "the devices of both hosts (smcd.lua device, smcr.lua device)" }
end

local OF_MODE <const> = {
  ["SMC-Dv2"] = function(here, there)
    return { machines_differ(here, there) or eids_differ(here, there, true) }
  end,
  ["SMC-Dv1"] = function(here, there)
    return { machines_differ(here, there) or subnets_differ(here, there) }
  end,
  ["SMC-Rv2"] = function(here, there) return { eids_differ(here, there, false) } end,
  ["SMC-Rv1"] = function(here, there) return { subnets_differ(here, there) } end,
}

--- The faults between two hosts for a mode, with their `side`.
-- @tparam table here facts of `smc.check.path`
-- @tparam table there those of the peer
-- @tparam string mode
-- @treturn {table,...}
function pair.faults(here, there, mode)
  return OF_MODE[mode](here, there)
end

return pair
