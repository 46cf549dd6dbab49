--- Tries the mutants: lua5.4 spec/mutants/run.lua [SHARE/SHARES] [WORD…]
--
-- The mutants are faults that somebody could make, each in one line of the code, made from what the line is
-- for. spec/mutants/list/ has a file for each folder of the tree: list/csrc/socket.lua for csrc/socket. It
-- returns groups, { file, specs = the specs that could see its mutants, mutants… }; a mutant is
-- { from, to, what is lost }. `from` stands once in the file. A `reason` says why no spec can tell a mutant
-- from the right code.
--
-- Each is put into a copy of this tree, which is built, and the specs that could see it are run there: those
-- of spec/unit on this machine, for C under sanitizers first, as `make test` does it too; then those that
-- need a guest, for the mutants that are left, many in one boot. What no spec sees survives: it is printed,
-- and the status is 1. So is a mutant whose line is not in its file any more.
--
-- With SHARE of SHARES only every so many mutants are tried; with words, those whose file or purpose has one,
-- or that have this number. SMC_MUTANTS=unit does without the guests, SMC_MUTANTS=lab with them alone.

local HERE = arg[0]:match("^(.*)/[^/]*$") or "."
local TOP = io.popen(("cd %s/../.. && pwd"):format(HERE)):read("l")
local SPEC_SECONDS <const> = 600 -- a spec that takes this long hangs, and so it has seen the mutant
local BATCH <const> = 12         -- mutants in one boot
local ONLY <const> = os.getenv "SMC_MUTANTS"

local function quoted(text)
  return "'" .. text:gsub("'", [['\'']]) .. "'"
end

local function run(command, ...)
  local ok, _, status = os.execute(command:format(...))
  return ok, status
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

-- A built copy of what is in version control, or could be.
local function copy_tree(to)
  assert(run("mkdir -p %s && cd %s && git ls-files -co --exclude-standard -z | "
    .. "xargs -0 cp -a --parents -t %s", quoted(to), quoted(TOP), quoted(to)))
  assert(run("cd %s && make -s all >/dev/null", quoted(to)))
end

local function occurrences(text, piece)
  local count, at = 0, 1
  while true do
    local first, last = text:find(piece, at, true)
    if not first then return count end
    count, at = count + 1, last + 1
  end
end

local function name_of(mutant)
  return ("%s: %s"):format(mutant.file, mutant.purpose)
end

-- "unit/eid kernel/eid contract" → the files and folders, by where they run.
local function places_of(specs)
  local places = { unit = {}, kernel = {}, other = {} }
  for word in specs:gmatch("%S+") do
    local folder = word:match("^[^/]+")
    local list = places[folder] or places.other
    list[#list + 1] = word:find("/") and ("spec/%s_spec.lua"):format(word) or "spec/" .. word
  end
  return places
end

local function add_group(mutants, group)
  local places = places_of(group.specs)
  for i = 2, #group do
    local one = group[i]
    mutants[#mutants + 1] = { number = #mutants + 1, file = group[1], places = places,
      from = one[1], to = one[2], purpose = one[3], reason = one.reason }
  end
end

local function all_mutants()
  local mutants = {}
  local paths <close> = io.popen(("find %s/list -name '*.lua' | LC_ALL=C sort"):format(quoted(HERE)))
  for path in paths:lines() do
    for _, group in ipairs(dofile(path)) do add_group(mutants, group) end
  end
  return mutants
end

local function is_wanted(mutant, words)
  local found = #words == 0
  for _, word in ipairs(words) do
    found = found or name_of(mutant):find(word, 1, true) or mutant.number == tonumber(word)
  end
  return found
end

local function wanted_mutants(words)
  local share, shares = (words[1] or ""):match("^(%d+)/(%d+)$")
  if share then table.remove(words, 1) end
  local wanted = {}
  for i, mutant in ipairs(all_mutants()) do
    local is_mine = not share or i % tonumber(shares) == share % tonumber(shares)
    if is_mine and is_wanted(mutant, words) then wanted[#wanted + 1] = mutant end
  end
  return wanted
end

local function say(mutant, verdict)
  print(("%4d  %-9s %s"):format(mutant.number, verdict, name_of(mutant)))
  io.stdout:flush()
end

-- busted, which ends with the first failure.
local BUSTED <const> = "spec/busted --no-keep-going -o plainTerminal"

-- Whether every spec passes in the tree. The environment leads the command line of busted.
local function passes(tree, environment, specs)
  for _, spec in ipairs(specs) do
    if not run("cd %s && %s timeout -k 5 %d %s %s >%s/output 2>&1 </dev/null", quoted(tree), environment,
      SPEC_SECONDS, BUSTED, spec, quoted(tree)) then return false end
  end
  return true
end

local function builds(tree, words)
  return run("cd %s && make -s --no-print-directory %s all >output 2>&1", quoted(tree), words)
end

local SANITIZE <const> = "BUILD=build/sanitize CFLAGS='-O1 -g -fno-omit-frame-pointer "
  .. "-fsanitize=address,undefined -fno-sanitize-recover=all'"
local SANITIZED <const> = "SMC_BUILD=build/sanitize LD_PRELOAD=$(cc -print-file-name=libasan.so) "
  .. "ASAN_OPTIONS=detect_leaks=0"

-- How the specs of this machine judge the tree: "caught", "left", or "broken", which is a fault of the list.
local function judge_here(tree, mutant)
  local specs, is_c = mutant.places.unit, mutant.file:find("^csrc/")
  if ONLY == "lab" then return builds(tree, "") and "left" or "broken" end
  if is_c and not builds(tree, SANITIZE) then return "broken" end
  if is_c and not passes(tree, SANITIZED, specs) then return "caught" end
  if is_c then builds(tree, "") end
  return passes(tree, "", specs) and "left" or "caught"
end

-- Tries a mutant on this machine. One that is left gets a tree of its own for the guests.
local function try_here(tree, mutant, kept)
  local path = tree .. "/" .. mutant.file
  local right = read(path)
  if occurrences(right, mutant.from) ~= 1 then return "stale" end
  local first, last = right:find(mutant.from, 1, true)
  write(path, right:sub(1, first - 1) .. mutant.to .. right:sub(last + 1))
  local verdict = judge_here(tree, mutant)
  if verdict == "left" and #mutant.places.kernel + #mutant.places.other > 0 then
    mutant.tree = ("%s/%d"):format(kept, mutant.number)
    assert(run("cp -a %s %s", quoted(tree), quoted(mutant.tree)))
  end
  write(path, right)
  return verdict
end

-- One boot: the guest says what it is about to try, and how that went. Returns number → "caught" or "left";
-- what is absent was not tried. The one during which the guest dies or hangs is caught.
local function try_in_guest(batch)
  local script = {}
  for i, mutant in ipairs(batch) do
    script[i] = ("cd %s && echo try %d; timeout -k 5 %d %s %s >/tmp/output 2>&1 </dev/null "
      .. "&& echo left %d || echo caught %d"):format(quoted(mutant.tree), mutant.number, SPEC_SECONDS, BUSTED,
      table.concat(mutant.places.kernel, " "), mutant.number, mutant.number)
  end
  local lab = io.popen(("cd %s && spec/lab/lab run --timeout %d -- sh -c %s 2>/dev/null"):format(
    quoted(TOP), SPEC_SECONDS * #batch, quoted(table.concat(script, "\n"))))
  local verdicts = {}
  for line in lab:lines() do
    local word, number = line:match("^(%a+) (%d+)%s*$")
    if word then verdicts[tonumber(number)] = word == "left" and "left" or "caught" end
  end
  lab:close()
  return verdicts
end

local function try_in_guests(left)
  local waiting = table.move(left, 1, #left, 1, {})
  while #waiting > 0 do
    local batch = table.move(waiting, 1, math.min(BATCH, #waiting), 1, {})
    local verdicts = try_in_guest(batch)
    if not next(verdicts) then error("the lab does not run", 0) end
    for i = #batch, 1, -1 do
      batch[i].verdict = verdicts[batch[i].number]
      if batch[i].verdict then table.remove(waiting, i) end
    end
  end
end

-- Those that need more than one guest: spec/run knows how.
local function try_elsewhere(mutant)
  local passed = run("cd %s && timeout -k 5 3000 spec/run specs %s >output 2>&1 </dev/null",
    quoted(mutant.tree), table.concat(mutant.places.other, " "))
  return passed and "left" or "caught"
end

local function select(mutants, matches)
  local found = {}
  for _, mutant in ipairs(mutants) do
    if matches(mutant) then found[#found + 1] = mutant end
  end
  return found
end

local function try_all(mutants, folder)
  local tree = folder .. "/tree"
  copy_tree(tree)
  for _, mutant in ipairs(mutants) do
    mutant.verdict = try_here(tree, mutant, folder)
    say(mutant, mutant.verdict)
  end
  if ONLY == "unit" then return end
  try_in_guests(select(mutants, function(one) return one.tree and #one.places.kernel > 0 end))
  for _, mutant in ipairs(select(mutants, function(one) return one.tree ~= nil end)) do
    if mutant.verdict == "left" and #mutant.places.other > 0 then mutant.verdict = try_elsewhere(mutant) end
    if mutant.verdict ~= "left" then say(mutant, mutant.verdict) end
  end
end

local function report(mutants)
  local counts, bad = { caught = 0, left = 0, excused = 0, stale = 0, broken = 0 }, false
  print()
  for _, mutant in ipairs(mutants) do
    local verdict = mutant.verdict
    if verdict == "left" and mutant.reason then verdict = "excused" end
    counts[verdict] = counts[verdict] + 1
    if verdict == "left" then say(mutant, "SURVIVES") end
    bad = bad or verdict == "left" or verdict == "stale" or verdict == "broken"
  end
  print(("%d mutants: %d caught, %d survive, %d have a reason, %d are not in the code any more, %d do not "
    .. "compile"):format(#mutants, counts.caught, counts.left, counts.excused, counts.stale, counts.broken))
  return not bad
end

local mutants = wanted_mutants(arg)
local folder = os.tmpname()
os.remove(folder)
local ok, message = pcall(try_all, mutants, folder)
run("rm -rf %s", quoted(folder))
if not ok then error(message, 0) end
os.exit(report(mutants), true)
