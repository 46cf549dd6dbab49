--- TLS by LuaSec over SMC: luasec.lua server KEY CERTIFICATE PORT, or luasec.lua client PORT
local socket = require "smc.socket"
local ssl = require "ssl"
local try = socket.try -- ends the program with a message

if not (arg[1] == "client" and arg[2] or arg[1] == "server" and arg[4]) then
  io.stderr:write "usage: luasec.lua server KEY CERTIFICATE PORT, or luasec.lua client PORT\n"
  os.exit(2)
end

if arg[1] == "server" then
  local server <close> = try(socket.bind("127.0.0.1", arg[4]))
  print("ready")
  io.stdout:flush()
  local sock = try(server:accept())
  local params = { mode = "server", protocol = "any", key = arg[2], certificate = arg[3] }
  local tls = try(ssl.wrap(sock, params)) -- takes the descriptor over
  try(tls:dohandshake())
  tls:send("echo of " .. try(tls:receive("*l")) .. "\n")
  tls:close()
else
  local sock = try(socket.connect("127.0.0.1", arg[2]))
  local mode = sock:mode()
  local tls = try(ssl.wrap(sock, { mode = "client", protocol = "any", verify = "none" }))
  try(tls:dohandshake())
  tls:send("hello\n")
  print(mode, tls:info("protocol"), (tls:receive("*l")))
  tls:close()
end
