--- The text of findings.
-- @module smc.check.findings.words

local text = require "smc.internal.text"

local words = {}

local SHOWN <const> = 3
local LABEL <const>, MARGIN <const>, DEEPER <const> = (" "):rep(5), (" "):rep(10), (" "):rep(15)
local WHERE <const> = { ["local"] = "On this host", peer = "On the peer", path = "Between the hosts" }

--- Adds the lines of the most likely findings; the later ones are alternatives.
-- @tparam table lines
-- @tparam {table,...} list findings
function words.add(lines, list)
  for i = 1, math.min(#list, SHOWN) do
    local one = list[i]
    lines[#lines + 1] = LABEL .. (i == 1 and "What is wrong:" or "Or:")
    lines[#lines + 1] = text.paragraph(("%s: %s"):format(WHERE[one.side], one.text), MARGIN)
    lines[#lines + 1] = text.paragraph("Known from: " .. one.evidence, DEEPER)
    if one.command then lines[#lines + 1] = text.paragraph("Command: " .. one.command, DEEPER) end
  end
end

--- A finding in one line.
-- @tparam table finding
-- @treturn string
function words.headline(finding)
  return ("%s: %s"):format(WHERE[finding.side], finding.text)
end

return words
