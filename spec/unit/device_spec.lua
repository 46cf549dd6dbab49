-- smc.device: what the entries have of the kernel's messages, which a spec gives.
local support = require "support"

local LO <const> = 1 -- every network namespace has lo as its first interface

-- The entries of messages about SMC-D and SMC-R devices.
local function listed(smcd, smcr, filter)
  local answers = { device_smcd = { {} }, device_smcr = { {} } }
  for i, one in ipairs(smcd or {}) do answers.device_smcd[1][i] = { smcd = one } end
  for i, one in ipairs(smcr or {}) do answers.device_smcr[1][i] = { smcr = one } end
  return assert(support.on_answers("smc.device", answers).list(filter))
end

describe("a device", function()
  it("has the model of its PCI ID", function()
    for id, model in pairs {
      [0x04ed] = "ISM", [0x1004] = "RoCE_Express", [0x1016] = "RoCE_Express2", [0x101e] = "RoCE_Express3",
      [0] = false, [0x1005] = false,
    } do
      assert.equal(model or nil, listed({ { pci_device = id } })[1].model)
      assert.equal(model or nil, listed(nil, { { pci_device = id } })[1].model)
    end
  end)

  it("of SMC-D has its PNET ID, without blanks, and who set it", function()
    for _, case in ipairs {
      { { pnetid = "NETA" }, "NETA", "hardware" },
      { { pnetid = " NETA  ", pnetid_by_user = true }, "NETA", "user" },
      { { pnetid = "   ", pnetid_by_user = true } }, { { pnetid = "" } }, { {} },
    } do
      local entry = listed({ { port1 = case[1] } })[1]
      assert.same({ "SMC-D", case[2], case[3] }, { entry.type, entry.pnetid, entry.pnetid_source })
      assert.is_nil(entry.ports)
      assert.is_nil(entry.port1)
    end
    assert.is_nil(listed({ { pnetid = nil } })[1].pnetid)
  end)

  it("of SMC-R has the ports that there are, each with its interface", function()
    local first <const> = { valid = true, state = 1, ifindex = LO, links = 3, pnetid = "A" }
    local second <const> = { valid = true, state = 0, ifindex = 0, links = 0, pnetid = "B",
      pnetid_by_user = true }
    local third <const> = { valid = true, state = 2, ifindex = 0x7ffffff0, links = 1 }
    local A <const> = { ibport = 1, state = "ACTIVE", ifindex = LO, netdev = "lo", links = 3, pnetid = "A",
      pnetid_source = "hardware" }
    local B <const> = { ibport = 2, state = "INACTIVE", links = 0, pnetid = "B", pnetid_source = "user" }
    for _, case in ipairs {
      { first, nil, { A } }, { first, second, { A, B } }, { { valid = false }, second, { B } },
      { third, nil, { { ibport = 1, state = "0x2?", ifindex = 0x7ffffff0, links = 1 } } },
      { nil, nil, {} },
    } do
      local entry = listed(nil, { { ibdev = "mlx5_0", port1 = case[1], port2 = case[2] } })[1]
      assert.same({ "SMC-R", "mlx5_0", case[3] }, { entry.type, entry.ibdev, entry.ports })
      assert.is_nil(entry.pnetid)
    end
  end)

  it("has a PCI address, if the kernel sends one", function()
    assert.equal("0000:00:00.0", listed({ { pci_id = "0000:00:00.0" } })[1].pci_id)
    assert.is_nil(listed({ { pci_id = "" } })[1].pci_id)
  end)
end)

describe("a list of devices", function()
  local function names(filter)
    local found = {}
    for i, one in ipairs(listed({ { fid = 0x32 }, { fid = 0x33 } }, {
      { ibdev = "a", fid = 0x40, port1 = { valid = true, ifindex = LO },
        port2 = { valid = true, ifindex = 0 } },
      { ibdev = "b", fid = 0x32, port1 = { valid = true, ifindex = 0 } },
    }, filter)) do
      found[i] = (one.ibdev or "ism") .. ("%x"):format(one.fid) .. ("/"):rep(#(one.ports or {}))
    end
    return table.concat(found, " ")
  end

  it("has those that match every field, with the ports that do", function()
    for expected, filter in pairs {
      ["ism32 ism33 a40// b32/"] = {}, ["ism32 ism33"] = { type = "SMC-D" },
      ["a40// b32/"] = { type = "SMC-R" },
      ["ism32 b32/"] = { fid = 0x32 }, ["ism33"] = { fid = "33" }, ["a40//"] = { ibdev = "a" },
      ["a40/"] = { netdev = "lo" }, ["b32/"] = { fid = 0x32, type = "SMC-R" },
    } do
      assert.equal(expected, names(filter))
    end
    for _, filter in ipairs { { ibdev = "c" }, { netdev = "eth77" }, { ibdev = "b", netdev = "lo" },
      { fid = 0x34 }, { fid = 0x33, type = "SMC-R" } } do
      assert.equal("", names(filter))
    end
  end)
end)
