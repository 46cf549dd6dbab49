--- copas drives SMC sockets: a server and its clients in one program. PORT is optional.
local copas = require "copas"
local socket = require "smc.socket"
local try = socket.try -- ends the program with a message

local server = try(socket.bind("127.0.0.1", arg[1] or 12350))
local clients <const>, done = 5, 0

copas.addserver(server, function(sock)
  sock = copas.wrap(sock)
  local line = sock:receive("*l")
  while line do
    sock:send("echo of " .. line .. "\n")
    line = sock:receive("*l")
  end
end)

for i = 1, clients do
  copas.addthread(function()
    local plain = try(socket.tcp())
    local sock = copas.wrap(plain)
    try(copas.connect(plain, "127.0.0.1", arg[1] or 12350))
    sock:send(("client %d\n"):format(i))
    print(plain:mode(), (sock:receive("*l")))
    plain:close()
    done = done + 1
  end)
end

while done < clients do copas.step(1) end
