-- smc.linkgroup, smc.device, smc.stats on messages made by hand, of kernels and devices that are not at hand.

local E = require "smc.errno"
local device = require "smc.device"
local genl = require "fuzz.genl"
local linkgroup = require "smc.linkgroup"
local recorded = require "fuzz.recorded"
local stats = require "smc.stats"

local EBADMSG <const> = E.EBADMSG

describe("messages of SMC_GEN_NETLINK", function()
  it("have ISM devices", function()
    assert.same({ { type = "SMC-D", model = "ISM", fid = 0x50, pchid = 0x7c0, pci_vendor = 0x1014,
      pci_device = 0x04ed, pci_id = "0050:00:00.0", critical = false, link_groups = 0, pnetid = "NET25",
      pnetid_source = "hardware" } }, recorded.devices(genl.dev_smcd(), "SMC-D"))
  end)

  it("have SMC-D link groups", function()
    local group = recorded.link_groups(genl.lgr_smcd() .. genl.done(), "SMC-D")[1]
    assert.same({ type = "SMC-D", id = 0x100, gid = -2, peer_gid = 5, gid_ext = 8, peer_gid_ext = 9,
      vlan_id = 7, conns_num = 3, pnetid = "NET25", pchid = 0x7c0, version = 2, peer_release = 1,
      peer_os = "LINUX", eid = "SMCV2-LAB", peer_hostname = "host12", sndbuf_alloc = 65536,
      dmb_alloc = 1 << 33 }, group)
  end)

  it("have SMC-D link groups of Linux 6.1, without what that does not send", function()
    local group = recorded.link_groups(genl.lgr_smcd(true), "SMC-D")[1]
    assert.same({ type = "SMC-D", id = 0x100, gid = -2, peer_gid = 5, vlan_id = 7, conns_num = 3,
      pnetid = "NET25", pchid = 0x7c0, version = 1 }, group)
  end)

  it("have SMC-R link groups with their links", function()
    local groups = recorded.link_groups(genl.lgr_smcr() .. genl.link() .. genl.link()
      .. genl.lgr_smcr(), "SMC-R")
    assert.equal(2, #groups)
    assert.equal(2, #groups[1].links)
    assert.same({}, groups[2].links)
    assert.same({ link_id = 1, ibdev = "mlx5_0", ibport = 1, gid = "fe80::1", peer_gid = "fe80::2",
      conns_num = 2, link_uid = 0x201, peer_link_uid = 0x301, state = "ACTIVE" }, groups[1].links[1])
    groups[1].links = nil
    assert.same({ type = "SMC-R", id = 0x200, role = "server", lgr_type = "SYM", pnetid = "NETA",
      vlan_id = 0, conns_num = 2, version = 2, peer_release = 1, peer_os = "LINUX", eid = "SMCV2-LAB",
      peer_hostname = "host12", direct = true, max_conns = 255, max_links = 2, net_cookie = 1,
      buf_type = "physical", sndbuf_alloc = 131072, rmb_alloc = 65536 }, groups[1])
  end)

  it("have SMC-R devices", function()
    assert.same({ { type = "SMC-R", model = "RoCE_Express2", fid = 0x51, pchid = 0x1c8,
      pci_vendor = 0x15b3, pci_device = 0x1016, pci_id = "0001:00:00.0", critical = true,
      ibdev = "mlx5_0", ports = {
        { ibport = 1, state = "ACTIVE", links = 2, pnetid = "NETA", pnetid_source = "user" },
        { ibport = 2, state = "ACTIVE", links = 2 } } } }, recorded.devices(genl.dev_smcr(), "SMC-R"))
  end)

  it("have statistics", function()
    local snapshot = recorded.stats(genl.stats(),
      genl.fallback(true, 0x03010000, 7, { server = 9, client = 8 })
      .. genl.fallback(false, 0x03010000, 3, nil)
      .. genl.fallback(false, 0x03030008, 11, nil))
    assert.equal(101, snapshot.smcd.tx_rmb_sizes["8K"])
    assert.equal(409, snapshot.smcr.rx_sizes.more)
    assert.equal(507, snapshot.smcd.tx_rmb.downgrade)
    assert.equal(16000, snapshot.smcd.rx_bytes)
    assert.equal(65536, snapshot.smcd.rx_rmb_usage)
    assert.equal(1 << 40, snapshot.smcd.tx_rmb_usage)
    assert.same({ client = 4, server = 5 }, snapshot.handshake_errors)
    assert.same({ client = 8, server = 9, reasons = { { code = 0x03030008, client = 11, server = 0 },
      { code = 0x03010000, client = 3, server = 7 } } }, snapshot.fallback)
  end)

  it("have PNET IDs, of one kind of device each", function()
    assert.same({ { pnetid = "NETA", netdev = "eth0" }, { pnetid = "NETB", ibdev = "mlx5_0", ibport = 2 },
      { pnetid = "NETC", ibdev = "0001:00:00.0", ibport = 1 } }, recorded.pnetids(genl.pnetid("NETA", "eth0")
      .. genl.pnetid("NETB", nil, "mlx5_0", 2) .. genl.pnetid("NETC", nil, "0001:00:00.0", 1)))
    assert.same({ { pnetid = "NETA", netdev = "eth0" } }, recorded.pnetids(genl.pnetid("NETA", "eth0", " ")))
  end)

  it("have EIDs", function()
    assert.same({ "A.B", "C" }, recorded.ueids(genl.ueid("A.B") .. genl.ueid("C") .. genl.done()))
    local seid = ("S"):rep(32)
    assert.same({ seid = seid, enabled = true }, (recorded.seid(genl.seid(seid, true))))
    assert.equal(E.ENODEV, select(3, recorded.seid(genl.seid())))
  end)

  it("give an error when they are cut short", function()
    local whole = genl.lgr_smcr() .. genl.link()
    for size = 1, #whole - 4 do
      local groups, message, errno = recorded.link_groups(whole:sub(1, size), "SMC-R")
      if size ~= #genl.lgr_smcr() then
        assert.is_nil(groups, size)
        assert.equal(EBADMSG, errno)
        assert.matches("cut short", message)
      end
    end
  end)

  it("give an error for integers of no size, and links without a link group", function()
    for _, bytes in ipairs { "abc", "" } do
      local message = genl.message(4, { { 4, "nest", { { 1, "raw", bytes } } } })
      assert.equal(EBADMSG, select(3, recorded.link_groups(message, "SMC-D")))
    end
    assert.equal(EBADMSG, select(3, recorded.link_groups(genl.link(), "SMC-R")))
  end)

  it("may have attributes and numbers of later kernels", function()
    local groups = recorded.link_groups(genl.message(4, { { 4, "nest", { { 1, "u32", 1 }, { 31, "u32", 1 },
      { 200, "string", "?" }, { 9, "nest", { { 2, "u8", 9 } } } } }, { 99, "u8", 1 } }), "SMC-D")
    assert.same({ { type = "SMC-D", id = 1, version = 1, peer_os = "0x9?" } }, groups)
    assert.same({}, recorded.link_groups(genl.message(4, {}), "SMC-D"))
  end)

  it("throw at a caller's mistake", function()
    assert.error_matches(function() linkgroup.list { kind = "x" } end, "bad option 'kind'")
    assert.error_matches(function() device.list { type = "SMC-X" } end, "type")
  end)
end)

describe("smc.stats", function()
  local function snapshot(factor, reasons, more)
    local result = recorded.stats(genl.stats(factor), reasons or "")
    for key, value in pairs(more or {}) do result[key] = value end
    return result
  end

  it("gives what has come since", function()
    local change = stats.since(snapshot(1, nil, { time = 10 }), snapshot(2, nil, { time = 14 }))
    assert.equal(16000, change.smcd.rx_bytes)
    assert.equal(100, change.smcd.tx_rmb_sizes["8K"])
    assert.equal(65536, change.smcd.rx_rmb_usage)
    assert.same({ client = 4, server = 5 }, change.handshake_errors)
    assert.is_false(change.restarted)
    assert.equal(4, change.seconds)
    local rates = stats.rates(change)
    assert.equal(4000, rates.smcd.rx_bytes)
    assert.equal(65536, rates.smcd.rx_rmb_usage)
  end)

  it("knows that reasons are counted in 16 bits", function()
    local change = stats.since(
      snapshot(1, genl.fallback(true, 5, 65530, { server = 65530, client = 0 })),
      snapshot(1, genl.fallback(true, 5, 4, { server = 65540, client = 0 })))
    assert.same({ server = 10, client = 0, reasons = { { code = 5, server = 10, client = 0 } } },
      change.fallback)
  end)

  it("counts everything after a restart", function()
    for _, pair in ipairs { { snapshot(2), snapshot(1) },
      { snapshot(1, nil, { boot = "a" }), snapshot(1, nil, { boot = "b" }) } } do
      local change = stats.since(pair[1], pair[2])
      assert.is_true(change.restarted)
      assert.equal(16000, change.smcd.rx_bytes)
    end
  end)

  it("has no rates without time", function()
    local rates, message, errno = stats.rates(stats.since(snapshot(1), snapshot(1)))
    assert.is_nil(rates)
    assert.equal(require "smc.errno".ENODATA, errno)
    assert.matches("cannot compute rates", message)
  end)
end)
