--- Mutants and the specs that need a guest: many in one boot, with a tree each.

local shell = require "shell"

local guest = {}

local BATCH <const> = 8          -- mutants in one boot
local SPEC_SECONDS <const> = 600 -- beyond which a spec hangs in an emulated guest

-- The guest says what it is about to try, and how that went. `fails`: a spec fails without any mutant.
local PRELUDE <const> = ([[
passes() { timeout -k 5 %d spec/busted --no-keep-going -o plainTerminal "$1" >/tmp/output 2>&1 </dev/null; }
prove() { cd "$1"; shift; for spec; do passes "$spec" || echo "fails $spec"; done; }
try() {
  number=$1; cd "$2"; shift 2; echo "try $number"
  for spec; do passes "$spec" || { echo "caught $number"; return; }; done
  echo "left $number"
}
]]):format(SPEC_SECONDS)

local function words(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, word in ipairs(list) do all[#all + 1] = shell.quoted(tostring(word)) end
  end
  return table.concat(all, " ")
end

-- Proven specs are kept: a batch proves those that are new in it.
local function script_of(top, batch, proven)
  local lines, specs = { PRELUDE }, {}
  for _, mutant in ipairs(batch) do
    for _, spec in ipairs(mutant.places.kernel) do
      if not proven[spec] then specs[#specs + 1] = spec end
      proven[spec] = true
    end
  end
  lines[2] = "prove " .. words({ top }, specs)
  for _, mutant in ipairs(batch) do
    lines[#lines + 1] = "try " .. words({ mutant.number, mutant.tree }, mutant.places.kernel)
  end
  return table.concat(lines, "\n"), #specs + #batch * 3
end

-- Number → "caught" or "left"; what is absent was not tried. The one during which the guest dies or hangs is
-- caught.
local function boot(top, batch, proven)
  local script, count = script_of(top, batch, proven)
  local path = batch[1].tree .. "/script"
  shell.write(path, script)
  local lab <close> = io.popen(("cd %s && spec/lab/lab run --timeout %d -- sh %s 2>/dev/null"):format(
    shell.quoted(top), SPEC_SECONDS * count, shell.quoted(path)))
  local verdicts = {}
  for line in lab:lines() do
    local word, rest = line:match("^(%l+) (%S+)%s*$")
    if word == "fails" then error(rest .. " fails in a guest without a mutant", 0) end
    local number = word and tonumber(rest)
    if number then verdicts[number] = word == "left" and "left" or "caught" end
  end
  return verdicts
end

--- Tries mutants that have trees; done(mutant, verdict) is called for each.
function guest.try(top, mutants, done)
  local waiting, proven = table.move(mutants, 1, #mutants, 1, {}), {}
  while #waiting > 0 do
    local batch = table.move(waiting, 1, math.min(BATCH, #waiting), 1, {})
    local verdicts = boot(top, batch, proven)
    if not next(verdicts) then error("the lab does not run", 0) end
    for i = #batch, 1, -1 do
      local verdict = verdicts[batch[i].number]
      if verdict then
        done(batch[i], verdict)
        table.remove(waiting, i)
      end
    end
  end
end

--- One that needs several guests: spec/run knows how. What it says means something if the specs pass here.
function guest.try_elsewhere(mutant)
  local passed = shell.run("cd %s && timeout -k 5 3000 spec/run specs " .. words(mutant.places.other)
    .. " >output 2>&1 </dev/null", mutant.tree)
  return passed and "left" or "caught"
end

return guest
