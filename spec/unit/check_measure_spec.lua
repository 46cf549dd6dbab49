-- Measurements whose server does not do what one for checks does.
local loop = require "smc.check.loop"
local measure = require "smc.check.measure"
local os_core = require "smc.core.os"
local protocol = require "smc.check.protocol"
local socket = require "smc.socket"
local support = require "support"
local transfer = require "smc.check.transfer"

describe("a measurement without a second connection", function()
  -- What measure.run returns if a server sends this, and then closes the connection.
  local function run_with(answer)
    local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
    local tasks <close> = assert(loop.new())
    local deadline, result = os_core.monotonic() + support.HANG, nil
    server:settimeout(0)
    tasks:start(function()
      assert(loop.wait(server, "r", deadline))
      local client <close> = assert(server:accept())
      client:settimeout(0)
      transfer.receive(client, protocol.SIZE, deadline)
      transfer.send(client, answer, deadline)
    end)
    local _, port = server:getsockname()
    tasks:start(function() result = { measure.run(nil, "127.0.0.1", port) } end)
    while not result and os_core.monotonic() < deadline do assert(tasks:step(support.HANG)) end
    return table.unpack(result, 1, 2)
  end

  local ANSWER <const> = protocol.frame("answer", {})

  for name, case in pairs {
    ["no answer"] = { "", "closed" },
    ["another line"] = { "hello\n", "the server sent something other than answer" },
    ["a part of an answer"] = { "smc-check answer 2 100\nmode=", "closed" },
    ["an answer that is damaged"] = { "smc-check answer 2 4\n====", "it cannot be decoded" },
    ["no result"] = { ANSWER, "closed" },
    ["another line in place of the result"] = { ANSWER .. "hello\n",
      "the server sent something other than result" },
    ["two answers"] = { ANSWER .. ANSWER, "the server sent something other than result" },
  } do
    it("says why: " .. name, function()
      assert.same({ nil, "cannot connect over TCP: " .. case[2] }, { run_with(case[1]) })
    end)
  end
end)

describe("a measurement with a server that does not keep to its part", function()
  -- The module, whose clock is behind when it determines its time limit.
  local function late_measure(seconds)
    local monotonic, module, behind = os_core.monotonic, package.loaded["smc.check.measure"], seconds
    finally(function() os_core.monotonic, package.loaded["smc.check.measure"] = monotonic, module end)
    os_core.monotonic = function()
      local now = monotonic() - behind
      behind = 0
      return now
    end
    package.loaded["smc.check.measure"] = nil
    return require "smc.check.measure"
  end

  -- What late.run returns over a connection on which the server sends this.
  local function measured(late, words)
    local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
    local first, other = support.pair { fallback = "tcp" }
    local tasks <close> = assert(loop.new())
    local result
    server:settimeout(0)
    first:settimeout(0)
    other:send(words)
    tasks:start(function()
      assert(loop.wait(server, "r", math.huge))
      local client <close> = assert(server:accept())
      client:settimeout(0)
      transfer.send(client, protocol.frame("answer", {}) .. protocol.frame("result", {}), math.huge)
      loop.pause(math.huge)
    end)
    local _, port = server:getsockname()
    tasks:start(function() result = { late.run(first, "127.0.0.1", port) } end)
    while not result do assert(tasks:step(support.HANG)) end
    first:close()
    other:close()
    return table.unpack(result, 1, 2)
  end

  local ENDED <const> = "the measurement of messages of 64 bytes ended: "

  it("ends at its time limit", function()
    local started = socket.monotonic()
    assert.same({ nil, ENDED .. "timeout" }, { measured(late_measure(120 + 4 * 5 - 0.2), "") })
    assert.is_true(socket.monotonic() - started < 20) -- 30 s is how long one answer may take
  end)

  it("ends when the server says that it is not ready", function()
    for _, words in ipairs { "no\n...", "READY\n", "measure\n" } do
      assert.same({ nil, ENDED .. "the server does not say what it has to" }, { measured(measure, words) })
    end
  end)

  it("ends when the server sends what it is not asked for", function()
    for _, words in ipairs { "!", ("x"):rep(256), "ready\n" } do
      assert.same({ nil, ENDED .. "the peer has sent more than it was asked for" },
        { measured(measure, "ready\n" .. words) })
    end
  end)
end)
