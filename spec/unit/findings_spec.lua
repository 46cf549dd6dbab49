-- What is found to be wrong, by the facts about both hosts and the kernel's reasons. The hosts are those of a
-- path in the lab, changed in one way each; the lab's set-ups make the same faults for real (spec/setups).
local facts = require "smc.check.facts"
local findings = require "smc.check.findings"
local reason = require "smc.reason"

-- === hosts ===

local SEID <const> = "IBM-SYSZ-ISMSEID0000000000008561"

local function base(number, pnetid)
  return {
    address = "192.168.0.22", source = "192.168.0." .. number,
    interface = { name = "eth0", up = true, addresses = { ("192.168.0.%d/24"):format(number) },
      pnetid = pnetid, pnetid_source = "user", pnetid_netdev = "eth0" },
    ism = {}, roce = {}, loopback_ism = false, eids = { ueids = { "SMCV2-LAB" } }, hs_limitation = false,
    kernel = { release = "6.12", loaded = true, available = true }, modes = {}, unread = {},
  }
end

-- A host with an ISM function; one with an RDMA device.
local function with_ism()
  local path = base(12, "HOST12")
  path.ism[1] = { fid = 0x32, pchid = 0x7c1, pci_id = "0000:00:01.0", slot = "00000032", power = true,
    pnetid = "HOST12", pnetid_source = "hardware", usable = true, v1 = true, v2 = false }
  path.eids.seid, path.eids.seid_enabled = SEID, true
  path.modes = { "SMC-Dv1" }
  return path
end

local function with_roce()
  local path = base(12, "LAB")
  path.roce[1] = { ibdev = "rxe0", ibport = 1, state = "ACTIVE", netdev = "eth0", pnetid = "LAB",
    pnetid_source = "user", belongs = true, usable = true, v1 = true, v2 = true }
  path.modes = { "SMC-Rv1", "SMC-Rv2" }
  return path
end

local function with_loopback()
  local path = base(12)
  path.loopback_ism, path.modes, path.is_local = true, { "SMC-Dv2" }, true
  return path
end

-- A host that is changed.
local function changed(make, change)
  local path = make()
  change(path)
  return path
end

local function function_is_off(path)
  path.ism[1] = { fid = 0x32, slot = "00000032", power = false, usable = false, v1 = false, v2 = false }
  path.modes = {}
end

local function another_function(fid, pnetid)
  return { fid = fid, pchid = 0x7c1, power = true, pnetid = pnetid, usable = true, v1 = false, v2 = false }
end

local function no_ueid(path) path.eids.ueids, path.modes = {}, {} end

local function link_local_only(path)
  path.address, path.modes = "fe80::1%eth0", {}
  table.insert(path.interface.addresses, "fe80::2/64")
end

local function of_kernel(boot_id, is_local)
  return function(path) path.kernel.boot_id, path.is_local = boot_id, is_local end
end

-- === the cases ===

-- Own reason, the peer's reason, facts; side and pattern of the first finding, and its command.
local CASES <const> = {
  ["no UEID here"] = { "PEERDECL", "NOUEID", { here = changed(with_loopback, no_ueid) },
    "local", "^No UEID is defined, and this machine has no SEID", "smcd.lua ueid add SMCV2-NAME" },
  ["no UEID there, and another subnet"] = { "PEERDECL", "DIFFPREFIX", { here = with_roce(),
    there = changed(with_roce, function(path)
      no_ueid(path)
      path.source, path.interface.addresses = "192.168.1.10", { "192.168.1.10/24" }
    end) }, "peer", "^No UEID is defined, which SMC%-Rv2", "smcd.lua ueid add SMCV2-LAB" },
  ["EIDs that differ, behind DIFFPREFIX"] = { "PEERDECL", "DIFFPREFIX", { here = with_roce(),
    there = changed(with_roce, function(path)
      path.source, path.interface.addresses = "192.168.1.10", { "192.168.1.10/24" }
      path.eids.ueids = { "SMCV2-OTHER" }
    end) }, "local", "no EID in common.* here SMCV2%-LAB; there SMCV2%-OTHER",
    "smcd.lua ueid add SMCV2-OTHER" },
  ["EIDs that differ, behind NOSMCDDEV"] = { "PEERDECL", "NOSMCDDEV", { here = with_loopback(),
    there = changed(with_loopback, function(path) path.eids.ueids = { "A", "B" } end) },
    "local", "here SMCV2%-LAB; there A and B" },
  ["different subnets without UEIDs"] = { "PEERDECL", "DIFFPREFIX", { here = changed(with_roce, no_ueid),
    there = changed(with_roce, function(path)
      no_ueid(path)
      path.source, path.interface.addresses = "192.168.1.10", { "192.168.1.10/24" }
    end) }, "path", "different subnets, 192.168.0.12/24 here and 192.168.1.10/24 there" },
  ["no UEID here, and a peer that says only DIFFPREFIX"] = { "PEERDECL", "DIFFPREFIX",
    { here = changed(with_roce, no_ueid) }, "local", "^No UEID is defined" },
  ["DIFFPREFIX alone"] = { "PEERDECL", "DIFFPREFIX", { here = with_roce() }, "path", "different subnets or" },
  ["an ISM function off here"] = { "NOSMCDEV", "PEERDECL", { here = changed(with_ism, function_is_off) },
    "local", "^No ISM function is on: FID 32 is powered off%.", "smc_rnics.lua -e 32" },
  ["an ISM function off there"] = { "PEERDECL", "NOSMCDDEV", { here = with_ism(),
    there = changed(with_ism, function_is_off) }, "peer", "FID 32 is powered off", "smc_rnics.lua -e 32" },
  ["a PNET ID that is missing, and an unrelated function that is off"] = { "NOSMCDEV", "PEERDECL",
    { here = changed(with_ism, function(path)
      path.interface.pnetid, path.modes = nil, {}
      path.ism[1].v1 = false
      path.ism[2] = { fid = 0x40, slot = "00000040", power = false, usable = false, v1 = false, v2 = false }
    end) }, "local", "^The interface of the connection, eth0, has no PNET ID, and FID 32 has HOST12",
    "smc_pnet.lua -a HOST12 -I eth0" },
  ["a PNET ID that differs"] = { "NOSMCDEV", "PEERDECL", { here = changed(with_ism, function(path)
    path.interface.pnetid, path.modes = "WRONG", {}
    path.ism[1].v1 = false
  end) }, "local", "^The PNET IDs differ: .* eth0, has WRONG, and FID 32 has HOST12",
    "smc_pnet.lua -d WRONG && smc_pnet.lua -a HOST12 -I eth0" },
  ["a function off, where others have other PNET IDs"] = { "NOSMCDEV", "PEERDECL",
    { here = changed(with_ism, function(path)
      function_is_off(path)
      path.ism[2] = another_function(0x31, "HOST10")
    end) }, "local", "has the PNET ID of eth0, HOST12: FID 32 is powered off, and FID 31 has HOST10" },
  ["a RoCE port down"] = { "NOSMCDEV", "PEERDECL", { here = changed(with_roce, function(path)
    path.roce[1].state, path.roce[1].usable, path.modes = "INACTIVE", false, {}
  end) }, "local", "^The RoCE port rxe0 port 1 is down", "ip link set eth0 up" },
  ["a RoCE port that has no GIDs of RoCE v1, and no UEID"] = { "NOSMCDEV", "PEERDECL",
    { here = changed(with_roce, function(path)
      no_ueid(path)
      path.roce[1].v1 = false
    end) }, "local", "^No UEID is defined, which SMC%-Rv2" },
  ["a RoCE port without an IPv4 address"] = { "NOSMCDEV", "PEERDECL",
    { here = changed(with_roce, function(path) path.roce[1].v1, path.roce[1].v2 = false, false end) },
    "local", "has no GID of RoCE v2 with an IPv4 address", "ip address add ADDRESS/PREFIX dev eth0" },
  ["RDMA devices that do not reach each other, behind NOSMCD2DEV"] = { "PEERDECL", "NOSMCD2DEV",
    { here = with_roce(), there = with_roce() }, "path", "^The RDMA devices of the hosts do not reach" },
  ["a RoCE port without a PNET ID"] = { "NOSMCDEV", "PEERDECL", { here = changed(with_roce, function(path)
    local port = path.roce[1]
    port.pnetid, port.belongs, port.usable, path.modes = nil, false, false, {}
  end) }, "local", "^The RoCE port rxe0 port 1 has no PNET ID", "smc_pnet.lua -a LAB -D rxe0 -P 1" },
  ["no device at all"] = { "NOSMCDEV", "PEERDECL", { here = base(12) }, "local", "^There is no device" },
  ["no device there"] = { "PEERDECL", "NOSMCDEV", { here = with_roce(), there = base(10) }, "peer",
    "^There is no device" },
  ["SMC-D here, SMC-R there"] = { "PEERDECL", "NOSMCDDEV", { here = with_ism(), there = with_roce() }, "path",
    "^This host can use only SMC%-D, and the peer only SMC%-R" },
  ["no device but loopback-ism, which stays at home"] = { "PEERDECL", "NOSMCD2DEV",
    { here = changed(with_loopback, of_kernel("a", false)),
      there = changed(with_loopback, of_kernel("b", false)) }, "local",
    "^There is no device .* loopback%-ism only within the host" },
  ["EIDs that differ, over loopback-ism of one kernel"] = { "PEERDECL", "NOSMCDDEV",
    { here = changed(with_loopback, of_kernel("a", false)), there = changed(with_loopback, function(path)
      of_kernel("a", false)(path)
      path.eids.ueids = { "SMCV2-OTHER" }
    end) }, "local", "no EID in common" },
  ["two machines"] = { "PEERDECL", "NOSMCDDEV", { here = with_ism(),
    there = changed(with_ism, function(path) path.ism[1].pchid = 0x7c2 end) }, "path",
    "PCHIDs are 07c1 here and 07c2 there" },
  ["a plain TCP program"] = { "PEERNOSMC", nil, { here = with_ism() }, "peer", "does not use an SMC socket" },
  ["a server of ours that limits handshakes"] = { "PEERNOSMC", nil, { here = with_ism(), answered = true,
    there = changed(with_ism, function(path) path.hs_limitation = true end) }, "peer",
    "limits SMC handshakes", "sysctl -w net.smc.limit_smc_hs=0" },
  ["a server of ours whose option is lost"] = { "PEERNOSMC", nil, { here = with_ism(), answered = true,
    there = with_ism() }, "path", "is taken out on the way" },
  ["a server of ours that got the SYN without the option"] = { "PEERNOSMC", nil, { here = with_ism(),
    answered = true, there = with_ism(), view = { syn = { smc = false } } }, "path",
    "is taken out of the SYN, on the way" },
  ["a server of ours that got the SYN with the option"] = { "PEERNOSMC", nil, { here = with_ism(),
    answered = true, there = with_ism(), view = { syn = { smc = true } } }, "peer",
    "^The host answered without the option" },
  ["a SYN that leaves this host without the option"] = { "PEERNOSMC", nil, { here = with_ism(),
    record = { syn = { smc = false }, syn_ack = { smc = false } } }, "local", "is taken out on this host" },
  ["a SYN/ACK that reaches this host with the option"] = { "PEERNOSMC", nil, { here = with_ism(),
    record = { syn = { smc = true }, syn_ack = { smc = true } } }, "local", "is taken out on this host" },
  ["Fast Open at a server of ours"] = { "PEERNOSMC", nil, { here = with_ism(), answered = true,
    view = { fallback = reason.get "OPTUNSUPP" } }, "peer", "TCP Fast Open" },
  ["no DMB left there"] = { "PEERDECL", "MAX_DMB", { here = with_ism(), there = with_ism() }, "peer",
    "no DMB left" },
  ["no memory here"] = { "MEM", "PEERDECL", { here = with_ism() }, "local", "no memory" },
  ["IPsec"] = { "IPSEC", "PEERDECL", { here = with_ism() }, "local", "IPsec" },
  ["no subnet of IPv6"] = { "PEERDECL", "NOSMCD2DEV", { here = changed(with_ism, link_local_only),
    handshake = { { subject = "chids", text = "Here none.", side = "peer", evidence = "the CHIDs" } } },
    "local", "^The interface of the connection, eth0, has only link%-local addresses of IPv6",
    "ip address add ADDRESS/PREFIX dev eth0" },
  ["a program that ends the connection when data comes"] = { "PEERNOSMC", nil, { here = with_ism(),
    takes_plain = false }, "peer", "does not use an SMC socket" },
  ["a server that takes data without the option only"] = { "PEERNOSMC", nil, { here = with_ism(),
    takes_plain = true }, "path", "is taken out on the way, of its SYN/ACK" },
  ["a peer that does not say why"] = { "PEERDECL", nil, { here = with_ism() }, "peer", "did not say why" },
}

local function report_of(own, peer)
  return { verdict = "TCP", host = "host10", port = 12345, fallback = own and reason.get(own),
    peer_fallback = peer and reason.get(peer) }
end

local function check_form(list)
  for _, one in ipairs(list) do
    assert.is_truthy(({ ["local"] = true, peer = true, path = true })[one.side])
    assert.matches("%.$", one.text)
    assert.not_matches("^%l", one.text)
    assert.is_string(one.evidence)
    assert.not_equal("", one.evidence)
    for key in pairs(one) do
      assert.is_truthy(({ side = true, text = true, evidence = true, command = true })[key], key)
    end
  end
end

describe("the first finding", function()
  for name, case in pairs(CASES) do
    it("is " .. name, function()
      local own, peer, known, side, pattern, command = table.unpack(case, 1, 6)
      local list = findings.of(report_of(own, peer), known)
      check_form(list)
      assert.matches(pattern, list[1].text)
      assert.equal(side, list[1].side)
      if command then assert.equal(command, list[1].command) end
    end)
  end

  it("is the same by what the peer has sent", function()
    for name, case in pairs(CASES) do
      local there = case[3].there
      if there then
        local known = { here = case[3].here, answered = case[3].answered, view = case[3].view,
          there = assert(facts.read(facts.of(there)), name) }
        assert.same(findings.of(report_of(case[1], case[2]), case[3]),
          findings.of(report_of(case[1], case[2]), known), name)
      end
    end
  end)

  it("comes from the handshake, where it was recorded", function()
    local one = { text = "The peer offers SMC-R only.", side = "peer", evidence = "the CLC Proposal" }
    local list = findings.of(report_of("PEERDECL", "NOSMCDDEV"), { here = with_ism(), handshake = { one } })
    assert.same(one, list[1])
  end)

  it("is what a server lacks, before what it was not offered", function()
    local offers = { subject = "offers", text = "This host offers only SMC-D.", side = "local" }
    local list = findings.of(report_of("PEERDECL", "NOSMCD2DEV"),
      { here = with_ism(), handshake = { offers } })
    assert.matches("^No ISM device has the PCHID", list[1].text)
    assert.same({ "peer", offers.text }, { list[1].side, list[#list].text })
  end)
end)

describe("the findings", function()
  it("have a row for every code of the kernel, whoever found it", function()
    local codes = require "smc.check.findings.codes"
    for one in reason.all() do
      assert.is_true(codes.has(one.name), one.name)
      for _, sides in ipairs { { one.name, "PEERDECL" }, { "PEERDECL", one.name } } do
        local list = findings.of(report_of(table.unpack(sides)), {})
        assert.is_true(#list > 0, one.name)
        check_form(list)
      end
    end
  end)

  it("of a code that is not known name it", function()
    local list = findings.of({ verdict = "TCP", fallback = reason.get(0x03ff0000) })
    check_form(list)
    assert.matches("not known to this module", list[1].text)
  end)

  it("of a host alone are empty if it can use a mode", function()
    assert.same({}, findings.of_path(with_ism()))
    assert.same({}, findings.of_path(with_roce()))
    assert.matches("^No UEID", findings.of_path(changed(with_loopback, no_ueid))[1].text)
  end)

  it("name what keeps SMC from this process", function()
    for command, kernel in pairs {
      [""] = { available = false, loaded = true, seccomp = true, message = "a filter denies AF_SMC" },
      ["modprobe smc"] = { available = false, loaded = false, present = true, message = "SMC is not loaded" },
      [" "] = { available = false, loaded = false, present = false, message = "this kernel has none" },
      ["  "] = { available = false, loaded = false, blocked = "install", message = "/etc/x keeps it out" },
    } do
      local path = base(12)
      path.kernel = kernel
      local found = findings.of_path(path)
      assert.equal(kernel.message:sub(2) .. ".", found[1].text:sub(2))
      assert.equal(command:find("%S") and command or nil, found[1].command)
      check_form(found)
    end
  end)
end)

describe("the finding where there is no connection", function()
  local E = require "smc.errno"

  -- The report; side and pattern of the finding, and its command.
  local NONE <const> = {
    ["a name that is unknown"] = { { host = "nosuch", errno = E.ENOENT }, "local",
      '^The name "nosuch" is not known', "getent ahosts nosuch" },
    ["no server of names"] = { { host = "nosuch", errno = E.EAGAIN }, "local", "^No server of names",
      "cat /etc/resolv.conf" },
    ["IPv4 for IPv6"] = { { host = "192.168.0.10", errno = E.ENOENT }, "local",
      "is an address of IPv4, and only IPv6 is asked for" },
    ["IPv6 for IPv4"] = { { host = "fd00::1", errno = E.ENOENT }, "local",
      "is an address of IPv6, and only IPv4 is asked for" },
    ["an interface that is none"] = { { host = "fe80::1%nosuch", errno = E.ENOENT }, "local",
      "names an interface that this host does not have", "ip link" },
    ["no interface"] = { { host = "fe80::1", address = "fe80::1", errno = E.EINVAL }, "local",
      "is link%-local: .* does not say which", "smc_chk.lua -C fe80::1%INTERFACE" },
    ["a blackhole"] = { { host = "a", address = "192.0.2.1", errno = E.EINVAL }, "path",
      "^The host cannot be reached", "ip route get 192.0.2.1" },
    ["a handshake that is not answered"] = { { host = "a", address = "192.0.2.1", errno = E.ETIMEDOUT,
      stage = "handshake" }, "path", "nothing answers the handshake" },
    ["a handshake that ends"] = { { host = "a", address = "192.0.2.1", stage = "handshake" }, "path",
      "^The connection ends during the handshake of SMC" },
    ["an end that nothing explains"] = { { host = "a", address = "192.0.2.1", stage = "tcp" }, "path",
      "^No TCP program can connect" },
  }

  for name, case in pairs(NONE) do
    it("is " .. name, function()
      local report, side, pattern, command = table.unpack(case, 1, 4)
      report.verdict, report.port = "no connection", 37373
      local list = findings.of(report)
      check_form(list)
      assert.matches(pattern, list[1].text)
      assert.same({ 1, side }, { #list, list[1].side })
      if command then assert.equal(command, list[1].command) end
    end)
  end
end)

describe("the faults of a host for a mode", function()
  local host = require "smc.check.findings.host"

  local function two_functions_off(path)
    function_is_off(path)
    path.ism[2] = { fid = 0x33, slot = "00000033", power = false, usable = false, v1 = false, v2 = false }
  end

  -- The path, and patterns of the faults' texts, of which each has to be there, by the mode.
  local OF_HOST <const> = {
    { with_ism(), ["SMC-Dv1"] = {}, ["SMC-Dv2"] = { "^No ISM function can be used with version 2" } },
    { changed(with_ism, function_is_off), ["SMC-Dv1"] = { "FID 32 is powered off" },
      ["SMC-Dv2"] = { "FID 32 is powered off" } },
    { changed(with_ism, two_functions_off), ["SMC-Dv1"] = { "FID 32 and FID 33 are powered off" },
      ["SMC-Dv2"] = { "FID 32 and FID 33 are powered off" } },
    { changed(with_ism, function(path) path.ism[1].v2 = true end), ["SMC-Dv2"] = {} },
    { base(12), ["SMC-Dv1"] = { "^There is no ISM function" }, ["SMC-Dv2"] = { "^There is no ISM function" },
      ["SMC-Rv1"] = { "." }, ["SMC-Rv2"] = { "." } },
    { with_roce(), ["SMC-Rv1"] = {}, ["SMC-Rv2"] = {} },
    { changed(with_roce, no_ueid), ["SMC-Rv1"] = {}, ["SMC-Rv2"] = { "^No UEID is defined" } },
    { changed(with_roce, function(path)
      path.address, path.interface.addresses = "fd00::10", { "fe80::12/64", "fd00::12/64" }
    end), ["SMC-Rv1"] = {},
      ["SMC-Rv2"] = { "^SMC%-Rv2 does not support IPv6" } },
    { changed(with_roce, function(path) path.address = "::ffff:192.168.0.10" end), ["SMC-Rv2"] = {} },
    { changed(with_roce, function(path) path.roce[1].v2 = false end), ["SMC-Rv1"] = {},
      ["SMC-Rv2"] = { "^The RoCE port rxe0 port 1 has no GID of RoCE v2 with an IPv4 address" } },
    { changed(with_roce, function(path) path.roce[1].v1 = false end), ["SMC-Rv2"] = {},
      ["SMC-Rv1"] = { "^The RoCE port rxe0 port 1 has no GID of RoCE v1" } },
    { changed(with_roce, function(path)
      no_ueid(path)
      path.address, path.roce[1].v2 = "fd00::10", false
    end), ["SMC-Rv2"] = { "^The RoCE port", "^No UEID", "^SMC%-Rv2 does not support IPv6" } },
  }

  for i, case in ipairs(OF_HOST) do
    it("are those that it has: " .. i, function()
      for mode, patterns in pairs(case) do
        if mode ~= 1 then
          local faults = host.faults(case[1], mode)
          local texts = {}
          for at, one in ipairs(faults) do texts[at] = one.text or one.finding and one.finding.text end
          assert.equal(#patterns, #texts, mode .. ": " .. table.concat(texts, " | "))
          for at, pattern in ipairs(patterns) do assert.truthy(texts[at]:find(pattern), texts[at]) end
        end
      end
    end)
  end
end)

describe("facts of this host", function()
  it("are those of the route to each peer", function()
    local own, other = assert(facts.here("127.0.0.1")), assert(facts.here("127.0.0.2"))
    assert.same({ "127.0.0.1", "127.0.0.2", "lo", "lo" },
      { own.address, other.address, own.interface.name, other.interface.name })
    assert.equal("integer", math.type(select(3, facts.here("2001:db8::1%nosuch0"))))
  end)
end)

describe("facts from the network", function()
  it("are taken only if they are of their type", function()
    local sent = facts.of(with_roce())
    sent.interface.name = 7
    assert.is_nil(facts.read(sent))
    sent = facts.of(with_roce())
    sent.roce[1].ibport = "1"
    assert.is_nil(facts.read(sent))
    for _, wrong in ipairs { 1, "x", {}, { interface = {} }, { interface = { name = {} } } } do
      assert.is_nil(facts.read(wrong))
    end
    assert.is_nil(facts.read(nil))
  end)

  it("keep the difference of nothing and of what was not read", function()
    local path = base(12)
    path.roce = nil
    local sent = facts.of(path)
    sent.ism = nil -- empty lists are lost on the way
    local read = facts.read(sent)
    assert.same({}, read.ism)
    assert.is_nil(read.roce)
  end)

  it("do not make findings fail, whatever they are", function()
    math.randomseed(11)
    local function scramble(value)
      if type(value) ~= "table" then
        return ({ value, value, value, "x", 7, true, {} })[math.random(7)]
      end
      local result = {}
      for key, one in pairs(value) do
        if math.random() > 0.1 then result[key] = scramble(one) end
      end
      return result
    end
    for _ = 1, 500 do
      for _, make in ipairs { with_ism, with_roce, with_loopback } do
        local there = facts.read(scramble(facts.of(make())))
        local list = findings.of(report_of("PEERDECL", "DIFFPREFIX"), { here = make(), there = there })
        assert.is_true(#list > 0)
      end
    end
  end)
end)
