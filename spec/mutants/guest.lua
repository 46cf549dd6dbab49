--- Mutants and the specs that need a guest: many in one boot, with a tree each.

local shell = require "shell"

local guest = {}

local SPEC_SECONDS <const> = 600 -- beyond which a spec hangs in an emulated guest

-- The guest says what it is about to try, and how that went. A spec that fails without a mutant says nothing
-- of one: its output is shown, and mutants that no other spec sees are not judged.
local PRELUDE <const> = ([[
passes() { timeout -k 5 %d spec/busted --no-keep-going -o plainTerminal "$1" >/tmp/output 2>&1 </dev/null; }
failing=" "
prove() {
  cd "$1"; shift
  for spec; do
    if passes "$spec"; then echo "passes $spec"; continue; fi
    failing="$failing$spec "
    sed "s|^|$spec, without a mutant: |" /tmp/output
  done
}
try() {
  number=$1 verdict=left; cd "$2"; shift 2; echo "try $number"
  for spec; do
    case $failing in *" $spec "*) verdict=unjudged; continue ;; esac
    passes "$spec" || { echo "caught $number"; return; }
  done
  echo "$verdict $number"
}
]]):format(SPEC_SECONDS)

local function words(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, word in ipairs(list) do all[#all + 1] = shell.quoted(tostring(word)) end
  end
  return table.concat(all, " ")
end

local function specs_of(batch)
  local specs, seen = {}, {}
  for _, mutant in ipairs(batch) do
    for _, spec in ipairs(mutant.places.kernel) do
      if not seen[spec] then specs[#specs + 1] = spec end
      seen[spec] = true
    end
  end
  return specs
end

-- The specs that were not proven before are, first. Also returns how many specs it runs at most.
local function script_of(right, batch, is_proven)
  local lines, unproven, count = { PRELUDE }, {}, 0
  for _, spec in ipairs(specs_of(batch)) do
    if not is_proven(spec) then unproven[#unproven + 1] = spec end
  end
  lines[2] = "prove " .. words({ right }, unproven)
  for _, mutant in ipairs(batch) do
    lines[#lines + 1] = "try " .. words({ mutant.number, mutant.tree }, mutant.places.kernel)
    count = count + #mutant.places.kernel
  end
  return table.concat(lines, "\n"), #unproven + count
end

-- The guest's lines. Tells what is known as soon as it is; what is not known then was not tried. The mutant
-- during which the guest dies or hangs is caught.
local function listen(lab, by_number, tell)
  local current
  for line in lab:lines() do
    local word, rest = line:match("^(%l+) (%S+)%s*$")
    if word == "passes" then tell.proven(rest) end
    if line:find(", without a mutant: ", 1, true) then print(line) end
    local mutant = by_number[word and tonumber(rest)]
    if mutant and word ~= "try" then tell.judged(mutant, word) end
    if mutant then current = word == "try" and mutant or nil end
  end
  if current then tell.judged(current, "caught") end
end

--- Tries a batch of mutants that have trees, in one boot.
-- @tparam string right a built tree without a mutant
-- @tparam table batch
-- @tparam table tell `is_proven(spec)`: it is known to pass without a mutant; `proven(spec)`: it has passed
--   now; `judged(mutant, verdict)`
function guest.try(right, batch, tell)
  local script, count = script_of(right, batch, tell.is_proven)
  local path, by_number = batch[1].tree .. "/script", {}
  for _, mutant in ipairs(batch) do by_number[mutant.number] = mutant end
  shell.write(path, script)
  local lab <close> = io.popen(("cd %s && spec/lab/lab run --timeout %d -- sh %s 2>/dev/null"):format(
    shell.quoted(right), SPEC_SECONDS * count, shell.quoted(path)))
  listen(lab, by_number, tell)
end

--- One that needs several guests: spec/run knows how. What it says means something if the specs pass here.
function guest.try_elsewhere(mutant)
  local passed = shell.run("cd %s && timeout -k 5 3000 spec/run specs " .. words(mutant.places.other)
    .. " >output 2>&1 </dev/null", mutant.tree)
  return passed and "left" or "caught"
end

return guest
