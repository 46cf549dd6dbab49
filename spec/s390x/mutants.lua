--- Faults in the order of bytes, which pass every spec on a little-endian machine; to try them:
--
--    lua5.4 spec/s390x/mutants.lua [WORD…]
--
-- Each is put into a copy of this tree; there its specs have to pass on this machine, and to fail in an s390x
-- guest. What is told by both machines, or by none, is printed, and the status is 1. With words, those
-- mutants are tried whose file or purpose has one. It takes some minutes for each.

-- file; specs that see it, in a guest of s390x; whether they run on this machine too; from, to, purpose
local MUTANTS <const> = {
  { "csrc/netlink/attr.c", "spec/unit/genl_spec.lua", true,
    "memcpy(&u32, bytes, sizeof(u32));\n\t\t*out = u32;",
    "*out = 0;\n\t\tmemcpy(out, bytes, sizeof(u32));",
    "an attribute of 32 bits is the low half of an integer" },
  { "csrc/netlink/attr.c", "spec/unit/genl_spec.lua", true,
    "memcpy(&u16, bytes, sizeof(u16));\n\t\t*out = u16;",
    "*out = 0;\n\t\tmemcpy(out, bytes, sizeof(u16));",
    "an attribute of 16 bits is the low part of an integer" },
  { "csrc/netlink/smc_diag_filter.c", "spec/unit/diag_spec.lua", true,
    "htons((uint16_t)n)", "__builtin_bswap16((uint16_t)n)",
    "the port of a filter is in the network's order" },
  { "csrc/socket/address.c", "spec/unit/modes_spec.lua", true,
    "ntohs(v6 ? addr->in6.sin6_port : addr->in.sin_port)",
    "__builtin_bswap16(v6 ? addr->in6.sin6_port : addr->in.sin_port)",
    "the port of a name is in the network's order" },
  { "csrc/poller/epoll.c", "spec/unit/poller_spec.lua", true,
    "lua_pushinteger(L, events[i].data.fd);", "lua_pushinteger(L, (int)events[i].data.u64);",
    "an event has the descriptor that it was given, and not the low half of the union" },
  { "csrc/netlink/inet_diag.c", "spec/kernel/diag_spec.lua", false,
    "ntohs(m.id.idiag_sport)", "__builtin_bswap16(m.id.idiag_sport)",
    "the port of a TCP socket is in the network's order" },
}

package.path = "spec/mutants/?.lua"
local change = require "mutants".change
local shell = require "shell"

local run = shell.run
local TOP <const> = io.popen("pwd"):read("l")

-- A copy of what is in version control, in which one mutant is.
local function copy_with(folder, file, from, to)
  assert(run("mkdir %s && cd %s && git ls-files -co --exclude-standard -z | xargs -0 cp -a --parents -t %s",
    folder, TOP, folder))
  local changed = change(shell.read(file), { from = from, to = to })
  if not changed then return false end
  shell.write(folder .. "/" .. file, changed)
  return run("cd %s && make -s all >/dev/null", folder)
end

-- What becomes of a mutant; "caught" is right.
local function judge(folder, file, spec, runs_here, from, to)
  if not copy_with(folder, file, from, to) then return "stale" end
  if runs_here and not run("cd %s && spec/busted %s >/dev/null 2>&1 </dev/null", folder, spec) then
    return "not of bytes: this machine tells, too"
  end
  run("cd %s && spec/lab/lab run --kernel s390x --memory 2048 --timeout 900 -- sh -c 'timeout 600 "
    .. "spec/busted -o plainTerminal \"$0\"; echo status $?' %s >output 2>&1 </dev/null",
    folder, spec)
  local status = shell.read(folder .. "/output"):match("status (%d+)")
  if not status then return "not tried: " .. shell.read(folder .. "/output"):sub(-200) end
  return status == "0" and "survives" or "caught" -- 124: it hangs, and does not do so without the mutant
end

local function is_wanted(file, purpose)
  for _, word in ipairs(arg) do
    if (file .. purpose):find(word, 1, true) then return true end
  end
  return #arg == 0
end

local folder = os.tmpname()
os.remove(folder)
assert(run("mkdir %s", folder))
local tried, caught = 0, 0
io.stdout:setvbuf "line"
for i, mutant in ipairs(MUTANTS) do
  local file, spec, runs_here, from, to, purpose = table.unpack(mutant)
  if is_wanted(file, purpose) then
    local verdict = judge(("%s/%d"):format(folder, i), file, spec, runs_here, from, to)
    tried, caught = tried + 1, caught + (verdict == "caught" and 1 or 0)
    print(("%-10s %s: %s"):format(verdict, file, purpose))
  end
end
run("rm -rf %s", folder)
print(("%d of %d mutants caught by specs on s390x, and by none on this machine"):format(caught, tried))
os.exit(tried > 0 and caught == tried)
