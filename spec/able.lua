--- Runs busted on the specs that this machine and its kernel are able to pass:
--
--    spec/env lua5.4 spec/able.lua [OPTION…] SPEC…
--
-- A spec, or a `describe`, that needs more than every kernel of the lab has says so by a tag in its name,
-- such as `#ism`. What is left out here is printed with the reason. spec/busted alone runs everything: on the
-- lab's own kernel nothing may be missing.

local at_hand = dofile "spec/kernel_at_hand.lua"

-- By the kernel's own files, and not by this project, whose faults would leave specs out.
local function is_found(pattern)
  return (os.execute(("ls -d %s >/dev/null 2>&1"):format(pattern)))
end

local IS_ISM_HERE <const> = at_hand.has_ism()
-- It has no file in sysfs; a module that is built with it makes one.
local IS_LOOPBACK_ISM_HERE <const> = os.execute "grep -qs ' smc_lo_' /proc/kallsyms" or false
local IS_S390X <const> = os.execute "test \"$(uname -m)\" = s390x" or false

-- Tag, whether what it stands for is here, why it is not.
local ABILITIES <const> = {
  { "ism", IS_ISM_HERE, "no ISM function, to be powered off and on" },
  { "smcd", IS_ISM_HERE or is_found "/sys/class/dibs/*" or IS_LOOPBACK_ISM_HERE,
    "no device of SMC-D, and two sockets of one host have no other way" },
  { "inet_protocol", at_hand.since "6.11", "no IPPROTO_SMC before 6.11" },
  { "limit_smc_hs", is_found "/proc/sys/net/smc/limit_smc_hs", "no sysctl limit_smc_hs before 6.10" },
  { "family_filter", not IS_S390X, "programs call socketcall(2), whose family no filter sees" },
}

local command = { "exec spec/busted" }
for _, ability in ipairs(ABILITIES) do
  local tag, is_here, reason = table.unpack(ability)
  if not is_here then
    io.stderr:write(("Left out, on net/smc %s: #%s: %s\n"):format(at_hand.version, tag, reason))
    command[#command + 1] = "--exclude-tags=" .. tag
  end
end
for _, word in ipairs(arg) do command[#command + 1] = "'" .. word:gsub("'", [['\'']]) .. "'" end
local _, how, status = os.execute(table.concat(command, " "))
os.exit(how == "exit" and status or 128 + status)
