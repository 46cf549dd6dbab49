-- Nothing may grow, however often it is made and thrown away.
local diag = require "smc.diag"
local eid = require "smc.eid"
local socket = require "smc.socket"
local support = require "support"

-- `make test-soak` makes 100,000 of each, the kernel specs as many as show that a few hundred bytes are lost
-- each time.
local CYCLES <const> = tonumber(os.getenv "SMC_SOAK_CYCLES" or 6000)
local CONNECTIONS <const> = tonumber(os.getenv "SMC_SOAK_CONNECTIONS" or 3000)

local ROOM <const> = 1024 -- KiB that the heap may grow by on its own: pieces, not leaks
local ROUNDS <const> = 8 -- a heap of many iterators was seen to grow for three

-- Kilobytes that so many calls of the function add to this process.
local function growth(cycle, cycles)
  local before = support.resident()
  for _ = 1, cycles do cycle() end
  collectgarbage()
  collectgarbage()
  return support.resident() - before
end

-- Calls the function many times: a fifth of them until everything is in use that stays. A heap in
-- pieces grows a few times more and is then used again; what leaks grows every time.
local function soak(cycle, cycles)
  cycles = cycles or CYCLES
  growth(cycle, cycles // 5)
  local descriptors, grown = support.descriptors(), {}
  repeat
    grown[#grown + 1] = growth(cycle, cycles - cycles // 5)
    assert.equal(descriptors, support.descriptors())
  until grown[#grown] < ROOM or #grown == ROUNDS
  assert.is_true(grown[#grown] < ROOM, "grew by KiB: " .. table.concat(grown, ", "))
  return descriptors, grown
end

-- The generational collector, which lua5.4 starts with, lets more and more garbage with finalizers lie
-- when it is asked for full collections now and then: 170 MiB were seen, all of it collected at last.
local usual

setup(function() usual = collectgarbage("incremental") end)

teardown(function() collectgarbage(usual) end)

describe(CYCLES .. " cycles leave nothing behind:", function()
  it("sockets opened and closed", function()
    soak(function() socket.tcp4():close() end)
  end)

  it("sockets opened and left to the collector", function()
    soak(function() socket.tcp6() end)
  end)

  it("iterators left in the middle, closed by the loop", function()
    local listener <close> = assert(socket.bind("127.0.0.1", 0))
    assert.is_number(listener:getfd())
    soak(function()
      for record in assert(diag.sockets { details = false }) do
        if record then break end
      end
    end)
  end)

  it("iterators left to the collector", function()
    soak(function() assert(diag.sockets { details = false }) end)
  end)

  it("generic netlink handles", function()
    soak(function() assert(eid.list()) end)
  end)

  it("pollers", function()
    soak(function() socket.poller() end)
  end)
end)

it(CONNECTIONS .. " connections over SMC-D, made, used and closed, leave nothing behind #smcd", function()
  local listener <close> = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  local mode
  local started = socket.monotonic()
  local descriptors, grown = soak(function()
    local client <close> = assert(socket.connect("127.0.0.1", port))
    local server = assert(listener:accept())
    client:send("x")
    assert.equal("x", server:receive(1))
    mode = mode or client:mode()
    server:close()
  end, CONNECTIONS)
  assert.equal("SMC-D", mode)
  if not os.getenv "SMC_SOAK_CONNECTIONS" then return end
  print(("%d connections in %.1f s; %d descriptors before and after; grew by KiB: %s"):format(CONNECTIONS,
    socket.monotonic() - started, descriptors, table.concat(grown, ", ")))
end)

it("sockets with unsent bytes keep nobody waiting when they are collected", function()
  local server <close> = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local before = support.descriptors()
  for _ = 1, 20 do
    local client = assert(socket.connect("127.0.0.1", port))
    assert(server:accept()):send("x")
    client:settimeout(0)
    client:send(("x"):rep(1 << 20))
  end
  local started = socket.monotonic()
  collectgarbage()
  collectgarbage()
  assert.is_true(socket.monotonic() - started < 20) -- each of them may take two seconds to close
  support.await(function() return support.descriptors() == before end)
end)
