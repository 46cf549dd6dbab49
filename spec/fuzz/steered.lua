--- Feeds decoders in Lua with bytes that are changed at random, where a change that reaches new lines is kept
-- and changed further: lua5.4 spec/fuzz/steered.lua TARGET [SECONDS [SEED]]. The targets are those of
-- spec/fuzz/targets.lua.
--
-- A decoder answers, or says in words and an errno why it cannot; it never raises an error. What makes it
-- raise one is written to build/fuzz, and the seed that is printed first repeats the run.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = (os.getenv("SMC_BUILD") or "build") .. "/?.so;" .. package.cpath

local targets = require "fuzz.targets"

local name, seconds, seed = arg[1], tonumber(arg[2]) or 60, math.tointeger(tonumber(arg[3])) or os.time()
local target = assert(targets[name], "no such target")
local random = math.random
io.stdout:write("seed ", seed, "\n"):flush()
math.randomseed(seed)

-- ---- changes ----

local NUMBERS <const> = { 0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 4095, 4096, 65535, 65536,
  0x7fffffff, 0x80000000, 0xffffffff }

local function splice(s, at, length, with)
  return s:sub(1, at - 1) .. with .. s:sub(at + length)
end

local CHANGES <const> = {
  function(s) return splice(s, random(#s + 1), 1, string.char(random(0, 255))) end,
  function(s) -- a bit
    local at = random(math.max(#s, 1))
    return splice(s, at, 1, string.char((s:byte(at) or 0) ~ 1 << random(0, 7)))
  end,
  function(s) return splice(s, random(#s + 1), random(0, 16), "") end,
  function(s) -- a piece again, somewhere
    local from = random(#s + 1)
    return splice(s, random(#s + 1), 0, s:sub(from, from + random(0, 32)))
  end,
  function(s) -- a number of 1, 2, 4 or 8 bytes
    local size = 1 << random(0, 3)
    local number = NUMBERS[random(#NUMBERS)] & (size < 8 and (1 << 8 * size) - 1 or -1)
    return splice(s, random(#s + 1), size, string.pack((random(2) == 1 and "<I" or ">I") .. size, number))
  end,
  function(s) -- a number in digits
    local first, last = s:find("%d+", random(#s + 1))
    return first and splice(s, first, last - first + 1, tostring(NUMBERS[random(#NUMBERS)])) or s
  end,
  function(s) return s:sub(1, random(0, #s)) end,
  function(s, other) return s:sub(1, random(0, #s)) .. other:sub(random(#other + 1)) end,
  function(s) -- a word of the target's
    local words = target.words or { "\0" }
    return splice(s, random(#s + 1), random(0, 4), words[random(#words)])
  end,
}

local function changed(s, other)
  for _ = 1, random(1, 4) do s = CHANGES[random(#CHANGES)](s, other) end
  return s:sub(1, target.most or 8192)
end

-- ---- lines ----

local known, found, last = {}, 0, 0
local numbers, count = {}, 0 -- file → a number of its own

-- Notes which line follows which.
local function note(_, line)
  local source = debug.getinfo(2, "S").source
  local number = numbers[source]
  if not number then
    count = count + 1
    number, numbers[source] = count, count
  end
  local here = number << 16 | line
  local step = last << 32 | here
  last = here
  if not known[step] then
    known[step] = true
    found = found + 1
  end
end

local function run(input)
  last = 0
  debug.sethook(note, "l")
  local ok, result, message, errno = pcall(target.decode, input)
  debug.sethook()
  if not ok then return tostring(result) end
  if result == nil and target.explains then
    if type(message) ~= "string" then return "no words: " .. tostring(message) end
    if math.type(errno) ~= "integer" then return "no errno: " .. message end
  end
end

-- ---- the run ----

local function keep(input, fault)
  os.execute("mkdir -p build/fuzz")
  local path = ("build/fuzz/%s-%d"):format(name, seed)
  local file <close> = assert(io.open(path, "wb"))
  file:write(input)
  io.stderr:write(("%s: %s\n%q\nis in %s\n"):format(name, fault, input:sub(1, 400), path))
  os.exit(1)
end

local corpus, runs = {}, 0

local function try(input)
  runs = runs + 1
  local before = found
  local fault = run(input)
  if fault then keep(input, fault) end
  if found > before then corpus[#corpus + 1] = input end
end

for _, input in ipairs(target.corpus()) do try(input) end
local clock = require "smc.core.os".monotonic
local stop = clock() + seconds
repeat
  for _ = 1, 100 do
    -- The latest finds more often than others.
    local at = random(4) == 1 and math.max(#corpus - random(0, 7), 1) or random(#corpus)
    try(changed(corpus[at], corpus[random(#corpus)]))
  end
until clock() >= stop
assert(found > 0 and runs > #corpus, "a run that reaches nothing tests nothing")
print(("%s: %d runs, %d steps between lines, %d inputs kept"):format(name, runs, found, #corpus))
