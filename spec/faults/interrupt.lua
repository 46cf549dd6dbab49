-- Makes each look again and again, with an error raised at another instruction of Lua each time, as lua(1)
-- does for Ctrl-C. It has to reach the caller as it is: who takes it for an error of their own answers
-- something that did not happen, or goes on. Prints what else came of it, and how often each was interrupted.
--
--    lua5.4 spec/faults/interrupt.lua FILE FOLDER

local looks = assert(loadfile(arg[1]))(arg[2])

local DENSE <const> = 300 -- at fewer instructions than this each one is tried, then fewer and fewer

-- What a look answers if its nth instruction raises; whether it has so many.
local function interrupt(look, n)
  local raised, ended = false, false
  if look.before then look.before() end
  local results = table.pack(pcall(function()
    debug.sethook(function()
      debug.sethook()
      if ended then return end
      raised = true
      error("interrupted!", 2)
    end, "", n)
    local answer = table.pack(look.look())
    ended = true
    debug.sethook()
    return table.unpack(answer, 1, answer.n)
  end))
  return raised, results
end

-- Interrupts a look at one instruction after the other. Returns how often.
local function interrupt_each(look)
  local n, count = 1, 0
  while true do
    local raised, results = interrupt(look, n)
    if not raised then return count end
    count = count + 1
    if results[1] or not tostring(results[2]):find("interrupted!$") then
      print(("%s, instruction %d: %s %s"):format(look.name, n, results[2], results[3]))
    end
    n = n + 1 + n // DENSE
  end
end

for _, look in ipairs(looks) do
  if not look.fatal then
    if look.before then look.before() end
    look.look() -- loads what is loaded at first use
    print(("hit\t%s\t%d"):format(look.name, interrupt_each(look)))
  end
end
