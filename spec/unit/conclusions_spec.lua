-- smc.handshake.conclusions: what the offers of both sides mean, in words.

local handshake = require "smc.handshake"
local made = require "handshake.made"

local messages <const> = made.messages

-- A handshake as it is read: the messages, in the names of `made`, after SYNs with or without the option.
local function record(names, more)
  local h = {
    client = { address = "10.1.0.12", port = 40000 }, server = { address = "10.2.0.10", port = 37373 },
    syn = { smc = true, time = 0 }, syn_ack = { smc = true, time = 0 }, messages = {}, outcome = "incomplete",
  }
  for i, name in ipairs(names) do
    local m = assert(handshake.decode(messages[name]))
    m.from = (m.type == "Proposal" or m.type == "Confirm") and "client" or "server"
    h.messages[i] = m
    if m.type == "Decline" then h.outcome = "declined" end
    if m.type == "Confirm" then h.outcome = m.mode end
  end
  for key, value in pairs(more or {}) do h[key] = value or nil end
  return h
end

local function no_option(which)
  local without <const> = { smc = false, time = 0 } -- a server does not offer what it was not offered
  return record({}, { outcome = "not offered", [which] = without, syn_ack = without })
end

local C <const>, S <const> = "client", "server"
local DECLINED <const> = { "proposal_all", "decline_2" }

-- What is concluded first: name, the record, the options, the subject, the side, the text.
local CASES <const> = {
  { "UEIDs that differ", record(DECLINED), { here = C, server = { ueids = { "SMCV2-C" }, subnets = {} } },
    "eids", "peer", "The UEIDs differ: here SMCV2-A, SMCV2-B.C, SEID IBM-SYSZ-ISMSEID0000000000008561; there "
      .. "SMCV2-C.", "smcd.lua ueid add SMCV2-A" },
  { "UEIDs that differ, seen by the server", record(DECLINED),
    { here = S, server = { ueids = { "SMCV2-C" } } },
    "eids", "peer", "The UEIDs differ: here SMCV2-C; there SMCV2-A, SMCV2-B.C, SEID "
      .. "IBM-SYSZ-ISMSEID0000000000008561.", "smcd.lua ueid add SMCV2-C" },
  { "UEIDs that differ, seen by neither", record(DECLINED), { server = { ueids = { "SMCV2-C" } } },
    "eids", S, "The UEIDs differ: the client SMCV2-A, SMCV2-B.C, SEID IBM-SYSZ-ISMSEID0000000000008561; the "
      .. "server SMCV2-C." },
  { "no UEID on the server", record(DECLINED), { here = C, server = { ueids = {} } },
    "eids", "peer", "The peer has no UEID, and no SEID that is enabled: SMCv2 needs an EID that both "
      .. "hosts have." },
  { "no UEID on the client", record { "proposal_d2", "decline_2" }, { here = C },
    "eids", "local", "This host has no UEID, and no SEID that is enabled: SMCv2 needs an EID that both hosts "
      .. "have." },
  { "a SEID that is enabled on one side", record(DECLINED), { here = C, server = { ueids = { "SMCV2-C" },
      seid = "IBM-SYSZ-ISMSEID0000000000008561", seid_enabled = false } },
    "eids", "peer", "The UEIDs differ: here SMCV2-A, SMCV2-B.C, SEID IBM-SYSZ-ISMSEID0000000000008561; there "
      .. "SMCV2-C." },
  { "different subnets", record { "proposal_r1", "decline_1" },
    { here = C, server = { subnets = { "10.2.0.10/24" } } },
    "subnets", "path", "The hosts are in different IP subnets: here 10.1.0.0/24; there 10.2.0.0/24. "
      .. "SMC-Rv1 needs the same one, with the same prefix length; SMCv2 does not." },
  { "different subnets, of which one is known", record { "proposal_d1", "decline_1" }, { here = C },
    "subnets", "path", "The hosts are in different IP subnets: here 10.1.0.0/24; there 10.2.0.10. "
      .. "SMC-Dv1 needs the same one, with the same prefix length; SMCv2 does not." },
  { "a different prefix length", record({ "proposal_r1", "decline_1" },
      { server = { address = "10.1.0.10", port = 37373 } }),
    { here = C, server = { subnets = { "10.1.0.0/16" } } },
    "subnets", "path", "The hosts are in different IP subnets: here 10.1.0.0/24; there 10.1.0.0/16. "
      .. "SMC-Rv1 needs the same one, with the same prefix length; SMCv2 does not." },
  { "IPv6 prefixes", record({ "proposal_b1", "decline_1" }, { server = { address = "fd02::1", port = 1 } }),
    { here = S }, "subnets", "path", "The hosts are in different IP subnets: here fd02::1; there fd00::/64, "
      .. "2001:db8::/48. SMC-Dv1 and SMC-Rv1 need the same one, with the same prefix length; SMCv2 does "
      .. "not." },
  { "devices of other machines", record({ "proposal_all", "decline_2" },
      { server = { address = "fd00::1", port = 1 } }), { here = C, server = { chids = { 0x7c9 } } },
    "devices", "peer", "The ISM devices do not reach each other: here ffff, 07c2, 07c1; there 07c9. "
      .. "SMC-Dv2 needs the same PCHID on both hosts, which only one machine has." },
  { "a code alone", record({ "proposal_r2", "decline_2" }), { here = C },
    "decline", "peer", "The peer declines: the hosts disagree about the link group that they share." },
  { "a code of the client", record({ "proposal_r2", "accept_r2", "decline_unknown" }), { here = S },
    "decline", "local", "This host declines: unknown reason." },
  { "a SYN without the option", no_option "syn", { here = C },
    "option", "local", "This host opens a connection without the SMC option in its SYN: its socket is a TCP "
      .. "socket, or has TCP Fast Open." },
  { "a SYN without the option, seen by the server", no_option "syn", { here = S },
    "option", "peer", "The peer opens a connection without the SMC option in its SYN: its socket is a "
      .. "TCP socket, "
      .. "or has TCP Fast Open. From here this cannot be told from an option that was taken out on the "
      .. "way." },
  { "a SYN without the option, of an SMC socket", no_option "syn", { here = C, client = { smc = true } },
    "option", "local", "This host opens a connection without the SMC option in its SYN, though its socket is "
      .. "an SMC socket: something on the host removes it, or the socket has TCP Fast Open." },
  { "a SYN/ACK without the option", no_option "syn_ack", { here = C },
    "option", "peer", "The peer answers with a SYN/ACK without the SMC option: its program has no SMC "
      .. "socket, or "
      .. "TCP Fast Open. From here this cannot be told from an option that was taken out on the way." },
  { "a SYN/ACK without the option, of an SMC socket", no_option "syn_ack", { here = S, server = { smc =
      true } },
    "option", "local", "This host answers with a SYN/ACK without the SMC option, though its socket is an SMC "
      .. "socket: it limits handshakes, or its program has set TCP_FASTOPEN." },
  { "an option taken out of the SYN", no_option "syn_ack",
    { here = C, server = { handshake = { syn = { smc = false } } } },
    "option", "path", "The SMC option of the SYN does not arrive: something between the hosts removes it "
      .. "(experimental TCP option 254, 0xe2d4c3d9)." },
  { "an option taken out of the SYN/ACK", no_option "syn_ack",
    { here = C, server = { handshake = { syn = { smc = true }, syn_ack = { smc = true } } } },
    "option", "path", "The SMC option of the SYN/ACK does not arrive: something between the hosts removes it "
      .. "(experimental TCP option 254, 0xe2d4c3d9)." },
  { "an option that the server does not send", no_option "syn_ack",
    { here = C, server = { handshake = { syn = { smc = true }, syn_ack = { smc = false } } } },
    "option", "peer", "The peer answers with a SYN/ACK without the SMC option: its program has no SMC "
      .. "socket, or TCP Fast Open." },
  { "no answer to the SYN", record({}, { syn_ack = false }), { here = C },
    "silence", "peer", "The peer does not answer the SYN." },
  { "an RST", record({}, { syn_ack = false, ended = { by = "server", how = "reset" } }), { here = C },
    "silence", "peer", "The peer rejects the SYN." },
  { "no answer to the Proposal", record({ "proposal_r2" }), { here = C },
    "silence", "peer", "The peer does not answer the Proposal: it is not an SMC program, and its "
      .. "SYN/ACK repeats the options of any SYN, or its host is too busy." },
  { "another answer to the Proposal", record({ "proposal_r2" }, { data = "server" }), { here = C },
    "silence", "peer", "The peer does not answer the Proposal with a message, but with other data: it "
      .. "is not an SMC program, and its SYN/ACK repeats the options of any SYN, or its host is too busy." },
  { "a fault", record({ "proposal_r2" }, { fault = { from = "server", message = "x" } }), { here = C },
    "fault", "peer", "The peer sends what is not a CLC message." },
}

-- What is said in the evidence, or not at all: the record, the options, the subject, the words.
local MORE <const> = {
  { record({ "proposal_r1", "decline_1" }), {}, "decline",
    "its Decline has the code 0x03070000 DIFFPREFIX" },
  { record({ "proposal_r2", "accept_r2", "decline_2" }), {}, "decline",
    "0x04000000 SYNCERR, after the Accept" },
  { record({ "proposal_r2", "accept_r2", "confirm_r2", "decline_2" }, { outcome = "declined" }), {},
    "decline",
    "0x04000000 SYNCERR, after the Confirm" },
  { record({ "proposal_r2" }, { data = "client" }), {}, "silence", "no CLC message followed" },
  { record({}, { syn_ack = false, ended = { by = "server", how = "reset" } }), {}, "silence",
    "its answer is an RST" },
  { record({}, { syn_ack = false, ended = { by = "client", how = "reset" } }), {}, "silence",
    "no SYN/ACK was seen" },
  { record({ "proposal_r1", "decline_1" }, { server = { address = "::ffff:10.1.0.10", port = 1 } }), {},
    "subnets", nil },
  { record({ "proposal_r1", "decline_1" }, { server = { address = "::ffff:10.9.0.10", port = 1 } }), {},
    "subnets", "the IP prefixes in the Proposal" },
  { record({ "proposal_r2", "decline_2" }), { server = { subnets = { "10.9.0.10/24" } } }, "subnets", nil },
  { record({ "proposal_r1", "decline_1" }), {}, "eids", nil },
}

describe("what is concluded from", function()
  for _, case in ipairs(CASES) do
    local name, h, options, subject, side, text, command = table.unpack(case)
    it(name, function()
      local first = handshake.conclusions(h, options)[1]
      assert.equal(text, first.text)
      assert.same({ subject, side }, { first.subject, first.side })
      assert.is_string(first.evidence)
      if command then assert.equal(command, first.command) end
    end)
  end

  for i, case in ipairs(MORE) do
    local h, options, subject, evidence = table.unpack(case, 1, 4)
    it(("%s or not: %s, %d"):format(subject, evidence or "not", i), function()
      local found
      for _, one in ipairs(handshake.conclusions(h, options)) do
        if one.subject == subject then found = one end
      end
      if not evidence then return assert.is_nil(found) end
      assert.truthy(found.evidence:find(evidence, 1, true), found.evidence)
      assert.is_nil(found.text:find("::ffff:", 1, true), found.text)
      assert.equal(h.data == "server", found.text:find("but with other data", 1, true) ~= nil)
      assert.equal(h.ended ~= nil and h.ended.by == "server", found.text:find("rejects", 1, true) ~= nil)
    end)
  end

  it("a handshake over SMC is nothing", function()
    for _, names in ipairs { { "proposal_all", "accept_r2", "confirm_r2" },
      { "proposal_all", "accept_d2", "confirm_d2" } } do
      assert.same({}, handshake.conclusions(record(names), { server = { ueids = { "X" } } }))
    end
  end)

  it("a Proposal that names no device is not that they do not reach each other", function()
    local h = record({ "proposal_all", "decline_2" }, { server = { address = "fd00::1", port = 1 } })
    local options <const> = { here = C, server = { chids = { 0x7c9 } } }
    assert.equal("devices", handshake.conclusions(h, options)[1].subject)
    h.messages[1].ism, h.messages[1].ism_devices = nil, nil
    for _, one in ipairs(handshake.conclusions(h, options)) do assert.not_equal("devices", one.subject) end
  end)

  it("a code that hides another is said to do so", function()
    local h = record { "proposal_all", "decline_2" }
    h.messages[2].diagnosis = require "smc.reason".get "NOSMCD2DEV"
    local found = handshake.conclusions(h, { here = C, client = {} })
    assert.equal("The peer has none of the UEIDs SMCV2-A, SMCV2-B.C, or no RDMA device: SMC-Rv2 was offered, "
      .. "too.", found[#found].text)
    -- Not if they are known.
    found = handshake.conclusions(h, { here = C, server = { ueids = { "SMCV2-A" } } })
    assert.not_equal("hidden", found[#found].subject)
  end)

  it("one mode alone is said last, and EIDs in common are no matter", function()
    local found = handshake.conclusions(record { "proposal_r2", "decline_unknown" },
      { here = S, server = { ueids = { "SMCV2-A" } } })
    assert.equal("decline", found[1].subject)
    assert.same({ "offers", "peer", "The peer offers only SMC-R: it has no ISM device that fits the network "
      .. "interface." }, { found[2].subject, found[2].side, found[2].text })
    assert.is_nil(found[3])
  end)
end)
