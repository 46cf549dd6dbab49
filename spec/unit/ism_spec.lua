-- smc.ism on any machine: arguments, trees as sysfs has them, what the kernel may answer to an order.

local ism = require "smc.ism"
local getpid = require("smc.core.process").getpid
local monotonic = require "smc.socket".monotonic
local support = require "spec.support"

local ENOENT <const>, EIO <const>, EACCES <const>, EINVAL <const> = 2, 5, 13, 22
local ENOTSUP <const>, ETIMEDOUT <const>, EALREADY <const> = 95, 110, 114

local NET25 <const> = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11)
local NET1 <const> = "\xd5\xc5\xe3\xf1" .. ("\x40"):rep(12)
local NONE <const> = ("\0"):rep(16)

-- Hex digits that are no FID, and what only looks like one.
local HOSTILE <const> = {
  "../../../etc", "32\n", "\n32", "32 ", " 32", "0x", "0x0x32", "123456789", "0x123456789", "-1", "-32",
  "+32", "", "g", "32\0", "\0", "3.2", "3,2", "32;reboot", "１", "50:00", "1e2\t",
}

local function write(path, content)
  assert(os.execute(("mkdir -p '%s'"):format(path:match("^(.*)/"))))
  local file <close> = assert(io.open(path, "wb"))
  file:write(content)
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- A root for trees of sysfs, with the functions and slots given.
local function tree()
  local root = os.tmpname()
  os.remove(root)
  local self = { root = root }
  finally(function() os.execute(("rm -rf '%s'"):format(root)) end)

  function self.device(pci_id, files)
    for name, content in pairs(files) do
      write(("%s/bus/pci/devices/%s/%s"):format(root, pci_id, name), content)
    end
  end

  function self.slot(name, power, address)
    local path = ("%s/bus/pci/slots/%s/"):format(root, name)
    write(path .. "power", power)
    write(path .. "address", address .. "\n")
    return path .. "power"
  end

  function self.ism(fid, power)
    local address = ("%04x:00:00"):format(fid)
    if power ~= "0\n" then
      self.device(address .. ".0", {
        vendor = "0x1014\n", device = "0x04ed\n", class = "0x000000\n", port = "0\n", vfn = "0x0003\n",
        function_id = ("0x%08x\n"):format(fid), pchid = "0x07c0\n", pft = "0x05\n",
        uid = ("0x%x\n"):format(fid), util_string = NET25 .. NONE:rep(3),
      })
    end
    return self.slot(("%08x"):format(fid), power or "1\n", address)
  end
  return self
end

describe("smc.ism.functions", function()
  it("tells what s390 says of an ISM function", function()
    local t = tree()
    t.ism(0x50)
    assert.same({ {
      fid = 0x50, power = true, slot = "00000050", pci_id = "0050:00:00.0", type = "ISM", vendor = 0x1014,
      device = 0x04ed, class = 0, pchid = 0x7c0, pft = 5, vf = true, vfn = 3, uid = 0x50, port = 0,
      ports = { { index = 0, pnetid = "NET25", pnetid_source = "hardware", netdevs = {}, ibdevs = {} } },
    } }, ism.functions { sysfs = t.root })
  end)

  it("has functions that are powered off, of which only the slot is known", function()
    local t = tree()
    t.ism(0x51, "0\n")
    t.ism(0x50)
    local found = assert(ism.functions { sysfs = t.root })
    assert.same({ fid = 0x51, power = false, slot = "00000051", ports = {} }, found[2])
    assert.equal(1, #assert(ism.functions { sysfs = t.root, power = true }))
    assert.equal(0x51, assert(ism.functions { sysfs = t.root, power = false })[1].fid)
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
    local f = assert(ism.find("66", { sysfs = t.root }))
    assert.equal("RoCE_Express", f.type)
    assert.same({
      { index = 0, pnetid = "NET25", pnetid_source = "hardware", netdevs = { "eno1" },
        ibdevs = { { name = "mlx4_0", port = 1 } } },
      { index = 1, pnetid = "NET1", pnetid_source = "hardware", netdevs = { "eno1d1" },
        ibdevs = { { name = "mlx4_0", port = 2 } } },
    }, f.ports)
    assert.equal("66", ("%x"):format(assert(ism.functions { sysfs = t.root, netdev = "eno1d1" })[1].fid))
    assert.equal(1, #assert(ism.functions { sysfs = t.root, pnetid = "NET1" }))
    assert.equal(0, #assert(ism.functions { sysfs = t.root, pnetid = "NET2" }))
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
    for i, f in ipairs(assert(ism.functions { sysfs = t.root })) do found[i] = { f.type, f.vf, f.port } end
    assert.same({ { "RoCE_Express2", true, 2 }, { "RoCE_Express3", true, 2 }, { "Network_Express", true, 2 },
      { "Network_Express", false, 2 } }, found)
  end)

  it("leaves out what has nothing to do with SMC, unless asked for all", function()
    local t = tree()
    t.device("0000:00:1f.2", { vendor = "0x8086\n", device = "0x2922\n", class = "0x010601\n" })
    t.slot("3", "0\n", "0000:00:03")
    assert.same({}, ism.functions { sysfs = t.root })
    assert.equal(2, #assert(ism.functions { sysfs = t.root, all = true }))
  end)

  it("joins slots by address where they have no FIDs", function()
    local t = tree()
    t.device("0000:01:00.0", { vendor = "0x1014\n", device = "0x04ed\n" })
    t.slot("0-1", "1\n", "0000:01:00")
    local f = assert(ism.find("0000:01:00.0", { sysfs = t.root }))
    assert.same({ "0-1", true, "ISM" }, { f.slot, f.power, f.type })
    assert.equal("0000:01:00.0", assert(ism.find({ slot = "0-1" }, { sysfs = t.root })).pci_id)
  end)

  it("keeps a function whose slot is on and which is gone", function()
    local t = tree()
    t.slot("00000066", "1\n", "0066:00:00")
    local f = ism.find(0x66, { sysfs = t.root })
    assert.same({ fid = 0x66, power = true, slot = "00000066", ports = {} }, f)
  end)

  it("invents nothing out of damaged files", function()
    local t = tree()
    t.slot("00000066", "maybe\n", "")
    t.device("0066:00:00.0", { vendor = "", device = "0x\n", function_id = "0x00000066\n", pchid = "x",
      pft = ("f"):rep(300), util_string = "\xd5" })
    local f = assert(ism.find("66", { sysfs = t.root }))
    assert.same({ nil, nil, nil, nil }, { f.power, f.vendor, f.device, f.pchid })
  end)

  it("lists nothing where there is no PCI", function()
    assert.same({}, ism.functions { sysfs = "/nonexistent" })
  end)

  it("lists 500 functions within 50 ms", function()
    local root = os.tmpname()
    os.remove(root)
    finally(function() os.execute(("rm -rf '%s'"):format(root)) end)
    assert(support.run { "sh", "-c", [[
      for i in $(seq 500); do
        f=$(printf %08x $i) d=$1/bus/pci/devices/$(printf %04x $i):00:00.0 s=$1/bus/pci/slots/$f
        mkdir -p $d $s
        echo 1 >$s/power; echo $(printf %04x $i):00:00 >$s/address
        echo 0x$f >$d/function_id; echo 0x1014 >$d/vendor; echo 0x04ed >$d/device; echo 0x000000 >$d/class
        echo 0x07c0 >$d/pchid; echo 0x05 >$d/pft; echo 0x0000 >$d/vfn; echo 0x1 >$d/uid; echo 0 >$d/port
      done]], "sh", root }.status == 0)
    local best = math.huge
    for _ = 1, 5 do
      local started = monotonic()
      assert.equal(500, #assert(ism.functions { sysfs = root }))
      best = math.min(best, monotonic() - started)
    end
    -- Instrumented code is slower.
    assert.is_true(best < (os.getenv("SMC_BUILD") and 1 or 0.05), ("%.0f ms"):format(best * 1000))
  end)

  it("throws for unknown fields and wrong types", function()
    assert.has_error(function() ism.functions { fide = 1 } end, "unknown option 'fide'")
    assert.has_error(function() ism.functions { fid = "32" } end)
    assert.has_error(function() ism.functions { fid = 32.5 } end)
  end)
end)

describe("a FID", function()
  it("is an integer or 1 to 8 hex digits", function()
    for text, fid in pairs { ["32"] = 0x32, ["0x32"] = 0x32, ["0X32"] = 0x32, ["00000032"] = 0x32, f = 15,
      ["0xffffffff"] = 0xffffffff, FFFFFFFF = 0xffffffff, ["0"] = 0 } do
      assert.equal(fid, ism.fid(text))
    end
    assert.equal(50, ism.fid(50))
  end)

  it("is nothing else: an error, and nothing is written", function()
    local t = tree()
    local power = t.ism(0x32)
    for _, bad in ipairs(HOSTILE) do
      for _, f in ipairs { ism.find, ism.power_on, ism.power_off } do
        local ok, message, errno = f(bad, { sysfs = t.root })
        assert.is_nil(ok)
        assert.equal(EINVAL, errno)
        assert.matches("is no FID", message, 1, true)
      end
    end
    for _, bad in ipairs { -1, 1 << 32, math.mininteger } do
      assert.equal(EINVAL, select(3, ism.power_off(bad, { sysfs = t.root })))
    end
    for _, bad in ipairs { 50.0, true, {}, print } do
      assert.has_error(function() ism.power_off(bad, { sysfs = t.root }) end)
    end
    assert.equal("1\n", read(power))
  end)
end)

describe("switching", function()
  it("writes the one byte, and tells what became of it", function()
    local t = tree()
    local power = t.ism(0x32, "1\n")
    assert.is_false(assert(ism.power_off("0x32", { sysfs = t.root })).power)
    assert.equal("0\n", read(power))
    assert.is_true(assert(ism.power_on(0x32, { sysfs = t.root })).power)
    assert.equal("1\n", read(power))
  end)

  it("is refused where it is so already", function()
    local t = tree()
    t.ism(0x32, "1\n")
    t.ism(0x33, "0\n")
    local _, message, errno = ism.power_on("32", { sysfs = t.root })
    assert.same({ "FID 32 is already powered on", EALREADY }, { message, errno })
    _, message, errno = ism.power_off("33", { sysfs = t.root })
    assert.same({ "FID 33 is already powered off", EALREADY }, { message, errno })
  end)

  it("wants a function that exists, in a slot", function()
    local t = tree()
    t.device("0000:00:00.0", { vendor = "0x1014\n", device = "0x04ed\n" })
    assert.equal(ENOENT, select(3, ism.power_off("99", { sysfs = t.root })))
    assert.equal(ENOENT, select(3, ism.power_off({ slot = "../../.." }, { sysfs = t.root })))
    assert.equal(ENOTSUP, select(3, ism.power_off("0000:00:00.0", { sysfs = t.root })))
  end)

  it("writes nothing where the slot says neither on nor off", function()
    for _, lie in ipairs { "", "2\n", "on\n", "1", "01\n", "1\n\n", "\n" } do
      local t = tree()
      local power = t.ism(0x32, lie)
      for _, switch in ipairs { ism.power_on, ism.power_off } do
        assert.equal(EIO, select(3, switch("32", { sysfs = t.root })))
      end
      assert.equal(lie, read(power))
    end
  end)

  it("leaves no process and no descriptor behind", function()
    local t = tree()
    t.ism(0x32)
    assert(ism.power_off("32", { sysfs = t.root }))
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 20 do
      assert(ism.power_on("32", { sysfs = t.root }))
      assert(ism.power_off("32", { sysfs = t.root }))
    end
    assert.equal(before, support.descriptors())
    assert.equal(0, support.processes { parent = getpid() })
  end)
end)

-- The module on a kernel that answers an order as the spec says.
describe("an order to the kernel", function()
  local function on_kernel(answer, power_says)
    local modules = { "smc.ism", "smc.ism.power", "smc.core.sysfs", "smc.diag" }
    local real, orders = {}, {}
    for _, name in ipairs(modules) do real[name] = package.loaded[name] end
    finally(function()
      for _, name in ipairs(modules) do package.loaded[name] = real[name] end
    end)
    package.loaded["smc.ism"], package.loaded["smc.ism.power"] = nil, nil
    package.loaded["smc.core.sysfs"] = setmetatable({
      write_apart = function(path, byte)
        orders[#orders + 1] = { path, byte }
        if power_says then write(path, power_says) end
        return setmetatable({
          wait = function(_, seconds)
            if answer[2] == ETIMEDOUT then require("smc.socket").sleep(seconds) end
            if not answer[2] then return true end
            return nil, "write: " .. answer[1], answer[2]
          end,
        }, { __close = function() end })
      end,
    }, { __index = real["smc.core.sysfs"] or require "smc.core.sysfs" })
    return require "smc.ism", orders
  end

  it("that is refused: why, and what to do", function()
    for _, case in ipairs { { EACCES, "only root" }, { 30, "read%-only" }, { EIO, "in that state already" },
      { ENOENT, "has gone" }, { 19, "has gone" } } do
      local t = tree()
      t.ism(0x32)
      local module = on_kernel { "words", case[1] }
      local _, message, errno = module.power_off("32", { sysfs = t.root })
      assert.equal(case[1], errno)
      assert.matches("^cannot power off FID 32: words: .*" .. case[2], message)
    end
  end)

  it("that is not carried out though the kernel says so", function()
    local t = tree()
    t.ism(0x32)
    local module, orders = on_kernel {}
    local _, message, errno = module.power_off("32", { sysfs = t.root, timeout = 0.1 })
    assert.equal(EIO, errno)
    assert.matches('but the slot says "1', message, 1, true)
    assert.same({ { t.root .. "/bus/pci/slots/00000032/power", "0" } }, orders)
  end)

  it("that does not come back: after the time that was given, with the sockets in the way", function()
    local t = tree()
    t.ism(0x32)
    local module = on_kernel { "late", ETIMEDOUT }
    local round = 0
    package.loaded["smc.diag"] = { sockets = function()
      round = round + 1
      local list = {
        { cookie = 7, inode = 4711, uid = 1000, state = round == 1 and "ACTIVE" or "CLOSED",
          mode = round == 1 and "SMC-D" or nil, local_address = round == 1 and "10.0.0.1" or nil,
          local_port = 1, peer_address = "10.0.0.2", peer_port = 2 },
        { cookie = 8, inode = 4712, uid = 0, state = "ACTIVE", mode = "SMC-D" }, -- over another function
      }
      return setmetatable({}, { __call = function() return table.remove(list) end, __close = function() end })
    end }
    local started = monotonic()
    local _, message, errno, sockets = module.power_off("32", { sysfs = t.root, timeout = 0.2 })
    assert.is_true(monotonic() - started < 1)
    assert.equal(ETIMEDOUT, errno)
    assert.matches("inode 4711, uid 1000, no process found, 10.0.0.1 port 1 to 10.0.0.2 port 2", message, 1,
      true)
    assert.equal(1, #sockets)
    assert.equal(4711, sockets[1].inode)
  end)
end)

describe("smc.ism.watch", function()
  it("hears nothing while nothing happens, for as long as was asked", function()
    local watch <close> = assert(ism.watch())
    assert.is_true(watch:getfd() >= 0)
    local started = monotonic()
    local event, _, errno = watch:next(0.05)
    assert.same({ nil, ETIMEDOUT }, { event, errno })
    assert.is_true(monotonic() - started < 1)
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
    assert.equal("[]\n", support.script("smc_rnics.lua", "7fffffff", "--json").stdout)
  end)
end)
