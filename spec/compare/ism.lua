--- The states of a guest with two emulated ISM functions that are compared, the second one without a PNET ID
-- of its hardware.

local commands = require "compare.commands"
local device = require "smc.device"
local eid = require "smc.eid"
local ism = require "smc.ism"
local pnet = require "smc.pnet"
local sockets = require "compare.sockets"
local support = require "support"

-- The PCI address of the function that has no PNET ID of its hardware.
local function nameless()
  for _, one in ipairs(assert(device.list { type = "SMC-D" })) do
    if one.pnetid_source ~= "hardware" then return one.pci_id, one.fid end
  end
  error("every function has a PNET ID of its hardware")
end

local address, fid = nameless()
local nothing = function() end

local function table_of(lines)
  return commands.each("smc_pnet", lines:gsub("DEV", address))
end

return {
  { name = "ISM functions", setup = nothing },
  { name = "a PNET ID for an ISM function, and others", setup = function()
    assert(pnet.add { pnetid = "USER1", ibdev = address })
    assert(pnet.add { pnetid = "USER1", netdev = "lo" })
    assert(pnet.add { pnetid = "USER2", ibdev = "mlx5_0", ibport = 2 })
  end, commands = function()
    return commands.join(commands.reads, table_of "-s USER1, -s USER2, -a USER3 -D DEV, -a USER3 -D DEV -P 2")
  end },
  { name = "the same without privileges", setup = nothing, prefix = support.as_user(),
    commands = function() return commands.join(commands.reads, table_of "-a USER3 -D DEV, -d USER1") end },
  { name = "the same in another network namespace", setup = nothing, prefix = { "unshare", "-n" },
    commands = function() return commands.join(commands.reads, table_of "-s USER1, -a USER3 -D DEV") end },
  { name = "the PNET ID of an ISM function is removed", setup = function() assert(pnet.remove("USER1")) end,
    commands = function() return commands.join(commands.reads, table_of "-s USER1, -d USER1") end,
    teardown = function() assert(pnet.flush()) end },
  { name = "a PNET ID of 16 characters", setup = function()
    assert(pnet.add { pnetid = "SIXTEENCHARS0123", ibdev = address })
  end, teardown = function() assert(pnet.flush()) end },
  { name = "SMC-D over ISM", setup = function()
    local client, server = sockets.connect("127.0.0.1")
    assert(client:send(("x"):rep(20000)))
    assert(server:receive(15000))
  end },
  { name = "SEID disabled", setup = function() assert(eid.disable_seid()) end },
  { name = "SEID enabled", setup = function() assert(eid.enable_seid()) end },
  { name = "no UEID, and the SEID", setup = function() assert(eid.flush()) sockets.connect("127.0.0.1") end,
    teardown = function() assert(eid.add("SMCV2-LAB")) end },
  { name = "one function powered off", setup = function() assert(ism.power_off(fid)) end },
  { name = "SMC-D over the other", setup = function() sockets.connect("127.0.0.1") end },
  { name = "powered on again", setup = function() assert(ism.power_on(fid)) end },
  { name = "every function powered off", setup = function()
    for _, one in ipairs(assert(ism.list())) do assert(ism.power_off(one.fid)) end
  end },
  { name = "fallbacks without a device", setup = function() sockets.connect("127.0.0.1") end },
}
