-- What smc.stats computes of counters: differences, rates, and the order of reasons.
local genl = require "fuzz.genl"
local recorded = require "fuzz.recorded"
local stats = require "smc.stats"

local LEVELS <const> = { rx_rmb_usage = true, tx_rmb_usage = true }

local function snapshot(factor, fallbacks)
  return recorded.stats(genl.stats(factor), fallbacks or "")
end

-- Calls check(key, value, other values) for each number of a table, and of others of the same shape.
local function each_number(check, one, two, three)
  local count = 0
  for key, value in pairs(one) do
    local second, third = two[key], three and three[key]
    if type(value) == "table" then
      count = count + each_number(check, value, second, third)
    elseif type(value) == "number" then
      count = count + 1
      check(key, value, second, third)
    end
  end
  return count
end

local function counters_of(snap)
  return { smcd = snap.smcd, smcr = snap.smcr, handshake_errors = snap.handshake_errors }
end

-- A reason's entry: code, how often as client and as server.
local function reasons(list)
  local messages = {}
  for _, one in ipairs(list) do
    messages[#messages + 1] = genl.fallback(false, one[1], one[2], { client = 1000, server = 2000 })
    messages[#messages + 1] = genl.fallback(true, one[1], one[3], nil)
  end
  return table.concat(messages)
end

local function codes(fallback)
  local found = {}
  for i, one in ipairs(fallback.reasons) do found[i] = one.code end
  return found
end

describe("differences of counters", function()
  it("are those of each counter, and levels stay", function()
    local one, three = snapshot(1), snapshot(3)
    local change = stats.since(one, three)
    assert.is_false(change.restarted)
    local count = each_number(function(key, value, before, difference)
      assert.equal(LEVELS[key] and value or value - before, difference, key)
      assert.equal("integer", math.type(difference))
    end, counters_of(three), counters_of(one), counters_of(change))
    assert.is_true(count > 100)
  end)

  it("are the counters themselves where one of them went back, wherever it is", function()
    local before, now = snapshot(2), snapshot(2)
    local tried = 0
    local function lower(current)
      for key, value in pairs(current) do
        if type(value) == "table" then
          lower(value)
        elseif math.type(value) == "integer" and value > 0 then
          current[key] = value - 1
          local change = stats.since(before, now)
          assert.equal(not LEVELS[key], change.restarted, key)
          if not LEVELS[key] then assert.equal(now.smcd.rx_bytes, change.smcd.rx_bytes) end
          current[key] = value
          tried = tried + 1
        end
      end
    end
    lower(counters_of(now))
    assert.is_true(tried > 100)
    assert.is_false(stats.since(before, now).restarted)
    for _, side in ipairs { "client", "server" } do
      now.fallback[side] = -1
      assert.is_true(stats.since(before, now).restarted, side)
      now.fallback[side] = 0
    end
  end)

  it("have the time between, of one boot", function()
    local before, now = snapshot(1), snapshot(1)
    before.time, now.time = 100, 160.5
    assert.equal(60.5, stats.since(before, now).seconds)
    now.time = nil
    assert.is_nil(stats.since(before, now).seconds)
    now.time, before.time = 5, nil
    assert.is_nil(stats.since(before, now).seconds)
    before.time, now.boot = 1, "another"
    assert.is_nil(stats.since(before, now).seconds)
  end)
end)

describe("rates", function()
  it("are differences by seconds, in all tables, and levels and codes stay", function()
    local change = stats.since(snapshot(1), snapshot(5))
    change.seconds = 8
    change.fallback = { client = 16, server = 24, reasons = { { code = 7, client = 8, server = 4 } } }
    local rates = stats.rates(change)
    assert.same({ client = 2, server = 3, reasons = { { code = 7, client = 1, server = 0.5 } } },
      rates.fallback)
    local count = each_number(function(key, value, rate)
      assert.equal(LEVELS[key] and value or value / 8, rate, key)
    end, counters_of(change), counters_of(rates))
    assert.is_true(count > 100)
    assert.same({ 8, false }, { rates.seconds, rates.restarted })
  end)
end)

describe("reasons of fallbacks", function()
  it("are in the order of how often they occurred on both sides, and then of their codes", function()
    local fallback = snapshot(1, reasons { { 5, 1, 1 }, { 9, 0, 3 }, { 3, 2, 0 }, { 4, 0, 2 }, { 7, 3, 1 },
      { 1, 0, 1 } }).fallback
    assert.same({ 7, 9, 3, 4, 5, 1 }, codes(fallback))
    assert.same({ code = 7, client = 3, server = 1 }, fallback.reasons[1])
    assert.same({ 1000, 2000 }, { fallback.client, fallback.server })
  end)

  it("are those that occurred since, in the same order", function()
    local before = snapshot(1, reasons { { 5, 10, 10 }, { 9, 5, 5 }, { 3, 1, 1 } })
    local now = snapshot(1, reasons { { 5, 10, 11 }, { 9, 8, 5 }, { 3, 1, 1 }, { 2, 1, 0 } })
    local change = stats.since(before, now)
    assert.same({ { code = 9, client = 3, server = 0 }, { code = 2, client = 1, server = 0 },
      { code = 5, client = 0, server = 1 } }, change.fallback.reasons)
    assert.same({ 0, 0 }, { change.fallback.client, change.fallback.server })
  end)

  it("of code 0 are none", function()
    assert.same({}, snapshot(1, reasons { { 0, 5, 5 } }).fallback.reasons)
  end)
end)
