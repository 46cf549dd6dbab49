-- Makes each look again and again, with another of its system calls of one name failing each time, until all
-- have failed once. What it answers has to be what it answers undisturbed, or the error. Prints what is
-- neither, and how many calls of each look failed; and whether descriptors were left open.
--
--    lua5.4 spec/faults/child.lua FILE FOLDER CALL ERROR
--
-- ERROR is the name of an errno, or SHORT: every call transfers one byte. What is interrupted, cut short or
-- told to come again has to have the right answer.

local E = require "smc.errno"
local inject = require "inject"
local text = dofile "spec/faults/text.lua"

local looks, call, name = assert(loadfile(arg[1]))(arg[2]), arg[3], arg[4]
local wanted = name == "SHORT" and 0 or E[name]
local STRICT <const> = { SHORT = true, EINTR = true, EAGAIN = call ~= "read" }

-- What a look answers while its nth call fails, 0: none; and how many calls it made.
local function answer(look, n)
  if look.before then look.before() end
  inject.arm(n, wanted)
  local results = table.pack(pcall(look.look))
  local calls = inject.disarm()
  local texts = {}
  for i = 2, results.n do texts[i - 1] = text(results[i]) end
  results.text = table.concat(texts, ", ")
  return results, calls
end

local function is_error(look, results)
  if STRICT[name] and not look.interruptible then return false end
  local ok, first, message, errno = table.unpack(results, 1, 4)
  if not ok then return look.raises and tostring(first):find(E.strerror(wanted), 1, true) end
  return first == nil and type(message) == "string" and (look.words or math.type(errno) == "integer")
    and (errno == wanted or message:find(E.strerror(wanted), 1, true))
end

local function descriptors()
  collectgarbage()
  collectgarbage()
  return inject.descriptors()
end

-- Fails one call after the other. Returns how many failed.
local function fail_each(look)
  local right, n = answer(look, 0).text, 0
  if look.right and not right:find(look.right, 1, true) then
    print(("%s: undisturbed, it answers %s"):format(look.name, right))
  end
  while true do
    local results, calls = answer(look, n + 1)
    if calls <= n or name == "SHORT" and n > 0 then return n end
    n = n + 1
    if results.text ~= right and not is_error(look, results) then
      print(("%s, %s %d fails with %s: %s"):format(look.name, call, n, name, results.text))
    end
  end
end

local function exercise(look)
  answer(look, 0) -- loads what is loaded at first use
  local before = descriptors()
  local count = fail_each(look)
  local after = descriptors()
  if after ~= before then
    print(("%s, %s with %s: %d descriptors, and there were %d"):format(look.name, call, name, after, before))
  end
  return count
end

if inject.start(call) then
  for _, look in ipairs(looks) do
    if not look.calls or look.calls[call] then
      print(("hit\t%s\t%d"):format(look.name, exercise(look)))
    end
  end
end
