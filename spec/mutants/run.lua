--- Tries the mutants of spec/mutants/list/: lua5.4 spec/mutants/run.lua [SHARE/SHARES] [WORD…]
--
-- Each is put into a copy of this tree, which is built, and the specs that could see it are run there: those
-- of spec/unit on this machine; then those that need a guest, for the mutants that are left, many in a boot.
-- What no spec sees survives: it is printed, and the status is 1. So is what is wrong with the list: a mutant
-- whose line is not in its file any more ("stale"), or whose file does not compile ("broken").
--
-- Verdicts are kept in build/mutants/results: a later run goes on where one was ended, and tries survivors
-- again when their specs have changed. Without that file everything is tried.
--
-- With SHARE of SHARES only every so many mutants are tried; with words, those whose file or purpose has
-- one, or that have this number. SMC_MUTANTS=unit does without the guests; SMC_MUTANTS=lab runs them for what
-- a run without them has left.

local HERE = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = HERE .. "/?.lua"
local shell, tree, here, guest = require "shell", require "tree", require "here", require "guest"
local mutants, results = require "mutants", require "results"

local TOP = io.popen(("cd %s/../.. && pwd"):format(shell.quoted(HERE))):read("l")
local FOLDER <const> = TOP .. "/build/mutants"
local ONLY <const> = os.getenv "SMC_MUTANTS"
local BATCH <const> = 8 -- mutants in one boot

local share, shares = (arg[1] or ""):match("^(%d+)/(%d+)$")
if share then table.remove(arg, 1) end

local function is_wanted(mutant)
  if share and mutant.number % shares ~= share % shares then return false end
  local found = #arg == 0
  for _, word in ipairs(arg) do
    found = found or mutant.name:find(word, 1, true) or mutant.number == tonumber(word)
  end
  return found
end

local function select(all, matches)
  local found = {}
  for _, mutant in ipairs(all) do
    if matches(mutant) then found[#found + 1] = mutant end
  end
  return found
end

local function say(mutant, verdict)
  print(("%4d  %-9s %s"):format(mutant.number, verdict, mutant.name))
  io.stdout:flush()
end

local known, copy

local function try_here(mutant)
  local specs = mutant.places.unit
  local verdict = #specs == 0 and "left" or known:of_mutant("unit", mutant, specs)
  if not verdict and ONLY ~= "lab" then
    verdict = here.try(copy, mutant)
    known:set("unit", mutant, specs, verdict)
    say(mutant, verdict)
  end
  return verdict
end

local function lab_specs(mutant)
  local specs = table.move(mutant.places.kernel, 1, #mutant.places.kernel, 1, {})
  return table.move(mutant.places.other, 1, #mutant.places.other, #specs + 1, specs)
end

local function is_known(mutant)
  return known:of_mutant("lab", mutant, lab_specs(mutant))
end

local function judge(mutant, verdict)
  mutant.verdict = verdict
  known:set("lab", mutant, lab_specs(mutant), verdict)
  say(mutant, verdict)
  shell.run("rm -rf %s", mutant.tree)
end

-- A tree of its own, where the guest finds it. False, with the verdict: the list is wrong.
local function plant(mutant)
  if not copy:put(mutant) then mutant.verdict = "stale" return false end
  if not copy:builds() then mutant.verdict = "broken" end
  mutant.tree = ("%s/tried/%d"):format(FOLDER, mutant.number)
  copy:clone(mutant.tree)
  copy:take_out(mutant)
  return mutant.verdict == "left"
end

-- Those that one guest can judge, many in a boot.
local function try_in_guest(waiting, leave)
  local judged
  local tell <const> = {
    is_proven = function(spec) return known:is_proven(spec) end,
    proven = function(spec) known:prove(spec) end,
    judged = function(mutant, verdict)
      judged = true
      if verdict == "unjudged" then
        mutant.verdict = nil
        return say(mutant, verdict)
      end
      if verdict == "left" and #mutant.places.other > 0 then return leave(mutant) end
      judge(mutant, verdict)
    end,
  }
  while #waiting > 0 do
    local batch = table.move(waiting, 1, math.min(BATCH, #waiting), 1, {})
    batch = select(batch, function(mutant) return mutant.tree or plant(mutant) end)
    judged = #batch == 0
    if #batch > 0 and copy:builds() then guest.try(copy.path, batch, tell) end
    if not judged then error("the lab does not run", 0) end
    waiting = select(waiting, function(mutant)
      return mutant.verdict == "left" and not mutant.needs_more and not is_known(mutant)
    end)
  end
end

-- What is left goes to a guest, unless it was there before; and then to where there are several, for minutes
-- each.
local function try_in_guests(all)
  local waiting = select(all, function(mutant)
    if mutant.verdict ~= "left" or mutant.reason or #lab_specs(mutant) == 0 then return false end
    mutant.verdict = is_known(mutant) or "left"
    return not is_known(mutant)
  end)
  local last = select(waiting, function(one) return #one.places.kernel == 0 end)
  try_in_guest(select(waiting, function(one) return #one.places.kernel > 0 end), function(mutant)
    mutant.needs_more = true
    last[#last + 1] = mutant
  end)
  for _, mutant in ipairs(last) do
    if mutant.tree or plant(mutant) then judge(mutant, guest.try_elsewhere(mutant)) end
  end
end

local function verdict_of(mutant)
  if mutant.verdict == "left" then return mutant.reason and "excused" or "survives" end
  return mutant.verdict or "untried"
end

local function report(all)
  local counts = setmetatable({}, { __index = function() return 0 end })
  print()
  for _, mutant in ipairs(all) do
    local verdict = verdict_of(mutant)
    counts[verdict] = counts[verdict] + 1
    if verdict ~= "caught" then say(mutant, verdict) end
    if verdict == "excused" then print("                 " .. mutant.reason) end
  end
  print(("%d mutants: %d caught, %d survive, %d have a reason, %d are not in the code any more, "
    .. "%d do not compile, %d were not tried"):format(#all, counts.caught, counts.survives, counts.excused,
    counts.stale, counts.broken, counts.untried))
  return counts.caught + counts.excused == #all
end

local wanted = select(mutants.all(TOP), is_wanted)
assert(shell.run("mkdir -p %s", FOLDER))
copy = tree.open(TOP, ("%s/tree-%s"):format(FOLDER, share or 0))
known = results.open(FOLDER .. "/results", copy.path)
for _, mutant in ipairs(wanted) do mutant.verdict = try_here(mutant) end
if ONLY ~= "unit" then try_in_guests(wanted) end
os.exit(report(wanted), true)
