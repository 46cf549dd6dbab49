--- cqueues waits for SMC sockets by their pollfd, events and timeout methods. PORT is optional.
local cqueues = require "cqueues"
local socket = require "smc.socket"
local try = socket.try -- ends the program with a message

local server = try(socket.bind("127.0.0.1", arg[1] or 12351))
server:settimeout(0)
local loop = cqueues.new()

-- Repeats an operation that does not wait until it need not.
local function await(sock, method, ...)
  while true do
    local a, message, partial = sock[method](sock, ...)
    if a or message ~= "timeout" then return a, message, partial end
    cqueues.poll(sock)
  end
end

loop:wrap(function()
  local sock = await(server, "accept")
  sock:settimeout(0)
  await(sock, "send", "echo of " .. await(sock, "receive", "*l") .. "\n")
end)

loop:wrap(function()
  local sock = try(socket.connect("127.0.0.1", arg[1] or 12351))
  sock:settimeout(0)
  await(sock, "send", "hello\n")
  print(sock:mode(), (await(sock, "receive", "*l")))
end)
try(loop:loop())
