--- One operation very often, for spec/bench/instructions.lua: operations.lua OPERATION MODULE ROUNDS, of 100
-- operations each.

local operation, name, rounds = table.unpack(arg)
local LINE <const>, MESSAGE <const> = ("x"):rep(80) .. "\n", ("x"):rep(64)

local function connected()
  local socket = require(name)
  local options = name == "smc.socket" and { fallback = "tcp" } or nil
  local server = assert(socket.bind("127.0.0.1", 0, 1, options))
  local _, port = server:getsockname()
  local client = assert(socket.connect("127.0.0.1", port, options))
  return client, assert(server:accept())
end

local operations = {}

-- What a line costs at least: a string of 80 bytes, by a function of Lua's own.
function operations.sub()
  local text = ("x"):rep(200)
  return function()
    for _ = 1, 100 do local _ = text:sub(1, 80) end
  end
end

function operations.line()
  local client, server = connected()
  local block = LINE:rep(100)
  return function()
    client:send(block)
    for _ = 1, 100 do local _ = server:receive "*l" end
  end
end

function operations.message()
  local client, server = connected()
  return function()
    for _ = 1, 100 do
      client:send(MESSAGE)
      local _ = server:receive(#MESSAGE)
    end
  end
end

local operate = operations[operation]()
for _ = 1, rounds do operate() end
