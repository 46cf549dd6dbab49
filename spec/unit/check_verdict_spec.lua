-- What the facts about a connection prove.
local evidence = require "smc.check.evidence"
local verdict = require "smc.check.verdict"

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

  it("says what was proven, and by what", function()
    local SOURCES <const> = { mode = "sock_diag", peer = "peer", path = "sock_diag", data = "comparison",
      cursors = "sock_diag", counters = "SMC_GEN_NETLINK" }
    for name, expected in pairs {
      ["SMC-D, and the peer sees it too"] = "mode peer path cursors",
      ["SMC-D, and the peer says nothing"] = "mode path cursors",
      ["SMC-D, with data both ways, and the kernel's counters"] = "mode peer path data cursors counters",
      ["SMC-D, and the kernel has no counters"] = "mode peer path data cursors",
      ["nothing was to be sent, and the record is there"] = "mode path",
    } do
      local names = {}
      for i, step in ipairs(select(3, verdict.judge(PROOFS[name]))) do
        names[i] = step.step
        assert.equal(SOURCES[step.step], step.source)
      end
      assert.equal(expected, table.concat(names, " "), name)
    end
  end)

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
