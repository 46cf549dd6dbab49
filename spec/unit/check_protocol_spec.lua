-- The first bytes of a check on the connection, and the messages that its sides exchange.
local evidence = require "smc.check.evidence"
local message_of = require "smc.check.message"
local protocol = require "smc.check.protocol"
local reason = require "smc.reason"
local view = require "smc.check.view"

describe("smc.check's probe", function()
  local function read(line) return protocol.read_answer((line:gsub("\n", ""))) end

  it("is known by its first line and its size, however it arrives", function()
    local request = protocol.request(-2, { 1, 70000 })
    assert.equal(protocol.SIZE, #request)
    assert.same({ seed = -2, sizes = { 1, 70000 } }, protocol.read_request(request))
    for _, length in ipairs { 0, 1, 5, 18, 19, protocol.SIZE - 1 } do
      assert.is_nil(protocol.read_request(request:sub(1, length)))
    end
    for _, other in ipairs { "GET / HTTP/1.0\r\n\r\n", "G", ("x"):rep(protocol.SIZE),
      "smc-check probe 2\n" } do
      assert.is_false(protocol.read_request(other))
    end
  end)

  it("is one of version 1 where it does not ask for a test that a server makes", function()
    for _, line in ipairs { "", "test 2 0000000000000001 1048577\n", "test 2 0000000000000001 0\n",
      "test 2 1 1\n", "test 3 0000000000000001 1\n", "test 2 0000000000000001 1",
      ("test 2 0000000000000001 1%s\n"):format((",1"):rep(16)) } do
      local request = "smc-check probe 1\n" .. line
      assert.same({}, protocol.read_request(request .. ("."):rep(protocol.SIZE - #request)))
    end
  end)

  it("has answers that are read exactly or not at all", function()
    local line = protocol.answer { mode = "TCP", fallback = reason.get(0x03030008) }
    assert.same({ mode = "TCP", fallback = reason.get(0x03030008) }, read(line))
    line = protocol.answer { mode = "SMC-D", dmb = { token = 0x2a, peer_token = 0x2b } }
    assert.same({ mode = "SMC-D", near_end = "000000000000002a" }, read(line))
    local links <const> = { { gid = "fe80::1", peer_gid = "fe80::2" } }
    line = protocol.answer { mode = "SMC-R", link_group = { links = links } }
    assert.same({ mode = "SMC-R", near_end = "fe80::1" }, read(line))
    for _, other in ipairs { "", "HTTP/1.0 200 OK", "smc-check answer 1 SMC-X 0x00000000 0x00000000 -",
        "smc-check answer 1 TCP 0x0 0x0 -", "smc-check answer 2 TCP 0x00000000 0x00000000 -",
        "smc-check answer 1 TCP 0x00000000 0x00000000",
        "smc-check answer 1 TCP 0x00000000 0x00000000 - -" } do
      assert.is_nil(protocol.read_answer(other))
    end
  end)

  it("has answers whose beginning is known", function()
    local line = protocol.answer { mode = "TCP" }
    for length = 1, #line - 1 do assert.is_true(protocol.begins_answer(line:sub(1, length))) end
    for _, other in ipairs { "", "HTTP", "smc-check probe", " smc" } do
      assert.is_false(protocol.begins_answer(other))
    end
  end)

  it("has an answer of those who cannot tell", function()
    for _, info in ipairs { false, {}, { state = "PROCESSABORT" } } do
      local line = protocol.answer(info or nil)
      assert.same({}, read(line))
    end
  end)

  it("is followed by commands within limits", function()
    local command = protocol.command("echo", 64, 1000):gsub("\n", "")
    assert.same({ "echo", 64, 1000 }, { protocol.read_command(command) })
    for _, line in ipairs { "", "echo", "echo 1", "ping 1 1", "echo 0 1", "echo 1 0", "echo 1048577 1",
      "sink 1 -1", "sink 1 10000001", "sink 1.5 1", "sink 1 99999999999999999999", "sink 1 1 1" } do
      assert.is_nil(protocol.read_command(line))
    end
  end)

  it("goes to the ports of servers for checks alone", function()
    local own <const> = { [80] = false, [37372] = false, [37373] = true, [37383] = true, [37384] = false }
    for port, is_own in pairs(own) do assert.equal(is_own, protocol.is_port(port)) end
  end)
end)

describe("the messages of both sides", function()
  it("carry tables as they are", function()
    for _, value in ipairs { {}, { a = 1, b = "x\n=%\127\200", c = true, d = false },
      { list = { { x = math.mininteger }, { x = math.maxinteger } }, [7] = "seven" } } do
      assert.same(value, message_of.decode(message_of.encode(value)))
    end
  end)

  it("are decoded in no other form", function()
    for _, text in ipairs { "a", "a=1", "=1\n", "a#x\n", "a#1.5\n", "a?yes\n", "a=1\na=2\n", "a=1\na.b=2\n",
      "a b=1\n", "a=\27\n", ".=1\n", ("a."):rep(9) .. "b=1\n", ("a"):rep(message_of.MAX) .. "=1\n",
      "a#99999999999999999999\n" } do
      assert.is_nil(message_of.decode(text), text)
    end
    local lines = {}
    for i = 1, 1001 do lines[i] = ("a%d#1\n"):format(i) end
    assert.is_nil(message_of.decode(table.concat(lines)))
  end)

  it("are as long as they may be, and no longer", function()
    assert.equal(4096, protocol.SIZE) -- what every version of a peer sends
    local last <const> = ("a=%s\n"):format(("x"):rep(message_of.MAX - 3))
    assert.equal(message_of.MAX, #last)
    assert.is_table(message_of.decode(last))
    assert.is_nil(message_of.decode(last:gsub("\n", "x\n")))
    local lines = {}
    for i = 1, 1000 do lines[i] = ("a%d#1\n"):format(i) end
    assert.is_table(message_of.decode(table.concat(lines)))
    for depth, is_fine in pairs { [7] = true, [8] = true, [9] = false, [20] = false } do
      assert.equal(is_fine, message_of.decode(("a."):rep(depth - 1) .. "b#1\n") ~= nil, depth)
    end
  end)

  it("give a view only what has its type", function()
    assert.same({}, view.read { mode = "SMC-X", host = 7, dmb = "x", fallback = "x" })
    assert.same({ mode = "TCP", host = "host10", fallback = reason.get "NOSMCDEV", dmb = { gid = 5 } },
      view.read { mode = "TCP", host = "host10", fallback = reason.get "NOSMCDEV".code,
        dmb = { gid = 5, token = "x", more = 7 }, more = 7 })
  end)

  it("name the same ends on both sides", function()
    local here = { mode = "SMC-D", dmb = { gid = 1, peer_gid = 2, token = 3, peer_token = 4 } }
    local there = view.read(message_of.decode(message_of.encode {
      mode = "SMC-D", dmb = { gid = 2, peer_gid = 1, token = 4, peer_token = 3 } }))
    local a, b = evidence.ends(here), evidence.ends(there)
    assert.same({ a.far, a.near }, { b.near, b.far })
  end)
end)
