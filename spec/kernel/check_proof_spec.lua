-- Checks whose proof has a gap: none of them is a success.
local check_support = require "check_support"
local faults = require "faults"
local json = require "dkjson"
local socket = require "smc.socket"
local support = require "support"

local PORT <const>, STRANGE <const> = check_support.PORT, check_support.STRANGE
local connect, peer, serve = check_support.connect, check_support.peer, check_support.serve

describe("a check that proves nothing #smcd", function()
  -- What the peer does; whether the port is one where servers for checks are; what is said.
  local PEERS <const> = {
    { "closes", PORT, nil, "the peer closed the connection" },
    { "closes", STRANGE, nil, "the peer closed the connection" },
    { "resets", PORT, nil, "the peer closed the connection" },
    { "resets", STRANGE, nil, "the peer closed the connection" },
    { "says", PORT, "smc-check answer 1 TCP 0x03010000 0x00000000 -",
      "this side sees SMC-D, the peer sees TCP" },
    { "says", PORT, "smc-check answer 1 SMC-R 0x00000000 0x00000000 fe80::1",
      "this side sees SMC-D, the peer sees SMC-R" },
    { "says", PORT, "smc-check answer 1 unknown 0x00000000 0x00000000 -", "does not know the mode" },
    { "says", PORT, "smc-check answer 1 TCP", "it cannot be decoded" },
    { "says", PORT, "smc-check answer 1 SMC-D 0x00000000 0x00000000 000000000000002a",
      "both sides see SMC-D, but" },
  }

  for _, case in ipairs(PEERS) do
    local kind, port, word, message = table.unpack(case, 1, 4)
    it(("says so: port %d %s %s"):format(port, kind, word or ""), function()
      local other <close> = peer(kind, port, word)
      local report = connect(port)
      assert.same({ "not proven", false }, { report.verdict, report.success })
      assert.truthy(report.message:find(message, 1, true), report.message)
      assert.is_nil(report.evidence)
      local done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port))
      assert.equal(3, done.status)
      assert.matches("\n     Not proven: ", done.stdout)
      assert.not_matches("Success", done.stdout)
      done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port), "--json")
      assert.equal(3, done.status)
      local value = assert(json.decode(done.stdout))
      assert.same({ "not proven", false }, { value.verdict, value.success })
      assert.truthy(value.message:find(message, 1, true), value.message)
      assert.is_number(other.pid)
    end)
  end

  it("takes no other line for an answer", function()
    local other <close> = peer("says", PORT, "220 smc-check answer 1 TCP")
    local report = connect(PORT)
    assert.same({ "SMC" }, { report.verdict, report.peer_mode })
    assert.is_number(other.pid)
  end)

  it("says so behind a relay that goes on over TCP", function()
    local server <close>, port = serve()
    local relay <close> = peer("relays", PORT, tostring(port))
    local report = connect(PORT)
    assert.same({ "not proven", "SMC-D", "TCP" }, { report.verdict, report.mode, report.peer_mode })
    assert.matches("this side sees SMC-D, the peer sees TCP", report.message, 1, true)
    assert.is_number(server.pid + relay.pid)
  end)

  it("says so behind a relay that goes on over SMC", function()
    local server <close>, port = serve()
    local relay <close> = peer("relays", PORT, tostring(port), "smc.socket")
    local report = connect(PORT)
    assert.same({ "not proven", "SMC-D", "SMC-D" }, { report.verdict, report.mode, report.peer_mode })
    assert.matches("both sides see SMC-D, but as the peer's memory", report.message, 1, true)
    assert.is_number(server.pid + relay.pid)
  end)

  it("has its report, whenever a peer without SMC ends the connection", function()
    local first = {
      ["tcp-resets"] = "", ["tcp-closes"] = "", ["tcp-rejects"] = "^The program on port %d+ does not use an",
    }
    for kind, text in pairs(first) do
      local other <close> = peer(kind, PORT)
      for _ = 1, 10 do
        local report = connect(PORT)
        assert.equal(false, report.success, kind)
        if report.verdict == "TCP" then assert.matches(text, report.findings[1].text) end
      end
      assert.is_number(other.pid)
    end
  end)

  it("takes no longer than it is told to, wherever a peer stops", function()
    local LIMIT <const>, LONG <const> = 0.5, 9 -- seconds
    for _, case in ipairs {
      { "says", "smc-check answer 2 500" }, { "says", "smc-check answer 2 11\nmode=SMC-D" },
      { "says", "smc-check answer 2 0" }, { "tcp-says", "smc-check answer 2 500" },
      { "greets", "smc-check answer 2 30" }, { "greets", "smc-check answer 2 500" },
    } do
      local other <close> = peer(case[1], PORT, case[2])
      local started = socket.monotonic()
      local report = connect(PORT, { timeout = LIMIT })
      local seconds = socket.monotonic() - started
      assert.is_true(seconds < LONG, ("%s %s: %.1f s"):format(case[1], case[2], seconds))
      assert.equal(false, report.success, case[2])
      assert.is_number(other.pid)
    end
  end)

  -- Every system call of a check fails once, the first, the second and so on. What comes of it is a success
  -- that has its whole proof, or none; never a success with less.
  local function fails_right(calls)
    local wrong, hits = faults.find("spec/faults/check.lua", calls)
    assert.same({}, wrong)
    assert.is_true(hits["check.connect"] > 20)
  end

  it("says so when a look at the kernel fails, whichever it is", function()
    fails_right { { "socket", "EMFILE" }, { "sendmsg", "ENOBUFS" }, { "recvmsg", "ENOMEM" } }
  end)

  it("says so when the preparation of a look fails #slow", function()
    fails_right { { "bind", "ENOMEM" }, { "getsockname", "EIO" }, { "setsockopt", "ENOBUFS" },
      { "newfstatat", "EIO" } }
  end)

  local STATUS <const> = { SMC = 0, ["no connection"] = 2, ["not proven"] = 3 }
  local CALLS <const> = { socket = "ENOMEM", sendmsg = "ENOBUFS", sendto = "EIO", recvfrom = "EIO" }

  local function judge(done, where)
    local report = assert(json.decode(done.stdout), where)
    if report.verdict == "SMC" then assert.is_true(check_support.is_whole(report), where) end
    assert.equal(report.verdict == "SMC", report.success, where)
    assert.truthy(report.success or report.message, where)
    assert.equal(STATUS[report.verdict], done.status, where)
    return report.verdict, report.message
  end

  it("has the script say so #slow", function()
    local server <close>, port = serve()
    local verdicts, messages = {}, {}
    for call, failure in pairs(CALLS) do
      local at = 0
      repeat
        at = call == "sendmsg" and at + 1 or math.max(1, at * 2) -- the spec before tries each
        local done, failed = faults.script({ call, failure, at }, "smc_chk.lua", "-C", "127.0.0.1",
          "-p", tostring(port), "--json")
        local verdict, message = judge(done, ("%s %d: %s %s"):format(call, at, done.stdout, done.stderr))
        verdicts[verdict] = (verdicts[verdict] or 0) + 1
        messages[#messages + 1] = message
        if not failed then assert.equal("SMC", verdict) end
      until not failed
      assert.is_true(at > 1, call)
    end
    messages = table.concat(messages, "\n")
    assert.is_true(verdicts.SMC > 0 and verdicts["not proven"] > 0 and verdicts["no connection"] > 0)
    assert.matches("record of the connection could not be read: ", messages)
    assert.matches("record of the connection could not be read a second time: ", messages)
    assert.matches("of the probe could be sent", messages)
    assert.is_number(server.pid)
  end)
end)
