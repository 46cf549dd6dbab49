--- What to do if a check finds no SMC: causes of a fallback that are visible on this host, in addition to the
-- reason code, and causes of a failed connection.
-- @module smc.check.advice

local errno = require "smc.errno"
local text = require "smc.internal.text"

local advice = {}

-- Reasons that a powered-off function may cause.
local of_devices = { NOSMCDEV = true, NOSMCDDEV = true, NOISM2SUPP = true, NOSMCD2DEV = true }

local function fids_off()
  local functions, message = require "smc.ism".list { power = false }
  if not functions then return nil, message end
  local fids = {}
  for _, f in ipairs(functions) do
    if f.fid then fids[#fids + 1] = ("%x"):format(f.fid) end
  end
  return fids
end

--- The advice for a reason, preceded by a note if a function of this host is powered off. On s390 it may be
-- an ISM function: the type is known only while it is on.
-- @tparam reason cause record of @{smc.reason}, found by this host or by its peer
-- @treturn string
function advice.advice(cause)
  if not of_devices[cause.name] then return cause.advice end
  local fids, message = fids_off()
  if not fids then
    return ("%s (Cannot find out whether a PCI function of this host is powered off: %s)"):format(
      cause.advice, message)
  end
  if #fids == 0 then return cause.advice end
  return ("%s powered off on this host: power on FID %s with `smc_rnics.lua -e %s` as root, and test "
    .. "again. %s"):format(
    #fids == 1 and "A PCI function is" or "PCI functions are", table.concat(fids, " or FID "), fids[1],
    cause.advice)
end

local REFUSED <const> = "Nothing listens on port %s of %s, or a firewall rejects the connection (REJECT), "
  .. "which looks the same. Start `smc_chk.lua -S` there, which prints its port, and allow that TCP port in "
  .. "the firewalls between the hosts."
local SILENT <const> = "No response: the host is down, the address is wrong, or a firewall silently drops "
  .. "packets to TCP port %s of %s."
local UNREACHABLE <const> = "The host is not reachable: no host of this network has the address, there is no "
  .. "route, or a router or a firewall (REJECT, prohibit, blackhole) denies the connection. Check `ip route "
  .. "get ADDRESS` and `ip neigh`, and allow TCP port %s of %s in the firewalls between the hosts."
local UNKNOWN <const> = "Check whether a plain TCP program can connect to port %s of %s, and check the "
  .. "firewalls between the hosts."

local of_errno = {
  [errno.ECONNREFUSED] = REFUSED, [errno.ETIMEDOUT] = SILENT,
  [errno.EHOSTUNREACH] = UNREACHABLE, [errno.ENETUNREACH] = UNREACHABLE, [errno.EHOSTDOWN] = UNREACHABLE,
  [errno.EACCES] = UNREACHABLE, [errno.EPERM] = UNREACHABLE,
  [errno.EINVAL] = UNREACHABLE, -- from a blackhole route
}

--- The advice for a failed connection.
-- @tparam table report `host`, `port`, and `errno` if there is one
-- @treturn string
function advice.no_connection(report)
  return (of_errno[report.errno] or UNKNOWN):format(text.printable(report.port), text.printable(report.host))
end

return advice
