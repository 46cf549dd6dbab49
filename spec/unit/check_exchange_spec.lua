-- What both sides of a check say to each other on a connection: either side against one that lies.
local E = require "smc.errno"
local exchange = require "smc.check.exchange"
local loop = require "smc.check.loop"
local message_of = require "smc.check.message"
local os_core = require "smc.core.os"
local protocol = require "smc.check.protocol"
local session = require "smc.check.session"
local support = require "support"
local transfer = require "smc.check.transfer"

local pseudorandom = os_core.pseudorandom

local RING <const> = 65536
local ANSWER <const> = { mode = "SMC-D", host = "there" }
local SMCD <const> = "smc-check answer 1 SMC-D 0x00000000 0x00000000 -\n"

-- Runs a task at each end of a connection. What ends last closes it.
local function talk(near, far)
  local client, peer = support.pair { fallback = "tcp" }
  local tasks <close> = assert(loop.new())
  local results, deadline = {}, os_core.monotonic() + support.HANG
  for i, one in ipairs { { near, client }, { far, peer } } do
    one[2]:settimeout(0)
    tasks:start(function()
      results[i] = one[1](one[2])
      if i == 1 then one[2]:close() end
    end)
  end
  while tasks.count > 0 do
    assert(tasks:step(support.HANG))
    assert.is_true(os_core.monotonic() < deadline)
  end
  return results[1], results[2]
end

local function in_time() return os_core.monotonic() + support.HANG end

local function send(sock, bytes)
  assert.same({ #bytes }, { transfer.send(sock, bytes, in_time()) })
end

local function receive(sock, what)
  return assert(transfer.receive(sock, what, in_time()))
end

local function receive_frame(sock, kind)
  return assert(protocol.receive_rest(sock, kind, receive(sock, "*l"), in_time()))
end

-- Bytes with another one at an offset from 0.
local function damaged(bytes, at)
  if not at or at < 0 or at >= #bytes then return bytes end
  return bytes:sub(1, at) .. string.char(bytes:byte(at + 1) ~ 1) .. bytes:sub(at + 2)
end

describe("a text", function()
  it("is sent once, however often the peer makes it wait", function()
    local text <const> = pseudorandom(1, 0, 6000000)
    talk(function(sock) send(sock, text) end, function(sock)
      loop.pause(os_core.monotonic() + 0.01)
      assert.is_true(receive(sock, #text) == text)
      assert.same({ nil, "closed", "" }, { transfer.receive(sock, 1, in_time()) })
    end)
  end)
end)

describe("the client of a check", function()
  -- A server. lie: `difference`, `short`, `into`, `out_of`: what it adds to its result; `byte`: one that it
  -- sends is another; `echoes`: it sends what it got; `closes`: before a block.
  local function server(lie)
    return function(sock)
      local request = protocol.read_request(receive(sock, protocol.SIZE))
      send(sock, protocol.frame("answer", ANSWER))
      local offset = 0
      for i, size in ipairs(request.sizes) do
        if lie.closes == i then return sock:close() end
        assert.equal(pseudorandom(request.seed, offset, size), receive(sock, size))
        local seed = lie.echoes and request.seed or ~request.seed
        send(sock, damaged(pseudorandom(seed, offset, size), lie.byte and lie.byte - offset))
        if lie.echoes or lie.byte and lie.byte < offset + size then return end
        offset = offset + size
      end
      if lie.closes then return sock:close() end
      local received, sent = sock:getstats()
      local result = { mode = "SMC-D", received = offset - (lie.short or 0), difference = lie.difference,
        memory_in = received + (lie.into or 0), memory_out = sent + (lie.out_of or 0) }
      for name, value in pairs(lie.result or {}) do result[name] = value end
      send(sock, protocol.frame("result", result))
    end
  end

  local function check(far)
    local deadline = os_core.monotonic() + support.HANG
    return (talk(function(sock) return exchange.run(sock, "SMC-D", deadline) end, far))
  end

  it("is content with a peer that got and sent everything", function()
    local facts = check(server {})
    assert.is_nil(facts.data.fault)
    assert.equal("there", facts.answer.host)
    assert.same({ false, facts.to_send, facts.data.bytes }, { facts.closed, facts.sent, facts.data.sent })
    assert.equal(protocol.SIZE + facts.data.bytes, facts.sent)
    assert.equal(facts.data.bytes, facts.data.received)
    assert.is_true(facts.received > facts.data.bytes)
  end)

  -- How the peer lies, and what is said.
  local LIES <const> = {
    { { short = 1 }, "the peer received only 87617 of 87618 bytes" },
    { { difference = 7 }, "byte 7 of the random data that the peer received is not" },
    { { into = 1 }, "by the peer's kernel 91715 bytes were written into its memory, but 91714 were sent" },
    { { out_of = -1 }, "bytes were written into the memory of this host, but" },
    { { echoes = true }, "of the random data that was received is not the one that was sent" },
    { { byte = 0 }, "byte 0 of the random data that was received is not the one that was sent" },
    { { byte = 6000 }, "byte 6000 of the random data that was received" },
    { { byte = 87617 }, "byte 87617 of the random data that was received" },
    { { closes = 4 }, "only 1601 of 87618 bytes of random data were received: closed", true },
    { { closes = 7 }, "the peer did not report what it received: closed", true },
    { { result = { mode = "TCP" } }, "does not say any more that the connection uses SMC-D" },
    { { result = { difference = false } }, "it is not a result" },
    { { result = { difference = "7" } }, "it is not a result" },
    { { result = { received = { 1 } } }, "it is not a result" },
    { { result = { received = "87618" } }, "it is not a result" },
    { { result = { memory_in = { 1 } } }, "it is not a result" },
    { { result = { memory_out = true } }, "it is not a result" },
  }

  for _, lie in ipairs(LIES) do
    it(("says: %s %s"):format(lie[2], message_of.encode(lie[1])), function()
      local facts = check(server(lie[1]))
      assert.truthy(facts.data.fault and facts.data.fault:find(lie[2], 1, true), facts.data.fault)
      assert.equal(lie[3] or false, facts.closed)
    end)
  end

  -- The clock of the exchange is behind, by nearly the time that it waits for an answer.
  local function check_with_less_time(far)
    local monotonic = os_core.monotonic
    finally(function() os_core.monotonic = monotonic end)
    os_core.monotonic = function() return monotonic() - 1.9 end
    return check(far)
  end

  local function wait_for_the_end(sock)
    receive(sock, protocol.SIZE)
    transfer.receive(sock, 1, in_time())
  end

  it("takes silence for a peer that does not answer", function()
    local facts = check_with_less_time(wait_for_the_end)
    assert.same({ false, protocol.SIZE }, { facts.closed, facts.sent })
    assert.same({}, { facts.answer, facts.answer_fault, facts.data })
  end)

  -- What begins as an answer and is none is a fault; other text is no answer.
  local TEXTS <const> = {
    { SMCD:sub(1, 20), "timeout" }, { "220 mail" }, { "220 mail\n" }, { "smc-check\n" },
    { SMCD:sub(1, 22) .. "\n", "it cannot be decoded" },
    { "smc-check answer 2 x\n", "it cannot be decoded" },
    { "smc-check answer 3 0\n", "it cannot be decoded" },
    { "smc-check answer 2 99999999999999999999\n", "it cannot be decoded" },
  }

  for _, case in ipairs(TEXTS) do
    it(("takes %q for %s"):format(case[1], case[2] and "a fault" or "no answer"), function()
      local facts = check_with_less_time(function(sock)
        send(sock, case[1])
        wait_for_the_end(sock)
      end)
      assert.equal(case[2], facts.answer_fault)
      assert.is_nil(facts.answer)
    end)
  end

  it("reads an answer that comes in pieces", function()
    local facts = check(function(sock)
      receive(sock, protocol.SIZE)
      for at = 1, #SMCD, 10 do
        send(sock, SMCD:sub(at, at + 9))
        loop.pause(os_core.monotonic() + 0.001)
      end
    end)
    assert.same({ mode = "SMC-D" }, facts.answer)
  end)
end)

describe("a server's part of a check", function()
  local SIZES <const> = { 1, 70000, 5 }
  local SEED <const> = 42

  -- The kernel's record of a connection that has moved so much.
  local function record(received, sent)
    return { mode = "SMC-D", connection = { rmbe_size = RING, peer_rmbe_size = RING,
      rx_prod = { wrap = received // RING, count = received % RING },
      tx_prod = { wrap = sent // RING, count = sent % RING } } }
  end

  -- The session; the first looks at the kernel see less than has been sent.
  local function serve(seen, behind)
    local is_measuring, left = false, behind or 0
    local host = { idle_seconds = support.HANG }
    function host.probed(client, info) seen.client, seen.info = client, info end
    function host.is_measuring() return is_measuring end
    function host.measuring()
      is_measuring = true
      return setmetatable({}, { __close = function() is_measuring = false end })
    end
    function host.look(sock)
      local received, sent = sock:getstats()
      left = left - 1
      return record(received, sent > 0 and left >= 0 and sent - 1 or sent)
    end
    return function(sock)
      session.run(sock, seen, host)
      sock:close()
    end
  end

  -- Makes the test; byte: one that is sent is another. Returns the result.
  local function test(sock, byte)
    send(sock, protocol.request(SEED, SIZES))
    assert.equal("SMC-D", receive_frame(sock, "answer").mode)
    local offset = 0
    for _, size in ipairs(SIZES) do
      send(sock, damaged(pseudorandom(SEED, offset, size), byte and byte - offset))
      if byte and byte < offset + size then break end
      assert.equal(pseudorandom(~SEED, offset, size), receive(sock, size))
      offset = offset + size
    end
    return receive_frame(sock, "result")
  end

  it("reports what it got, and what has moved when everything has", function()
    local seen, sent, received = {}, nil, nil
    local result = talk(function(sock)
      local result = test(sock)
      received, sent = sock:getstats()
      received = received - #protocol.frame("result", result)
      return result
    end, serve(seen, 5))
    assert.same({ mode = "SMC-D", received = 70006, memory_in = sent, memory_out = received }, result)
    assert.equal(seen, seen.client)
    assert.equal("SMC-D", seen.info.mode)
  end)

  it("reports the first byte that differs", function()
    for _, byte in ipairs { 0, 1, 66000, 70001, 70005 } do
      local result = talk(function(sock) return test(sock, byte) end, serve {})
      assert.equal(byte, result.difference)
    end
  end)

  it("obeys one command after the other", function()
    talk(function(sock)
      test(sock)
      for _ = 1, 2 do
        send(sock, protocol.command("echo", 10, 3))
        assert.equal("ready", receive(sock, "*l"))
        for i = 1, 3 do
          local words = ("message %02d"):format(i)
          send(sock, words)
          assert.equal(words, receive(sock, 10))
        end
        send(sock, protocol.command("sink", 100, 7))
        assert.equal("ready", receive(sock, "*l"))
        send(sock, ("x"):rep(700))
        assert.equal(protocol.DONE, receive(sock, #protocol.DONE))
      end
      send(sock, "delete 1 1\n")
      assert.same({ nil, "closed", "" }, { transfer.receive(sock, 1, in_time()) })
    end, serve {})
  end)

  it("ends where messages come before they are asked for", function()
    for _, kind in ipairs { "echo", "sink" } do
      talk(function(sock)
        test(sock)
        send(sock, protocol.command(kind, 10, 3) .. ("x"):rep(30))
        assert.equal("ready", receive(sock, "*l"))
        assert.is_nil((transfer.receive(sock, 1, in_time())))
      end, serve {})
    end
  end)

  it("is a line for a client of version 1", function()
    local first <const> = "smc-check probe 1\n"
    talk(function(sock)
      send(sock, first .. ("."):rep(protocol.SIZE - #first))
      assert.equal(SMCD, receive(sock, "*l") .. "\n")
    end, serve {})
  end)

  it("is an end for what is no request", function()
    talk(function(sock)
      send(sock, "GET / HTTP/1.0\r\n\r\n")
      assert.is_nil((transfer.receive(sock, 1, in_time())))
    end, serve {})
  end)

  it("is a view without content for a client that asks for none", function()
    talk(function(sock)
      send(sock, protocol.request(SEED))
      assert.same({}, receive_frame(sock, "answer"))
      assert.equal(message_of.encode { mode = "SMC-D", received = 0, memory_in = protocol.SIZE,
        memory_out = #protocol.frame("answer", {}) }, message_of.encode(receive_frame(sock, "result")))
    end, serve {})
  end)
end)

describe("the counters of the kernel", function()
  local function read(...)
    return support.on_answers("smc.check.counters", { stats = { ... } }).read()
  end

  it("tell the bytes of each direction, of one technology", function()
    local moved = require "smc.check.counters".moved
    local before <const> = { smcd = { tx_bytes = 10, rx_bytes = 100 }, smcr = { tx_bytes = 0, rx_bytes = 0 } }
    local after <const> = { smcd = { tx_bytes = 13, rx_bytes = 107 }, smcr = { tx_bytes = 1, rx_bytes = 2 } }
    assert.same({ sent = 3, received = 7 }, moved(before, after, "SMC-D"))
    assert.same({ sent = 1, received = 2 }, moved(before, after, "SMC-R"))
    assert.same({}, { moved(before, after, "TCP"), moved(false, after, "SMC-D"), moved(before, {}, "SMC-D") })
  end)

  it("may be lacking, which is no error", function()
    assert.is_false(read(nil, "not supported", E.EOPNOTSUPP))
    assert.is_false(read {})
    assert.same({ nil, "no memory", E.ENOMEM }, { read(nil, "no memory", E.ENOMEM) })
    assert.same({ smcd = {} }, read { { smcd = {} } })
  end)
end)
