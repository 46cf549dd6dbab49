-- Which modes of SMC a host is set up for: by its devices, its EIDs and its addresses; and the facts about
-- that which come from a peer.
local facts = require "smc.check.facts"
local modes = require "smc.check.path.modes"
local support = require "support"

describe("the modes of a path", function()
  local D1 <const>, D2 <const>, R1 <const>, R2 <const> = "SMC-Dv1", "SMC-Dv2", "SMC-Rv1", "SMC-Rv2"
  local UEID <const>, SEID <const>, OFF <const> = { ueids = { "A" } }, { ueids = {}, seid_enabled = true },
    { ueids = {}, seid_enabled = false }
  local OLD <const>, NEW <const> = { { v1 = true } }, { { v2 = true } }
  local BOTH <const> = { { v1 = false, v2 = false }, { v1 = true, v2 = true } }

  local LOCAL <const> = { addresses = { "192.168.0.12/24", "fe80::12/64" } }
  local GLOBAL <const> = { addresses = { "fe80::12/64", "fd00::12/64" } }

  -- What there is, and the modes.
  local CASES <const> = {
    { {}, {} },
    { { ism = OLD, roce = OLD }, { D1, R1 } },
    { { ism = OLD, roce = OLD, kernel = { available = false } }, {} },
    { { ism = OLD, kernel = { available = true } }, { D1 } },
    { { ism = NEW, eids = UEID }, { D2 } }, { { ism = NEW, eids = SEID }, { D2 } },
    { { ism = NEW, eids = OFF }, {} }, { { ism = NEW }, {} }, { { ism = OLD, eids = UEID }, { D1 } },
    { { loopback_ism = true, eids = SEID }, { D2 } }, { { loopback_ism = true, eids = OFF }, {} },
    { { roce = NEW, eids = UEID }, { R2 } }, { { roce = NEW, eids = SEID }, {} }, { { roce = NEW }, {} },
    { { roce = NEW, eids = UEID, address = "10.0.0.1" }, { R2 } },
    { { roce = NEW, eids = UEID, address = "::ffff:10.0.0.1" }, { R2 } },
    { { roce = NEW, eids = UEID, address = "fd00::1", interface = GLOBAL }, {} },
    { { roce = BOTH, ism = BOTH, eids = UEID }, { D1, D2, R1, R2 } },
    { { roce = BOTH, ism = BOTH, eids = UEID, address = "fd00::1", interface = GLOBAL }, { D1, D2, R1 } },
    { { roce = BOTH, ism = BOTH, eids = UEID, address = "fe80::1%eth0", interface = LOCAL }, { D2 } },
    { { roce = BOTH, ism = BOTH, eids = SEID }, { D1, D2, R1 } },
  }

  it("are those that devices, EIDs and addresses allow", function()
    for i, case in ipairs(CASES) do assert.same(case[2], modes.of(case[1]), "case " .. i) end
  end)
end)

describe("an ISM function", function()
  local HARDWARE <const> = { NETA = true }

  -- Devices, with these functions of the machine, devices of SMC-D and of dibs.
  local function devices_with(functions, smcd, dibs)
    return support.load_with("smc.check.path.devices", {
      ["smc.ism"] = { list = function() return functions end },
      ["smc.device"] = { list = function() return smcd or {} end, dibs = function() return dibs or {} end },
      ["smc.pnet"] = { of_interface = function(link)
        return { pnetid = link, pnetid_source = HARDWARE[link] and "hardware" or "user" }
      end },
    })
  end

  local function one(pnetid, more)
    local f = { type = "ISM", pci_id = "0000:00:01.0", fid = 1, ports = { { pnetid = pnetid } }, smcd = {} }
    for key, value in pairs(more or {}) do f[key] = value end
    return f
  end

  -- The PNET ID of the function and of the interface; whether it can be used with each version.
  local CASES <const> = {
    { "NETA", "NETA", true, true }, { nil, nil, false, true }, { nil, "NETA", false, true },
    { "NETA", nil, false, true }, { "NETB", nil, false, false }, { "NETB", "NETA", false, false },
    { "NETB", "NETB", true, true },
  }

  it("is one for the interfaces with its PNET ID, for any if it has none and version 2", function()
    local links <const> = { { name = "NETA", up = true }, { name = "NETB", up = true } }
    for i, case in ipairs(CASES) do
      local devices = devices_with { one(case[1]) }
      for _, is_v2_capable in ipairs { true, false } do
        local found = devices.ism({ pnetid = case[2] }, links, is_v2_capable)[1]
        assert.same({ case[3], case[4] and is_v2_capable }, { found.v1, found.v2 }, "case " .. i)
      end
    end
    local down = devices_with { one "NETA" }.ism({}, { { name = "NETA", up = false } }, true)
    assert.is_false(down[1].v2)
  end)

  it("that SMC does not use is one for no version", function()
    local f = one "NETA"
    f.smcd = nil
    local found = devices_with { f }.ism({ pnetid = "NETA" }, {}, true)[1]
    assert.same({ false, false, false }, { found.usable, found.v1, found.v2 })
  end)

  it("has the PNET ID that SMC sees, and is listed once", function()
    local smcd <const> = { { pci_id = "0000:00:01.0", pnetid = "NETB", pnetid_source = "user", fid = 1 },
      { fid = 0, pnetid = "NETC" } }
    local found = devices_with({ one "NETA", one("NETA", { type = "RoCE", pci_id = "0000:00:02.0" }) }, smcd)
      .ism({ pnetid = "NETB" }, {}, false)
    assert.same({ { "NETB", 1, true, true }, { "NETC", nil, true, false } }, {
      { found[1].pnetid, found[1].fid, found[1].usable, found[1].v1 },
      { found[2].pnetid, found[2].fid, found[2].usable, found[2].v1 } })
    assert.equal(2, #found)
  end)

  it("is loopback-ism where there is no other with version 2, or where dibs lists it", function()
    local devices = devices_with {}
    assert.same({ true, false, false, false }, { devices.has_loopback({}, true),
      devices.has_loopback({}, false), devices.has_loopback({}, nil), devices.has_loopback({ {} }, true) })
    devices = devices_with({}, {}, { { loopback = false }, { loopback = true } })
    assert.is_true(devices.has_loopback({ {} }, false))
  end)
end)

describe("the facts of a peer", function()
  local function read(more)
    local given = { interface = { name = "eth0" } }
    for key, value in pairs(more) do given[key] = value end
    return facts.read(given)
  end

  it("have lists of at most 32", function()
    local list = {}
    for i = 1, 40 do list[i] = "NET" .. i end
    assert.equal(32, #read { modes = list }.modes)
    assert.equal("NET32", read { modes = list }.modes[32])
    assert.same({ "SMC-Dv1" }, read { modes = { "SMC-Dv1", 7, "SMC-Dv2" } }.modes)
  end)

  it("have an empty list for what the peer has looked at, and none for what it could not read", function()
    local found = read { looked_at = { ism = true, eids = true, roce = false } }
    assert.same({ {}, { ueids = {} }, {}, {} }, { found.ism, found.eids, found.modes,
      found.interface.addresses })
    assert.same({}, { found.roce, found.looked_at })
  end)

  it("are none without an interface, or of ports without names", function()
    assert.is_nil(facts.read {})
    assert.is_nil(facts.read { interface = { name = 7 } })
    local port <const> = { ibdev = "mlx5_0", ibport = 1, state = "ACTIVE" }
    assert.same({ port }, read { roce = { port }, looked_at = { roce = true } }.roce)
    for key in pairs(port) do
      local less = { ibdev = port.ibdev, ibport = port.ibport, state = port.state }
      less[key] = nil
      assert.is_nil(read { roce = { port, less } }, key)
    end
  end)
end)
