--- Mutants and the specs that run on this machine: as built for users, then, for C, under sanitizers.

local shell = require "shell"

local here = {}

-- busted, which ends with the first failure. The environment leads the command line.
local BUSTED <const> = "spec/busted --no-keep-going -o plainTerminal"
local PLAIN <const> = ""
local SANITIZED <const> = "SMC_BUILD=build/sanitize ASAN_OPTIONS=detect_leaks=0 "
  .. "LD_PRELOAD=$(cc -print-file-name=libasan.so)"
local SLOWEST <const> = 600 -- seconds; that much is allowed where the right code was not timed

local limits = {} -- environment and spec → seconds, beyond which the spec hangs

local function passes(tree, environment, spec)
  local limit = limits[environment .. spec] or SLOWEST
  return shell.run("cd %s && " .. environment .. " timeout -k 5 %s " .. BUSTED
    .. " %s >output 2>&1 </dev/null", tree.path, limit, spec)
end

-- What the specs say means something only if they pass without the mutant; how long that takes says what a
-- hang is.
local function prove(tree, environment, spec)
  if limits[environment .. spec] then return end
  local started = os.time()
  assert(tree:builds(environment == SANITIZED), "the tree does not compile")
  if not passes(tree, environment, spec) then
    error(("%s fails without a mutant:\n%s"):format(spec, shell.read(tree.path .. "/output")), 0)
  end
  limits[environment .. spec] = 60 + 10 * (os.time() - started)
end

local function all_pass(tree, environment, specs)
  for _, spec in ipairs(specs) do
    if not passes(tree, environment, spec) then return false end
  end
  return true
end

local function try_in(environment, tree, mutant)
  local specs = mutant.places.unit
  for _, spec in ipairs(specs) do prove(tree, environment, spec) end
  if not tree:put(mutant) then return "stale" end
  local verdict = "broken"
  if tree:builds(environment == SANITIZED) then
    verdict = all_pass(tree, environment, specs) and "left" or "caught"
  end
  tree:take_out(mutant)
  return verdict
end

--- Returns "caught", "left", or what is wrong with the list: "stale", "broken".
function here.try(tree, mutant)
  local verdict = try_in(PLAIN, tree, mutant)
  if verdict ~= "left" or not mutant.file:find("^csrc/") then return verdict end
  return try_in(SANITIZED, tree, mutant)
end

return here
