--- Determines what the facts of a check prove.
--
-- Success requires positive proof: the kernel's record of this socket says SMC-D or SMC-R while the socket
-- is connected, before and after bytes are sent; all bytes that were sent have been written into the ring in
-- the peer's memory, and all that were received into the one in this host's; the kernel has counted them;
-- and nothing that the peer does or reports contradicts that. For a fallback to TCP, the record of a
-- connected socket is sufficient, since a fallback is final. Anything else is not proven.
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

-- The steps of the proof. Each returns a message if its fact is wrong; else nil, and what the fact proves if
-- it was available.

local function check_record(facts)
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

local function check_mode(facts)
  local mode = facts.before.mode
  if mode ~= "SMC-D" and mode ~= "SMC-R" then
    return ("the kernel's record has a mode that this module does not know: %s"):format(mode)
  end
end

local function check_sending(facts)
  if facts.closed then return CLOSED end
  if facts.data or facts.sent == facts.to_send then return nil end
  return ("only %d of %d bytes of the probe could be sent: %s"):format(
    facts.sent, facts.to_send, facts.send_message)
end

local function check_second_record(facts)
  local before, after = facts.before, facts.after
  if not after then
    return "the kernel's record of the connection could not be read a second time: " .. facts.after_message
  elseif after.mode ~= before.mode then
    return ("the connection has changed from %s to %s"):format(before.mode, after.mode or "no mode")
  elseif after.state ~= "ACTIVE" then
    return ("%s: its state is %s now"):format(CLOSED, after.state)
  end
  return nil, ("%s by the kernel's record of this very socket%s, before and after the test"):format(
    after.mode, after.inode and (" (inode %d)"):format(after.inode) or "")
end

local function check_answer(facts)
  if facts.answer_fault then
    return "the answer of the peer could not be received completely: " .. facts.answer_fault
  end
  local answer, mode = facts.answer, facts.before.mode
  if not answer then return nil end
  if not answer.mode then
    return "the peer reported that it does not know the mode of its side of the connection"
  elseif answer.mode ~= mode then
    return ("this side sees %s, the peer sees %s: %s"):format(mode, answer.mode, TWO_CONNECTIONS)
  end
  return nil, ("%s sees %s too"):format(answer.host or "the peer", mode)
end

-- Compares the names that both sides have for one end: `here` and `there`.
local function difference(mode, what, here, there)
  if here == there then return nil end
  return ("both sides see %s, but as %s this side sees %s, the peer %s: %s"):format(
    mode, what, here or "nothing", there or "nothing", TWO_CONNECTIONS)
end

-- Whether both sides name the same memory and the same devices. Older servers name only their own memory.
local function difference_of_ends(record, answer)
  local mode, own = record.mode, evidence.ends(record)
  local wrong = difference(mode, "the peer's memory", own.far.token or own.far.gid, answer.near_end)
  if wrong or not answer.ends then return wrong end
  local near, far = answer.ends.near, answer.ends.far
  return difference(mode, "this host's memory", own.near.token or own.near.gid, far.token or far.gid)
    or difference(mode, "the GID of the peer's device", own.far.gid, near.gid)
    or difference(mode, "the GID of this host's device", own.near.gid, far.gid)
end

local function check_path(facts)
  local record, answer = facts.before, facts.answer
  local wrong = answer and difference_of_ends(record, answer)
  if wrong then return wrong end
  local path = evidence.path(record)
  return nil, path and path .. (answer and answer.ends and "; both sides name the same" or "")
end

local function check_data(facts)
  local data = facts.data
  if not data then return nil end
  if data.fault then return data.fault end
  local sizes = data.sizes
  return nil, ("%d bytes of random data each way, in %d sizes from %d to %d bytes, are equal on both sides")
    :format(data.bytes, #sizes, sizes[1], sizes[#sizes])
end

-- What is wrong with a count of the bytes that were written into the memory of one side.
local function wrong_count(moved, bytes, done, where)
  if not moved then
    return ("the kernel does not report how many bytes were written into the ring in %s memory"):format(where)
  elseif moved ~= bytes then
    return ("%d bytes were %s, but %d bytes were written into the ring in %s memory"):format(
      bytes, done, moved, where)
  end
end

-- Over SMC-R the cursors move when the kernel gives data to the RDMA device: a peer that does not answer is
-- reached only if its device has acknowledged the data.
local function unconfirmed(facts)
  if facts.before.mode ~= "SMC-R" then return nil end
  local confirmed = evidence.bytes_confirmed(facts.after, facts.before)
  if not confirmed or confirmed >= facts.sent then return nil end
  return ("%d bytes were sent, but the peer's RDMA device has acknowledged only %d, and the peer does not "
    .. "answer"):format(facts.sent, confirmed)
end

local function check_cursors(facts)
  if facts.to_send == 0 then return nil end
  local out = evidence.bytes_sent(facts.after, facts.before)
  local wrong = wrong_count(out, facts.sent, "sent", "the peer's")
  if wrong then return wrong end
  local text = ("%d of %d bytes sent went through shared memory"):format(out, facts.sent)
  if not facts.data then return unconfirmed(facts), text end
  local into = evidence.bytes_received(facts.after, facts.before)
  wrong = wrong_count(into, facts.received, "received", "this host's")
  return wrong, ("%s, and %d of %d bytes received; the peer's kernel says the same"):format(
    text, into or 0, facts.received)
end

local function check_counters(facts)
  if facts.to_send == 0 then return nil end
  local counted, mode = facts.counters, facts.before.mode
  if facts.counters_message then
    return "the kernel's counters could not be read: " .. facts.counters_message
  elseif not counted then
    return nil
  end
  for _, way in ipairs { { "sent", facts.sent }, { "received", facts.received or 0 } } do
    if counted[way[1]] < way[2] then
      return ("%d bytes were %s, but the kernel counted only %d bytes %s over %s"):format(
        way[2], way[1], counted[way[1]], way[1], mode)
    end
  end
  return nil, ("the kernel counted %d bytes sent and %d received over %s meanwhile, of all connections")
    :format(counted.sent, counted.received, mode)
end

-- The steps: name in a report, function, source of the fact.
local OF_SMC <const> = {
  { "mode", check_mode }, { "sending", check_sending },
  { "mode", check_second_record, "sock_diag" }, { "peer", check_answer, "peer" },
  { "path", check_path, "sock_diag" }, { "data", check_data, "comparison" },
  { "cursors", check_cursors, "sock_diag" }, { "counters", check_counters, "SMC_GEN_NETLINK" },
}

-- Goes through the steps up to the first one whose fact is wrong.
-- @return what is wrong
-- @treturn table the steps until then
local function prove(facts)
  local proof = {}
  for _, step in ipairs(OF_SMC) do
    local name, check, source = step[1], step[2], step[3]
    local fault, text = check(facts)
    if fault then
      proof[#proof + 1] = { step = name, proven = false, text = fault, source = source }
      return fault, proof
    elseif text then
      proof[#proof + 1] = { step = name, proven = true, text = text, source = source }
    end
  end
  return nil, proof
end

-- A connection that is TCP on this side is TCP, whatever the peer reports.
local function note_on_tcp(facts)
  local answer = facts.answer
  if not (answer and answer.mode) or answer.mode == "TCP" then return nil end
  return ("the peer sees %s: %s"):format(answer.mode, TWO_CONNECTIONS)
end

--- Judges a connection.
-- @tparam table facts
--   `peer`: the `address` and `port` that were connected to;
--   `before`: the record of the socket after it was connected, or nil and `before_message`;
--   `to_send`, `sent`: bytes to send (0 without a probe), and bytes that were sent; `send_message`: why
--   these are fewer; `received`: bytes that were received;
--   `closed`: whether the peer has closed the connection;
--   `answer`: the peer's view of its side, with `mode`, `near_end` and `ends` (see `smc.check.evidence`), or
--   nil if there was no answer;
--   `answer_fault`: what ended the answer before it was complete;
--   `data`: of the random data that was exchanged, `sizes`, `bytes`, and `fault` if they are not equal;
--   `after`: the record of the socket at the end, or nil and `after_message`;
--   `counters`: `sent` and `received` by the kernel's counters, or nil and perhaps `counters_message`
-- @treturn string `verdict.SMC`, `verdict.TCP` or `verdict.UNPROVEN`
-- @treturn ?string why there is no proof; with TCP, a contradiction
-- @treturn ?{table,...} the steps of the proof: `step`, `proven`, `text`, `source`; the last one is the one
--   that failed
function verdict.judge(facts)
  local fault = check_record(facts)
  if not fault and facts.before.mode == "TCP" then return verdict.TCP, note_on_tcp(facts) end
  if fault then
    return verdict.UNPROVEN, fault, { { step = "mode", proven = false, text = fault, source = "sock_diag" } }
  end
  local proof
  fault, proof = prove(facts)
  return fault and verdict.UNPROVEN or verdict.SMC, fault, proof
end

return verdict
