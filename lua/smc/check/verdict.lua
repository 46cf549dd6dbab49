--- Determines what the facts of a check prove.
--
-- Success requires positive proof: the kernel's record of this socket says SMC-D or SMC-R while the socket
-- is connected, before and after bytes are sent; all bytes that were sent have been written into the ring in
-- the peer's memory; and nothing that the peer does or reports contradicts that. For a fallback to TCP, the
-- record of a connected socket is sufficient, since a fallback is final. Anything else is not proven.
-- @module smc.check.verdict

local evidence = require "smc.check.evidence"

local verdict = { SMC = "SMC", TCP = "TCP", UNPROVEN = "not proven", NONE = "no connection" }

local TWO_CONNECTIONS <const> = "these are two connections, with a proxy or a port forwarder between them, "
  .. "or the peer reports wrong values"
local CLOSED <const> = "the peer closed the connection before the check was done"

-- IPv4-mapped IPv6 is IPv4, and the interface of a link-local address is not part of the address.
local function bare(address)
  return (address:gsub("%%.*", ""):gsub("^::ffff:(%d+%.)", "%1"))
end

local function names_another_peer(record, peer)
  return record.peer_port and record.peer_port ~= peer.port
    or record.peer_address and bare(record.peer_address) ~= bare(peer.address)
end

-- The steps of the proof: each returns a message about what is wrong with its fact, or nil.

local function fault_of_record(facts)
  local record = facts.before
  if not record then
    return "the kernel's record of the connection could not be read: " .. facts.before_message
  elseif record.state ~= "ACTIVE" then
    if facts.closed then return CLOSED end
    return ("the kernel's record says that the socket is not connected: its state is %s"):format(record.state)
  elseif not record.mode then
    return "the kernel's record of the connection does not say which mode it has"
  elseif names_another_peer(record, facts.peer) then
    return ("the kernel's record names another peer: %s port %s"):format(
      record.peer_address or "unknown address", record.peer_port or "unknown")
  end
end

local function fault_of_mode(facts)
  local mode = facts.before.mode
  if mode == "SMC-D" or mode == "SMC-R" then return nil end
  return ("the kernel's record has a mode that this module does not know: %s"):format(mode)
end

local function fault_of_sending(facts)
  if facts.closed then return CLOSED end
  if facts.sent == facts.to_send then return nil end
  return ("only %d of %d bytes of the probe could be sent: %s"):format(
    facts.sent, facts.to_send, facts.send_message)
end

local function fault_of_second_record(facts)
  local before, after = facts.before, facts.after
  if not after then
    return "the kernel's record of the connection could not be read a second time: " .. facts.after_message
  elseif after.mode ~= before.mode then
    return ("the connection has changed from %s to %s"):format(before.mode, after.mode or "no mode")
  elseif after.state ~= "ACTIVE" then
    return ("%s: its state is %s now"):format(CLOSED, after.state)
  end
end

local function fault_of_answer(facts)
  if facts.answer_unfinished then return "the peer did not complete its answer in time" end
  local answer, mode = facts.answer, facts.before.mode
  if not answer then return nil end
  if not answer.mode then
    return "the peer reported that it does not know the mode of its side of the connection"
  elseif answer.mode ~= mode then
    return ("this side sees %s, the peer sees %s: %s"):format(mode, answer.mode, TWO_CONNECTIONS)
  elseif answer.near_end ~= evidence.far_end(facts.before) then
    return ("both sides see %s, but as the peer's memory this side sees %s, the peer %s: %s"):format(
      mode, evidence.far_end(facts.before) or "nothing", answer.near_end or "nothing", TWO_CONNECTIONS)
  end
end

local function fault_of_cursors(facts)
  if facts.to_send == 0 then return nil end
  local moved = evidence.bytes_sent(facts.after, facts.before)
  if not moved then
    return "the kernel does not report how many bytes were written into the ring in the peer's memory"
  elseif moved ~= facts.sent then
    return ("%d bytes were sent, but %d bytes were written into the ring in the peer's memory"):format(
      facts.sent, moved)
  end
end

local function first_fault(facts, steps)
  for _, step in ipairs(steps) do
    local fault = step(facts)
    if fault then return fault end
  end
end

-- A connection that is TCP on this side is TCP, whatever the peer reports.
local function note_on_tcp(facts)
  local answer = facts.answer
  if not (answer and answer.mode) or answer.mode == "TCP" then return nil end
  return ("the peer sees %s: %s"):format(answer.mode, TWO_CONNECTIONS)
end

local OF_SMC = { fault_of_mode, fault_of_sending, fault_of_second_record, fault_of_answer, fault_of_cursors }

--- Judges a connection.
-- @tparam table facts
--   `peer`: the `address` and `port` that were connected to;
--   `before`: the record of the socket after it was connected, or nil and `before_message`;
--   `to_send`, `sent`: bytes to send (0 without a probe), and bytes that were sent; `send_message`: why
--   these are fewer;
--   `closed`: whether the peer has closed the connection;
--   `answer`: the peer's report of its side, its `mode` and `near_end`, or nil if there was no answer;
--   `answer_unfinished`: whether only the beginning of an answer was received;
--   `after`: the record of the socket at the end, or nil and `after_message`
-- @treturn string `verdict.SMC`, `verdict.TCP` or `verdict.UNPROVEN`
-- @treturn ?string why there is no proof; with TCP, a contradiction
function verdict.judge(facts)
  local fault = fault_of_record(facts)
  if not fault and facts.before.mode == "TCP" then return verdict.TCP, note_on_tcp(facts) end
  fault = fault or first_fault(facts, OF_SMC)
  if fault then return verdict.UNPROVEN, fault end
  return verdict.SMC
end

return verdict
