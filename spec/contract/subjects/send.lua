-- Sending.
return function(peer)
  local takes, between = peer.takes, peer.between

  describe("send", function()
    it("tells the index of the last byte sent", function()
      local sock = peer.connect()
      local cases = {
        { {}, 6 }, { { 3 }, 6 }, { { 3, 4 }, 4 }, { { -2 }, 6 }, { { 1, -3 }, 4 }, { { 0 }, 6 },
        { { 2, 99 }, 6 }, { { 4, 3 }, 3 }, { { 7 }, 6 }, { { -99, 2 }, 2 },
      }
      local sent = ""
      for _, case in ipairs(cases) do
        local first, last = table.unpack(case[1])
        assert.same({ case[2] }, { sock:send("abcdef", first, last) })
        sent = sent .. ("abcdef"):sub(first or 1, last or -1)
      end
      assert.equal(0, sock:send(""))
      assert.equal(sent, peer.remote(("return data:receive(%d)"):format(#sent)))
      sock:close()
    end)

    it("takes numbers, and throws for what is no string", function()
      local sock = peer.connect()
      assert.equal(2, sock:send(42))
      assert.is_false(pcall(sock.send, sock, {}))
      assert.is_false(pcall(sock.send, sock))
      assert.equal("42", peer.remote "return data:receive(2)")
      sock:close()
    end)

    it("stops at the timeout where the peer does not read, and goes on from there", function()
      local sock = peer.connect()
      local data = ("0123456789abcdef"):rep(1 << 20)
      sock:settimeout(0.2)
      local ok, message, last
      takes(0.15, function() ok, message, last = sock:send(data) end)
      assert.same({ nil, "timeout" }, { ok, message })
      between(1, last, #data - 1)
      assert.same({ last }, { (select(3, sock:send("x", 1, 0))) or last })
      peer.later(("data:receive(%d) data:send('thanks')"):format(#data))
      sock:settimeout(60)
      assert.equal(#data, sock:send(data, last + 1))
      assert.equal("thanks", sock:receive(6))
      assert.equal(#data, (select(2, sock:getstats())))
      sock:close()
    end)
  end)
end
