--- Power an ISM device off and on again, and see what breaks: power_cycle.lua FID
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

local fid = arg[1]
if not fid then
  io.stderr:write "usage: power_cycle.lua FID\n"
  os.exit(2)
end

local function connections()
  local count = 0
  for _ in try(smc.diag.sockets { mode = "SMC-D", state = "ACTIVE" }) do count = count + 1 end
  return count
end

local before = connections()
local device, changed = try(smc.ism.ensure(fid, "off"))
print(("FID %x is off%s; %d of %d SMC-D connections are left"):format(device.fid,
  changed and "" or ", as it was before", connections(), before))
device = try(smc.ism.ensure(fid, "on"))
print(("FID %x is on, with PCI address %s"):format(device.fid, device.pci_id))
