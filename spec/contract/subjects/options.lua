-- Options of sockets.
return function(peer)
  local socket, ours = peer.module, peer.ours

  describe("options", function()
    it("are set and read back", function()
      local sock = peer.connect()
      for _, name in ipairs { "keepalive", "tcp-nodelay", "reuseaddr" } do
        for _, value in ipairs { true, false } do
          assert.equal(1, sock:setoption(name, value))
          assert.equal(value, sock:getoption(name))
        end
      end
      for name, value in pairs { ["tcp-keepidle"] = 33, ["tcp-keepcnt"] = 4, ["tcp-keepintvl"] = 9 } do
        assert.equal(1, sock:setoption(name, value))
        assert.equal(value, sock:getoption(name))
      end
      assert.equal(1, sock:setoption("linger", { on = true, timeout = 3 }))
      assert.same({ on = true, timeout = 3 }, sock:getoption("linger"))
      assert.equal(1, sock:setoption("linger", { on = false, timeout = 0 }))
      assert.is_nil(sock:getoption("error"))
      assert.is_true(sock:getoption("recv-buffer-size") > 0)
      assert.is_true(sock:getoption("send-buffer-size") > 0)
      sock:close()
    end)

    it("throw for unknown names and wrong values", function()
      local sock = peer.connect()
      assert.is_false(pcall(sock.setoption, sock, "nonsense", true))
      assert.is_false(pcall(sock.getoption, sock, "nonsense"))
      assert.is_false(pcall(sock.setoption, sock, "keepalive", 1))
      assert.is_false(pcall(sock.setoption, sock, "linger", { on = 1 }))
      sock:close()
    end)

    it("say why one was not set", function()
      local sock = peer.connect()
      local ok, message = sock:setoption("tcp-keepidle", 99999999)
      assert.is_nil(ok)
      assert.equal(ours and "Invalid argument" or "setsockopt failed", message)
      sock:close()
    end)

    it("can be set before there is a descriptor", function()
      local sock = assert(socket.tcp())
      local ok = sock:setoption("keepalive", true)
      assert.equal(ours and 1 or nil, ok)
      assert.equal(ours and true or nil, (sock:getoption("keepalive")))
      peer.later "accept()"
      assert(sock:connect(peer.host, peer.port))
      assert.equal(ours, sock:getoption("keepalive"))
      sock:close()
    end)

    it("of SMC, and that LuaSocket has not", function()
      if not ours then return end
      local sock = peer.connect()
      for name, value in pairs {
        ["tcp-cork"] = true, mark = 7, priority = 3, ["tcp-user-timeout"] = 12000,
      } do
        assert.equal(1, sock:setoption(name, value), name)
        assert.equal(value, sock:getoption(name), name)
      end
      local ok, message = sock:setoption("limit-smc-hs", true)
      if peer.mode == "TCP" then -- after a fallback the descriptor is the TCP socket
        assert.matches("no such option", message)
      else
        assert.equal(1, ok)
        assert.is_true(sock:getoption("limit-smc-hs"))
      end
      ok, message = sock:setoption("tcp-fastopen", 5)
      assert.is_nil(ok) -- a connection cannot have it any more
      if not peer.path.may_be_tcp then assert.matches("fallback", message) end
      sock:close()
    end)
  end)
end
