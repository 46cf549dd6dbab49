--- Looks at what a report of a failed check needs to be explained, and adds the findings.
-- @module smc.check.diagnosis

local findings = require "smc.check.findings"

local diagnosis = {}

-- The path of this host to the peer; nil if it cannot be looked at.
local function path_to(address)
  local way = address and require "smc.check.path.route".to(address)
  return way and require "smc.check.path".along(way) or nil
end

--- Adds `findings` to a report, whose fields are complete otherwise.
-- @tparam table report
-- @tparam ?table seen what was seen of the connection: `view`, the peer's view, if it answered, with its
--   `fallback`, and `facts` if it sent them; `rejected`: it closed the connection when it got the probe
-- @treturn table the report
function diagnosis.add(report, seen)
  if report.verdict ~= "TCP" and report.verdict ~= "no connection" then return report end
  local view = seen and seen.view
  report.findings = findings.of(report, {
    here = report.verdict == "TCP" and path_to(report.address) or nil,
    there = view and require "smc.check.facts".read(view.facts),
    answered = view ~= nil, view = view, rejected = seen and seen.rejected,
  })
  return report
end

return diagnosis
