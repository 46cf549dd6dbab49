--- The client of a check: connects, collects the facts, and makes the report.
-- @module smc.check.client

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local availability = require "smc.internal.availability"
local counters = require "smc.check.counters"
local exchange = require "smc.check.exchange"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic
local names = require "smc.check.names"
local protocol = require "smc.check.protocol"
local reach = require "smc.check.reach"
local report = require "smc.check.report"

local client = {}

local DEFAULT_TIMEOUT <const> = 10 -- seconds for all of a test
local MODES <const> = { "SMC-D", "SMC-R", "SMC" } -- what can be required: "SMC" is met by either mode
local OPTIONS <const> = {
  family = { "inet", "inet6", "unspec" }, timeout = "seconds", probe = "boolean", require = MODES,
  measure = "boolean or seconds",
}

local ALL_OPTIONS <const> = {
  hosts = "table", port = "integer or text", family = OPTIONS.family, timeout = "seconds", probe = "boolean",
  require = MODES, measure = OPTIONS.measure,
}

-- What is wrong with a port, a number or the name of a service; nil: nothing.
local function fault_of_port(port)
  local number = math.tointeger(tonumber(port))
  if not number or number >= 1 and number <= 65535 then return nil end
  return ("port from 1 to 65535 expected, got %d"):format(number)
end

--- Checks the options of a test. A bad one is a caller's mistake.
-- @tparam string name of the public function
-- @tparam integer position
-- @tparam ?table options
-- @tparam table types see `smc.internal.args`
-- @treturn table options
function client.check_options(name, position, options, types)
  options = args.options(name, position, options, types)
  for _, option in ipairs { "timeout", "measure" } do
    local value = options[option]
    if value == 0 or value == math.huge then
      args.refuse_option(option, ("seconds, more than 0 and finite, expected, got %s"):format(value))
    end
  end
  return options
end

local function check_arguments(host, port, options)
  args.check("connect", 1, host, "text")
  args.check("connect", 2, port, "integer or text")
  local fault = fault_of_port(port)
  if fault then args.refuse("connect", 2, fault) end
  options = client.check_options("connect", 3, options, OPTIONS)
  return math.tointeger(tonumber(port)) or port, options
end

local function check_all_arguments(options)
  args.check("connect_all", 1, options, "table")
  client.check_options("connect_all", 1, options, ALL_OPTIONS)
  local fault = options.port and fault_of_port(options.port)
  if fault then args.refuse_option("port", fault) end
  args.option_list("hosts", options.hosts, "text")
  return math.tointeger(tonumber(options.port)) or options.port or protocol.PORT
end

-- Sends and receives the probe, if one is wanted. Returns the facts.
local function transfer(sock, mode, r, options, deadline)
  local wanted = options.probe
  if wanted == nil then wanted = protocol.is_port(r.port) end
  if wanted then return exchange.run(sock, mode, deadline) end
  return { to_send = 0, sent = 0, closed = reach.is_closed_soon(sock, r.seconds, deadline) }
end

-- Whether the peer ended a connection over TCP when data came.
local function ended_by_data(facts)
  return facts.closed and facts.sent > 0 and facts.before.mode == "TCP"
end

-- Collects the facts about a connection, for `verdict.judge`.
local function gather(sock, r, options, deadline)
  local before, message, errno = sock:info()
  if not before then return { before_message = message, before_errno = errno } end
  local counted
  counted, message, errno = counters.read()
  local facts = transfer(sock, before.mode, r, options, deadline)
  facts.before = before
  facts.after, facts.after_message, facts.after_errno = sock:info()
  if counted ~= nil then
    local again
    again, message, errno = counters.read()
    facts.counters = again and counters.moved(counted, again, before.mode)
    counted = again
  end
  if counted == nil then facts.counters_message, facts.counters_errno = message, errno end
  return facts
end

-- Measures the path if the connection uses SMC. It must still use SMC at the end.
local function measure(sock, r, seconds)
  if not r.success then return nil, "the connection does not provably use SMC" end
  if not r.peer or not r.evidence.data then return nil, "the peer is not a server of this module" end
  local run = require "smc.check.measure".run
  local rows, message = run(sock, r.address, r.port, seconds ~= true and seconds or nil)
  if not rows then return nil, message end
  local info
  info, message = sock:info()
  if not info then return nil, message end
  if info.mode ~= r.mode then return nil, ("the connection has become %s"):format(info.mode or "unknown") end
  return rows
end

-- Records the handshake of the connection, if this process may: the root user, or one with CAP_NET_RAW.
-- @treturn ?Recorder
-- @treturn ?string message
-- @treturn ?integer errno
local function record(port)
  return require "smc.handshake".recorder { port = math.type(port) == "integer" and port or nil }
end

--- Connects to a server. SMC is available. A task calls it.
-- @tparam string host
-- @tparam integer|string port
-- @tparam table options of `smc.check.connect`
-- @treturn table report
function client.test(host, port, options)
  local r = report.new(host, port)
  local deadline = monotonic() + (options.timeout or DEFAULT_TIMEOUT)
  local addresses, message, errno = names.addresses(host, options.family, deadline)
  if not addresses then return report.no_address(r, message, errno) end
  r.addresses = addresses
  local recorder <close>, unrecorded, why = record(port)
  local reached, failures = reach.any(addresses, port, deadline)
  if not reached then return report.no_connection(r, failures) end
  local sock <close> = reached.sock
  r.address, r.seconds = reached.address, reached.seconds
  r.port = select(2, sock:getpeername()) or r.port
  local _, local_port = sock:getsockname()
  local facts = gather(sock, r, options, deadline)
  facts.peer, facts.local_port = { address = r.address, port = r.port }, local_port
  facts.takes_plain = ended_by_data(facts)
    and require "smc.check.plain".takes_request(r.address, r.port, deadline)
  facts.recorder, facts.unrecorded, facts.unrecorded_errno = recorder, unrecorded, why
  report.connection(r, facts)
  if options.measure then report.measurement(r, measure(sock, r, options.measure)) end
  return r
end

-- Reports of tests that could not be made.
local function untested(hosts, port, complete, message, errno)
  local reports = {}
  for i, host in ipairs(hosts) do reports[i] = complete(report.new(host, port), message, errno) end
  return nil, message, errno, reports
end

-- Tests hosts at once.
-- @return their reports; or nil, a message, an errno, and reports that say the same
local function test_all(hosts, port, options)
  local ok, message, errno = availability.probe()
  if not ok then return untested(hosts, port, report.without_smc, message, errno) end
  local tasks <close>, why, number = loop.new()
  if not tasks then return untested(hosts, port, report.untested, why, number) end
  local reports = {}
  for i, host in ipairs(hosts) do
    tasks:start(function() reports[i] = client.test(host, port, options) end)
  end
  while tasks.count > 0 do
    ok, message, errno = tasks:step(math.huge)
    if not ok then return untested(hosts, port, report.untested, message, errno) end
  end
  return reports
end

--- See `smc.check.connect`.
function client.connect(host, port, options)
  port, options = check_arguments(host, port, options)
  local reports, message, errno, failed = test_all({ host }, port, options)
  if not reports then return nil, message, errno, failed[1] end
  if not options.require then return reports[1] end
  return require "smc.check.requirement".hold(reports[1], options.require)
end

--- See `smc.check.connect_all`.
function client.connect_all(options)
  local port = check_all_arguments(options)
  local reports, message, errno, failed = test_all(options.hosts, port, options)
  if not reports then return nil, message, errno, failed end
  if not options.require then return reports end
  for _, r in ipairs(reports) do require "smc.check.requirement".hold(r, options.require) end
  return reports
end

return client
