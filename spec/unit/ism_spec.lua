-- smc.ism on any machine: what it lists of trees as sysfs has them, and what smc_rnics.lua makes of it.

local E = require "smc.errno"
local ism = require "smc.ism"
local monotonic = require "smc.socket".monotonic
local support = require "support"
local sysfs_tree = require "sysfs_tree"

local ETIMEDOUT <const> = E.ETIMEDOUT
local NET25 <const>, NET1 <const>, NONE <const> = sysfs_tree.NET25, sysfs_tree.NET1, sysfs_tree.NONE

-- busted's finally is another for every spec.
local function tree() return sysfs_tree.new(finally) end

-- Calls a function on a tree.
local function at(t, f, ...) return support.with_paths({ sysfs = t.root }, f, ...) end

describe("smc.ism.list", function()
  it("tells what s390 says of an ISM function", function()
    local t = tree()
    t.ism(0x50)
    assert.same({ {
      fid = 0x50, power = true, slot = "00000050", pci_id = "0050:00:00.0", type = "ISM", vendor = 0x1014,
      device = 0x04ed, class = 0, pchid = 0x7c0, pft = 5, vf = true, vfn = 3, uid = 0x50, port = 0,
      ports = { { index = 0, pnetid = "NET25", pnetid_source = "hardware", netdevs = {}, ibdevs = {} } },
    } }, at(t, ism.list))
  end)

  it("leaves out what goes while it is looked at", function()
    local t = tree()
    t.ism(0x50)
    t.device("0051:00:00.0", { ["power/control"] = "auto\n" }) -- its own attributes have gone already
    support.write(t.root .. "/bus/pci/slots/00000052/power", "1\n")
    local found = at(t, ism.list, { all = true })
    assert.equal(1, #found)
    assert.equal(0x50, found[1].fid)
  end)

  it("has a function whose address is none of PCI's", function()
    local t = tree()
    t.ism(0x50)
    for _, name in ipairs { "virtual", "0000:00:1f", ".0", "0001:00:00.0." } do
      t.device(name, { vendor = "0x1014\n", device = "0x04ed\n", class = "0\n", function_id = "junk\n" })
    end
    t.device("0002:00:00.0", { vendor = "0x1014\n", function_id = "0x2\n" }) -- on its way out
    t.device("0003:00:00.0", { vendor = "junk\n", device = "\n", class = "0x\n", port = ("9"):rep(30),
      pft = "5" })
    assert.equal(5, #at(t, ism.list, { all = true }))
    for _, option in ipairs { "-a", "-r", "-I", "--json" } do
      local shown = support.run_by({}, ([[
        require "smc.internal.paths".sysfs = %q
        require "smc.cli.smc_rnics".main { [0] = "smc_rnics.lua", "-a", %q }]]):format(t.root, option))
      assert.is_truthy(shown:find("0001:00:00.0.", 1, true))
    end
  end)

  it("shows the function that an order changed, as JSON", function()
    local t = tree()
    t.ism(0x32)
    for option, power in pairs { ["-d"] = false, ["-e"] = true } do
      if power then t.ism(0x32, "0\n") end
      local shown = support.run_by({}, ([[
        require "smc.internal.paths".sysfs = %q
        require "smc.cli.smc_rnics".main { [0] = "smc_rnics.lua", %q, "32", "--json" }]]):format(
        t.root, option))
      local f = require "dkjson".decode(shown)
      assert.same({ "0032", power }, { f.fid, f.power })
    end
  end)

  it("has functions that are powered off, of which only the slot is known", function()
    local t = tree()
    t.ism(0x51, "0\n")
    t.ism(0x50)
    local found = assert(at(t, ism.list))
    assert.same({ fid = 0x51, power = false, slot = "00000051", ports = {} }, found[2])
    assert.equal(1, #assert(at(t, ism.list, { power = true })))
    assert.equal(0x51, assert(at(t, ism.list, { power = false }))[1].fid)
  end)

  it("gives each port of a RoCE Express its PNET ID, interfaces and RDMA devices", function()
    local t = tree()
    t.slot("00000066", "1\n", "0066:00:00")
    t.device("0066:00:00.0", {
      vendor = "0x15b3\n", device = "0x1004\n", class = "0x020000\n", function_id = "0x00000066\n",
      pchid = "0x0598\n", pft = "0x02\n", vfn = "0x0001\n", uid = "0x66\n", port = "1\n",
      util_string = NET25 .. NET1 .. NONE:rep(2),
      ["net/eno1/dev_port"] = "0\n", ["net/eno1d1/dev_port"] = "1\n",
      ["infiniband/mlx4_0/fw_ver"] = "2.42.5000\n",
      ["infiniband/mlx4_0/ports/1/state"] = "", ["infiniband/mlx4_0/ports/2/state"] = "",
    })
    local f = assert(at(t, ism.find, "66"))
    assert.equal("RoCE_Express", f.type)
    assert.same({
      { index = 0, pnetid = "NET25", pnetid_source = "hardware", netdevs = { "eno1" },
        ibdevs = { { ibdev = "mlx4_0", ibport = 1 } } },
      { index = 1, pnetid = "NET1", pnetid_source = "hardware", netdevs = { "eno1d1" },
        ibdevs = { { ibdev = "mlx4_0", ibport = 2 } } },
    }, f.ports)
    assert.equal("66", ("%x"):format(assert(at(t, ism.list, { netdev = "eno1d1" }))[1].fid))
    assert.equal(1, #assert(at(t, ism.list, { pnetid = "NET1" })))
    assert.equal(0, #assert(at(t, ism.list, { pnetid = "NET2" })))
  end)

  it("tells RoCE Express2 and 3 by firmware, and Network Express", function()
    local t = tree()
    local function roce(pci_id, pft, firmware, vfn)
      t.device(pci_id, { vendor = "0x15b3\n", device = "0x1016\n", pft = pft .. "\n", vfn = vfn .. "\n",
        port = "2\n", function_id = "0x000000" .. pci_id:sub(3, 4) .. "\n",
        ["infiniband/mlx5_0/fw_ver"] = firmware .. "\n", ["infiniband/mlx5_0/ports/1/state"] = "" })
    end
    roce("0001:00:00.0", "0x0a", "14.32.1010", "0x0001")
    roce("0002:00:00.0", "0x0a", "22.32.1010", "0x0001")
    roce("0003:00:00.0", "0x0c", "28.1", "0x0001")
    roce("0004:00:00.0", "0x0f", "28.1", "0x0000")
    local found = {}
    for i, f in ipairs(assert(at(t, ism.list))) do found[i] = { f.type, f.vf, f.port } end
    assert.same({ { "RoCE_Express2", true, 2 }, { "RoCE_Express3", true, 2 }, { "Network_Express", true, 2 },
      { "Network_Express", false, 2 } }, found)
  end)

  it("leaves out what has nothing to do with SMC, unless asked for all", function()
    local t = tree()
    t.device("0000:00:1f.2", { vendor = "0x8086\n", device = "0x2922\n", class = "0x010601\n" })
    t.slot("3", "0\n", "0000:00:03")
    assert.same({}, at(t, ism.list))
    assert.equal(2, #assert(at(t, ism.list, { all = true })))
  end)

  it("joins slots by address where they have no FIDs", function()
    local t = tree()
    t.device("0000:01:00.0", { vendor = "0x1014\n", device = "0x04ed\n" })
    t.slot("0-1", "1\n", "0000:01:00")
    local f = assert(at(t, ism.find, "0000:01:00.0"))
    assert.same({ "0-1", true, "ISM" }, { f.slot, f.power, f.type })
    assert.equal("0000:01:00.0", assert(at(t, ism.find, { slot = "0-1" })).pci_id)
  end)

  it("keeps a function whose slot is on and which is gone", function()
    local t = tree()
    t.slot("00000066", "1\n", "0066:00:00")
    local f = at(t, ism.find, 0x66)
    assert.same({ fid = 0x66, power = true, slot = "00000066", ports = {} }, f)
  end)

  it("invents nothing out of damaged files", function()
    local t = tree()
    t.slot("00000066", "maybe\n", "")
    t.device("0066:00:00.0", { vendor = "", device = "0x\n", function_id = "0x00000066\n", pchid = "x",
      pft = ("f"):rep(300), util_string = "\xd5" })
    local f = assert(at(t, ism.find, "66"))
    assert.same({ nil, nil, nil, nil }, { f.power, f.vendor, f.device, f.pchid })
  end)

  it("takes FIDs and PCHIDs as hex digits or integers", function()
    local t = tree()
    t.ism(0x50)
    t.ism(0x51)
    for _, filter in ipairs { { fid = 0x50 }, { fid = "50" }, { fid = "0x00000050" },
      { pchid = "07C0", slot = "00000050" }, { pchid = 0x7c0, pnetid = "net25", fid = "50" } } do
      assert.equal(0x50, assert(at(t, ism.list, filter))[1].fid)
    end
    assert.same({}, at(t, ism.list, { fid = 50 }))
    for _, filter in ipairs { { fid = "xyz" }, { fid = "123456789" }, { fid = -1 }, { pchid = "7c0 " } } do
      local found, message, errno = at(t, ism.list, filter)
      assert.same({ nil, E.EINVAL }, { found, errno })
      assert.matches("is not a valid [FP]", message)
    end
  end)

  it("lists nothing where there is no PCI", function()
    assert.same({}, support.with_paths({ sysfs = "/nonexistent" }, ism.list))
  end)

  it("lists a crowd of functions", function()
    local t = tree()
    for fid = 1, 500 do t.ism(fid) end
    assert.equal(500, #assert(at(t, ism.list)))
  end)

  it("throws for unknown fields and wrong types", function()
    assert.error_matches(function() ism.list { fide = 1 } end, "bad option 'fide'", 1, true)
    assert.has_error(function() ism.list { pchid = true } end)
    assert.has_error(function() ism.list { fid = 32.5 } end)
  end)
end)

describe("smc.ism.watch", function()
  it("hears nothing while nothing happens, for as long as was asked", function()
    local watch <close> = assert(ism.watch())
    assert.is_true(watch:getfd() >= 0)
    local started = monotonic()
    local event, _, errno = watch:next(0.05)
    assert.same({ nil, ETIMEDOUT }, { event, errno })
    assert.is_true(monotonic() - started >= 0.05)
    watch:close()
    watch:close()
  end)
end)

describe("smc_rnics.lua", function()
  it("has the exit statuses of smc_rnics", function()
    assert.equal(3, support.script("smc_rnics.lua", "xyz").status)
    assert.equal(3, support.script("smc_rnics.lua", "-e", "123456789").status)
    assert.equal(4, support.script("smc_rnics.lua", "-e", "7fffffff", "7fffffff").status)
    assert.equal(5, support.script("smc_rnics.lua", "-d", "7fffffff").status)
    assert.equal(8, support.script("smc_rnics.lua", "7fffffff").status)
    assert.equal(2, support.script("smc_rnics.lua", "--none").status)
    assert.equal(2, support.script("smc_rnics.lua", "-d", "1", "-e", "1").status)
  end)

  it("prints its titles where there is nothing to list", function()
    local done = support.script("smc_rnics.lua", "7fffffff")
    assert.matches("^FID   Power  PCI_ID        PCHID  Type             PFT   VF   PPrt  PNET_ID            "
      .. "Net%-Dev\n%-+\n$", done.stdout)
  end)

  it("says that there is no such function, with --json there too", function()
    local message <const> = "there is no function with FID 7fffffff on this host"
    assert.equal("smc_rnics.lua: " .. message .. "\n", support.script("smc_rnics.lua", "7fffffff").stderr)
    local done = support.script("smc_rnics.lua", "7fffffff", "--json")
    assert.same({ 8, "smc_rnics.lua: " .. message .. "\n" }, { done.status, done.stderr })
    local report = require "dkjson".decode(done.stdout)
    assert.same({ success = false, message = message, errno = require "smc.errno".ENOENT }, report)
  end)
end)
