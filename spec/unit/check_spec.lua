local check = require "smc.check"
local errno = require "smc.errno"
local evidence = require "smc.check.evidence"
local message_of = require "smc.check.message"
local protocol = require "smc.check.protocol"
local reason = require "smc.reason"
local requirement = require "smc.check.requirement"
local smc = require "smc"
local verdict = require "smc.check.verdict"
local view = require "smc.check.view"
local words = require "smc.check.words"

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
    for _, value in ipairs { {}, { a = 1, b = "x\n=%\200", c = true, d = false },
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

-- A record of a connection into whose peer's memory so many bytes have been written.
local function record(written, changes)
  local r = {
    state = "ACTIVE", mode = "SMC-D", peer_address = "192.168.0.10", peer_port = 37373,
    connection = { token = 7, tx_prod = { wrap = 0, count = written }, peer_rmbe_size = 65504 },
    dmb = { gid = 1, peer_gid = 2, peer_token = 3 },
  }
  for key, value in pairs(changes or {}) do r[key] = value or nil end
  return r
end

-- Facts that prove SMC, but for the changes; a change to false takes a fact away.
local function facts(changes)
  local f = {
    peer = { address = "192.168.0.10", port = 37373 }, before = record(0), after = record(4096),
    to_send = 4096, sent = 4096, answer = { mode = "SMC-D", near_end = "0000000000000003" }, closed = false,
  }
  for key, value in pairs(changes or {}) do f[key] = value or nil end
  return f
end

-- As above, of a check with random data, whose peer tells its view.
local function tested(changes)
  local answer = { mode = "SMC-D", dmb = { gid = 2, peer_gid = 1, token = 3, peer_token = 4 } }
  for key, value in pairs(changes and changes.view or {}) do answer.dmb[key] = value end
  answer.near_end, answer.ends = evidence.near_end(answer), evidence.ends(answer)
  local dmb <const> = { gid = 1, peer_gid = 2, token = 4, peer_token = 3 }
  local f = facts { answer = answer, received = 300, sent = 4296, before = record(0, { dmb = dmb }),
    after = record(4296, { dmb = dmb }), data = { sizes = { 1, 199 }, bytes = 200 },
    counters = { sent = 4296, received = 300 } }
  f.before.connection.rx_prod, f.before.connection.rmbe_size = { wrap = 0, count = 0 }, 65504
  f.after.connection.rx_prod, f.after.connection.rmbe_size = { wrap = 0, count = 300 }, 65504
  for key, value in pairs(changes or {}) do
    if key ~= "view" then f[key] = value or nil end
  end
  return f
end

-- As above, of a check that sends nothing.
local function silent(changes)
  local f = facts { to_send = 0, sent = 0, answer = false, after = record(0) }
  for key, value in pairs(changes or {}) do f[key] = value or nil end
  return f
end

local function over_smcr(written, changes)
  local link = { ibdev = "rxe0", ibport = 1, gid = "a", peer_gid = "b" }
  local r = record(written, { mode = "SMC-R", dmb = false })
  r.link_group = { role = "client", links = { link } }
  for key, value in pairs(changes or {}) do r[key] = value or nil end
  return r
end

-- Facts of a peer that does not answer over SMC-R, whose RDMA device has acknowledged so many bytes.
local function acknowledged(count)
  local f = facts { before = over_smcr(0), after = over_smcr(4096), answer = false }
  for side, bytes in pairs { before = 0, after = count } do
    f[side].connection.tx_fin, f[side].connection.sndbuf_size = { wrap = 0, count = bytes }, 65536
  end
  return f
end

describe("the verdict of a check", function()
  local PROOFS <const> = {
    ["SMC-D, and the peer sees it too"] = facts(),
    ["SMC-D, and the peer says nothing"] = facts { answer = false },
    ["SMC-D, with data both ways, and the kernel's counters"] = tested(),
    ["SMC-D, and the kernel has no counters"] = tested { counters = false },
    ["SMC-D, and the counters have more of other connections"] =
      tested { counters = { sent = 1 << 40, received = 1 << 40 } },
    ["SMC-R"] = facts { before = over_smcr(0), after = over_smcr(4096),
      answer = { mode = "SMC-R", near_end = "b" } },
    ["SMC-R, and the peer says nothing, but its device has acknowledged all"] = acknowledged(4096),
    ["the ring in the peer's memory went round"] =
      facts { before = record(65000), after = record(0, { connection = {
        token = 7, tx_prod = { wrap = 1, count = 65000 + 4096 - 65504 }, peer_rmbe_size = 65504 } }) },
    ["nothing was to be sent, and the record is there"] = silent(),
    ["nothing was to be sent, and there are no cursors"] =
      silent { before = record(0, { connection = false }), after = record(0, { connection = false }) },
    ["IPv4 over IPv6 is the address that was asked for"] =
      facts { before = record(0, { peer_address = "::ffff:192.168.0.10" }) },
    ["an address with its interface"] = facts { peer = { address = "fe80::1%eth0", port = 37373 },
      before = record(0, { peer_address = "fe80::1" }) },
    ["a record without addresses, as those of IPPROTO_SMC"] =
      facts { before = record(0, { peer_address = false }) },
  }

  for name, proof in pairs(PROOFS) do
    it("is SMC: " .. name, function()
      local what, message, steps = verdict.judge(proof)
      assert.same({ "SMC" }, { what, message })
      for _, step in ipairs(steps) do assert.is_true(step.proven and #step.text > 0) end
    end)
  end

  it("is TCP by the record of a connected socket", function()
    local tcp = record(0, { mode = "TCP", connection = false, dmb = false })
    assert.same({ "TCP" }, { verdict.judge(facts { before = tcp, after = tcp, answer = { mode = "TCP" } }) })
    assert.same({ "TCP" }, { verdict.judge(facts { before = tcp, closed = true, answer = false }) })
    local what, note = verdict.judge(facts { before = tcp, after = tcp })
    assert.equal("TCP", what)
    assert.matches("the peer sees SMC-D", note, 1, true)
  end)

  -- Every step of the proof, missing: the facts, and what is said of them.
  local MISSING <const> = {
    { "no record", facts { before = false, before_message = "no smc_diag" },
      "could not be read: no smc_diag" },
    { "no mode", facts { before = record(0, { mode = false }) }, "does not say which mode" },
    { "no mode, nothing to send", silent { before = record(0, { mode = false }) },
      "does not say which mode" },
    { "an unknown mode", facts { before = record(0, { mode = "SMC-X" }) }, "does not know: SMC-X" },
    { "another peer's address", facts { before = record(0, { peer_address = "192.168.0.11" }) },
      "another peer: 192.168.0.11 port 37373" },
    { "another peer's port", facts { before = record(0, { peer_port = 80 }) },
      "another peer: 192.168.0.10 port 80" },
    { "a probe that could not be sent", facts { sent = 0, send_message = "timeout" },
      "only 0 of 4096 bytes of the probe could be sent: timeout" },
    { "a probe that was sent in part", facts { sent = 100, send_message = "timeout", after = record(100) },
      "only 100 of 4096 bytes of the probe could be sent: timeout" },
    { "the peer closed", facts { closed = true }, "the peer closed the connection" },
    { "the peer closed before it had the probe", facts { closed = true, sent = 0, send_message = "closed" },
      "the peer closed the connection" },
    { "the peer closed what was sent nothing", silent { closed = true }, "the peer closed the connection" },
    { "the peer closed without a record of it", facts { closed = true, after = false, after_message = "?" },
      "the peer closed the connection" },
    { "a second look that failed", facts { after = false, after_message = "Too many open files" },
      "could not be read a second time: Too many open files" },
    { "a second look that failed, nothing to send", silent { after = false, after_message = "EIO" },
      "could not be read a second time: EIO" },
    { "the link group is gone", facts { after = record(4096, { mode = false }) },
      "changed from SMC-D to no mode" },
    { "it fell back later", facts { after = record(4096, { mode = "TCP" }) }, "changed from SMC-D to TCP" },
    { "the peer's answer has no end", facts { answer = false, answer_fault = "timeout" },
      "could not be received completely: timeout" },
    { "the peer sees TCP", facts { answer = { mode = "TCP" } }, "this side sees SMC-D, the peer sees TCP" },
    { "the peer sees SMC-R", facts { answer = { mode = "SMC-R" } },
      "this side sees SMC-D, the peer sees SMC-R" },
    { "the peer cannot tell", facts { answer = {} }, "does not know the mode" },
    { "the peer sees SMC-D of another connection", facts { answer = { mode = "SMC-D", near_end = "04" } },
      "both sides see SMC-D, but as the peer's memory this side sees 0000000000000003, the peer 04" },
    { "the peer does not name its end", facts { answer = { mode = "SMC-D" } }, "the peer nothing" },
    { "the peer sees SMC-R of another link", facts { before = over_smcr(0), after = over_smcr(4096),
      answer = { mode = "SMC-R", near_end = "c" } }, "this side sees b, the peer c" },
    { "no cursors", facts { before = record(0, { connection = false }),
      after = record(0, { connection = false }) }, "does not report how many" },
    { "no cursors before", facts { before = record(0, { connection = false }) }, "does not report how many" },
    { "no cursors after", facts { after = record(0, { connection = false }) }, "does not report how many" },
    { "no cursor of the peer's ring", facts { after = record(0, { connection = {
      token = 7, tx_sent = { wrap = 0, count = 4096 }, sndbuf_size = 65504, peer_rmbe_size = 65504 } }) },
      "does not report how many" },
    { "cursors of another connection", facts { after = record(0, { connection = {
      token = 8, tx_prod = { wrap = 0, count = 4096 }, peer_rmbe_size = 65504 } }) },
      "does not report how many" },
    { "a ring of unknown size", facts { after = record(0, { connection = {
      token = 7, tx_prod = { wrap = 0, count = 4096 } } }) }, "does not report how many" },
    { "no byte moved", facts { after = record(0) }, "4096 bytes were sent, but 0 bytes were written" },
    { "too few bytes", facts { after = record(4095) },
      "4096 bytes were sent, but 4095 bytes were written" },
    { "too many bytes", facts { after = record(4097) },
      "4096 bytes were sent, but 4097 bytes were written" },
    { "the peer says nothing over SMC-R, and its device has acknowledged too little", acknowledged(4095),
      "4096 bytes were sent, but the peer's RDMA device has acknowledged only 4095" },
    { "the random data differs", tested { data = { fault = "byte 7 is wrong" } }, "byte 7 is wrong" },
    { "the peer closed during the exchange", tested { data = { fault = "closed" }, closed = true },
      "the peer closed the connection" },
    { "fewer bytes have come through shared memory than came", tested { received = 301 },
      "301 bytes were received, but 300 bytes were written into the ring in this host's memory" },
    { "the kernel counted fewer bytes sent", tested { counters = { sent = 4295, received = 300 } },
      "4296 bytes were sent, but the kernel counted only 4295 bytes sent over SMC-D" },
    { "the kernel counted fewer bytes received", tested { counters = { sent = 4296, received = 299 } },
      "300 bytes were received, but the kernel counted only 299 bytes received over SMC-D" },
    { "the kernel's counters could not be read", tested { counters = false, counters_message = "EIO" },
      "the kernel's counters could not be read: EIO" },
    { "the peer writes into another memory", tested { view = { peer_token = 5 } },
      "as this host's memory this side sees 0000000000000004, the peer 0000000000000005" },
    { "the peer has another GID", tested { view = { gid = 9 } },
      "as the GID of the peer's device this side sees 0000000000000002, the peer 0000000000000009" },
    { "the peer sees another GID", tested { view = { peer_gid = 9 } },
      "as the GID of this host's device this side sees 0000000000000001, the peer 0000000000000009" },
    { "no cursor of SMC-R", facts { before = over_smcr(0), answer = false,
      after = over_smcr(4096, { connection = false }) }, "does not report how many" },
  }
  for _, state in ipairs { "INIT", "CLOSED", "LISTEN", "PEERCLOSEWAIT1", "APPCLOSEWAIT1", "PROCESSABORT",
      "0x1c?" } do
    for _, mode in ipairs { "SMC-D", "TCP" } do
      MISSING[#MISSING + 1] = { mode .. " in the state " .. state,
        facts { before = record(0, { state = state, mode = mode }) },
        "is not connected: its state is " .. state }
    end
    MISSING[#MISSING + 1] = { "the state " .. state .. " at the end",
      facts { after = record(4096, { state = state }) }, "its state is " .. state .. " now" }
    MISSING[#MISSING + 1] = { "the state " .. state .. " at the end, nothing to send",
      silent { after = record(0, { state = state }) }, "its state is " .. state .. " now" }
  end

  for _, case in ipairs(MISSING) do
    it("is not proven: " .. case[1], function()
      local what, message, steps = verdict.judge(case[2])
      assert.equal("not proven", what)
      assert.same({ false, message }, { steps[#steps].proven, steps[#steps].text })
      assert.truthy(message:find(case[3], 1, true) or message:find(case[3]), message)
    end)
  end
end)

describe("the text of a report", function()
  -- As one line: where it is wrapped is up to the terminal.
  local function text_of(report)
    return (tostring(words.report(report)):gsub("%s+", " "))
  end

  it("has the steps of the proof, and says what the peer did not report", function()
    local report = { verdict = "SMC", mode = "SMC-D", evidence = { bytes_sent = 4096, peer_mode = "SMC-D" },
      proof = { { step = "mode", proven = true, text = "SMC-D" },
        { step = "peer", proven = true, text = "so" } } }
    assert.equal(" Success, using SMC-D Evidence: mode: SMC-D peer: so", text_of(report))
    report.evidence.peer_mode = nil
    assert.matches(" the peer does not report what it sees$", text_of(report))
    report.evidence.bytes_sent = 0
    assert.matches(" nothing was sent, .* no data has been seen to take it$", text_of(report))
  end)

  it("has the reasons of both sides, a note, and what is wrong", function()
    local function finding(text, side, command)
      return { text = text, side = side, evidence = "a file", command = command }
    end
    assert.equal("     Failed  (TCP fallback), reasons:\n"
      .. "          Client:        0x03030000   no device\n"
      .. "          Server:        0x05000000   declined\n"
      .. "     Note: strange\n"
      .. "     What is wrong:\n          On this host: It is off.\n               Known from: a file\n"
      .. "               Command: on\n"
      .. "     Or:\n          On the peer: Two.\n               Known from: a file\n"
      .. "     Or:\n          Between the hosts: Three.\n               Known from: a file",
      tostring(words.report { verdict = "TCP", message = "strange", findings = {
          finding("It is off.", "local", "on"), finding("Two.", "peer"), finding("Three.", "path"),
          finding("Four.", "path") },
        fallback = { code = 0x03030000, meaning = "no device" },
        peer_fallback = { code = 0x05000000, meaning = "declined" } }))
  end)

  it("has what was measured as a table", function()
    local path = { round_trip = { mean = 9e-6, p50 = 1e-5, p90 = 2e-5, p99 = 3e-5, p999 = 1 },
      throughput = 1 << 20 }
    local report = { verdict = "SMC", mode = "SMC-R", proof = {}, measurements = {},
      evidence = { bytes_sent = 1, peer_mode = "SMC-R" } }
    for i, size in ipairs { 64, 4096, 1 << 20 } do
      report.measurements[i] = { size = size, smc = path, tcp = path,
        ratio = { round_trip = 1, throughput = 1 } }
    end
    local lines = {}
    for line in tostring(words.report(report)):gmatch("[^\n]+") do
      lines[#lines + 1] = line
      assert.is_true(utf8.len(line) <= 84, line)
    end
    assert.same({
      "       size         round trip, µs: median / 99 %            throughput, MiB/s",
      "                        SMC-R              TCP  ratio       SMC-R        TCP  ratio",
      "       64 B     10.0 /   30.0    10.0 /   30.0   1.00         1.0        1.0   1.00",
      "        4 K     10.0 /   30.0    10.0 /   30.0   1.00         1.0        1.0   1.00",
      "        1 M     10.0 /   30.0    10.0 /   30.0   1.00         1.0        1.0   1.00",
    }, table.move(lines, 4, 8, 1, {}))
    assert.matches(" Not measured: why$", text_of { verdict = "SMC", mode = "SMC-R", proof = {},
      evidence = { bytes_sent = 1, peer_mode = "SMC-R" }, measurements_message = "why" })
  end)

  it("says what is not proven, and that there was no connection", function()
    assert.equal("     Not proven: closed \\x1b", tostring(words.report {
      verdict = "not proven", message = "closed \27" }))
    assert.equal("     Failed, no connection", tostring(words.report { verdict = "no connection" }))
  end)
end)

describe("the summary of a report", function()
  -- A report, and what is said of it.
  for _, case in ipairs {
    { { verdict = "SMC", success = true, mode = "SMC-D", address = "10.0.0.1" },
      "host10 (10.0.0.1): Success, using SMC-D" },
    { { verdict = "SMC", success = false, mode = "SMC-D", message = "SMC-R is required" },
      "host10: Failed, using SMC-D: SMC-R is required" },
    { { verdict = "TCP", findings = { { side = "peer", text = "It is off." } } },
      "host10: Failed (TCP fallback): On the peer: It is off." },
    { { verdict = "TCP", fallback = reason.get "NOSMCDEV" },
      "host10: Failed (TCP fallback): " .. reason.get "NOSMCDEV".meaning },
    { { verdict = "TCP", peer_fallback = reason.get "NOSMCDEV" },
      "host10: Failed (TCP fallback): " .. reason.get "NOSMCDEV".meaning },
    { { verdict = "TCP" }, "host10: Failed (TCP fallback)" },
    { { verdict = "not proven", message = "closed\27" }, "host10: Not proven: closed\\x1b" },
    { { verdict = "no connection", message = "no way" }, "host10: Failed, no connection: no way" },
  } do
    it("is " .. case[2], function()
      case[1].host = "host10"
      assert.equal(case[2], words.report(case[1]):summary())
    end)
  end

  it("is a method", function()
    assert.error_matches(function() words.report({}).summary({}) end, "bad self")
  end)
end)

describe("what a caller requires", function()
  local WHERE <const> = "host10 port 37373"

  -- A report, what is required, and what is said; nothing where it is met.
  local CASES <const> = {
    { { verdict = "SMC", success = true, mode = "SMC-D" } },
    { { verdict = "SMC", success = true, mode = "SMC-D" }, "SMC" },
    { { verdict = "SMC", success = true, mode = "SMC-D" }, "SMC-D" },
    { { verdict = "SMC", success = true, mode = "SMC-R" }, "SMC-R" },
    { { verdict = "TCP", success = false, mode = "TCP" } },
    { { verdict = "SMC", success = true, mode = "SMC-D" }, "SMC-R",
      "SMC-R is required: the connection to " .. WHERE .. " uses SMC-D", "EPROTONOSUPPORT" },
    { { verdict = "TCP", success = false, mode = "TCP" }, "SMC",
      "SMC is required: the connection to " .. WHERE .. " fell back to TCP", "EPROTONOSUPPORT" },
    { { verdict = "TCP", success = false, mode = "TCP", fallback = reason.get "PEERDECL",
        peer_fallback = reason.get "NOSMCDEV", message = "it is strange" }, "SMC-D",
      "SMC-D is required: the connection to " .. WHERE .. " fell back to TCP: this host says "
        .. reason.describe(reason.get "PEERDECL".code) .. "; its peer says "
        .. reason.describe(reason.get "NOSMCDEV".code) .. "; it is strange", "EPROTONOSUPPORT" },
    { { verdict = "not proven", success = false, message = "the peer closed" }, "SMC-D",
      "SMC-D is required: it is not proven that the connection to " .. WHERE .. " uses SMC: the peer closed",
      "EPROTO" },
    { { verdict = "not proven", success = false, message = "no look", errno = errno.ENOBUFS }, "SMC-D",
      "SMC-D is required: it is not proven that the connection to " .. WHERE .. " uses SMC: no look",
      "ENOBUFS" },
    { { verdict = "no connection", success = false, message = "no way", errno = errno.ECONNREFUSED }, "SMC",
      "SMC is required: no way", "ECONNREFUSED" },
    { { verdict = "no connection", success = false, message = "no way" }, "SMC",
      "SMC is required: no way", "ENOTCONN" },
  }

  for _, case in ipairs(CASES) do
    local given, required, message, error_name = table.unpack(case, 1, 4)
    local over = given.mode or "nothing"
    it(("is %s, of %s over %s"):format(required or "nothing", given.verdict, over), function()
      given.host, given.port = "host10", 37373
      local own = given.message
      local answer = table.pack(requirement.hold(given, required))
      if not message then return assert.same({ given, n = 1 }, answer) end
      assert.same({ nil, message, errno[error_name], given, n = 4 }, answer)
      assert.is_false(given.success)
      -- The text of a report of a fallback has both reasons.
      assert.equal(own or given.mode ~= "TCP" and message or nil, given.message)
    end)
  end

  it("is every verdict that there is", function()
    local judged = {}
    for _, case in ipairs(CASES) do judged[case[1].verdict] = case[3] ~= nil or judged[case[1].verdict] end
    for _, one in pairs(verdict) do
      if type(one) == "string" then assert.is_true(judged[one], one) end
    end
  end)
end)

describe("smc.check", function()
  -- What is called, and what is said of it, at this file's own line.
  local MISTAKES <const> = {
    { "connect", { nil, 1 }, "bad argument #1 to 'connect' (string expected, got nil)" },
    { "connect", { "localhost", nil }, "bad argument #2 to 'connect' (integer or string expected, got nil)" },
    { "connect", { "localhost", 0 }, "bad argument #2 to 'connect' (port from 1 to 65535 expected, got 0)" },
    { "connect", { "localhost", "70000" }, "bad argument #2 to 'connect' (port from 1 to 65535 expected, " },
    { "connect", { "localhost", 1.5 }, "bad argument #2 to 'connect' (integer or string expected, got 1.5)" },
    { "connect", { "localhost", 1, 5 }, "bad argument #3 to 'connect' (table expected, got " },
    { "connect", { "localhost", 1, { famly = "inet" } }, "bad option 'famly' (it is unknown; known are "
      .. "'family', 'measure', 'probe', 'require' and 'timeout')" },
    { "connect", { "localhost", 1, { require = "SMCD" } },
      'bad option \'require\' ("SMC-D", "SMC-R" or "SMC" expected, got "SMCD")' },
    { "connect", { "localhost", 1, { family = "ipx" } }, "bad option 'family' (" },
    { "connect", { "localhost", 1, { probe = 1 } }, "bad option 'probe' (boolean expected, got 1)" },
    { "connect", { "localhost", 1, { measure = 0 } }, "bad option 'measure' (seconds, more than 0 and " },
    { "connect", { "localhost", 1, { measure = "1" } }, "bad option 'measure' (boolean or number of " },
    { "connect_all", {}, "bad argument #1 to 'connect_all' (table expected, got nil)" },
    { "connect_all", { {} }, "bad option 'hosts' (a list of strings expected, got nil)" },
    { "connect_all", { { hosts = { "localhost", 1 } } }, "bad option 'hosts' (string expected, got 1)" },
    { "connect_all", { { hosts = {}, port = 0 } }, "bad option 'port' (port from 1 to 65535 expected, " },
    { "connect_all", { { hosts = {}, measure = true } }, "bad option 'measure' (it is unknown; known are " },
    { "server", { { port = "1" } }, "bad option 'port' (integer from 1 to 65535 expected, got " },
    { "server", { { port = 0 } }, "bad option 'port' (integer from 1 to 65535 expected, got 0)" },
    { "server", { { port = 70000 } }, "bad option 'port' (" },
    { "server", { { max_clients = 0 } }, "bad option 'max_clients' (" },
    { "server", { { idle_seconds = 0 / 0 } }, "bad option 'idle_seconds' (" },
    { "server", { { family = "ipx" } }, "bad option 'family' (" },
  }
  for _, timeout in ipairs { -3, 0, 0.0, 0 / 0, math.huge, -math.huge, "1", true } do
    local options = { timeout = timeout }
    MISTAKES[#MISTAKES + 1] = { "connect", { "localhost", 1, options }, "bad option 'timeout' (" }
  end

  for _, mistake in ipairs(MISTAKES) do
    local called, said = mistake[1], mistake[3]
    it(("blames the caller of %s: %s"):format(called, said), function()
      local line = debug.getinfo(1, "l").currentline + 1
      local ok, message = pcall(function() local _ = check[called](table.unpack(mistake[2], 1, 3)) end)
      assert.is_false(ok)
      assert.truthy(message:find(("check_spec.lua:%d: "):format(line), 1, true), message)
      assert.truthy(message:find(said, 1, true), message)
    end)
  end

  it("says that there is no SMC to check", function()
    if smc.system.available() then return pending "this kernel has SMC" end
    local report, message, number = check.connect("localhost", 1)
    assert.is_nil(report)
    assert.equal(select(2, smc.system.available()), message)
    assert.equal(errno.EAFNOSUPPORT, number)
  end)
end)
