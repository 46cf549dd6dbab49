--- What this host itself gives away about the cause of a fallback, beyond the reason's code.
-- @module smc.check.hint

local ism = require "smc.ism"

local hint = {}

-- Reasons that a function may cause which is powered off.
local of_devices = { NOSMCDEV = true, NOSMCDDEV = true, NOISM2SUPP = true, NOSMCD2DEV = true }

local function fids_off()
  local functions, message = ism.functions { power = false }
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
function hint.advice(cause)
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

return hint
