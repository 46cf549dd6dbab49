--- Measures a connection over SMC and one over TCP to the same server, in turn.
-- @module smc.check.measure

local batch = require "smc.check.batch"
local monotonic = require "smc.core.os".monotonic
local protocol = require "smc.check.protocol"
local reach = require "smc.check.reach"
local transfer = require "smc.check.transfer"

local measure = {}

local SIZES <const> = { 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576 }
local SECONDS <const> = 5
local ROUNDS <const> = 4 -- in which the paths take turns
local FIRST <const>, GROWTH <const> = 4, 8 -- messages that find out how long one takes; how many more next
local MOST <const> = 200000 -- messages of a turn
local SAMPLES <const> = 1 << 17
local PATIENCE <const> = 30 -- seconds, for one turn
local LIMIT <const>, LIMIT_GROWTH <const> = 120, 4 -- seconds for all, and more for each that is wanted
local PATHS <const> = { "smc", "tcp" }

-- Receives what the server has to say, and nothing else.
local function expect(sock, words, deadline)
  local said, message = transfer.receive(sock, #words, deadline)
  if said == words then return true end
  return nil, message or "the server does not say what it has to"
end

-- Asks the server for messages and exchanges them, before the time limit of the measurement. Returns how many
-- seconds that took.
local function turn(sock, traffic, kind, size, count, limit)
  local deadline = math.min(limit, monotonic() + PATIENCE)
  transfer.send(sock, protocol.command(kind == "ping" and "echo" or "sink", size, count), deadline)
  local ok, message = expect(sock, protocol.READY, deadline)
  if not ok then return nil, message end
  local started = monotonic()
  ok, message = batch.run(sock, traffic, kind, count, deadline)
  if ok and kind == "source" then ok, message = expect(sock, protocol.DONE, deadline) end
  if not ok then return nil, message end
  return monotonic() - started
end

-- How many messages fill a turn, found by trying more and more.
local function count_for(sock, kind, size, seconds, limit)
  local traffic, count = batch.traffic(size), FIRST
  while true do
    local took, message = turn(sock, traffic, kind, size, count, limit)
    if not took then return nil, message end
    local filling = count * seconds / math.max(took, 1e-6)
    if filling <= count * GROWTH or count == MOST then
      return math.max(1, math.min(MOST, math.floor(filling)))
    end
    count = math.min(MOST, count * GROWTH)
  end
end

-- Measures one size over one path: `run` makes a turn of each kind.
local function gauge(sock, size, seconds, limit)
  local pings, message = count_for(sock, "ping", size, seconds, limit)
  if not pings then return nil, message end
  local blocks
  blocks, message = count_for(sock, "source", size, seconds, limit)
  if not blocks then return nil, message end
  local self = { ping = batch.traffic(size, SAMPLES), source = batch.traffic(size), turns = 0,
    ping_seconds = 0, source_seconds = 0, pings = pings, blocks = blocks }
  function self.run()
    for kind, count in pairs { ping = pings, source = blocks } do
      local took, why = turn(sock, self[kind], kind, size, count, limit)
      if not took then return nil, why end
      self[kind .. "_seconds"] = self[kind .. "_seconds"] + took
    end
    self.turns = self.turns + 1
    return true
  end
  return self
end

local function result_of(one, size)
  local p50, p90, p99, p999 = one.ping:quantiles(0.5, 0.9, 0.99, 0.999)
  return {
    round_trip = { mean = one.ping_seconds / one.turns / one.pings, p50 = p50, p90 = p90, p99 = p99,
      p999 = p999 },
    throughput = size * one.blocks * one.turns / one.source_seconds,
  }
end

-- A row of the table: both paths, and the ratio of SMC to TCP.
local function measure_size(socks, size, seconds, limit)
  local gauges = {}
  for _, path in ipairs(PATHS) do
    local one, message = gauge(socks[path], size, seconds, limit)
    if not one then return nil, message end
    gauges[path] = one
  end
  for _ = 1, ROUNDS do
    for _, path in ipairs(PATHS) do
      local ok, message = gauges[path].run()
      if not ok then return nil, message end
    end
  end
  local row = { size = size, smc = result_of(gauges.smc, size), tcp = result_of(gauges.tcp, size) }
  row.ratio = { round_trip = row.smc.round_trip.p50 / row.tcp.round_trip.p50,
    throughput = row.smc.throughput / row.tcp.throughput }
  return row
end

-- Receives a message of the server. Returns nil and why, if it is not one.
local function receive(sock, kind, deadline)
  local line, why = transfer.receive(sock, "*l", deadline, protocol.ANSWER_MAX)
  if not line then return nil, why end
  local value
  value, why = protocol.receive_rest(sock, kind, line, deadline)
  return value, why or ("the server sent something other than %s"):format(kind)
end

-- A TCP connection to the same server, which is ready for commands.
local function connect_tcp(address, port)
  local deadline = monotonic() + PATIENCE
  local sock, message = reach.over_tcp(address, port, deadline)
  if sock then
    local ok
    transfer.send(sock, protocol.request(0), deadline)
    ok, message = receive(sock, "answer", deadline)
    if ok then ok, message = receive(sock, "result", deadline) end
    if ok then return sock end
    sock:close()
  end
  return nil, ("cannot connect over TCP: %s"):format(message)
end

--- Measures. A task calls it.
-- @param sock over SMC, after its test
-- @tparam string address of the server
-- @tparam integer port
-- @tparam[opt=5] number seconds the approximate duration; a slow peer can prolong it, to four times as long
--   and two minutes, and then the measurement fails
-- @tparam[opt] {integer,...} sizes of messages
-- @treturn[1] {table,...} of each size: `size`; `smc` and `tcp`, each with `round_trip` (seconds: `mean`, and
--   the quantiles `p50`, `p90`, `p99` and `p999`) and `throughput` (bytes per second); `ratio`: of SMC
--   to TCP, for `round_trip` (the median) and `throughput`
-- @treturn[2] nil
-- @treturn[2] string message
function measure.run(sock, address, port, seconds, sizes)
  sizes, seconds = sizes or SIZES, seconds or SECONDS
  local limit = monotonic() + LIMIT + LIMIT_GROWTH * seconds
  local tcp <close>, message = connect_tcp(address, port)
  if not tcp then return nil, message end
  local socks = { smc = sock, tcp = tcp }
  for _, path in ipairs(PATHS) do socks[path]:setoption("tcp-nodelay", true) end
  local rows, share = {}, seconds / #sizes / (ROUNDS + 1) / #PATHS / 2
  for i, size in ipairs(sizes) do
    rows[i], message = measure_size(socks, size, share, limit)
    if not rows[i] then
      return nil, ("the measurement of messages of %d bytes ended: %s"):format(size, message)
    end
  end
  return rows
end

return measure
