-- The timer that watches poll by.

local E = require "smc.errno"
local os_core = require "smc.core.os"
local poller = require "smc.poller"
local support = require "support"

describe("a timer", function()
  it("expires again and again, and says how often it has", function()
    local timer <close> = assert(os_core.timer(0.001))
    for _ = 1, 3 do assert.is_true(assert(timer:receive(support.HANG)) >= 1) end
    os_core.sleep(0.05)
    assert.is_true(assert(timer:receive(0)) >= 10)
  end)

  it("makes its descriptor readable", function()
    local timer <close> = assert(os_core.timer(0.001))
    local waiting <close> = assert(poller.new())
    assert(waiting:add(timer, "r"))
    for ready in assert(waiting:wait(support.HANG)) do assert.equal(timer, ready) end
  end)

  it("does not expire before its time", function()
    for _, seconds in ipairs { 1000, 1e300, math.huge } do
      local timer <close> = assert(os_core.timer(seconds))
      assert.equal(E.ETIMEDOUT, select(3, timer:receive(0.01)))
    end
  end)

  it("expires always where there is no time between", function()
    local timer <close> = assert(os_core.timer(0))
    for _ = 1, 3 do assert.is_true(assert(timer:receive(support.HANG)) >= 1) end
  end)

  it("can be closed twice, and then only be asked for its descriptor", function()
    local timer = assert(os_core.timer(1))
    timer:close()
    timer:close()
    assert.equal(-1, timer:getfd())
    assert.error_matches(function() timer:receive(0) end, "closed")
  end)
end)
