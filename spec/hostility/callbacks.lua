-- Functions of the caller's that raise, yield, collect garbage, or close what is being worked on.

local netlink = require "smc.core.netlink"
local poller = require "smc.poller"
local process = require "smc.process"
local socket = require "smc.socket"
local objects, held = dofile "spec/hostility/objects.lua"
local messages = require "fuzz.messages"

local function expect(what, ok, wanted)
  if ok ~= wanted then print(("%s: %s"):format(what, tostring(ok))) end
end

-- What a callback does to an object, and whether the call that it is in may go well.
local DEEDS <const> = {
  ["raises a string"] = function() error("hostile", 0) end,
  ["raises a table"] = function() error(setmetatable({}, { __tostring = error })) end,
  ["raises nil"] = function() error() end,
  ["yields"] = function() coroutine.yield() end,
  ["collects garbage"] = function() collectgarbage() end,
  ["closes it"] = function(object) object:close() end,
  ["closes it and raises"] = function(object)
    object:close()
    error("hostile", 0)
  end,
  ["calls itself again"] = function() return nil end,
}

-- Calls a function in a coroutine, so that it may try to yield. Never a crash, whatever it answers.
local function call(f, ...)
  local thread = coroutine.create(f)
  local results = table.pack(coroutine.resume(thread, ...))
  coroutine.close(thread)
  return table.unpack(results, 1, results.n)
end

for what, deed in pairs(DEEDS) do
  -- select
  local sock = objects.client()
  for _, field in ipairs { "getfd", "dirty" } do
    local one = setmetatable({}, { __index = { getfd = function() return sock:getfd() end } })
    one[field] = function()
      deed(sock)
      return sock:getfd()
    end
    call(socket.select, { one, sock }, { sock, one }, 0)
    local hostile = setmetatable({}, { __index = function(_, key)
      if key == field then deed(sock) end
    end })
    call(socket.select, { hostile }, { hostile }, 0)
  end
  sock:close()

  -- a poller
  sock = objects.client()
  local waiting = assert(poller.new())
  local one = { getfd = function()
    deed(waiting)
    return sock:getfd()
  end, dirty = function() deed(sock) end }
  for _ = 1, 2 do
    call(waiting.add, waiting, one, "r")
    call(function()
      for ready in assert(waiting:wait(0)) do
        deed(waiting)
        deed(ready)
      end
    end)
    call(waiting.remove, waiting, one)
  end
  waiting:close()
  sock:close()

  -- those who watch a socket
  sock = objects.client()
  require("smc.core.socket").watch(sock, {}, deed)
  call(sock.close, sock)
  expect("a watched socket that " .. what .. " is closed", sock:getfd(), -1)

  -- a dump of the kernel's, and what completes its records
  local dump
  call(function()
    dump = netlink.smc_diag_datagram(messages.smcd() .. messages.smcd() .. messages.done(), 255, {}, nil,
      function() deed(dump) end)
    for _ in dump do deed(dump) end -- luacheck: ignore 512
  end)
  if dump then dump:close() end
  call(function()
    for _ in assert(netlink.inet_diag(false, true)) do deed(objects.dump()) end
  end)

  -- sources and sinks
  sock = objects.client()
  local source, sink = socket.source("until-closed", sock), socket.sink("keep-open", sock)
  call(function()
    repeat
      local piece = source()
      deed(sock)
    until not piece
    sink("x")
  end)
  local protected = socket.protect(function() deed(sock) end)
  call(protected)
  call(socket.newtry(function() deed(sock) end), nil, "message")
  sock:close()

  -- what is made of tables
  local hostile = setmetatable({}, { __index = function() deed(sock) end, __len = function() return 3 end,
    __pairs = deed })
  call(process.spawn, hostile)
  call(process.spawn, { "true" }, hostile)
  call(process.spawn, { "true" }, { env = hostile })
  call(socket.connect, "127.0.0.1", 1, hostile)
end

-- Iterators whose coroutine is given up, or that go on in another one.
for _ = 1, 20 do
  local thread = coroutine.wrap(function()
    for here in assert(netlink.inet_diag(false, true)) do coroutine.yield(here) end
  end)
  thread()
end
local dump = objects.dump()
local first = coroutine.wrap(function() return dump() end)
local second = coroutine.wrap(function() return dump() end)
first()
second()
dump:close()
expect("a closed dump is at its end", pcall(dump), true)

-- A step of the collector, and of a finalizer that uses the socket, in every hook.
local sock = objects.client()
debug.sethook(function() collectgarbage("step") end, "crl", 7)
local got = {}
for _ = 1, 30 do
  setmetatable({}, { __gc = function() sock:receive(3) end })
  got[#got + 1] = sock:receive("*l") or sock:receive(7)
end
debug.sethook()
sock:close()

held:next(0)
held:close()
print "done"
