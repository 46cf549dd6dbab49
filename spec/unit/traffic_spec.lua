-- Messages that core.traffic moves to and fro, step by step: what has come already does not wait.
local core = require "smc.core.socket"
local E = require "smc.errno"
local monotonic = require "smc.core.os".monotonic
local support = require "support"

local FALLBACK <const> = { fallback = "tcp" }
local SHORT <const> = 0.01 -- seconds, for what does not come

describe("traffic", function()
  local near, far

  before_each(function()
    near, far = support.pair(FALLBACK)
    near:setoption("tcp-nodelay", true)
    far:settimeout(support.HANG)
  end)

  after_each(function()
    near:close()
    far:close()
  end)

  local function messages(size, count) return ("x"):rep(size * count) end

  -- What the far end has got, all of it.
  local function got()
    far:settimeout(0)
    local _, _, bytes = far:receive "*a"
    far:settimeout(support.HANG)
    return bytes
  end

  it("is sent as often as was asked for, or taken", function()
    for _, size in ipairs { 1, 7, 16384 } do
      local source, sink = core.traffic(size), core.traffic(size)
      assert.same({ 3, "w" }, { source:run(near, "source", 3, support.HANG) })
      assert.same({ 3, "r" }, { sink:run(far, "sink", 3, support.HANG) })
      assert.same({ 0, "r" }, { sink:run(far, "sink", 1, SHORT) })
    end
  end)

  it("is sent, and waits until it is back, also in pieces and with breaks", function()
    local ping = core.traffic(8)
    assert.same({ 0, "r" }, { ping:run(near, "ping", 1, SHORT) })
    assert.equal(messages(8, 1), got())
    far:send "xxx"
    assert.same({ 0, "r" }, { ping:run(near, "ping", 1, SHORT) })
    far:send "xxxxx"
    assert.same({ 1, "w" }, { ping:run(near, "ping", 1, support.HANG) })
    assert.equal("", got())
    far:send(messages(8, 2))
    assert.same({ 2, "w" }, { ping:run(near, "ping", 2, support.HANG) })
    assert.equal(messages(8, 2), got())
  end)

  it("is taken, and sent back", function()
    local echo = core.traffic(8)
    far:send "xxx"
    assert.same({ 0, "r" }, { echo:run(near, "echo", 1, SHORT) })
    far:send(messages(8, 2))
    assert.same({ 2, "r" }, { echo:run(near, "echo", 2, support.HANG) })
    assert.equal(messages(8, 2), got())
  end)

  it("that does not fit into the kernel's buffers waits for room", function()
    local echo, size = core.traffic(1 << 20), 1 << 20
    for _, sock in ipairs { near, far } do sock:setoption("send-buffer-size", 4096) end
    local sent, done, events = 0, 0, nil
    while sent < size do
      far:settimeout(0)
      local last, _, partial = far:send(messages(1, size), sent + 1)
      sent = last or partial
      done, events = echo:run(near, "echo", 1, SHORT)
    end
    assert.same({ 0, "w" }, { done, events })
  end)

  it("ends with the peer, and says so", function()
    far:close()
    local done, message, errno = core.traffic(8):run(near, "sink", 1, support.HANG)
    assert.same({ nil, E.EPIPE }, { done, errno })
    assert.is_string(message)
  end)

  it("waits as long as was asked for, and leaves the socket as it was", function()
    for _, seconds in ipairs { 0.02, 0.06 } do
      local started = monotonic()
      assert.equal(0, (core.traffic(8):run(near, "sink", 1, seconds)))
      assert.is_true(monotonic() - started >= seconds * 0.9)
    end
    assert.is_true(support.flags(near:getfd()) & 0x800 ~= 0) -- O_NONBLOCK
    near:settimeout(0)
    assert.same({ nil, "timeout", "" }, { near:receive(1) })
  end)

  -- Sends so many, whose answers are there already. Returns the traffic, and how long it took.
  local function ping(count, samples)
    far:send(messages(8, count))
    local traffic, started = core.traffic(8, samples), monotonic()
    assert.equal(count, (traffic:run(near, "ping", count, support.HANG)))
    return traffic, monotonic() - started
  end

  it("has the time of each round trip from the end of the one before", function()
    local COUNT <const> = 100
    local traffic, took = ping(COUNT, COUNT)
    local sum, last = 0, 0
    for i = 0, COUNT - 1 do
      local seconds = traffic:quantiles(i / (COUNT - 1))
      assert.is_true(seconds >= last)
      sum, last = sum + seconds, seconds
    end
    assert.is_true(sum <= took)
    assert.same({ last, (traffic:quantiles(0)) }, { traffic:quantiles(1, 0) })
  end)

  it("has as many samples as there is room for, and its messages stay as they are", function()
    local traffic = ping(5, 2)
    assert.equal(traffic:quantiles(1), (traffic:quantiles(0.999999 + 1e-6)))
    assert.equal(messages(8, 5), got())
    local none = ping(1, 0)
    assert.same({}, { none:quantiles(0.5) })
    assert.has_error(function() traffic:quantiles(1.5) end)
  end)
end)
