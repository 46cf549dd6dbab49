--- The client of a check: connects and determines the result.
-- @module smc.check.client

local args = require "smc.internal.args"
local core = require "smc.core.socket"
local evidence = require "smc.check.evidence"
local protocol = require "smc.check.protocol"
local reason = require "smc.reason"
local requirement = require "smc.check.requirement"
local socket = require "smc.socket"
local system = require "smc.system"
local text = require "smc.internal.text"
local verdict = require "smc.check.verdict"
local words = require "smc.check.words"

local client = {}

local DEFAULT_TIMEOUT <const> = 10 -- seconds
local OPTIONS <const> = {
  family = { "inet", "inet6", "unspec" }, timeout = "seconds", probe = "boolean",
  require = requirement.MODES,
}

-- How long to wait for the answer to the probe. IBM's server never answers, so a check of it always takes
-- this long; but a shorter limit could miss an answer that is late because it passes through a proxy.
local ANSWER_SECONDS <const> = 2

-- Without a probe, how long to wait whether the peer closes the connection. The duration of the handshake,
-- which takes several round trips, indicates how far away the peer is.
local function closing_seconds(connect_seconds)
  return math.min(math.max(10 * connect_seconds, 0.2), 2)
end

-- Checks the port: returns a number, or the name of a service.
local function check_port(port)
  args.check("connect", 2, port, "integer or text")
  local number = math.tointeger(tonumber(port))
  if number and (number < 1 or number > 65535) then
    args.refuse("connect", 2, ("port from 1 to 65535 expected, got %d"):format(number))
  end
  return number or port
end

local function check_arguments(host, port, options)
  args.check("connect", 1, host, "text")
  port = check_port(port)
  options = args.options("connect", 3, options, OPTIONS)
  local timeout = options.timeout
  if timeout and (timeout == 0 or timeout == math.huge) then
    args.refuse_option("timeout", ("seconds, more than 0 and finite, expected, got %s"):format(timeout))
  end
  return port, options
end

-- === no connection ===

-- The report if all attempts failed, with the message of each if there were several.
local function no_connection(report, failures)
  local said = {}
  for i, failure in ipairs(failures) do
    said[i] = #failures == 1 and failure.message or failure.address .. ": " .. failure.message
    report.address, report.errno = failure.address, failure.errno
  end
  report.message = ("no connection to %s port %s: %s"):format(
    text.printable(report.host), text.printable(report.port), table.concat(said, "; "))
  return require "smc.check.diagnosis".add(report)
end

-- Tries the addresses in turn; each has its share of the timeout.
local function reach(addresses, port, timeout)
  local failures, deadline = {}, socket.monotonic() + timeout
  for i, address in ipairs(addresses) do
    local sock = assert(socket.tcp())
    local started = socket.monotonic()
    sock:settimeout(math.max((deadline - started) / (#addresses - i + 1), 0.001))
    local ok, message = sock:connect(address, port)
    if ok then return { sock = sock, address = address, seconds = socket.monotonic() - started } end
    failures[i] = { address = address, message = message, errno = core.last_errno(sock) }
    sock:close()
  end
  return nil, failures
end

-- === a connection ===

-- Whether the peer closes the connection within so many seconds. Data that it sends is ignored.
local function waits_to_close(sock, seconds)
  local deadline = socket.monotonic() + seconds
  repeat
    sock:settimeout(math.max(deadline - socket.monotonic(), 0))
    local data, message = sock:receiveany(65536)
    if not data then return message ~= "timeout" end
  until socket.monotonic() >= deadline
  return false
end

-- Sends the probe and waits for the answer; returns the resulting facts.
local function exchange(sock, timeout)
  local facts = { to_send = #protocol.request }
  sock:settimeout(timeout)
  local last, message, partial = sock:send(protocol.request)
  facts.sent = last or partial or 0
  facts.send_message = message
  if not last then
    facts.closed = message == "closed"
    return facts
  end
  sock:settimeout(ANSWER_SECONDS)
  local line, rest
  line, message, rest = sock:receive("*l", nil, protocol.ANSWER_MAX)
  facts.answer = line and protocol.read_answer(line)
  facts.answer_unfinished = not line and protocol.begins_answer(rest)
  facts.closed = not line and message == "closed"
  return facts
end

-- Collects the facts about a connection, for `verdict.judge`.
local function gather(sock, report, options)
  local before, message, number = sock:info()
  if not before then return { before_message = message, before_errno = number } end
  local wanted = options.probe
  if wanted == nil then wanted = protocol.is_port(report.port) end
  local facts
  if wanted then
    facts = exchange(sock, options.timeout or DEFAULT_TIMEOUT)
  else
    facts = { to_send = 0, sent = 0, closed = waits_to_close(sock, closing_seconds(report.seconds)) }
  end
  facts.before = before
  facts.after, facts.after_message, facts.after_errno = sock:info()
  return facts
end

local function evidence_of(facts)
  local record = facts.after
  return {
    bytes_sent = facts.sent,
    bytes_through_shared_memory = facts.to_send > 0 and evidence.bytes_sent(record, facts.before) or nil,
    peer_mode = facts.answer and facts.answer.mode,
    dmb = record.dmb,
    link_group = record.link_group,
  }
end

-- Which side refused, and why. A side that only heard of the refusal has PEERDECL.
local function explain_fallback(report, facts)
  local own, other = facts.before.fallback, facts.before.peer_fallback
  if not other and facts.answer then other = facts.answer.fallback end
  if not other and own and own.name ~= "PEERDECL" and own.name ~= "PEERNOSMC" then
    other = reason.get("PEERDECL")
  end
  report.fallback, report.peer_fallback = own, other
  require "smc.check.diagnosis".add(report, facts.answer)
end

local function examine(sock, report, options)
  report.port = select(2, sock:getpeername()) or report.port
  local facts = gather(sock, report, options)
  facts.peer = { address = report.address, port = report.port }
  report.verdict, report.message = verdict.judge(facts)
  report.success = report.verdict == verdict.SMC
  report.errno = facts.before_errno or facts.after_errno
  local record = facts.before or {}
  report.mode, report.local_address, report.local_port = record.mode, record.local_address, record.local_port
  report.peer_mode = facts.answer and facts.answer.mode
  if report.success then
    report.evidence = evidence_of(facts)
  elseif report.verdict == verdict.TCP then
    explain_fallback(report, facts)
  end
  return report
end

-- Connects and returns a report; SMC is available.
local function test(host, port, options)
  local report = words.report { host = host, port = port, verdict = verdict.NONE, success = false }
  local addresses, message, number = socket.resolve(host, options.family)
  if not addresses then
    report.errno = number
    report.message = ("unknown destination %s: %s"):format(text.quoted(host), message)
    return require "smc.check.diagnosis".add(report)
  end
  local reached, failures = reach(addresses, port, options.timeout or DEFAULT_TIMEOUT)
  if not reached then return no_connection(report, failures) end
  local sock <close> = reached.sock
  report.address, report.seconds = reached.address, reached.seconds
  return examine(sock, report, options)
end

--- See `smc.check.connect`.
function client.connect(host, port, options)
  port, options = check_arguments(host, port, options)
  local ok, message, number = system.available()
  if not ok then return nil, message, number end
  return requirement.hold(test(host, port, options), options.require)
end

return client
