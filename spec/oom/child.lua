-- Runs each look again and again, with another of its allocations failing each time, until none is left to
-- fail. It answers what it answers undisturbed, or that there is not enough memory; no descriptor, no child
-- and no block of malloc(3) is left. Prints what is otherwise, and how many allocations of each look failed.
--
--    host spec/oom/child.lua FILE FOLDER COUNT
--
-- FILE has a list of looks, as in spec/faults.lua. A look may have more: `act` in place of `look`, what is
-- to be done with what `before` gives; `after`, which looks at that when memory is there again; `modes`:
-- those of host.c that make sense. COUNT: how many allocations of each look fail; all, if there are no more.

local E = require "smc.errno"
local text = dofile "spec/faults/text.lua"

local oom = oom -- luacheck: ignore 113
local looks, count = assert(loadfile(arg[1]))(arg[2]), tonumber(arg[3])

local MODES <const> = { "once", "on", "gc" }

local function collect()
  collectgarbage()
  collectgarbage()
end

local function texts(results, first)
  local parts = {}
  for i = first, results.n do parts[#parts + 1] = text(results[i]) end
  return table.concat(parts, ", ")
end

-- One run: allocations, how many failed, whether it returned, its answer as text, and the first three values.
local function run(look, n, mode)
  local given = look.before and look.before()
  local act = look.look or look.act
  local results = table.pack(oom.call(n, mode, function() return act(given) end))
  local one = { seen = results[1], failed = results[2], returned = results[3], text = texts(results, 4),
    table.unpack(results, 4, 6) }
  if look.after then
    local ok, message = pcall(look.after, given, one)
    if not ok then one.wrong = "afterwards: " .. tostring(message) end
  end
  return one
end

local function is_of_memory(message)
  return message:lower():find("memory", 1, true) or message:find("stack overflow", 1, true)
end

local function is_error(one)
  if not one.returned then return type(one[1]) == "string" and is_of_memory(one[1]) end
  return one[1] == nil and type(one[2]) == "string" and (one[3] == E.ENOMEM or is_of_memory(one[2]))
end

-- What is wrong with one run in a world that had so many descriptors and blocks before; nil: nothing.
local function judge(one, right, descriptors)
  if one.wrong then return one.wrong end
  local is_right = one.returned and one.text == right
  if not is_right and (one.failed == 0 or not is_error(one)) then return "it answers " .. one.text end
  collect()
  if oom.descriptors() ~= descriptors then
    return ("%d descriptors, and there were %d"):format(oom.descriptors(), descriptors)
  end
  if oom.children() then return "a child is left" end
end

-- Fails one allocation after the other.
local function exercise(look, mode)
  run(look, 0, mode) -- loads what is loaded at first use
  local first = run(look, 0, mode)
  local right, total = first.text, first.seen
  if not first.returned or look.right and not right:find(look.right, 1, true) then
    print(("%s: undisturbed, it answers %s"):format(look.name, right))
  end
  collect()
  local descriptors, failed = oom.descriptors(), 0
  local blocks, runs = nil, 0
  local n, step = 1, math.max(1, total // count)
  while true do
    local one = run(look, n, mode)
    if one.failed == 0 and n > one.seen then break end
    runs, failed = runs + 1, failed + 1
    local wrong = judge(one, right, descriptors)
    if wrong then print(("%s, %s, allocation %d: %s"):format(look.name, mode, n, wrong)) end
    if runs == 3 then blocks = oom.blocks() end
    n = n + step
  end
  local left = blocks and oom.blocks() - blocks or 0
  if left > 10 then
    print(("%s, %s: %d blocks of malloc are left by %d runs"):format(look.name, mode, left, runs))
  end
  print(("hit\t%s\t%d"):format(look.name, failed))
end

for _, look in ipairs(looks) do
  for _, mode in ipairs(look.modes or MODES) do exercise(look, mode) end
end
