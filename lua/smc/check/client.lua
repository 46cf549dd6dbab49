--- The side of a check that connects and judges.
-- @module smc.check.client

local args = require "smc.internal.args"
local evidence = require "smc.check.evidence"
local hint = require "smc.check.hint"
local probe = require "smc.check.probe"
local reason = require "smc.reason"
local socket = require "smc.socket"
local system = require "smc.system"

local client = {}

-- How long a server may take to answer the probe. IBM's never does, so that this is what a check
-- of it costs. The handshake, several round trips, tells how far away the server is.
local function answer_seconds(connect_seconds)
  return math.min(math.max(10 * connect_seconds, 0.2), 2)
end

local OPTIONS = { family = { "inet", "inet6", "unspec" }, timeout = "seconds" }

-- Sends the probe and waits for the answer: what the peer says of its side, or nil.
local function exchange(sock, timeout, connect_seconds)
  sock:settimeout(timeout)
  local ok, message = sock:send(probe.request)
  if not ok then return nil, message end
  sock:settimeout(answer_seconds(connect_seconds))
  local line = sock:receive("*l", nil, probe.ANSWER_MAX)
  return line and probe.read_answer(line)
end

local function gather_evidence(before, after, peer)
  return {
    bytes_sent = probe.SIZE,
    bytes_through_shared_memory = evidence.bytes_sent(after, before),
    peer_mode = peer and peer.mode,
    dmb = after.dmb,
    link_group = after.link_group,
  }
end

-- Which side refused, and why. A side that only heard of the refusal has PEERDECL.
local function judge_fallback(report, record, peer)
  local own, other = record.fallback_reason, record.peer_reason
  if not other and peer then other = peer.fallback_reason end
  local declined = reason.get("PEERDECL").code
  if not other and own and own ~= declined and own ~= reason.get("PEERNOSMC").code then
    other = declined
  end
  report.fallback = own and reason.get(own)
  report.peer_fallback = other and reason.get(other)
  local cause = own ~= declined and report.fallback or report.peer_fallback or report.fallback
  report.advice = cause and hint.advice(cause)
end

local function examine(sock, report, timeout)
  local before, message, errno = sock:info()
  if not before then return nil, message, errno end
  local peer = exchange(sock, timeout, report.seconds)
  local after = sock:info() or before
  report.mode, report.success = before.mode, before.mode ~= "TCP"
  report.local_address, report.local_port = before.local_address, before.local_port
  report.peer_mode = peer and peer.mode
  if report.success then
    report.evidence = gather_evidence(before, after, peer)
  else
    judge_fallback(report, before, peer)
  end
  return report
end

--- Connects to a server and tells how the connection travels.
--
-- The report has `host`, `address`, `port`, `seconds` (until connected), `mode`, `success` (true
-- when the mode is SMC-D or SMC-R), `local_address`, `local_port`, and `peer_mode` where the peer
-- is a server of this module. With success also `evidence`: `bytes_sent`,
-- `bytes_through_shared_memory` (by the kernel's cursors), `dmb` or `link_group`. Without it
-- `fallback` and `peer_fallback`, records of `smc.reason`, and `advice`, what to do about the cause.
-- @tparam string host name or address
-- @tparam number|string port
-- @tparam[opt] table options `family`: "inet", "inet6"; `timeout`: seconds to connect, default 10
-- @treturn table the report, or nil, a message and (where the kernel gave one) errno: no connection
-- @raise for an argument of a wrong type, and an unknown option
function client.connect(host, port, options)
  args.check("connect", 1, host, "text")
  args.check("connect", 2, port, "integer or text")
  options = args.options("connect", 3, options, OPTIONS)
  local timeout = options.timeout or 10
  local ok, message, errno = system.available()
  if not ok then return nil, message, errno end
  local addresses
  addresses, message = socket.resolve(host, options.family)
  if not addresses then return nil, ("unknown destination '%s': %s"):format(host, message) end

  local started = socket.monotonic()
  for _, address in ipairs(addresses) do
    local sock <close> = assert(socket.tcp())
    sock:settimeout(math.max(started + timeout - socket.monotonic(), 0.001))
    ok, message = sock:connect(address, port)
    if ok then
      local report = { host = host, address = address, seconds = socket.monotonic() - started }
      report.port = select(2, sock:getpeername())
      return examine(sock, report, timeout)
    end
  end
  return nil, ("no connection to %s port %s: %s"):format(host, port, message)
end

return client
