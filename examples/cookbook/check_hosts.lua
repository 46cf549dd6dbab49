--- Prove for several hosts that connections to them use SMC: check_hosts.lua HOST[:PORT]…
-- On each of them smc_chk.lua -S is running. The exit status is 0 if all of them passed.
local smc = require "smc"

if not arg[1] then
  io.stderr:write "usage: check_hosts.lua HOST[:PORT]...\n"
  os.exit(2)
end

-- "host10", "host10:37374", "fd00::10", "[fd00::10]" and "[fd00::10]:37374"
local function split(target)
  local host, port = target:match "^([^:]+):(%d+)$"
  if not host then host, port = target:match "^%[(.+)%]:?(%d*)$" end
  return host or target, tonumber(port) or smc.check.PORT
end

-- For connect(), a port that there cannot be is a mistake of the program.
local function check(target)
  local host, port = split(target)
  if port < 1 or port > 65535 then return nil, "a port is a number from 1 to 65535" end
  return smc.check.connect(host, port, { require = "SMC", timeout = 5 })
end

local passed = true
for _, target in ipairs(arg) do
  local report, message, _, failed = check(target)
  if report then
    print(("ok      %s: %s, %d bytes through shared memory"):format(target, report.mode,
      report.evidence.bytes_through_shared_memory))
  else
    passed = false
    print(("not ok  %s: %s"):format(target, message))
    for _, finding in ipairs(failed and failed.findings or {}) do print("        " .. finding.text) end
  end
end
os.exit(passed)
