--- Enterprise IDs, which determine the hosts that can use SMC version 2 with each other.
--
--    local eid = require "smc.eid"
--    assert(eid.add("SMCV2-PROD"))
--    print(table.concat(eid.list(), " "))           --> SMCV2-PROD
--
-- Two hosts use SMCv2 if they have an EID in common. Users define up to four (UEIDs); hosts on the same s390
-- machine also have that of the machine (SEID), unless it is disabled. Other machines have no SEID, so that
-- SMC-D, also over loopback, requires a UEID. EIDs belong to the whole host, not to a network namespace.
-- Any user may read them; changing them requires CAP_NET_ADMIN in the initial user namespace.
--
-- See `smcd-ueid(8)`, `smcd-seid(8)`, and `net/smc/smc_clc.c` in the kernel's source.
--
-- @module smc.eid

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local E = require "smc.errno"
local netlink = require "smc.internal.genl"
local remedy = require "smc.internal.remedy"
local text = require "smc.internal.text"

local eid = {}

local MAX_LENGTH <const>, MAX_UEIDS <const> = 32, 4 -- SMC_MAX_EID_LEN, SMC_MAX_UEID

local no_command = "this kernel has no such command"
local FILTER <const> = { ueid = "string" }
local function no_seid()
  return "only s390 machines have a SEID: use UEIDs, see "
    .. remedy.of("smc.eid.add", "smcd.lua ueid add UEID")
end

-- The meaning of the kernel's errors, by errno.
local of_list = { [E.EOPNOTSUPP] = no_command }
local of_add = {
  [E.EEXIST] = "it is already defined",
  [E.EINVAL] = "the kernel does not accept it as a UEID",
  [E.ERANGE] = ("there are already %d UEIDs, the maximum: remove one first"):format(MAX_UEIDS),
  [E.EOPNOTSUPP] = no_command,
}
local of_remove = { [E.ENOENT] = "it is not defined", [E.EOPNOTSUPP] = no_command }
local of_enable = { [E.EOPNOTSUPP] = no_seid }
local of_disable = {
  [E.ENOENT] = function()
    return "there is no UEID to use instead: add one first, with "
      .. remedy.of("smc.eid.add", "smcd.lua ueid add UEID")
  end,
  [E.EOPNOTSUPP] = no_seid,
}

-- The results of a netlink function, with the meaning added to the message.
local function explained(meanings, ok, message, errno)
  if ok then return ok end
  local meaning = meanings[errno]
  if type(meaning) == "function" then meaning = meaning() end
  if meaning then message = message .. ": " .. meaning end
  return nil, message, errno
end

-- What is wrong with a UEID according to the kernel's smc_clc_ueid_valid(). That accepts more letters than A
-- to Z, but its peers do not.
local function fault(ueid)
  if ueid == "" then
    return "it is empty"
  elseif #ueid > MAX_LENGTH then
    return ("it has more than %d characters"):format(MAX_LENGTH)
  elseif ueid:find("[^A-Z0-9.-]") then
    return ("it contains the character %s: only A to Z, 0 to 9, . and - are allowed"):format(
      text.quoted(ueid:match("[^A-Z0-9.-]")))
  elseif not ueid:find("^[A-Z0-9]") then
    return "its first character is neither a letter nor a digit"
  end
  return nil
end

-- Removes the blanks that pad a UEID.
local function stripped(called, ueid)
  return (args.check(called, 1, ueid, "string"):gsub(" +$", ""))
end

local function invalid(ueid, what)
  return nil, ("%s is not a valid UEID: %s"):format(text.quoted(ueid), what), E.EINVAL
end

-- What is wrong with a UEID that is to be defined, or removed.
local function refusal(ueid, is_new)
  return fault(ueid) or is_new and ueid:find("..", 1, true) and "it has two dots in a row"
end

local function add(ueid)
  local wrong = refusal(ueid, true)
  if wrong then return invalid(ueid, wrong) end
  return explained(of_add, netlink.ueid_add(ueid))
end

local function remove(ueid)
  local wrong = refusal(ueid, false)
  if wrong then return invalid(ueid, wrong) end
  local ok, message, errno = netlink.ueid_remove(ueid)
  if errno == E.EAGAIN then
    return true, "this was the last UEID, so the kernel has enabled the SEID"
  end
  return explained(of_remove, ok, message, errno)
end

--- The UEIDs, without the blanks that pad them to 32 characters; all, or those that match a filter.
--
-- @tparam[opt] table filter
-- @tparam ?string filter.ueid
-- @treturn[1] {string,...} in the order in which they were added
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC
function eid.list(filter)
  local wanted = args.options("list", 1, filter, FILTER).ueid
  local entries, message, errno = explained(of_list, netlink.ueid_list())
  if not entries then return nil, message, errno end
  local found = {}
  for _, entry in ipairs(entries) do
    if not wanted or entry.ueid == wanted then found[#found + 1] = entry.ueid end
  end
  return found
end

--- Finds a UEID.
--
-- @tparam string ueid
-- @treturn[1] string the UEID
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if it is not defined, EAFNOSUPPORT if the kernel has no SMC
-- @raise for a value that is not a string
function eid.find(ueid)
  local wanted = stripped("find", ueid)
  return require "smc.internal.filter".first(("the UEID %s is not defined"):format(text.quoted(wanted)),
    eid.list { ueid = wanted })
end

--- Defines a UEID.
--
-- @tparam string ueid 1 to 32 characters from A to Z, 0 to 9, `.` and `-`, beginning with a letter or a
--   digit. Two consecutive dots are rejected, as by `smcd(8)`, although the kernel accepts them.
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EEXIST, EINVAL, ERANGE (there are already four),
--   EAFNOSUPPORT (no SMC)
-- @raise for a value that is not a string
function eid.add(ueid)
  return add(stripped("add", ueid))
end

--- Removes a UEID.
--
-- @tparam string ueid
-- @treturn[1] true
-- @treturn[1] ?string a note on s390, if this was the last UEID and the SEID is therefore enabled now
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, ENOENT, EINVAL, EAFNOSUPPORT (no SMC)
-- @raise for a value that is not a string
function eid.remove(ueid)
  return remove(stripped("remove", ueid))
end

-- Whether the UEID is defined.
local function is_defined(ueid)
  local list, message, errno = eid.list()
  if not list then return nil, message, errno end
  for _, one in ipairs(list) do
    if one == ueid then return true end
  end
  return false
end

--- Sees to it that a UEID is defined, or is not: looks, and adds or removes it only if that is needed. If it
-- is not, no privilege is needed either; that another process did it meanwhile is a success.
--
--    assert(eid.ensure "SMCV2-PROD")
--    assert(eid.ensure("SMCV2-TEST", "absent"))
--
-- @tparam string ueid as for @{add}
-- @tparam[opt="present"] string state `"present"` or `"absent"`
-- @treturn[1] true
-- @treturn[1] boolean whether something was changed
-- @treturn[1] ?string the remark of @{remove}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EINVAL, ERANGE (there are four of them), EAFNOSUPPORT (no SMC)
-- @raise for anything but strings, and another state
function eid.ensure(ueid, state)
  ueid = stripped("ensure", ueid)
  args.optional("ensure", 2, state, { "present", "absent" })
  local is_wanted = state ~= "absent"
  local wrong = refusal(ueid, is_wanted)
  if wrong then return invalid(ueid, wrong) end
  local is_there, message, errno = is_defined(ueid)
  if is_there == nil then return nil, message, errno end
  if is_there == is_wanted then return true, false end
  local ok
  ok, message, errno = (is_wanted and add or remove)(ueid)
  if ok then return true, true, message end
  if errno == (is_wanted and E.EEXIST or E.ENOENT) then return true, false end -- another process did it
  return nil, message, errno
end

--- Removes every UEID. It succeeds if there are none. On s390 it enables the SEID.
--
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EAFNOSUPPORT (no SMC)
function eid.flush()
  return explained(of_list, netlink.ueid_flush())
end

--- The SEID of the machine.
--
-- @treturn[1] table `seid`: 32 characters; `enabled`: whether the host offers it to peers
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EOPNOTSUPP (this machine has none), ENODEV (there is no ISM device that
--   supports SMC-D version 2), EAFNOSUPPORT (no SMC)
function eid.seid()
  local answers, message, errno = explained({ [E.EOPNOTSUPP] = no_command }, netlink.seid())
  if not answers then return nil, message, errno end
  local answer = answers[1]
  if not answer or not answer.seid then
    return nil, "there is no SEID: this host has no ISM device that supports SMC-D version 2", E.ENODEV
  end
  if answer.seid == "" then return nil, "there is no SEID: " .. no_seid(), E.EOPNOTSUPP end
  return answer
end

--- Enables the SEID: the host offers it to peers.
--
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, EOPNOTSUPP (this machine has none), EAFNOSUPPORT (no SMC)
function eid.enable_seid()
  return explained(of_enable, netlink.seid_enable())
end

--- Disables the SEID: the host offers only UEIDs.
--
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM, ENOENT (there is no UEID), EOPNOTSUPP (this machine has no
--   SEID), EAFNOSUPPORT (no SMC)
function eid.disable_seid()
  return explained(of_disable, netlink.seid_disable())
end

return eid
