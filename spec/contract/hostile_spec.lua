-- Peers that are slow, deaf, rude or gone, on every path.
package.path = "spec/contract/?.lua;" .. package.path
local world = require "world"

local MUCH <const> = ("x"):rep(16 << 20) -- more than any path holds

for _, peer in ipairs(world.paths()) do
  describe(peer.name .. ": a peer that", function()
    local sock

    before_each(function()
      peer.open()
      sock = peer.connect()
      assert.equal(peer.mode, sock:mode())
    end)

    after_each(function()
      sock:close()
      peer.close()
    end)

    it("sends a byte a second makes a line, and timeouts in between", function()
      peer.later [[for byte in ("ab\n"):gmatch(".") do socket.sleep(1) data:send(byte) end]]
      sock:settimeout(0.5)
      peer.takes(2, function()
        local line, message, part
        repeat line, message, part = sock:receive("*l", part) until line or message ~= "timeout"
        assert.equal("ab", line)
      end)
    end)

    it("never reads stops a sender at its timeout, and does not keep close() waiting for long", function()
      sock:settimeout(0.5)
      local message, last
      peer.takes(0.5, function() message, last = select(2, sock:send(MUCH)) end)
      assert.equal("timeout", message)
      assert.is_true(last > 0)
      assert.equal("timeout", (select(2, sock:send(MUCH, last + 1))))
      peer.takes(0, function() sock:close() end)
    end)

    it("resets is \"closed\", in the middle of a read and ever after", function()
      peer.later [[socket.sleep(0.3) data:setoption("linger", { on = true, timeout = 0 }) data:close()]]
      sock:settimeout(60)
      assert.same({ nil, "closed", "" }, { sock:receive(10) })
      assert.equal("closed", (select(2, sock:send(("x"):rep(1 << 20)))))
      assert.same({ nil, "closed", "" }, { sock:receive("*a") })
      assert.equal(peer.port, (select(2, sock:getpeername())))
    end)

    it("resets with bytes on their way to it is \"closed\" in the middle of a write", function()
      peer.later [[data:receive(9) data:setoption("linger", { on = true, timeout = 0 }) data:close()]]
      sock:settimeout(60)
      local _, message, last = sock:send(MUCH)
      assert.equal("closed", message)
      assert.is_true(last < #MUCH)
    end)

    for _, case in ipairs {
      { "is killed while we read", function() return sock:receive(10) end },
      { "is killed while we write", function() return sock:send(MUCH) end },
    } do
      it(case[1] .. " is \"closed\"", function()
        peer.later "socket.sleep(0.3) process.kill(process.getpid(), process.signals.KILL)"
        sock:settimeout(60)
        assert.equal("closed", (select(2, case[2]())))
        assert.equal(peer.port, (select(2, sock:getpeername())))
      end)
    end

    it("closes one connection leaves the other as it was", function()
      peer.later "data2 = assert(server:accept())"
      local other = assert(peer.module.connect(peer.host, peer.port))
      peer.remote "data2:send('here')"
      assert.equal("here", other:receive(4))
      peer.later "data:close() data = nil"
      sock:settimeout(60)
      assert.same({ nil, "closed", "" }, { sock:receive(1) })
      peer.later "data2:send(data2:receive(5))"
      assert.equal(5, other:send("still"))
      assert.equal("still", other:receive(5))
      other:close()
    end)
  end)
end
