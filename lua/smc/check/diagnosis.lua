--- Collects what explains a failed check, and adds the findings to its report.
-- @module smc.check.diagnosis

local require = require "smc.internal.load"
local findings = require "smc.check.findings"

local diagnosis = {}

-- The path of this host to the peer; nil if it cannot be looked at.
local function path_to(address)
  local way = address and require "smc.check.path.route".to(address)
  return way and require "smc.check.path".along(way) or nil
end

-- What the peer has: in a handshake that failed, a server does not tell.
local function server_of(there)
  if not there then return nil end
  local eids, chids = there.eids or {}, {}
  for _, f in ipairs(there.ism or {}) do chids[#chids + 1] = f.usable and f.pchid or nil end
  return { ueids = eids.ueids, seid = eids.seid, seid_enabled = eids.seid_enabled,
    chids = #chids > 0 and chids or nil }
end

-- The conclusions from the handshake, but for what is known otherwise: the reason, the devices of both hosts.
local function conclusions(record, there)
  local list = {}
  if not record then return list end
  local known = { decline = true, offers = there ~= nil }
  for _, one in ipairs(require "smc.handshake".conclusions(record,
    { here = "client", server = server_of(there) })) do
    if not known[one.subject] then list[#list + 1] = one end
  end
  return list
end

--- Adds `findings` to a report, whose fields are complete otherwise.
-- @tparam table report
-- @tparam ?table seen what was seen of the connection: `view`, the peer's view, if it answered, with its
--   `fallback`, and `facts` if it sent them; `takes_plain`, see `smc.check.findings`;
--   `handshake`, of `smc.handshake`
-- @treturn table the report
function diagnosis.add(report, seen)
  if report.verdict ~= "TCP" and report.verdict ~= "no connection" then return report end
  seen = seen or {}
  local view = seen.view
  local there = view and require "smc.check.facts".read(view.facts)
  report.findings = findings.of(report, {
    here = report.verdict == "TCP" and path_to(report.address) or nil,
    there = there, answered = view ~= nil, view = view, takes_plain = seen.takes_plain,
    handshake = conclusions(seen.handshake, there), record = seen.handshake,
  })
  return report
end

return diagnosis
