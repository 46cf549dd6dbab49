-- Connects to HOST PORT, over SMC or with a third word over plain TCP, sends a line, and prints the mode.
local plain = arg[3]
local socket = require(plain and "socket" or "smc.socket")

local sock, message = socket.connect(arg[1], tonumber(arg[2]))
if not sock then return print(message) end
print(plain and "TCP" or sock:mode())
sock:settimeout(10)
sock:send("hello\n")
sock:receive()
sock:close()
