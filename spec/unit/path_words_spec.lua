-- The text of a path: each fact in its row, and each row as the facts are.
local words = require "smc.check.path.words"

-- A path without anything but its interface.
local function bare()
  return { interface = { name = "eth0", up = true, mtu = 1500, addresses = {} }, modes = {}, unread = {},
    findings = {} }
end

-- The values of each label of a text, as one line: where it is wrapped is up to the terminal.
local function rows_of(path)
  local rows, label = {}, nil
  for line in tostring(words.path(path)):gmatch "[^\n]+" do
    local name, value = line:match "^     (%u[^:]*):%s+(.*)$"
    label, value = name or label, value or line:match "^%s+(.*)$"
    rows[label] = rows[label] and rows[label] .. " " .. value or value
  end
  return rows
end

local function of(change)
  local path = bare()
  change(path)
  return rows_of(path)
end

-- What is changed, and the rows that it makes.
local CASES <const> = {
  { function() end, { Interface = "eth0, up, MTU 1500", Addresses = "none", ["PNET ID"] = "none",
    Configuration = "no mode of SMC", ["Reachable subnets"] = "none" } },
  { function(p) p.interface.up = false end, { Interface = "eth0, down, MTU 1500" } },
  { function(p) p.interface.carrier = false end, { Interface = "eth0, up, no carrier, MTU 1500" } },
  { function(p) p.interface.carrier = true end, { Interface = "eth0, up, MTU 1500" } },
  { function(p) p.interface.mtu, p.interface.vlan = nil, 5 end, { Interface = "eth0, up, MTU 0, VLAN 5" } },
  { function(p) p.interface.addresses = { "10.0.0.1/8", "fe80::1/64" } end,
    { Addresses = "10.0.0.1/8 fe80::1/64", ["Reachable subnets"] = "none" } },
  { function(p) p.interface.addresses, p.modes = { "10.0.0.1/8", "fe80::1/64" }, { "SMC-Dv1", "SMC-Rv1" } end,
    { Configuration = "SMC-Dv1 SMC-Rv1", ["Reachable subnets"] = "10.0.0.1/8" } },
  { function(p) p.interface.addresses, p.modes = { "fe80::1/64" }, { "SMC-Dv1" } end,
    { ["Reachable subnets"] = "none" } },
  { function(p) p.modes = { "SMC-Dv1", "SMC-Rv2" } end, { ["Reachable subnets"] = "any" } },
  { function(p)
    p.interface.pnetid, p.interface.pnetid_source, p.interface.pnetid_netdev = "NETA", "user", "eth0"
  end, { ["PNET ID"] = "NETA*, from the table (smc_pnet)" } },
  { function(p)
    p.interface.pnetid, p.interface.pnetid_source, p.interface.pnetid_netdev = "NETA", "hardware", "bond0"
  end, { ["PNET ID"] = "NETA, from the hardware, of bond0" } },
  { function(p) p.address = "10.0.0.2" end, { Route = "10.0.0.2" } },
  { function(p) p.address, p.gateway = "10.0.0.2", "10.0.0.9" end,
    { Route = "10.0.0.2 through gateway 10.0.0.9" } },
  { function(p) p.address, p.is_local = "10.0.0.2", true end, { Route = "10.0.0.2, this host itself" } },
  { function(p) p.ism, p.roce = {}, {} end, { ["ISM functions"] = "none", ["RoCE ports"] = "none" } },
  { function(p)
    p.ism = { { fid = 0x32, pchid = 0x7c1, pnetid = "A", pnetid_source = "user", usable = true, v1 = true },
      { fid = 0x33, usable = true, v2 = true }, { fid = 0x34, usable = true, v1 = true, v2 = true },
      { fid = 0x35, usable = true }, { fid = 0x36, power = true }, { fid = 0x37, power = false } }
  end, { ["ISM functions"] = "FID 32, PCHID 07c1, PNET ID A*: on, v1 FID 33, PNET ID n/a: on, v2"
    .. " FID 34, PNET ID n/a: on, v1, v2 FID 35, PNET ID n/a: on, not for this interface"
    .. " FID 36, PNET ID n/a: on, not used by SMC FID 37, PNET ID n/a: off" } },
  { function(p)
    p.roce = { { ibdev = "a", ibport = 1, netdev = "eth0", pnetid = "A", pnetid_source = "hardware",
      state = "ACTIVE", belongs = true, v1 = true }, { ibdev = "b", ibport = 2, belongs = true, v2 = true },
      { ibdev = "c", ibport = 1, state = "INACTIVE", belongs = true, v1 = true, v2 = true },
      { ibdev = "d", ibport = 1, state = "ACTIVE", v1 = true, v2 = true } }
  end, { ["RoCE ports"] = "a port 1 (eth0), PNET ID A: ACTIVE, v1 b port 2, PNET ID n/a: state unknown, v2"
    .. " c port 1, PNET ID n/a: INACTIVE, v1, v2 d port 1, PNET ID n/a: ACTIVE, not for this interface" } },
  { function(p) p.loopback_ism = true end, { ["Loopback-ism"] = "on" } },
  { function(p) p.eids = { ueids = {} } end, { SEID = "none", UEIDs = "none" } },
  { function(p) p.eids = { ueids = { "A", "B" }, seid = "S" } end,
    { SEID = "S (disabled)", UEIDs = "A B" } },
  { function(p) p.eids = { ueids = {}, seid = "S", seid_enabled = true } end, { SEID = "S" } },
  { function(p) p.hs_limitation = true end, { ["Handshake limit"] = "on" } },
  { function(p) p.hs_limitation = false end, { ["Handshake limit"] = "off" } },
  { function(p) p.sysctls = { wmem = 5, rmem = 6 } end, { ["Sysctls net.smc"] = "rmem = 6 wmem = 5" } },
  { function(p) p.kernel = { release = "6.12", loaded = true, available = true } end,
    { Kernel = "Linux 6.12, SMC loaded" } },
  { function(p) p.kernel = { release = "6.12", available = false, message = "no", seccomp = true } end,
    { Kernel = "Linux 6.12, SMC not loaded, this process has a seccomp filter: no" } },
  { function(p) p.namespaces = { net = 7, user = 8, initial_user = true } end,
    { Namespaces = "network 7, user 8 (initial)" } },
  { function(p) p.namespaces = {} end,
    { Namespaces = "network 0, user 0, not the initial one: it cannot change SMC's settings" } },
  { function(p) p.unread = { { what = "a", message = "b" }, { what = "c", message = "d" } } end,
    { ["Not read"] = "a: b c: d" } },
}

describe("the text of a path", function()
  it("has a row for each fact", function()
    for _, case in ipairs(CASES) do
      local rows = of(case[1])
      for label, value in pairs(case[2]) do assert.equal(value, rows[label]) end
    end
  end)

  it("has no row of what is not known", function()
    local known = {}
    for label in pairs(of(function() end)) do known[#known + 1] = label end
    table.sort(known)
    assert.same({ "Addresses", "Configuration", "Interface", "PNET ID", "Reachable subnets" }, known)
  end)
end)
