--- Formats the result of a check like smc_chk(8).
-- @module smc.check.words

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local text = require "smc.internal.text"

local words = {}

local MARGIN <const> = "     "

local DEEPER <const> = MARGIN:rep(2)

-- What is said about a proof without any data sent.
local UNSENT <const> = "nothing was sent, for this port is not that of a server for checks: the connection "
  .. "is SMC's, and no data has been seen to take it"

-- The steps of the proof, a paragraph each.
local function add_proof(lines, report)
  lines[#lines + 1] = MARGIN .. "Evidence:"
  for _, step in ipairs(report.proof) do
    lines[#lines + 1] = text.paragraph(("%s: %s"):format(step.step, step.text), DEEPER)
  end
  local found = report.evidence
  if found.bytes_sent == 0 then
    lines[#lines + 1] = text.paragraph(UNSENT, DEEPER)
  elseif not found.peer_mode then
    lines[#lines + 1] = text.paragraph("the peer does not report what it sees", DEEPER)
  end
end

local function add_reason(lines, side, record)
  if not record then return end
  lines[#lines + 1] = ("          %s:        0x%08x   %s"):format(side, record.code, record.meaning)
end

local function add_findings(lines, report)
  require "smc.check.findings.words".add(lines, report.findings or {})
  for _, one in ipairs(report.unread or {}) do
    lines[#lines + 1] = text.paragraph(("Not read: %s: %s"):format(one.what, one.message), MARGIN)
  end
end

-- Each adds the lines of a verdict.
local of_verdict = {}

of_verdict["SMC"] = function(lines, report)
  if report.success == false then -- another mode is required
    lines[1] = "     Failed, using " .. report.mode
    lines[2] = text.paragraph(report.message, MARGIN)
    return
  end
  lines[1] = "     Success, using " .. report.mode
  add_proof(lines, report)
end

of_verdict["TCP"] = function(lines, report)
  lines[1] = "     Failed  (TCP fallback), reasons:"
  add_reason(lines, "Client", report.fallback)
  add_reason(lines, "Server", report.peer_fallback)
  if report.message then lines[#lines + 1] = text.paragraph("Note: " .. report.message, MARGIN) end
  add_findings(lines, report)
end

of_verdict["not proven"] = function(lines, report)
  lines[1] = text.paragraph("Not proven: " .. report.message, MARGIN)
end

of_verdict["no connection"] = function(lines, report)
  lines[1] = "     Failed, no connection"
  add_findings(lines, report)
end

-- The cause of a failed connection or a fallback, in a few words.
local function cause_of(report)
  local found = report.findings and report.findings[1]
  if found then return require "smc.check.findings.words".headline(found) end
  local reason = report.fallback or report.peer_fallback
  return report.message or reason and reason.meaning
end

local of_summary = {
  ["SMC"] = function(report)
    return report.success and "Success, using " .. report.mode
      or ("Failed, using %s: %s"):format(report.mode, report.message)
  end,
  ["TCP"] = function(report)
    local cause = cause_of(report)
    return "Failed (TCP fallback)" .. (cause and ": " .. cause or "")
  end,
  ["not proven"] = function(report) return "Not proven: " .. report.message end,
  ["no connection"] = function(report) return "Failed, no connection: " .. report.message end,
}

local methods = {}
local Report = { __name = "smc.check.report", __index = methods }

--- See `smc.check`.
function methods:summary()
  args.object("summary", self, Report)
  local host = self.host
  if self.address and self.address ~= host then host = ("%s (%s)"):format(host, self.address) end
  return text.printable(("%s: %s"):format(host, of_summary[self.verdict](self)))
end

local function add_measurements(lines, report)
  if report.measurements_message then
    lines[#lines + 1] = text.paragraph("Not measured: " .. report.measurements_message, MARGIN)
  end
  if not report.measurements then return end
  lines[#lines + 1] = MARGIN .. "Measured, in turn:"
  for _, line in ipairs(require "smc.check.columns".of(report.measurements, report.mode)) do
    lines[#lines + 1] = MARGIN .. line
  end
end

--- The text of a report: what smc_chk(8) prints below "Live test", wrapped to the width of standard output.
-- @treturn string without a final newline
function Report:__tostring()
  local lines = {}
  of_verdict[self.verdict](lines, self)
  add_measurements(lines, self)
  return table.concat(lines, "\n")
end

--- Makes a table a report, so that `tostring` returns its text.
-- @tparam table report of `smc.check.connect`
-- @treturn table the same
function words.report(report)
  return setmetatable(report, Report)
end

return words
