-- Makes each look again and again, with another of its system calls of one name failing each time, until all
-- have failed once. What it answers has to be what it answers undisturbed, or the error. Prints what is
-- neither, and how many calls of each look failed.
--
--    lua5.4 spec/faults/child.lua FILE FOLDER CALL ERROR

local E = require "smc.errno"
local inject = require "inject"
local text = dofile "spec/faults/text.lua"

local looks, call, name = assert(loadfile(arg[1]))(arg[2]), arg[3], arg[4]
local wanted = E[name]

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
  local ok, first, message, errno = table.unpack(results, 1, 4)
  if not ok then return look.raises and tostring(first):find(E.strerror(wanted), 1, true) end
  return first == nil and type(message) == "string" and math.type(errno) == "integer"
    and (errno == wanted or message:find(E.strerror(wanted), 1, true))
end

-- Fails one call after the other. Returns how many failed.
local function exercise(look)
  answer(look, 0) -- loads what is loaded at first use
  local right, n = answer(look, 0).text, 0
  if look.right and not right:find(look.right, 1, true) then
    print(("%s: undisturbed, it answers %s"):format(look.name, right))
  end
  while true do
    local results, calls = answer(look, n + 1)
    if calls <= n then return n end
    n = n + 1
    if results.text ~= right and not is_error(look, results) then
      print(("%s, %s %d fails with %s: %s"):format(look.name, call, n, name, results.text))
    end
  end
end

if inject.start(call) then
  for _, look in ipairs(looks) do
    if not look.calls or look.calls[call] then
      print(("hit\t%s\t%d"):format(look.name, exercise(look)))
    end
  end
end
