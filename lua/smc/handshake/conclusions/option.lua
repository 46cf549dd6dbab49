--- Conclusions from the SMC option of the TCP handshake: experimental option 254 with the magic 0xe2d4c3d9.
-- @module smc.handshake.conclusions.option

local say = require "smc.handshake.conclusions.say"

local option = {}

local STRIPPED <const> = "The SMC option of the %s does not arrive: something between the hosts removes it "
  .. "(experimental TCP option 254, 0xe2d4c3d9)."
local CAPTURE <const> = "smc_clc.lua -i INTERFACE --all"
local CANNOT_TELL <const> = " From here this cannot be told from an option that was taken out on the way."

-- Whether a side saw the option in the segment, by its own recording; nil if that is not known.
local function seen_by(view, role, name)
  local other = (view.facts[role] or {}).handshake
  return other and other[name] and other[name].smc
end

local function conclude_stripped(view, found, name, sender, receiver)
  say.add(found, view, "path", {
    subject = "option",
    text = STRIPPED:format(name),
    evidence = ("%s sends it, and %s does not see it"):format(say.who(view, sender), say.who(view, receiver)),
    command = CAPTURE,
  })
end

-- Whether a segment had the option when it was sent, and when it arrived; nil if that is not known.
local function ways(view, name, sender, receiver)
  local segment = view.handshake[name]
  local sent, arrived = seen_by(view, sender, name), seen_by(view, receiver, name)
  if segment and view.here == sender and sent == nil then sent = segment.smc end
  if segment and view.here == receiver and arrived == nil then arrived = segment.smc end
  return sent, arrived
end

local REASONS <const> = {
  client = {
    text = "%s a connection without the SMC option in its SYN: its socket is a TCP socket, or has TCP Fast "
      .. "Open.",
    command = "smc_run.lua COMMAND",
  },
  server = {
    text = "%s with a SYN/ACK without the SMC option: its program has no SMC socket, or TCP Fast Open.",
    command = "smc_run.lua COMMAND",
  },
  removed = {
    text = "%s a connection without the SMC option in its SYN, though its socket is an SMC socket: something "
      .. "on the host removes it, or the socket has TCP Fast Open.",
    command = "nft list ruleset; tc filter show",
  },
  limited = {
    text = "%s with a SYN/ACK without the SMC option, though its socket is an SMC socket: it limits "
      .. "handshakes, or its program has set TCP_FASTOPEN.",
    command = "sysctl net.smc.limit_smc_hs",
  },
}
local OF_SMC <const> = { client = "removed", server = "limited" }
local VERBS <const> = { client = "opens", server = "answers" }

-- Concludes from the SYN or the SYN/ACK. Returns whether it explains the connection.
local function conclude_one(view, found, name, label, sender, receiver)
  local segment = view.handshake[name]
  if not segment then return false end
  local sent, arrived = ways(view, name, sender, receiver)
  if sent and arrived == false then
    conclude_stripped(view, found, label, sender, receiver)
    return true
  elseif segment.smc or sent then
    return false
  end
  local is_smc = (view.facts[sender] or {}).smc
  local why = REASONS[is_smc and OF_SMC[sender] or sender]
  say.add(found, view, sender, {
    subject = "option",
    text = why.text:format(say.verb(view, sender, VERBS[sender])) .. (sent == nil and CANNOT_TELL or ""),
    evidence = ("the %s carries no SMC option"):format(label),
    command = sent == nil and not is_smc and CAPTURE or why.command,
  })
  return true
end

--- Adds what the option means.
-- @tparam table view
-- @tparam table found
function option.conclude(view, found)
  if conclude_one(view, found, "syn", "SYN", "client", "server") then return end
  -- A server that sees no option in the SYN does not put one into its answer.
  local _, arrived = ways(view, "syn", "client", "server")
  if arrived == false then return end
  conclude_one(view, found, "syn_ack", "SYN/ACK", "server", "client")
end

return option
