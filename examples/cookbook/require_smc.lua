--- Connect, and fail unless the connection uses SMC: require_smc.lua HOST PORT
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

local host, port = arg[1], arg[2]
if not port then
  io.stderr:write "usage: require_smc.lua HOST PORT\n"
  os.exit(2)
end

local sock <close> = try(smc.connect(host, port))
local mode = try(sock:mode())
if mode == "TCP" then
  local info = try(sock:info())
  io.stderr:write("the connection fell back to TCP: ", info.fallback.meaning, "\n")
  if info.fallback.advice then io.stderr:write(info.fallback.advice, "\n") end
  os.exit(1)
end
print("connected over " .. mode)
