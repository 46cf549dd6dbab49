-- Nothing may grow, however often it is made and thrown away.
local diag = require "smc.diag"
local eid = require "smc.eid"
local socket = require "smc.socket"
local support = require "support"

local CYCLES <const> = 100000

-- Calls the function many times; what is in use before and after, once it has warmed up.
local function soak(cycle)
  for _ = 1, CYCLES // 5 do cycle() end
  collectgarbage()
  collectgarbage()
  local descriptors, memory = support.descriptors(), support.resident()
  for _ = 1, CYCLES do cycle() end
  collectgarbage()
  collectgarbage()
  assert.equal(descriptors, support.descriptors())
  local grown = support.resident() - memory
  assert.is_true(grown < 1024, ("grew by %d KiB"):format(grown))
end

describe("100,000 cycles leave nothing behind:", function()
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

describe("5,000 connections leave nothing behind:", function()
  it("made, used and closed", function()
    local listener <close> = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    local function cycle()
      local client <close> = assert(socket.connect("127.0.0.1", port))
      local server = assert(listener:accept())
      client:send("x")
      assert.equal("x", server:receive(1))
      server:close()
    end
    for _ = 1, 1000 do cycle() end
    collectgarbage()
    local descriptors, memory = support.descriptors(), support.resident()
    for _ = 1, 5000 do cycle() end
    collectgarbage()
    collectgarbage()
    assert.equal(descriptors, support.descriptors())
    assert.is_true(support.resident() - memory < 1024)
  end)
end)
