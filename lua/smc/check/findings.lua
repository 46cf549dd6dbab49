--- What is wrong with a connection that does not use SMC, most likely first.
--
-- The kernel keeps the first reason that it stored, and none where EIDs differ: NOSMCD2DEV, NOSMCDEV and
-- DIFFPREFIX can each hide another cause. So what both hosts are set up for is looked at first, and the mode
-- that they come closest to decides. The reason alone counts only if nothing is found.
-- @module smc.check.findings

local require = require "smc.internal.load"
local codes = require "smc.check.findings.codes"
local host = require "smc.check.findings.host"
local pair = require "smc.check.findings.pair"

local findings = {}

-- In the order in which the kernel prefers them.
local MODES <const> = { "SMC-Dv2", "SMC-Dv1", "SMC-Rv2", "SMC-Rv1" }
local HOPELESS <const> = 50 -- the cost of a fault that no command mends
local SUBNETS <const> = 1.5 -- the cost of different subnets, which only the reason shows

-- The reasons that devices, EIDs or subnets cause, which the facts about the hosts explain better.
local OF_SETUP <const> = {}
for name in ([[NOSMCDEV NOSMCDDEV NOSMCRDEV NOISM2SUPP NOV2EXT NOV2DEXT NOSEID NOSMCD2DEV NOUEID DIFFPREFIX
    MODEUNSUPP VERSMISMAT]]):gmatch("%S+") do
  OF_SETUP[name] = true
end

local function append(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

local function with_side(list, side)
  for _, one in ipairs(list) do one.side = one.side or side end
  return list
end

-- The faults of both hosts for a mode, local ones first, or those between the hosts.
local function faults_of(mode, facts)
  local here, there, other = facts.here, facts.there, facts.other
  local list = here and with_side(host.faults(here, mode, there or other), "local") or {}
  if there then append(list, with_side(host.faults(there, mode, here or other, true), "peer")) end
  if #list == 0 and here and there then append(list, pair.faults(here, there, mode)) end
  return list
end

local function cost_of(list)
  local sum = 0
  for _, one in ipairs(list) do sum = sum + one.cost end
  return sum
end

-- The modes and their faults, the mode closest to working first. A fault of version 1 that the reason shows
-- counts even if the facts do not show it.
local function ranked(facts, known)
  local list = {}
  for i, mode in ipairs(MODES) do
    local faults = faults_of(mode, facts)
    if #faults == 0 and known and mode:find("v1$") then faults = { known } end
    list[i] = { name = mode, faults = faults, cost = cost_of(faults), place = i }
  end
  table.sort(list, function(a, b)
    if a.cost ~= b.cost then return a.cost < b.cost end
    return a.place < b.place
  end)
  return list
end

-- The faults of each host whatever the mode, and those between the hosts.
local function of_hosts(facts)
  local list = { facts.here and facts.there and pair.mismatch(facts.here, facts.there) or nil }
  local function look(side, path, other)
    local fault = path and (host.without_smc(path) or host.without_devices(path, other))
    if fault then append(list, with_side({ fault }, side)) end
  end
  look("local", facts.here, facts.there or facts.other)
  look("peer", facts.there, facts.here or facts.other)
  return list
end

-- The reasons that are about SMC-D, which a server looks for first.
local OF_SMCD <const> = { NOSMCDDEV = true, NOISM2SUPP = true, NOV2DEXT = true, NOSMCD2DEV = true }

-- Both hosts are set up for SMC-R, and the reason does not say what is wrong with it.
local function of_rdma(mode, cause)
  local path = codes.finding(require "smc.reason".get "TIMEOUT_CL", "local")
  path.evidence = ("both hosts are set up for %s; %s is about SMC-D, and the kernel keeps the first "
    .. "reason"):format(mode, cause.name)
  return path
end

-- What the set-up of the hosts explains. If only this host is known and a mode should work, the fault is at
-- the peer. If both are known and a mode should work, all that is left is what keeps them from other modes.
-- @treturn {table,...}
-- @treturn ?string a mode that should work by the facts
local function of_setup(facts, known)
  local list, working = of_hosts(facts), nil
  if #list > 0 then return list end
  for _, mode in ipairs(ranked(facts, known)) do
    working = working or mode.cost == 0 and mode.name or nil
    if working and not facts.there or mode.cost >= HOPELESS and (#list > 0 or working) then break end
    append(list, mode.faults)
  end
  return list, working
end

-- The reason that explains more than that the other side declined, and the side that found it.
local function cause_of(report)
  local own, other = report.fallback, report.peer_fallback
  if own and own.name ~= "PEERDECL" then return own, "local" end
  if other and other.name ~= "PEERDECL" then return other, "peer" end
  return own or other, own and "local" or "peer"
end

-- A reason that devices, EIDs or subnets cause. DIFFPREFIX says that version 1 was tried, but not why version
-- 2 was not possible.
local function of_reason(cause, finder, facts)
  local own = codes.finding(cause, finder)
  own.cost = SUBNETS
  local list, working = of_setup(facts, cause.name == "DIFFPREFIX" and own)
  if not working then return list end
  local first = {}
  if facts.there and working:find("^SMC%-R") and OF_SMCD[cause.name] then
    first[1] = of_rdma(working, cause)
  end
  local offers
  for _, one in ipairs(facts.handshake or {}) do
    -- A server that looked for SMC-D lacks that; what it was not offered comes after.
    if one.subject == "offers" and OF_SMCD[cause.name] then offers = one else first[#first + 1] = one end
  end
  return append(append(append(first, list), { own }), { offers })
end

-- A client without a device learns nothing about the peer: faults of the peer come later.
local function of_client(facts)
  local list = of_setup { here = facts.here, other = facts.there }
  return append(list, facts.there and (of_setup { there = facts.there, other = facts.here }) or {})
end

local function of_fallback(report, facts)
  local cause, finder = cause_of(report)
  local list = {}
  if not cause then
    return list
  elseif cause.name == "PEERNOSMC" and finder == "local" then
    append(list, require "smc.check.findings.no_option".findings(report, facts))
    return append(list, facts.here and (of_setup { here = facts.here }) or {})
  end
  local alone = finder == "local" and cause.name == "NOSMCDEV" and facts.here and of_client(facts) or {}
  if #alone > 0 then
    return append(list, alone)
  elseif OF_SETUP[cause.name] then
    return append(list, of_reason(cause, finder, facts))
  end
  list[#list + 1] = codes.finding(cause, finder)
  return list
end

-- The findings as they are reported, without the fields for sorting; each text once.
local function unique(list)
  local result, seen = {}, {}
  for _, one in ipairs(list) do
    local key = one.side .. "\0" .. one.text
    if not seen[key] then
      seen[key] = true
      result[#result + 1] = { text = one.text, side = one.side, evidence = one.evidence,
        command = one.command }
    end
  end
  return result
end

--- The findings for a report.
-- @tparam table report of `smc.check.connect`, with its verdict
-- @tparam ?table facts what was looked at:
--   `here`: the path of this host to the peer (`smc.check.path`);
--   `there`: the path of the peer to this host, if it sent it (`smc.check.facts`);
--   `answered`: whether the peer is a server of this module that answered on this connection;
--   `view`: the peer's view of the connection, with its `fallback`, and `syn` if its kernel has kept it;
--   `takes_plain`: whether the peer ended the connection when it got the probe, and took the same probe over
--   a connection without the option of SMC;
--   `record`, `handshake`: the recorded handshake, and findings of it
-- @treturn {table,...} each with `text`, `side` (`"local"`, `"peer"` or `"path"`), `evidence`: how it is
--   known; `command`: what mends it on that side, or looks further; it may be absent
function findings.of(report, facts)
  facts = facts or {}
  if report.verdict == "no connection" then
    return unique(require "smc.check.findings.unconnected".findings(report))
  elseif report.verdict == "TCP" then
    return unique(of_fallback(report, facts))
  end
  return {}
end

--- The finding for a process that cannot use SMC.
-- @tparam table kernel as in a path
-- @treturn {table,...} one
function findings.of_kernel(kernel)
  return unique(with_side({ host.without_smc { kernel = kernel } }, "local"))
end

--- The findings for a host alone: what keeps every mode of SMC from being used.
-- @tparam table path of `smc.check.path`
-- @treturn {table,...} empty if it can use one
function findings.of_path(path)
  return unique((of_setup { here = path }))
end

return findings
