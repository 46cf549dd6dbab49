--- The report of a check. All of its fields are set here.
-- @module smc.check.report

local require = require "smc.internal.load"
local E = require "smc.errno"
local evidence = require "smc.check.evidence"
local text = require "smc.internal.text"
local verdict = require "smc.check.verdict"
local words = require "smc.check.words"

local report = {}

local REPLAYED <const> = "TCP is connected, and the peer's SYN/ACK says that it has SMC, but nothing answers "
  .. "the handshake of SMC: a program or a middlebox that replays TCP options, or a firewall that drops "
  .. "packets of the connection"

local ENDED <const> = "TCP connects, but a connection with the option of SMC ends during the handshake"

--- A new report: nothing was reached yet.
-- @tparam string host
-- @tparam integer|string port
-- @treturn table
function report.new(host, port)
  return words.report { host = host, port = port, verdict = verdict.NONE, success = false }
end

-- Adds the findings: what is wrong, on which side, and how to correct it.
local function explained(r, seen)
  return require "smc.check.diagnosis".add(r, seen)
end

--- Completes the report if the test could not be made.
function report.untested(r, message, errno)
  r.message, r.errno = message, errno
  return r
end

--- Completes the report if this process cannot use SMC.
function report.without_smc(r, message, errno)
  report.untested(r, message, errno)
  local kernel = require "smc.check.path.host".kernel()
  r.findings = kernel and require "smc.check.findings".of_kernel(kernel)
  return r
end

--- Completes the report if the name of the host is unknown.
function report.no_address(r, message, errno)
  r.errno = errno
  r.message = ("unknown destination %s: %s"):format(text.quoted(r.host), message)
  return explained(r)
end

local function words_of(failure)
  if failure.stage ~= "handshake" then return failure.message end
  return failure.errno == E.ETIMEDOUT and REPLAYED or ENDED
end

--- Completes the report if all attempts failed: the message of each if there were several.
-- @tparam table r
-- @tparam {table,...} failures of `smc.check.reach`
-- @treturn table r
function report.no_connection(r, failures)
  local said = {}
  for i, failure in ipairs(failures) do
    said[i] = #failures == 1 and words_of(failure) or failure.address .. ": " .. words_of(failure)
    r.address, r.errno, r.stage = failure.address, failure.errno, failure.stage
  end
  r.message = ("no connection to %s port %s: %s"):format(
    text.printable(r.host), text.printable(r.port), table.concat(said, "; "))
  return explained(r)
end

local function evidence_of(facts)
  local record, data = facts.after, facts.data
  local sends = facts.to_send > 0
  return {
    bytes_sent = facts.sent,
    bytes_through_shared_memory = sends and evidence.bytes_sent(record, facts.before) or nil,
    bytes_received = facts.received,
    bytes_received_through_shared_memory = data and evidence.bytes_received(record, facts.before) or nil,
    data = data and { seed = ("%016x"):format(data.seed), sizes = data.sizes, bytes = data.bytes },
    counters = facts.counters,
    peer_mode = facts.answer and facts.answer.mode,
    inode = record.inode,
    device = evidence.device(record),
    dmb = record.dmb,
    link_group = record.link_group,
  }
end

-- The peer's view of the connection, without what only the verdict needs.
local function peer_of(answer)
  if not answer then return nil end
  local peer = {}
  for name, value in pairs(answer) do peer[name] = value end
  peer.near_end, peer.ends, peer.facts = nil, nil, nil
  return peer
end

-- The recorded handshake; if there is none, the report says why.
local function recorded(r, facts)
  local record, message, errno = nil, facts.unrecorded, facts.unrecorded_errno
  if facts.recorder then record, message, errno = facts.recorder:take(facts.local_port) end
  if not record then r.unread = { { what = "handshake", message = message, errno = errno } } end
  return record
end

-- Which side refused, and why: what the kernel of this host says, and what the peer says.
local function explain_fallback(r, facts)
  local own, other = facts.before.fallback, facts.before.peer_fallback
  if not other and facts.answer then other = facts.answer.fallback end
  r.fallback, r.peer_fallback = own, other
  return explained(r, { view = facts.answer, takes_plain = facts.takes_plain,
    handshake = recorded(r, facts) })
end

--- Completes the report of a connection.
-- @tparam table r with `address` and `seconds`
-- @tparam table facts see `smc.check.verdict`
-- @treturn table r
function report.connection(r, facts)
  r.verdict, r.message, r.proof = verdict.judge(facts)
  r.success = r.verdict == verdict.SMC
  r.errno = facts.before_errno or facts.after_errno or facts.counters_errno
  local record = facts.before or {}
  r.mode, r.local_address, r.local_port = record.mode, record.local_address, record.local_port
  r.peer = peer_of(facts.answer)
  r.peer_mode = r.peer and r.peer.mode
  if r.success then
    r.evidence = evidence_of(facts)
  elseif r.verdict == verdict.TCP then
    explain_fallback(r, facts)
  end
  return r
end

--- Adds what was measured.
-- @tparam table r
-- @tparam ?{table,...} rows of `smc.check.measure`
-- @tparam ?string message why there are none
function report.measurement(r, rows, message)
  r.measurements, r.measurements_message = rows, message
end

return report
