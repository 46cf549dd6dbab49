--- luv watches SMC sockets with uv_poll. PORT is optional.
local socket = require "smc.socket"
local uv = require "luv"
local try = socket.try -- ends the program with a message

local server = try(socket.bind("127.0.0.1", arg[1] or 12352))
local client = try(socket.connect("127.0.0.1", arg[1] or 12352))
client:send("hello\n")
local function watch(sock, call)
  sock:settimeout(0)
  local poll = uv.new_poll(sock:getfd())
  poll:start("r", function() call(poll, sock) end)
end

local function finish(poll, sock)
  poll:stop() -- before the descriptor is closed
  sock:close()
end

watch(server, function(poll)
  watch(try(server:accept()), function(inner, sock)
    sock:send("echo of " .. sock:receive("*l") .. "\n")
    finish(inner, sock)
  end)
  finish(poll, server)
end)
watch(client, function(poll, sock)
  print(sock:mode(), (sock:receive("*l")))
  finish(poll, sock)
end)
uv.run()
