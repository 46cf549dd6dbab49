-- The dibs layer, which kernels have had since 6.18: devices with names and GIDs, to which sockets and link
-- groups belong. Before, there are none, and nothing is invented.

local at_hand = require "kernel_at_hand"
local check = require "smc.check"
local device = require "smc.device"
local json = require "dkjson"
local linkgroup = require "smc.linkgroup"
local support = require "support"

local IS_THERE <const> = at_hand.since "6.18"

local function smcd(...)
  local result = support.script("smcd.lua", ...)
  assert.same({ 0, "" }, { result.status, result.stderr })
  return result.stdout
end

describe("dibs on net/smc " .. at_hand.version, function()
  it("has the device lo, or is not there", function()
    local devices = assert(device.dibs())
    if not IS_THERE then
      assert.same({}, devices)
      return
    end
    assert.equal(1, #devices)
    assert.same({ "lo", "loopback", true, 0xffff },
      { devices[1].name, devices[1].type, devices[1].loopback, devices[1].fabric_id })
    assert.matches("^%x+%-%x+%-%x+%-%x+%-%x+$", devices[1].gid)
  end)

  it("is shown by smcd.lua on request, and beside it the tables are the original's", function()
    assert.equal(smcd "device", (smcd "device"):gsub("lo", ""))
    local devices = assert(device.dibs())
    local lines = {}
    for line in smcd("--dibs", "device"):gmatch "[^\n]+" do lines[#lines + 1] = line end
    assert.equal(1 + #devices, #lines)
    if IS_THERE then assert.matches("^lo +loopback +" .. devices[1].gid:gsub("%-", "%%-"), lines[2]) end
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
      assert.equal("lo", sock:info().dmb.dibs)
    end
    local names = {}
    for _, group in ipairs(assert(linkgroup.list { type = "SMC-D" })) do names[#names + 1] = group.dibs end
    assert.equal("lo", names[1])
    client:send "x"
    assert.matches("^over lo, from GID ", assert(check.evidence(client, 1)).path)
    local found = {}
    for one in assert(require "smc.diag".sockets { mode = "SMC-D" }) do found[#found + 1] = one.dmb.dibs end
    assert.same({ "lo", "lo" }, found)
  end)
end)
