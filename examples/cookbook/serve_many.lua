--- Serve many clients in one loop, until a signal comes: serve_many.lua PORT
-- Every client gets its lines back in capitals. examples/echo_server.lua is the grown-up form of this.
local smc = require "smc"
local try = smc.socket.try -- ends the program with a message

local port = arg[1]
if not port then
  io.stderr:write "usage: serve_many.lua PORT\n"
  os.exit(2)
end

local server <close> = try(smc.bind("*", port))
local stop <close> = try(smc.poller.signals("INT", "TERM"))
local poller <close> = try(smc.poller.new())
server:settimeout(0)
poller:add(server, "r")
poller:add(stop, "r")
print "ready"
io.stdout:flush()

local served, running = 0, true
while running do
  for sock in try(poller:wait()) do
    if sock == stop then
      running = false
    elseif sock == server then
      local client = server:accept()
      if client then
        client:settimeout(1)
        poller:add(client, "r")
        served = served + 1
      end
    else
      local line = sock:receive()
      if not line or not sock:send(line:upper() .. "\n") then sock:close() end
    end
  end
end
print(("stopped by SIG%s after %d clients"):format(stop:next(), served))
