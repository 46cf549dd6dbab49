-- Runs under strace, which fails every PERIOD-th system call of one name. Each look is made again and again
-- with the call that fails moved on by one, until the look ends before the call that would fail. What it
-- answers has to be what it answers undisturbed, or the error. Prints what is neither, and how often each
-- look was hit.
--
--    lua5.4 spec/faults/child.lua FILE FOLDER CALL ERROR PERIOD

local E = require "smc.errno"
local pads = require "pads"

local looks = assert(loadfile(arg[1]))(arg[2])
local call, name, period = arg[3], arg[4], tonumber(arg[5])
local wanted = E[name]

-- Goes on to the next failure. Returns how many calls that took.
local function sync(most)
  for count = 1, most or period do
    if pads(call) == wanted then return count end
  end
  error(("no call of %s fails: strace does not inject"):format(call))
end

-- A value as text, to compare it.
local function text(value)
  if type(value) ~= "table" then return math.type(value) == "float" and "float" or tostring(value) end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do parts[i] = ("%s=%s"):format(key, text(value[key])) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function answer(look)
  local results = table.pack(pcall(look.look))
  results.text = {}
  for i = 2, results.n do results.text[i - 1] = text(results[i]) end
  results.text = table.concat(results.text, ", ")
  return results
end

-- Twice the same: what is loaded at first use is loaded then, and the failure was somewhere else.
local function undisturbed(look)
  local before
  for _ = 1, 10 do
    if look.before then look.before() end
    sync()
    local now = answer(look)
    if before == now.text then return before end
    before = now.text
  end
  error("no two answers are the same: " .. before)
end

local function is_error(look, results)
  local ok, first, message, errno = table.unpack(results, 1, 4)
  if not ok then return look.raises and tostring(first):find(E.strerror(wanted), 1, true) end
  return first == nil and type(message) == "string"
    and (errno == wanted or message:find(E.strerror(wanted), 1, true))
end

-- Fails one call after the other. Returns how many failed.
local function exercise(look)
  local right = undisturbed(look)
  if look.right and not right:find(look.right, 1, true) then
    print(("%s: undisturbed, it answers %s"):format(look.name, right))
  end
  for i = 1, period // 2 do
    if look.before then look.before() end
    sync()
    pads(call, period - i)
    local results = answer(look)
    if sync() <= period // 2 then return i - 1 end
    if results.text ~= right and not is_error(look, results) then
      print(("%s, %s %d fails with %s: %s"):format(look.name, call, i, name, results.text))
    end
  end
  error(look.name .. ": the period is too short for its calls")
end

sync(1 << 16) -- the first failure is later, so that nothing fails while modules are loaded
for _, look in ipairs(looks) do
  print(("hit\t%s\t%d"):format(look.name, exercise(look)))
end
