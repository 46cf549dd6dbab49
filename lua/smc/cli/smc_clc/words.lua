--- Handshakes as text.
-- @module smc.cli.smc_clc.words

local describe = require "smc.cli.smc_clc.describe"
local text = require "smc.internal.text"

local words = {}

local ROW <const> = "  %9s  %-7s %-9s "
local INDENT <const> = (" "):rep(31)
local LABELS <const> = { syn = "SYN", syn_ack = "SYN/ACK" }
local SENDERS <const> = { syn = "client", syn_ack = "server" }

local OUTCOMES <const> = {
  ["SMC-D"] = "both sides agreed on SMC-D", ["SMC-R"] = "both sides agreed on SMC-R",
  declined = "declined: the connection falls back to TCP",
  ["not offered"] = "SMC was not offered by both sides: the connection is TCP",
  incomplete = "the handshake is incomplete",
}

local function clock(time)
  local seconds = math.floor(time)
  return (", %s.%06d"):format(os.date("%Y-%m-%d %H:%M:%S", seconds), math.floor((time - seconds) * 1e6))
end

--- When a handshake began, in seconds since the epoch.
function words.start(h)
  local first = h.syn or h.syn_ack or h.messages[1]
  return first and first.time or 0
end

local function title(h)
  local where = h.interface and " on " .. text.printable(h.interface) or ""
  if h.vlan then where = ("%s, VLAN %d"):format(where, h.vlan) end
  return ("%s port %d to %s port %d%s%s"):format(h.client.address, h.client.port, h.server.address,
    h.server.port, where, clock(words.start(h)))
end

-- A row: milliseconds since the first packet, who sends, what, and its contents from line to line.
local function row(time, since, sender, label, lines)
  local begin = ROW:format(("%.3f ms"):format((time - since) * 1000), sender, label)
  local out = {}
  for i, line in ipairs(lines) do
    local wrapped = text.paragraph(line, INDENT)
    out[i] = i == 1 and begin .. wrapped:sub(#INDENT + 1) or wrapped
  end
  return table.concat(out, "\n")
end

local function add_segments(out, h, since)
  for _, name in ipairs { "syn", "syn_ack" } do
    local one = h[name]
    if one then
      out[#out + 1] = row(one.time, since, SENDERS[name], LABELS[name],
        { one.smc and "SMC option" or "no SMC option" })
    end
  end
end

--- A handshake: its title, the segments that carry the option, and messages.
-- @tparam handshake h
-- @tparam integer known how many of its messages are left out, together with the segments
-- @treturn string lines
function words.text(h, known)
  local since, out = words.start(h), { title(h) }
  if known == 0 then add_segments(out, h, since) end
  for i = known + 1, #h.messages do
    local message = h.messages[i]
    out[#out + 1] = row(message.time, since, message.from, message.type, describe.lines(message))
  end
  return table.concat(out, "\n") .. "\n"
end

local function add(out, margin, line)
  out[#out + 1] = text.paragraph(line, margin)
end

--- The outcome of a handshake, and why.
-- @tparam handshake h
-- @tparam {finding,...} findings
-- @treturn string lines, and an empty one
function words.conclusion(h, findings)
  local out = {}
  local ended = h.ended and ("; %s by the %s"):format(h.ended.how, h.ended.by) or ""
  add(out, "  ", "Result: " .. OUTCOMES[h.outcome] .. (h.outcome == "incomplete" and ended or ""))
  for _, finding in ipairs(findings) do
    add(out, "  ", "- " .. finding.text)
    add(out, "    ", "Evidence: " .. finding.evidence)
    if finding.command then add(out, "    ", "Command: " .. finding.command) end
  end
  return table.concat(out, "\n") .. "\n\n"
end

return words
