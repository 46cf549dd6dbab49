-- Limits of time.
return function(peer)
  local socket, ours, takes = peer.module, peer.ours, peer.takes

  describe("timeouts", function()
    it("are told back, and throw for a mode that nobody knows", function()
      local sock = peer.connect()
      assert.same({ -1, -1 }, { sock:gettimeout() })
      assert.equal(1, sock:settimeout(3))
      assert.equal(1, sock:settimeout(5, "total"))
      assert.same({ 3, 5 }, { sock:gettimeout() })
      assert.equal(1, sock:settimeout(nil))
      assert.equal(1, sock:settimeout(-7, "r"))
      assert.is_true(select(1, sock:gettimeout()) < 0 and select(2, sock:gettimeout()) < 0)
      assert.is_false(pcall(sock.settimeout, sock, 1, "x"))
      sock:close()
    end)

    for _, mode in ipairs { "b", "t" } do
      it("of mode " .. mode .. " give what came before, and are kept", function()
        local sock = peer.connect()
        peer.remote "data:send('part')"
        sock:settimeout(0.1, mode)
        local answer
        takes(0.09, function() answer = { sock:receive("*l") } end)
        assert.same({ nil, "timeout", "part" }, answer)
        sock:close()
      end)
    end

    it("count from the start of the operation", function()
      local sock = peer.connect()
      sock:settimeout(0.5)
      peer.later "for _ = 1, 8 do data:send('x') socket.sleep(0.2) end"
      local answer
      takes(0.45, function() answer = { sock:receive(8) } end)
      assert.same({ nil, "timeout" }, { answer[1], answer[2] }) -- all 8 come where each has the whole time
      assert.is_true(#answer[3] < 8)
      sock:close()
    end)

    it("of zero do not wait, and a read can be taken up again", function()
      local sock = peer.connect()
      sock:settimeout(0)
      assert.same({ nil, "timeout", "" }, { sock:receive(5) })
      peer.later "data:send('abc') socket.sleep(0.1) data:send('def')"
      local data, message
      local partial = ""
      repeat
        socket.select({ sock }, nil, 1)
        data, message, partial = sock:receive(6, partial)
      until message ~= "timeout"
      assert.equal("abcdef", data)
      sock:close()
    end)

    it("below a millisecond are waited for", function()
      local sock = peer.connect()
      sock:settimeout(0.0008)
      takes(ours and 0.03 or 0, function()
        for _ = 1, 50 do assert.equal("timeout", (select(2, sock:receive(1)))) end
      end)
      sock:close()
    end)
  end)
end
