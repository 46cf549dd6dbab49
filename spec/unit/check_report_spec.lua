-- The text of a report, and its summary in one line.
local reason = require "smc.reason"
local words = require "smc.check.words"

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

  it("says that another mode was required", function()
    assert.equal(" Failed, using SMC-R SMC-D is required", text_of { verdict = "SMC", mode = "SMC-R",
      success = false, message = "SMC-D is required", proof = {}, evidence = { bytes_sent = 1 } })
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

  it("has no note and no reasons where there are none", function()
    assert.equal("     Failed  (TCP fallback), reasons:", tostring(words.report { verdict = "TCP" }))
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
