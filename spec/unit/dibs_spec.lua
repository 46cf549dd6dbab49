-- Devices of the dibs layer (Linux 6.18) on any machine: trees of sysfs and messages made by hand.

local E = require "smc.errno"
local device = require "smc.device"
local evidence = require "smc.check.evidence"
local genl = require "fuzz.genl"
local ism = require "smc.ism"
local m = require "fuzz.messages"
local recorded = require "fuzz.recorded"
local support = require "support"
local sysfs = require "smc.core.sysfs"
local user_pnetids = require "smc.ism.user_pnetids"

local ADDRESS <const> = "0032:00:00.0"

-- A tree of sysfs with the devices lo and ism32; `gid` is that of ism32.
local function tree(gid, driver)
  return support.tree {
    ["class/dibs/lo/gid"] = "0b6e1a3c-0000-0000-0000-000000000001\n",
    ["class/dibs/lo/fabric_id"] = "0xffff\n",
    [gid and "class/dibs/ism32/gid" or "x"] = (gid or "") .. "\n",
    [gid and "class/dibs/ism32/fabric_id" or "y"] = "0x07c1\n",
    [gid and "class/dibs/ism32/device/uevent" or "z"] = ("DRIVER=ism\nPCI_SLOT_NAME=%s\n"):format(ADDRESS),
    ["bus/pci/devices/" .. ADDRESS .. "/vendor"] = "0x1014\n",
    ["bus/pci/devices/" .. ADDRESS .. "/device"] = "0x04ed\n",
    ["bus/pci/devices/" .. ADDRESS .. "/function_id"] = "0x00000032\n",
    ["bus/pci/devices/" .. ADDRESS .. "/driver"] = { "../../drivers/" .. (driver or "ism") },
  }
end

-- What a function gives while sysfs is a tree.
local function at(made, f, ...)
  return support.with_paths({ sysfs = made.root }, f, ...)
end

describe("a dibs device", function()
  it("has a type", function()
    local made <close> = tree "9d8b0000-0000-0000-0000-000000000000"
    local types = {}
    for _, one in ipairs(at(made, device.dibs)) do types[one.name] = one.type end
    assert.same({ lo = "loopback", ism32 = "ISM" }, types)
  end)

  it("is listed by smcd.lua", function()
    local made <close> = tree "9d8b0000-0000-0000-0000-000000000000"
    local function smcd(words)
      return support.run_by({}, ([[
        require "smc.internal.paths".sysfs = %q
        require "smc.cli.smcd".main("SMC-D", { [0] = "smcd.lua", %s "--dibs", "device" })]]):format(
        made.root, words))
    end
    assert.equal([[
Name      Type      GID                                   Fabric  PCI-ID
ism32     ISM       9d8b0000-0000-0000-0000-000000000000  07c1    0032:00:00.0
lo        loopback  0b6e1a3c-0000-0000-0000-000000000001  ffff
]], (smcd "":gsub(" +\n", "\n")))
    local ism32 = require "dkjson".decode(smcd '"--json",')[1]
    assert.same({ "ism32", ADDRESS }, { ism32.name, ism32.pci_id })
  end)

  it("is joined with a link group by the two halves of its GID", function()
    local made <close> = tree "ffffffff-ffff-fffe-0000-000000000008" -- -2 and 8
    local function group() return recorded.link_groups(genl.lgr_smcd() .. genl.done(), "SMC-D")[1] end
    assert.same({ -2, 8, "ism32" }, { group().gid, group().gid_ext, at(made, group).dibs })
    assert.is_nil(group().dibs)
    local other <close> = tree "ffffffff-ffff-fffe-0000-000000000009"
    assert.is_nil(at(other, group).dibs)
  end)

  it("is joined with a socket, and named in the evidence", function()
    local function socket() return recorded.sockets(m.smcd() .. m.done())() end
    local dmb = socket().dmb
    local hex = ("%016x%016x"):format(dmb.gid, dmb.gid_ext or 0)
    local made <close> = tree(hex:gsub("^(........)(....)(....)(....)", "%1-%2-%3-%4-"))
    assert.equal("ism32", at(made, socket).dmb.dibs)
    assert.is_nil(dmb.dibs)
    assert.matches("^over ism32, from GID ", evidence.path(at(made, socket)))
    assert.matches("^from GID ", evidence.path(socket()))
  end)

  it("is joined with the function that it belongs to, and with SMC's device", function()
    local made <close> = tree "9d8b0000-0000-0000-0000-000000000000"
    assert.equal("ism32", at(made, ism.find, ADDRESS).dibs)
    local function smcd() return recorded.devices(genl.dev_smcd(), "SMC-D")[1] end
    assert.is_nil(at(made, smcd).dibs) -- that is 0050:00:00.0
  end)

  it("is the name by which the PNET table knows a function", function()
    local records = { { pci_id = ADDRESS, dibs = "ism32", ports = { { netdevs = {}, ibdevs = {} } } },
      { pci_id = "0033:00:00.0", ports = { { netdevs = {}, ibdevs = {} } } } }
    user_pnetids.add(records, { { pnetid = "NETA", ibdev = "ism32", ibport = 1 } })
    assert.same({ "NETA", "user" }, { records[1].ports[1].pnetid, records[1].ports[1].pnetid_source })
    assert.is_nil(records[2].ports[1].pnetid)
    records[1].ports[1].pnetid = nil
    user_pnetids.add(records, { { pnetid = "NETB", ibdev = ADDRESS, ibport = 1 } })
    assert.equal("NETB", records[1].ports[1].pnetid)
  end)
end)

describe("a function that is held for a guest", function()
  it("says so", function()
    for driver, guest in pairs { ["ism-vfio-pci"] = true, ["vfio-pci"] = true, ism = false } do
      local made <close> = tree(nil, driver)
      local found = at(made, ism.find, "32")
      assert.same({ driver, guest or nil }, { found.driver, found.guest })
    end
  end)

  it("is named by smc_rnics.lua beside its table", function()
    local made <close> = tree(nil, "ism-vfio-pci")
    local result = support.run({ "lua5.4", "-e",
      ("require 'smc.internal.paths'.sysfs = %q"):format(made.root), "examples/smc_rnics.lua" }, nil,
      support.environment())
    assert.equal("smc_rnics.lua: FID 32 is given to a guest by its driver, ism-vfio-pci: this host cannot "
      .. "use it\n", result.stderr)
    assert.matches("\n +32  n/a    0032:00:00.0 ", result.stdout)
  end)
end)

describe("the name of a dibs device", function()
  it("is found by both halves of its GID, in either case", function()
    for _, gid in ipairs { "9D8B0000-0000-0001-0000-00000000000a", "9d8b0000-0000-0001-0000-00000000000A" } do
      local made <close> = tree(gid)
      local name_of = at(made, require "smc.internal.dibs".namer)
      assert.equal("ism32", name_of(0x9d8b000000000001, 10))
      assert.same({}, { name_of(0x9d8b000000000001), name_of(10, 0x9d8b000000000001), name_of(nil) })
    end
  end)
end)

describe("smc.ism.watch", function()
  -- A source of uevents that the kernel has announced elsewhere.
  local function source_of(uevents)
    return { getfd = function() return 0 end, close = function() end, receive = function()
      local uevent = table.remove(uevents, 1)
      if type(uevent) == "function" then return uevent() end
      if uevent then return uevent end
      return nil, "nothing", E.ETIMEDOUT
    end }
  end

  it("tells when a function becomes usable, and when it no longer is", function()
    local made <close> = tree()
    local folder = made.root .. "/class/dibs/ism32"
    local path = "/devices/pci0032:00/" .. ADDRESS .. "/dibs/ism32"
    local function dibs(action) return { ACTION = action, SUBSYSTEM = "dibs", DEVPATH = path } end
    local real = sysfs.uevents
    finally(function() sysfs.uevents = real end)
    sysfs.uevents = function()
      return source_of {
        { ACTION = "add", SUBSYSTEM = "dibs", DEVPATH = "/devices/virtual/dibs/lo" },
        function()
          support.write(folder .. "/device/uevent", "PCI_SLOT_NAME=" .. ADDRESS .. "\n")
          return dibs "add"
        end,
        dibs "change",
        function()
          assert(os.execute("rm -r " .. folder))
          return dibs "remove"
        end,
      }
    end
    local watch <close> = assert(at(made, ism.watch))
    local words = {}
    for i = 1, 3 do
      local event = at(made, watch.next, watch, 0)
      words[i] = event and { event.event, event.pci_function.fid, event.pci_function.dibs } or "none"
    end
    assert.same({ { "usable", 0x32, "ism32" }, { "unusable", 0x32 }, "none" }, words)
  end)

  it("tells each time that a function is added or removed, once", function()
    local made <close> = tree()
    local here, away = made.root .. "/bus/pci/devices/" .. ADDRESS, made.root .. "/away"
    local function pci(action) return { ACTION = action, SUBSYSTEM = "pci", PCI_SLOT_NAME = ADDRESS } end
    local function lost() return nil, "lost", E.ENOBUFS end
    local function quiet() return nil, "nothing", E.ETIMEDOUT end
    local function removed() assert(os.rename(here, away)) return pci "remove" end
    local function added() assert(os.rename(away, here)) return pci "add" end
    local function removed_unseen() assert(os.rename(here, away)) return lost() end
    local real = sysfs.uevents
    finally(function() sysfs.uevents = real end)
    sysfs.uevents = function()
      return source_of { removed, function() return pci "remove" end, added, function() return pci "add" end,
        removed, added, removed_unseen, quiet, lost }
    end
    local watch <close> = assert(at(made, ism.watch))
    local words = {}
    repeat
      local event, _, errno = at(made, watch.next, watch, 0)
      words[#words + 1] = event and event.event or errno
    until errno == E.ETIMEDOUT or #words == 20
    assert.same({ "removed", "added", "removed", "added", E.ENOBUFS, "removed", E.ENOBUFS,
      E.ETIMEDOUT }, words)
  end)
end)
