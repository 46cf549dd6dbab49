-- Measurements whose server does not do what one for checks does.
local loop = require "smc.check.loop"
local measure = require "smc.check.measure"
local os_core = require "smc.core.os"
local protocol = require "smc.check.protocol"
local socket = require "smc.socket"
local support = require "support"
local transfer = require "smc.check.transfer"

-- What a measurement over a connection returns, whose second one a task serves.
local function measured(module, sock, serve)
  local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
  local tasks <close> = assert(loop.new())
  local result
  server:settimeout(0)
  tasks:start(function()
    assert(loop.wait(server, "r", math.huge))
    local client <close> = assert(server:accept())
    client:settimeout(0)
    serve(client)
  end)
  local _, port = server:getsockname()
  tasks:start(function() result = { module.run(sock, "127.0.0.1", port) } end)
  while not result do assert(tasks:step(support.HANG)) end
  return table.unpack(result, 1, 2)
end

describe("a measurement without a second connection", function()
  -- What comes of a server that sends this, and then closes the connection.
  local function run_with(answer)
    return measured(measure, nil, function(client)
      transfer.receive(client, protocol.SIZE, math.huge)
      transfer.send(client, answer, math.huge)
    end)
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
    local monotonic, behind = os_core.monotonic, seconds
    finally(function() os_core.monotonic = monotonic end)
    os_core.monotonic = function()
      local now = monotonic() - behind
      behind = 0
      return now
    end
    return support.load_with("smc.check.measure", {})
  end

  -- What comes of a server that sends this on the first connection.
  local function run_after(module, words)
    local first, other <close> = support.pair { fallback = "tcp" }
    local _ <close> = first
    first:settimeout(0)
    other:send(words)
    return measured(module, first, function(client)
      transfer.send(client, protocol.frame("answer", {}) .. protocol.frame("result", {}), math.huge)
      loop.pause(math.huge)
    end)
  end

  local ENDED <const> = "the measurement of messages of 64 bytes ended: "

  it("ends at its time limit", function()
    local started = socket.monotonic()
    assert.same({ nil, ENDED .. "timeout" }, { run_after(late_measure(120 + 4 * 5 - 0.2), "") })
    assert.is_true(socket.monotonic() - started < 20) -- 30 s is how long one answer may take
  end)

  it("ends when the server says that it is not ready", function()
    for _, words in ipairs { "no\n...", "READY\n", "measure\n" } do
      assert.same({ nil, ENDED .. "the server does not say what it has to" }, { run_after(measure, words) })
    end
  end)

  it("ends when the server sends what it is not asked for", function()
    for _, words in ipairs { "!", ("x"):rep(256), "ready\n" } do
      assert.same({ nil, ENDED .. "the peer has sent more than it was asked for" },
        { run_after(measure, "ready\n" .. words) })
    end
  end)
end)
