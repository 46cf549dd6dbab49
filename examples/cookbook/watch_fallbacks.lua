--- Report connections that fall back to TCP as they come: watch_fallbacks.lua [SECONDS], for so long
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

local seconds = try(tonumber(arg[1] or math.huge), "a number of seconds expected")
local ending = smc.socket.monotonic() + seconds
local watch <close> = try(smc.diag.watch { interval = 0.5 })
print "watching"
io.stdout:flush()
while smc.socket.monotonic() < ending do
  local event, message, errno = watch:next(1)
  if event then
    local s, before = event.socket, event.before
    if event.event ~= "closed" and s.mode == "TCP" and not (before and before.mode == "TCP") then
      print(("%s port %d: %s"):format(s.peer_address, s.peer_port, s.fallback.meaning))
      io.stdout:flush()
    end
  elseif errno ~= smc.errno.ETIMEDOUT then
    io.stderr:write(message, "\n") -- the next call tries again
  end
end
