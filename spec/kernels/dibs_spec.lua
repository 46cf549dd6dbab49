-- The dibs layer, which kernels have had since 6.18: devices with names and GIDs, to which sockets and link
-- groups belong. Before, there are none, and nothing is invented.

local at_hand = require "kernel_at_hand"
local check = require "smc.check"
local device = require "smc.device"
local ism = require "smc.ism"
local json = require "dkjson"
local linkgroup = require "smc.linkgroup"
local support = require "support"

local IS_THERE <const> = at_hand.since "6.18"
-- The guest's one device, where there are any: ISM, if it has a function of that.
local ISM <const> = IS_THERE and ism.list()[1]
local NAME <const>, TYPE <const> = ISM and "ism32" or "lo", ISM and "ISM" or "loopback"

local function smcd(...)
  local result = support.script("smcd.lua", ...)
  assert.same({ 0, "" }, { result.status, result.stderr })
  return result.stdout
end

describe("dibs on net/smc " .. at_hand.version, function()
  it("has one device, or is not there", function()
    local devices = assert(device.dibs())
    if not IS_THERE then
      assert.same({}, devices)
      return
    end
    assert.equal(1, #devices)
    assert.same({ NAME, TYPE, not ISM, ISM and ISM.pchid or 0xffff },
      { devices[1].name, devices[1].type, devices[1].loopback, devices[1].fabric_id })
    assert.matches("^%x+%-%x+%-%x+%-%x+%-%x+$", devices[1].gid)
  end)

  it("is shown by smcd.lua on request, and beside it the tables are the original's", function()
    assert.equal(smcd "device", (smcd "device"):gsub(NAME, ""))
    local devices = assert(device.dibs())
    local lines = {}
    for line in smcd("--dibs", "device"):gmatch "[^\n]+" do lines[#lines + 1] = line end
    assert.equal(1 + #devices, #lines)
    if IS_THERE then
      assert.same({ NAME, TYPE, devices[1].gid }, { lines[2]:match "^(%S+) +(%S+) +(%S+)" })
    end
    local shown = json.decode(smcd("--dibs", "--json", "device"))
    local info = json.decode(smcd("--json", "info"))
    assert.equal(#devices, #shown)
    for i, one in ipairs(devices) do
      assert.equal(one.gid, shown[i].gid)
      assert.equal(one.gid, info.dibs[i].gid)
    end
  end)

  it("is joined with sockets, link groups and evidence by the GID", function()
    if not IS_THERE then return end
    assert.equal(0, support.run({ "lab-setup", "ueid", "add", "SMCV2-LAB-DIBS" }).status)
    local client, accepted <close> = support.pair()
    local _ <close> = client
    for _, sock in ipairs { client, accepted } do
      assert.equal("SMC-D", sock:mode())
      assert.equal(NAME, sock:info().dmb.dibs)
    end
    local names = {}
    for _, group in ipairs(assert(linkgroup.list { type = "SMC-D" })) do names[#names + 1] = group.dibs end
    assert.equal(NAME, names[1])
    client:send "x"
    assert.matches("^over " .. NAME .. ", from GID ", assert(check.evidence(client, 1)).path)
    local found = {}
    for one in assert(require "smc.diag".sockets { mode = "SMC-D" }) do found[#found + 1] = one.dmb.dibs end
    assert.same({ NAME, NAME }, found)
  end)

  it("has the device of a function while that is powered on, which a watch tells", function()
    if not ISM then return end
    assert.equal(NAME, ISM.dibs)
    local watch <close> = assert(ism.watch())
    assert(ism.power_off "32")
    assert.same({}, assert(device.dibs()))
    assert(ism.power_on "32")
    local seen = {}
    repeat seen[#seen + 1] = assert(watch:next(support.HANG)).event until seen[#seen] == "usable"
    seen = table.concat(seen, " ")
    assert.is_true(seen == "unusable removed added usable" or seen == "removed added usable", seen)
    assert.equal(NAME, device.dibs()[1].name)
  end)
end)
