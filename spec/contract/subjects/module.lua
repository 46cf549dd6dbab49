-- The functions of the module.
return function(peer)
  local socket, ours, takes, between = peer.module, peer.ours, peer.takes, peer.between

  describe("the module", function()
    it("has what scripts and LuaSocket's own modules use", function()
      assert.is_string(socket._VERSION)
      assert.is_number(socket._SETSIZE)
      assert.is_number(socket.BLOCKSIZE)
      between(1.6e9, socket.gettime(), 4e9)
      takes(0.01, function() socket.sleep(0.01) end)
      assert.same({ 3, 4 }, { socket.skip(2, 1, 2, 3, 4) })
      assert.same({}, { socket.skip(9, 1) })
      for _, suffix in ipairs { "", "4", "6" } do
        assert.is_function(socket["tcp" .. suffix])
        assert.is_function(socket["connect" .. suffix])
      end
    end)

    it("turns failures into errors and back", function()
      local finalized = 0
      local try = socket.newtry(function() finalized = finalized + 1 end)
      local protected = socket.protect(function(...) return try(...) end)
      assert.same({ 1, 2 }, { protected(1, 2) })
      assert.same({ nil, "words" }, { protected(nil, "words", 3) })
      assert.equal(1, finalized)
      assert.same({ 7 }, { socket.try(7) })
      local thrown = {}
      local ok, message = pcall(socket.protect(function() error(thrown) end))
      assert.is_false(ok)
      assert.equal(thrown, message)
      local thread = coroutine.wrap(socket.protect(function(x) return try(nil, coroutine.yield(x)) end))
      assert.equal(5, thread(5))
      assert.same({ nil, "resumed" }, { thread("resumed") })
    end)

    it("has sources and sinks", function()
      local sock = peer.connect()
      local sink = socket.sink("keep-open", sock)
      assert.equal(sock:getfd(), sink.getfd())
      assert.is_true(sink("abc") ~= nil)
      assert.equal(1, sink(nil))
      assert.equal("abc", peer.remote "return data:receive(3)")
      peer.remote "data:send('0123456789') data:close()"
      local source = socket.source("by-length", sock, 4)
      assert.same({ "0123" }, { source() })
      assert.is_nil((source()))
      local rest = socket.source("until-closed", sock)
      assert.same({ "456789" }, { rest() })
      assert.is_nil((rest()))
      assert.equal(-1, sock:getfd())
      assert.is_false(pcall(socket.sink, "nosuch", sock))
      socket.sink("close-when-done", sock)(nil)
    end)

    it("has sources that lose nothing to a timeout", function()
      if not ours then return end -- LuaSocket's do
      for name, length in pairs { ["by-length"] = 10, ["until-closed"] = false } do
        local sock = peer.connect()
        sock:settimeout(0.05)
        local source = socket.source(name, sock, length or nil)
        assert.same({ nil, "timeout" }, { source() })
        peer.remote "data:send('0123')"
        assert.same({ nil, "timeout" }, { source() })
        peer.remote "data:send('456')"
        assert.same({ nil, "timeout" }, { source() })
        peer.remote "data:send('789') data:close()"
        sock:settimeout(5)
        assert.same({ "0123456789" }, { source() }, name)
        assert.same({}, { source() })
        sock:close()
      end
    end)

    it("has sources that give what came before an early end", function()
      if not ours then return end
      local sock = peer.connect()
      local source = socket.source("by-length", sock, 10)
      peer.remote "data:send('0123') data:close()"
      assert.same({ "0123" }, { source() })
      assert.same({ nil, "closed" }, { source() })
      assert.same({ nil, "closed" }, { source() })
      sock:close()
    end)

    it("has LuaSocket's other kinds of sockets", function()
      local one, other = assert(socket.udp()), assert(socket.udp4())
      assert(one:setsockname("127.0.0.1", 0))
      assert(other:sendto("datagram", one:getsockname()))
      assert.same({ { one }, {} }, { { (socket.select({ one }, nil, 5))[1] }, {} })
      assert.equal("datagram", (one:receive()))
      assert(socket.udp6()):close()
      one:close()
      other:close()
      if ours then assert.equal(require "socket.unix", socket.unix) end
    end)

    it("resolves", function()
      assert.equal("127.0.0.1", (socket.dns.toip("127.0.0.1")))
      assert.same({ "127.0.0.1" }, (select(2, socket.dns.toip("127.0.0.1"))).ip)
      assert.same({ { family = "inet", addr = "127.0.0.1" } }, socket.dns.getaddrinfo("127.0.0.1"))
      assert.is_string(socket.dns.gethostname())
      assert.is_nil((socket.dns.toip("host.is.invalid")))
      assert.is_false(pcall(socket.dns.getnameinfo))
    end)
  end)
end
