--- Why a connection fell back to TCP: name, meaning and remedy for every reason code of the kernel.
--
--    local reason = require "smc.reason"
--    print(reason.describe(0x03030008))   --> 0x03030008 NOUEID: the peer sent no UEID, and no SEID
--    print(reason.get("NOUEID").advice)
--
-- The codes and names are those of `net/smc/smc_clc.h` (Linux 6.1 to 7.2), without the prefix
-- `SMC_CLC_DECL_`; `smcss(8)` of smc-tools lists most of them. The first code that smcss prints is the reason
-- that the host itself found; the second is the reason that a declining peer sent. The advice applies to the
-- host that found the reason, unless it says "on the peer".
--
-- @module smc.reason

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local E = require "smc.errno"

local reason = {}

local CODE <const> = args.range(0, 0xffffffff) -- they have 32 bits

--- A reason.
--
-- @table reason
-- @tfield integer code
-- @tfield ?string name absent for a code that the kernel does not define
-- @tfield string meaning
-- @tfield string advice what to do about it

-- The rows of `smc.reason.codes` by code and by name, made when the first reason is looked up.
local by_code, by_name

local function read_codes()
  by_code, by_name = {}, {}
  for _, row in ipairs(require "smc.reason.codes") do
    by_code[row[1]], by_name[row[2]] = row, row
  end
  -- Older kernels used 0x9999xxxx for the internal errors.
  for code = 0x99990000, 0x99990003 do
    by_code[code] = by_code[code - 0x90000000]
  end
end

local function unknown(code)
  if code == 0 then
    return {
      code = code, meaning = "no reason given",
      advice = "The kernel log, `dmesg`, may contain more information.",
    }
  end
  return {
    code = code, meaning = "unknown reason",
    advice = "This module does not know this code. A peer with another operating system uses its own codes: "
      .. "see its SMC documentation. If a newer Linux kernel sent it, see net/smc/smc_clc.h there.",
  }
end

--- Looks up a reason by its code or its name.
--
-- @tparam ?integer|string which `0x03030008`, or text: `"NOUEID"`, `"0x03030008"`
-- @treturn[1] reason for any code; that for an unknown code has no name
-- @treturn[2] nil for a name that does not exist, and for nil, which means that there was no fallback
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT
-- @raise for a value of another type
function reason.get(which)
  if which == nil then return nil, "there is no fallback code to look up", E.ENOENT end
  if not by_code then read_codes() end
  args.check("get", 1, which, "integer or text")
  which = type(which) == "string" and #which <= 10 and tonumber(which:match("^0x%x+$")) or which
  local row
  if type(which) == "string" then
    row = by_name[which]
    if not row then
      return nil, "no fallback reason has the name " .. require "smc.internal.text".quoted(which), E.ENOENT
    end
    which = row[1]
  else
    args.check("get", 1, which, CODE)
    row = by_code[which]
    if not row then
      return unknown(which)
    end
  end
  return { code = which, name = row[2], meaning = row[3], advice = row[4] }
end

--- A reason in one line: `0x03030008 NOUEID: the peer sent no UEID, and no SEID`.
--
-- @tparam integer code
-- @treturn string
-- @raise for a value of another type
function reason.describe(code)
  args.check("describe", 1, code, CODE)
  local found = reason.get(code)
  if found.name then
    return ("0x%08x %s: %s"):format(code, found.name, found.meaning)
  end
  return ("0x%08x: %s"):format(code, found.meaning)
end

--- Iterates over every reason, in the order of the codes.
--
-- @treturn function iterator, for `for r in reason.all() do`
function reason.all()
  local codes, i = require "smc.reason.codes", 0
  return function()
    i = i + 1
    return codes[i] and reason.get(codes[i][1])
  end
end

return reason
