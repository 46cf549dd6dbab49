--- Set a PNET ID and an EID if they are missing: prepare_host.lua INTERFACE PNETID UEID
-- It can run again and again: it looks first, and changes only what is missing. A change requires root.
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

local interface, pnetid, ueid = arg[1], arg[2], arg[3]
if not ueid then
  io.stderr:write "usage: prepare_host.lua INTERFACE PNETID UEID\n"
  os.exit(2)
end

local function report(what, ok, changed)
  print(("%s: %s"):format(what, try(ok, changed) and (changed and "changed" or "ok")))
end

report("PNET ID of " .. interface, smc.pnet.ensure { pnetid = pnetid, netdev = interface })
report("EID", smc.eid.ensure(ueid))
local info = try(smc.system.info())
print("SMC-D versions that this host's devices support: " .. table.concat(info.ism, " "))
