-- Receiving: lines, counts, all, with a prefix and a limit.
return function(peer)
  local ours = peer.ours

  describe("receive", function()
    it("takes lines, without any carriage return", function()
      local sock = peer.connect()
      peer.remote [[data:send("unix\ndos\r\n\n\r\nin\rside\r\r\nlast")]]
      peer.remote "data:close()"
      local lines = {}
      for _ = 1, 5 do table.insert(lines, (assert(sock:receive("*l")))) end
      assert.same({ "unix", "dos", "", "", "inside" }, lines)
      assert.same({ nil, "closed", "last" }, { sock:receive() })
      assert.same({ nil, "closed", "" }, { sock:receive() })
      sock:close()
    end)

    it("takes counts, as numbers or text", function()
      local sock = peer.connect()
      peer.remote "data:send('0123456789')"
      assert.same({ "012" }, { sock:receive(3) })
      assert.same({ "34" }, { sock:receive("2") })
      assert.same({ "" }, { sock:receive(0) })
      assert.is_true(sock:dirty())
      peer.remote "data:close()"
      assert.same({ nil, "closed", "56789" }, { sock:receive(6) })
      assert.same({ nil, "closed", "" }, { sock:receive(1) })
      assert.is_false(sock:dirty())
      sock:close()
    end)

    it("takes all until the peer closes, once", function()
      local sock = peer.connect()
      peer.later "data:send('first') socket.sleep(0.1) data:send('second') data:close()"
      assert.same({ "firstsecond" }, { sock:receive("*a") })
      assert.same({ nil, "closed", "" }, { sock:receive("*a") })
      sock:close()
    end)

    it("begins with the prefix, which counts", function()
      local sock = peer.connect()
      peer.remote [[data:send("7890line\nrest")]]
      assert.equal("1234567890", (sock:receive(10, "123456")))
      assert.equal("87654321", (sock:receive(8, "87654321")))
      assert.equal("87654321", (sock:receive(4, "87654321")))
      assert.equal("a line", (sock:receive("*l", "a ")))
      sock:settimeout(0.05)
      assert.same({ nil, "timeout", "the rest" }, { sock:receive("*l", "the ") })
      peer.remote "data:close()"
      assert.same({ nil, "closed", "more" }, { sock:receive("*a", "more") })
      sock:close()
    end)

    it("throws for patterns that nobody knows", function()
      local sock = peer.connect()
      for _, pattern in ipairs { "*x", "", "*" } do
        assert.is_false(pcall(sock.receive, sock, pattern))
      end
      assert.is_false(pcall(sock.receive, sock, {}))
      assert.is_false(pcall(sock.receive, sock, "*l", {}))
      if not ours then
        assert.is_false(pcall(sock.receive, sock, "l"))
        return sock:close()
      end
      peer.remote [[data:send("one\ntwo\r\n\nend")]]
      assert.equal("one", (sock:receive("l")))
      assert.equal("two\r\n", (sock:receive("L")))
      assert.equal("\n", (sock:receive("*L")))
      assert.equal("en", (sock:receiveany(2)))
      assert.equal("d", (sock:receiveany(99)))
      sock:close()
    end)

    it("has a limit where one is given", function()
      if not ours then return end
      local sock = peer.connect()
      sock:settimeout(0.05)
      peer.remote [[data:send("12345\n123456\n12\n")]]
      assert.same({ "12345" }, { sock:receive("*l", "", 5) })
      assert.same({ nil, "oversized", "12345" }, { sock:receive("*l", nil, 5) })
      assert.same({ "6" }, { sock:receive("*l", nil, 5) })
      assert.same({ nil, "oversized", "x12" }, { sock:receive("L", "x", 3) })
      assert.same({ "\n" }, { sock:receive("L", "", 3) })
      peer.remote "data:send('abcde')"
      assert.same({ nil, "timeout", "abcd" }, { sock:receive("*l", "", 5) })
      peer.later [[data:send("f\n")]]
      assert.same({ nil, "oversized", "abcde" }, { sock:receive("*l", "abcd", 5) })
      assert.same({ "f" }, { sock:receive("*l", "", 5) })
      peer.remote "data:send('abcdef') data:close()"
      assert.same({ nil, "oversized", "abc" }, { sock:receive("*a", "", 3) })
      assert.same({ "def" }, { sock:receive("*a", "", 3) })
      for _, wrong in ipairs { { "*l", "", 0 }, { "*l", "abc", 3 }, { 4, "", 3 } } do
        assert.is_false(pcall(sock.receive, sock, table.unpack(wrong)))
      end
      sock:close()
    end)

    it("moves a million random bytes whole in both directions", function()
      local sock = peer.connect()
      local random <close> = assert(io.open("/dev/urandom", "rb"))
      local data, back = random:read(1 << 20), {}
      peer.later(("data:send(data:receive(%d))"):format(#data))
      local at = 1
      while at <= #data do at = assert(sock:send(data, at, at + math.random(1, 100000))) + 1 end
      local left = #data
      while left > 0 do
        local piece = assert(sock:receive(math.min(left, math.random(1, 100000))))
        back[#back + 1], left = piece, left - #piece
      end
      assert.is_true(table.concat(back) == data)
      sock:close()
    end)
  end)
end
