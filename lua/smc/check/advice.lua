--- What to do when a check finds no SMC: what this host itself gives away about the cause of a fallback,
-- beyond the reason's code, and what keeps hosts from being connected at all.
-- @module smc.check.advice

local errno = require "smc.errno"
local text = require "smc.internal.text"

local advice = {}

-- Reasons that a function may cause which is powered off.
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

--- The advice of a reason, and before it what is to be seen on this host: a function that is powered off,
-- which on s390 may be an ISM function: that is known only when it is on.
-- @tparam reason cause of @{smc.reason}, found by this host or by its peer
-- @treturn string
function advice.advice(cause)
  if not of_devices[cause.name] then return cause.advice end
  local fids, message = fids_off()
  if not fids then
    return ("%s (Whether a PCI function of this host is powered off is not known: %s)"):format(
      cause.advice, message)
  end
  if #fids == 0 then return cause.advice end
  return ("%s powered off on this host: power on FID %s, `smc_rnics.lua -e %s` as root, and test "
    .. "again. %s"):format(
    #fids == 1 and "A PCI function is" or "PCI functions are", table.concat(fids, " or FID "), fids[1],
    cause.advice)
end

local REFUSED <const> = "Nothing listens on port %s of %s, or a firewall rejects the connection (REJECT), "
  .. "which looks the same. Start `smc_chk.lua -S` there, which tells its port, and allow that TCP port in "
  .. "the firewalls between."
local SILENT <const> = "Nothing has answered: the host is down, the address is not the host's, or a firewall "
  .. "drops what is sent to TCP port %s of %s without a word."
local UNREACHABLE <const> = "No packet gets there: no host of this network answers to the address, there is "
  .. "no route, or a router or a firewall (REJECT, prohibit, blackhole) says so. See `ip route get ADDRESS` "
  .. "and `ip neigh`, and allow TCP port %s of %s in the firewalls between."
local UNKNOWN <const> = "See whether a plain TCP program connects to port %s of %s, and what the firewalls "
  .. "between do with it."

local of_errno = {
  [errno.ECONNREFUSED] = REFUSED, [errno.ETIMEDOUT] = SILENT,
  [errno.EHOSTUNREACH] = UNREACHABLE, [errno.ENETUNREACH] = UNREACHABLE, [errno.EHOSTDOWN] = UNREACHABLE,
  [errno.EACCES] = UNREACHABLE, [errno.EPERM] = UNREACHABLE,
  [errno.EINVAL] = UNREACHABLE, -- of a route that is a blackhole
}

--- The advice for a connection that could not be made.
-- @tparam table report `host`, `port`, and `errno` where there is one
-- @treturn string
function advice.no_connection(report)
  return (of_errno[report.errno] or UNKNOWN):format(text.printable(report.port), text.printable(report.host))
end

return advice
