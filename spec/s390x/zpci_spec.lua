-- smc.ism and smc_rnics.lua on the slots of a real s390x kernel, which are named by FID and which QEMU gives
-- functions on zPCI: FID 32 a network device, FID 50 a random number generator. Runs in an s390x guest; what
-- is switched off is on again in the end.

local E = require "smc.errno"
local ism = require "smc.ism"
local support = require "support"

local SLOTS <const> = "/sys/bus/pci/slots/"

local NET <const> = {
  fid = 0x32, power = true, slot = "00000032", pci_id = "0032:00:00.0", vendor = 0x1af4, device = 0x1000,
  class = 0x020000, pchid = 0, pft = 0, vf = false, vfn = 0, uid = 0x32, port = 0, driver = "virtio-pci",
}
local RNG <const> = {
  fid = 0x50, power = true, slot = "00000050", pci_id = "0050:00:00.0", vendor = 0x1af4, device = 0x1005,
  class = 0x00ff00, pchid = 0, pft = 0, vf = false, vfn = 0, uid = 0x50, port = 0, driver = "virtio-pci",
}
-- What is said of a slot without a function that can be looked at.
local function bare(entry, power)
  return { fid = entry.fid, power = power, slot = entry.slot, ports = {} }
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:setvbuf("no")
  return file:write(text)
end

-- Ports are of their own interest: QEMU gives no PNET IDs, and the kernel names interfaces as it likes.
local function functions(filter)
  local list = assert(ism.list(filter))
  for _, entry in ipairs(list) do
    if entry.pci_id then entry.ports = nil end
  end
  return list
end

local function all() return functions { all = true } end

describe("functions on zPCI", function()
  teardown(function()
    for _, slot in ipairs { NET.slot, RNG.slot } do
      if support.read(SLOTS .. slot .. "/power") == "0\n" then write(SLOTS .. slot .. "/power", "1") end
    end
  end)

  it("are listed with what s390 says of them", function()
    assert.same({ NET, RNG }, all())
    assert.same({ RNG }, functions { all = true, fid = 0x50 })
    assert.same({ NET }, functions { all = true, pci_id = "0032:00:00.0" })
    assert.same({}, functions {}) -- neither is a function for SMC
    assert.equal("0x00000032\n", support.read("/sys/bus/pci/devices/0032:00:00.0/function_id"))
  end)

  it("have no PNET ID where util_string is unset", function()
    assert.equal(("\0"):rep(64), support.read("/sys/bus/pci/devices/0032:00:00.0/util_string"))
    local found = assert(ism.find("32"))
    assert.equal(1, #found.ports)
    assert.is_nil(found.ports[1].pnetid)
  end)

  it("are powered off and on by FID, and seen so", function()
    for _, fid in ipairs { "50", "0x50", 0x50, "00000050" } do
      assert.same(bare(RNG, false), assert(ism.power_off(fid)))
      assert.equal("0\n", support.read(SLOTS .. "00000050/power"))
      assert.is_nil(io.open("/sys/bus/pci/devices/0050:00:00.0/vendor"))
      assert.same({ NET, bare(RNG, false) }, all())
      assert.is_true(assert(ism.power_on(fid)).power)
      assert.same({ NET, RNG }, all())
    end
  end)

  it("refuse an order that is carried out already, as their kernel does", function()
    assert.equal(E.EIO, select(3, write(SLOTS .. "00000050/power", "1")))
    assert.equal(E.EALREADY, select(3, ism.power_on("50")))
    assert(ism.power_off("50"))
    assert.equal(E.EIO, select(3, write(SLOTS .. "00000050/power", "0")))
    assert.equal(E.EALREADY, select(3, ism.power_off("50")))
    assert(ism.power_on("50"))
    assert.equal(E.ENOENT, select(3, ism.power_off("51")))
  end)

  it("leave their slot on when they are removed, and come back by power", function()
    assert(write("/sys/bus/pci/devices/0050:00:00.0/remove", "1"))
    assert.same({ NET, bare(RNG, true) }, all())
    assert.same(bare(RNG, false), assert(ism.power_off("50")))
    assert.is_true(assert(ism.power_on("50")).power)
    assert.same({ NET, RNG }, all())
  end)

  it("are watched as they go and come", function()
    local watcher <close> = assert(ism.watch { all = true })
    assert(ism.power_off("50"))
    local event = assert(watcher:next(support.HANG))
    assert.same({ "removed", 0x50 }, { event.event, event.pci_function.fid })
    assert(ism.power_on("50"))
    event = assert(watcher:next(support.HANG))
    assert.same({ "added", 0x50 }, { event.event, event.pci_function.fid })
  end)

  it("are of no use to others than root", function()
    local result = support.run(support.as_user("env", "LUA_PATH=" .. package.path,
      "LUA_CPATH=" .. package.cpath, "lua5.4", "examples/smc_rnics.lua", "-d", "50"))
    assert.equal(7, result.status, result.stdout)
    assert.matches("root", result.stderr)
    assert.same({ NET, RNG }, all())
  end)
end)

describe("smc_rnics.lua on zPCI", function()
  local HEADER <const> = "FID   Power  PCI_ID        PCHID  Type             PFT   VF   PPrt  PNET_ID"
    .. (" "):rep(12) .. "Net-Dev\n" .. ("-"):rep(100) .. "\n"

  -- Status, standard output without its header, and standard error of the script.
  local function rnics(...)
    local result = support.script("smc_rnics.lua", ...)
    local at, rest = result.stdout:find(HEADER, 1, true)
    return result.status, at == 1 and result.stdout:sub(rest + 1) or result.stdout, result.stderr
  end

  local ON <const> = "  50  1      0050:00:00.0  0000   1af4:1005        0x00  n    n/a   n/a"
    .. (" "):rep(16) .. "n/a\n"

  it("lists, powers off and on, and refuses, with smc_rnics' statuses", function()
    local STEPS <const> = {
      { "-a 50", 0, ON, "" },
      { "50", 8, "", " -a " },
      { "-e 50", 6, "", "already powered on" },
      { "-d 50", 0, "", "" },
      { "-d 50", 6, "", "already powered off" },
      { "-a 50", 0, "^  50  0 +\n$", "" },
      { "-e 50", 0, "", "" },
      { "-a 50", 0, ON, "" },
      { "-d 51", 5, "", "51" },
    }
    for _, step in ipairs(STEPS) do
      local words, status, out, err = table.unpack(step)
      local got, stdout, stderr = rnics(table.unpack(support.words(words)))
      assert.equal(status, got, words .. ": " .. stderr)
      if out:find("^%^") then assert.matches(out, stdout) else assert.equal(out, stdout, words) end
      if err == "" then assert.equal("", stderr, words) else assert.matches(err, stderr, 1, true) end
    end
  end)
end)
