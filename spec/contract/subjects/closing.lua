-- The end of a connection.
return function(peer)
  local ours = peer.ours

  describe("the end of a connection", function()
    it("is \"closed\" to a reader and to a writer", function()
      local sock = peer.connect()
      peer.remote "data:close()"
      assert.same({ nil, "closed", "" }, { sock:receive() })
      local ok, message, last
      repeat ok, message, last = sock:send(("x"):rep(1000)) until not ok
      assert.equal("closed", message)
      assert.is_number(last)
      sock:close()
    end)

    it("by a reset is \"closed\"", function()
      local sock = peer.connect()
      peer.remote "data:setoption('linger', { on = true, timeout = 0 }) data:close() data = nil"
      sock:settimeout(60)
      local _, message, partial = sock:receive(10)
      assert.same({ "closed", "" }, { message, partial })
      sock:close()
    end)

    it("in one direction leaves the other", function()
      local sock = peer.connect()
      sock:send("question")
      assert.equal(1, sock:shutdown("send"))
      assert.equal("question", peer.remote "return data:receive('*a')")
      peer.remote "data:send('answer') data:shutdown('send')"
      assert.equal("answer", (sock:receive("*a")))
      assert.equal(1, sock:shutdown())
      assert.is_false(pcall(sock.shutdown, sock, "sideways"))
      sock:close()
    end)

    it("is \"closed\" after our own close, whatever is asked", function()
      local sock = peer.connect()
      sock:close()
      for _, pattern in ipairs { "*l", "*a", 1, 0 } do
        assert.same({ nil, "closed", "" }, { sock:receive(pattern) })
      end
      assert.same({ nil, "closed", 0 }, { sock:send("x") })
      assert.equal(0, sock:send(""))
      assert.same({ nil, ours and "closed" or "Bad file descriptor" }, { sock:getpeername() })
    end)
  end)
end
