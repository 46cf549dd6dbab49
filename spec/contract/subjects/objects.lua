-- What kinds of sockets there are, and what each can do.
local METHODS = {
  "accept", "bind", "close", "connect", "dirty", "getfamily", "getfd", "getoption", "getpeername",
  "getsockname", "getstats", "gettimeout", "listen", "receive", "send", "setfd", "setoption",
  "setpeername", "setsockname", "setstats", "settimeout", "shutdown",
}

return function(peer)
  local socket = peer.module

  describe("objects", function()
    it("have every method, and a class that they name", function()
      local sock = assert(socket.tcp())
      for _, name in ipairs(METHODS) do assert.is_function(sock[name], name) end
      assert.matches("^tcp{master}: 0x%x+$", tostring(sock))
      assert.equal("tcp{master}", sock.class)
      assert.is_nil(sock.nosuch)
      sock:close()
    end)

    it("become servers by listen and clients by connect, even one that fails", function()
      local sock = assert(socket.tcp())
      assert.equal(1, sock:bind("127.0.0.1", 0))
      assert.equal(1, sock:listen())
      assert.equal("tcp{server}", sock.class)
      local other = assert(socket.tcp())
      other:settimeout(1)
      assert.is_nil((other:connect("127.0.0.1", 1)))
      assert.matches("^tcp{client}: ", tostring(other))
      sock:close()
      other:close()
    end)

    it("throw for methods of another class", function()
      local sock = assert(socket.tcp())
      local classes = { receive = "client", send = "client", accept = "server", getstats = "client" }
      for method, class in pairs(classes) do
        local ok, message = pcall(sock[method], sock, "x")
        assert.is_false(ok)
        assert.matches("tcp{" .. class .. "} expected", message, 1, true)
      end
      assert.is_false(pcall(sock.close, {}))
      assert.is_false(pcall(sock.close))
      sock:close()
    end)

    it("have no descriptor before the first bind or connect, nor after close", function()
      local sock, other = assert(socket.tcp()), assert(socket.tcp4())
      assert.equal(-1, sock:getfd())
      assert.is_true(other:getfd() >= 0)
      assert.equal(1, other:close())
      assert.equal(1, other:close())
      assert.equal(-1, other:getfd())
      assert.equal("inet4", other:getfamily())
      sock:close()
    end)
  end)

  it("gives a descriptor away and takes one over", function()
    local sock = peer.connect()
    local fd = sock:getfd()
    sock:setfd(-1)
    sock:close()
    local heir = assert(socket.tcp())
    heir:settimeout(1)
    heir:connect("127.0.0.1", 1)
    heir:close()
    heir:setfd(fd)
    assert.equal(2, heir:send("hi"))
    assert.equal("hi", peer.remote "return data:receive(2)")
    heir:close()
  end)
end
