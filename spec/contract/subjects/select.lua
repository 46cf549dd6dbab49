-- Waiting for many.
return function(peer)
  local socket, takes = peer.module, peer.takes

  describe("select", function()
    it("answers with arrays that know their elements", function()
      local sock, other = peer.connect(), assert(socket.bind("127.0.0.1", 0))
      local readable, writable, message = socket.select({ sock, other }, { sock }, 1)
      assert.same({ 0, 1, nil }, { #readable, #writable, message })
      assert.equal(1, writable[sock])
      peer.remote "data:send('x')"
      readable, writable, message = socket.select({ other, sock }, nil, 60)
      assert.same({ 1, 0, nil }, { #readable, #writable, message })
      assert.equal(sock, readable[1])
      assert.equal(1, readable[sock])
      sock:close()
      other:close()
    end)

    it("times out, with nothing to wait for too", function()
      local readable, writable, message
      takes(0.04, function() readable, writable, message = socket.select(nil, nil, 0.05) end)
      assert.same({ {}, {}, "timeout" }, { readable, writable, message })
      local closed = assert(socket.tcp4())
      closed:close()
      assert.equal("timeout", (select(3, socket.select({ closed }, { closed }, 0))))
      assert.equal("timeout", (select(3, socket.select({ {}, { getfd = function() return -1 end } }, {}, 0))))
      assert.is_false(pcall(socket.select, "wrong", nil, 0))
    end)

    it("sees what a socket has buffered, and foreign objects", function()
      local sock = peer.connect()
      peer.remote [[data:send("one\ntwo\n")]]
      assert.equal("one", sock:receive())
      local foreign = {}
      function foreign.getfd() return sock:getfd() end
      function foreign.dirty() return sock:dirty() end
      assert.equal(sock, socket.select({ sock }, nil, 60)[1])
      assert.equal(foreign, socket.select({ foreign }, nil, 60)[1])
      assert.equal("two", sock:receive())
      assert.equal("timeout", (select(3, socket.select({ foreign }, nil, 0))))
      sock:close()
    end)
  end)
end
