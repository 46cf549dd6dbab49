-- smc.ism lists what sysfs of an s390x said, recorded there, on any machine and for any user: two ISM
-- functions, a RoCE Express and another one, all powered on; FID 51 powered off; FID 66 removed, its slot on.

local ism = require "smc.ism"
local support = require "support"

local here = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$")

local function port(index, pnetid)
  return { index = index, pnetid = pnetid, pnetid_source = pnetid and "hardware", netdevs = {}, ibdevs = {} }
end

local FID50 <const> = {
  fid = 0x50, power = true, slot = "00000050", pci_id = "0050:00:00.0", type = "ISM", vendor = 0x1014,
  device = 0x04ed, class = 0, pchid = 0x7c0, pft = 5, vf = true, vfn = 0, uid = 0x50, port = 0,
  ports = { port(0, "NET25") },
}
local FID51 <const> = {
  fid = 0x51, power = true, slot = "00000051", pci_id = "0051:00:00.0", type = "ISM", vendor = 0x1014,
  device = 0x04ed, class = 0, pchid = 0x7c1, pft = 5, vf = true, vfn = 3, uid = 0x51, port = 0,
  ports = { port(0) },
}
local FID66 <const> = {
  fid = 0x66, power = true, slot = "00000066", pci_id = "0066:00:00.0", type = "RoCE_Express",
  vendor = 0x15b3, device = 0x1004, class = 0x020000, pchid = 0x598, pft = 2, vf = true, vfn = 1, uid = 0x66,
  port = 1,
  ports = { port(0, "NETA"), port(1, "NETB") },
}
local FID1FF <const> = {
  fid = 0x1ff, power = true, slot = "000001ff", pci_id = "1000:00:00.0", vendor = 0x1af4, device = 0x1000,
  class = 0x020000, pchid = 0, pft = 0, vf = false, vfn = 0, uid = 0x1000, port = 0, ports = { port(0) },
}

describe("sysfs recorded on an s390x", function()
  local root

  setup(function()
    root = os.tmpname()
    os.remove(root)
    local done = support.run { "sh", "-c", 'mkdir "$1" && tar xzf "$2" -C "$1"', "sh", root,
      here .. "/sysfs-s390x.tgz" }
    assert.equal(0, done.status, done.stderr)
  end)

  teardown(function() os.execute("rm -rf " .. root) end)

  local function functions(tree, filter)
    return assert(support.with_paths({ sysfs = root .. "/" .. tree .. "/sys" }, ism.list, filter))
  end

  it("with all on", function()
    assert.same({ FID50, FID51, FID66 }, functions("on"))
    assert.same({ FID50, FID51, FID66, FID1FF }, functions("on", { all = true }))
    assert.same({ FID66 }, functions("on", { pnetid = "NETB" }))
  end)

  it("with FID 51 powered off", function()
    local off = { fid = 0x51, power = false, slot = "00000051", ports = {} }
    assert.same({ FID50, off, FID66 }, functions("fid51_off"))
    assert.same(off, support.with_paths({ sysfs = root .. "/fid51_off/sys" }, ism.find, "51"))
  end)

  it("with FID 66 removed", function()
    assert.same({ FID50, FID51, { fid = 0x66, power = true, slot = "00000066", ports = {} } },
      functions("fid66_removed"))
  end)
end)
