-- Runs shell commands that the other host sends, one a connection, until it sends "quit": agent.lua PORT.
-- Its answer is the command's output. With a host in front of the port, it sends the command: agent.lua HOST
-- PORT COMMAND.
local socket = require "socket"

local host, port, command = arg[1], arg[2], arg[3]

local function ask()
  for _ = 1, 600 do
    local sock = socket.connect(host, port)
    if sock then
      sock:send(command .. "\n")
      local output, _, rest = sock:receive("*a") -- nothing is an error to LuaSocket
      return output or rest
    end
    socket.sleep(0.1)
  end
  error("no agent at " .. host)
end

local function serve()
  local server = assert(socket.bind("*", arg[1]))
  while true do
    local client = server:accept()
    local line = client:receive()
    if line == "quit" then return end
    local output <close> = assert(io.popen("{ " .. line .. "; } 2>&1 </dev/null"))
    client:send(output:read("a"))
    client:close()
  end
end

if command then io.write(ask()) else serve() end
