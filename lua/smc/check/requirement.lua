--- Whether a report of a check meets what its caller requires.
-- @module smc.check.requirement

local errno = require "smc.errno"
local reason = require "smc.reason"
local text = require "smc.internal.text"
local verdict = require "smc.check.verdict"

local requirement = {}

-- A text about a fallback: the reasons of both sides, and the note in the report.
local function sides(report)
  local words = {}
  for _, side in ipairs { { "this host", report.fallback }, { "its peer", report.peer_fallback } } do
    if side[2] then words[#words + 1] = ("%s says %s"):format(side[1], reason.describe(side[2].code)) end
  end
  words[#words + 1] = report.message
  return #words > 0 and ": " .. table.concat(words, "; ") or ""
end

-- Verdict → the errno if the report has none, and the message.
local FAULTS <const> = {
  [verdict.SMC] = { errno.EPROTONOSUPPORT, function(report, where)
    return ("the connection to %s uses %s"):format(where, report.mode)
  end },
  [verdict.TCP] = { errno.EPROTONOSUPPORT, function(report, where)
    return ("the connection to %s fell back to TCP%s"):format(where, sides(report))
  end },
  [verdict.UNPROVEN] = { errno.EPROTO, function(report, where)
    return ("it is not proven that the connection to %s uses SMC: %s"):format(where, report.message)
  end },
  [verdict.NONE] = { errno.ENOTCONN, function(report) return report.message end },
}

--- Compares a report with a requirement. If the report does not meet it, its `success` becomes false, and a
-- report of another SMC mode gets the message.
-- @tparam table report
-- @tparam ?string required `"SMC-D"`, `"SMC-R"`, or `"SMC"`, which is met by either
-- @treturn[1] table report
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @treturn[2] table report
function requirement.hold(report, required)
  if not required or report.success and (required == "SMC" or report.mode == required) then return report end
  local fault = FAULTS[report.verdict]
  local where = ("%s port %s"):format(text.printable(report.host), text.printable(report.port))
  local message = ("%s is required: %s"):format(required, fault[2](report, where))
  report.success = false
  report.message = report.message or report.mode ~= "TCP" and message or nil -- the reasons explain a fallback
  return nil, message, report.errno or fault[1], report
end

return requirement
