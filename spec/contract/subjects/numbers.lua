-- Numbers as arguments: LuaSocket takes them without their fractions, as text too, and leaves what is out
-- of range to the kernel.
local nan <const>, huge <const> = 0 / 0, math.huge

-- i, j, what arrives of "abcdef", the index that is returned. What no C long can hold is the smallest.
local SENT <const> = {
  { 1.5, nil, "abcdef", 6 }, { 2.0, 3.0, "bc", 3 }, { 2.9, 3.9, "bc", 3 }, { -0.5, nil, "abcdef", 6 },
  { "2", "3", "bc", 3 }, { " 0x2 ", "1e1", "bcdef", 6 }, { "2.7", nil, "bcdef", 6 },
  { nil, nil, "abcdef", 6 }, { nil, 2, "ab", 2 }, { 10, nil, "", 9 }, { 4, 2, "", 3 },
  { 0, 0, "", 0 }, { -2, -1, "ef", 6 }, { -2.5, -1.5, "ef", 6 }, { 2, 2^53, "bcdef", 6 },
  { 1, 2^62, "abcdef", 6 }, { -2^53, nil, "abcdef", 6 }, { math.mininteger, 3, "abc", 3 },
  { nan, nil, "abcdef", 6 }, { 2, nan, "", 1 }, { 2, huge, "", 1 }, { -huge, 3, "abc", 3 },
  { 2, 1e308, "", 1 }, { 2, math.maxinteger, "", 1 }, { 2, math.maxinteger - 1024, "bcdef", 6 },
}

-- count, what is received of "0123456789" within a short timeout; without it: "" after a timeout.
local RECEIVED <const> = {
  { 1.5, "0" }, { 0.5, "" }, { 3.0, "012" }, { "3", "012" }, { "1.5", "0" }, { "0x3", "012" },
  { " 2 ", "01" }, { "1e1", "0123456789" }, { 10.99, "0123456789" },
  { 11 }, { 2^31 }, { 2^32 + 2 }, { 2^53 }, { 2^53 + 2 }, { 2^63 }, { 2^64, "" }, { huge, "" },
}
local NOT_RECEIVED <const> = { -1, -0.5, nan, -huge, "x", "nan", "", true, {} }

local BACKLOGS <const> = { 0, 1, 1.5, -1, -1.5, "5", "0x10", " 1e1 ", 65536, 100000, 2^31, 2^32, 2^53, 1e308,
  huge, -huge, nan }
local NO_NUMBERS <const> = { "x", "nan", "", true, {} }

-- seconds, as gettimeout tells them
local TIMEOUTS <const> = { { 1, 1 }, { "1", 1 }, { "0x10", 16 }, { " 1.5 ", 1.5 }, { 0, 0 }, { -1, -1 },
  { -0.5, -0.5 }, { huge, huge }, { 1e308, 1e308 }, { -huge, -huge } }

-- Ports that are none, of bind and of connect: an answer, nothing thrown.
local NO_PORTS <const> = { 1.5, -1, -0.5, nan, huge, 1e308, 2^32 + 80, "1.5", "x", "nan" }

return function(peer)
  local socket, ours = peer.module, peer.ours

  describe("numbers", function()
    it("tell the part that is sent", function()
      local sock = peer.connect()
      for _, case in ipairs(SENT) do
        local i, j, arrives, index = case[1], case[2], case[3], case[4]
        local what = ("send(data, %s, %s)"):format(i, j)
        assert.equal(index, (sock:send("abcdef", i, j)), what)
        sock:send(".\n")
        assert.equal(arrives .. ".", peer.remote "return data:receive()", what)
      end
      for _, no_number in ipairs(NO_NUMBERS) do
        assert.is_false(pcall(sock.send, sock, "abcdef", no_number))
        assert.is_false(pcall(sock.send, sock, "abcdef", 1, no_number))
      end
      sock:close()
    end)

    it("tell how much is received", function()
      local sock = peer.connect()
      for _, case in ipairs(RECEIVED) do
        peer.remote "data:send('0123456789')"
        sock:settimeout(case[2] and 5 or 0.05)
        local data, message, partial = sock:receive(case[1])
        local expected = case[2] and { case[2] } or { nil, "timeout", "0123456789" }
        assert.same(expected, { data, message, partial }, ("receive(%s)"):format(case[1]))
        sock:settimeout(5)
        if case[2] and #case[2] < 10 then assert(sock:receive(10 - #case[2])) end
      end
      for _, pattern in ipairs(NOT_RECEIVED) do
        assert.is_false(pcall(sock.receive, sock, pattern), tostring(pattern))
      end
      assert.same({ nil, "timeout", "" }, { (function() sock:settimeout(0) return sock:receive(1) end)() })
      sock:close()
    end)

    it("tell how many may wait", function()
      for _, backlog in ipairs(BACKLOGS) do
        local sock = assert(socket.tcp())
        assert(sock:bind("127.0.0.1", 0))
        assert.equal(1, sock:listen(backlog), tostring(backlog))
        sock:close()
        assert(socket.bind("127.0.0.1", 0, backlog)):close()
      end
      local sock = assert(socket.tcp())
      assert(sock:bind("127.0.0.1", 0))
      for _, no_number in ipairs(NO_NUMBERS) do assert.is_false(pcall(sock.listen, sock, no_number)) end
      assert.equal(1, sock:listen(nil))
      sock:close()
    end)

    it("tell seconds", function()
      local sock = assert(socket.tcp())
      for _, case in ipairs(TIMEOUTS) do
        assert.equal(1, sock:settimeout(case[1]))
        assert.equal(case[2], (sock:gettimeout()))
        assert.equal(1, sock:settimeout(case[1], "total"))
        assert.equal(case[2], (select(2, sock:gettimeout())))
      end
      for _, no_number in ipairs(NO_NUMBERS) do assert.is_false(pcall(sock.settimeout, sock, no_number)) end
      assert.equal(1, sock:settimeout(nil))
      assert.equal(-1, (sock:gettimeout()))
      assert.same({ {}, {}, "timeout" }, { socket.select(nil, nil, "0.001") })
      socket.sleep("0.001")
      socket.sleep(-huge)
      sock:close()
    end)

    it("that are NaN are no time", function()
      if not ours then return end -- LuaSocket waits for ever, or not at all
      local sock = peer.connect()
      for _, call in ipairs {
        function() sock:settimeout(nan) end, function() sock:settimeout(nan, "t") end,
        function() socket.select(nil, nil, nan) end, function() socket.sleep(nan) end,
        function() sock:setstats(1, 1, nan) end,
      } do
        assert.error_matches(call, "number of seconds expected, got NaN", 1, true)
      end
      sock:close()
    end)

    it("count what was moved", function()
      local sock = peer.connect()
      for _, case in ipairs { { 1.5, "7" }, { "1", 7.9 }, { 1, "0x7" } } do
        assert.equal(1, sock:setstats(case[1], case[2]))
        local received, sent = sock:getstats()
        assert.is_true(received == 1 and sent == 7)
      end
      assert.equal(1, sock:setstats(nil, nil, "3600"))
      peer.between(3600, (select(3, sock:getstats())), 3700)
      assert.equal(1, sock:setstats(nil, nil, {}))
      assert.is_false(pcall(sock.setstats, sock, "x"))
      assert.is_false(pcall(sock.setstats, sock, 1, {}))
      sock:close()
    end)

    it("set options", function()
      local sock = peer.connect()
      for _, case in ipairs { { 33, 33 }, { 33.9, 33 }, { "33", 33 }, { " 0x21 ", 33 } } do
        assert.equal(1, sock:setoption("tcp-keepidle", case[1]))
        assert.equal(case[2], sock:getoption("tcp-keepidle"))
        assert.equal(1, sock:setoption("linger", { on = true, timeout = case[1] }))
        assert.same({ on = true, timeout = case[2] }, sock:getoption("linger"))
      end
      for _, number in ipairs { 0, -1, 0.5, 2^31, -2^31, 2^32 + 33, 1e308, huge, -huge } do
        assert.is_nil((sock:setoption("tcp-keepidle", number)), tostring(number))
      end
      assert.equal(33, sock:getoption("tcp-keepidle"))
      for _, number in ipairs { 2^31, 2^32 + 33, 1e308, huge } do
        assert.equal(1, sock:setoption("recv-buffer-size", number), tostring(number))
      end
      sock:setoption("linger", { on = false, timeout = 0 })
      sock:close()
    end)

    it("that are no ports are answered", function()
      for _, port in ipairs(NO_PORTS) do
        local sock = assert(socket.tcp())
        assert.is_nil((sock:bind("127.0.0.1", port)), tostring(port))
        assert.is_nil((sock:connect("127.0.0.1", port)), tostring(port))
        sock:close()
        assert.is_nil((socket.connect("127.0.0.1", port)), tostring(port))
      end
      for _, no_port in ipairs { true, {} } do
        local sock = assert(socket.tcp())
        assert.is_false(pcall(sock.bind, sock, "127.0.0.1", no_port))
        assert.is_false(pcall(sock.connect, sock, "127.0.0.1", no_port))
        sock:close()
      end
    end)

    it("that are floats are ports of smc.socket", function()
      if not ours then return end
      local server = assert(socket.bind("127.0.0.1", 0.0))
      local _, port = server:getsockname()
      for _, same in ipairs { port + 0.0, ("%d.0"):format(port), ("%d"):format(port) } do
        local sock = assert(socket.connect("127.0.0.1", same))
        server:accept():close()
        sock:close()
      end
      server:close()
    end)

    it("are skipped", function()
      assert.same({ "b", "c" }, { socket.skip("1", "a", "b", "c") })
      assert.same({ "b", "c" }, { socket.skip(1.0, "a", "b", "c") })
      assert.same({}, { socket.skip(100000, "a") })
      for _, no_number in ipairs { 1.5, nan, huge, "x", true, {} } do
        assert.is_false(pcall(socket.skip, no_number, "a"))
      end
    end)
  end)
end
