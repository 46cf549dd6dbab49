-- LuaSocket's TCP contract, on LuaSocket itself and on smc.socket over every path. What differs is
-- told by `ours`: there LuaSocket is known to be wrong, or has less.
package.path = "spec/contract/?.lua;" .. package.path
local world = require "world"

local METHODS = {
  "accept", "bind", "close", "connect", "dirty", "getfamily", "getfd", "getoption", "getpeername",
  "getsockname", "getstats", "gettimeout", "listen", "receive", "send", "setfd", "setoption",
  "setpeername", "setsockname", "setstats", "settimeout", "shutdown",
}

local function contract(peer)
  local socket, ours = peer.module, peer.ours

  local function elapsed(f)
    local start = socket.gettime()
    f()
    return socket.gettime() - start
  end

  local function between(low, value, high)
    assert.is_true(low <= value and value <= high, ("%g is not between %g and %g"):format(value, low, high))
  end

  setup(peer.open)
  teardown(peer.close)

  it("travels the path that is under test", function()
    if not ours then return end
    local sock = peer.connect()
    assert.equal(peer.mode, sock:mode())
    sock:close()
  end)

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
      between(0.15, elapsed(function() ok, message, last = sock:send(data) end), 4)
      assert.same({ nil, "timeout" }, { ok, message })
      between(1, last, #data - 1)
      assert.same({ last }, { (select(3, sock:send("x", 1, 0))) or last })
      peer.later(("data:receive(%d) data:send('thanks')"):format(#data))
      sock:settimeout(30)
      assert.equal(#data, sock:send(data, last + 1))
      assert.equal("thanks", sock:receive(6))
      assert.equal(#data, (select(2, sock:getstats())))
      sock:close()
    end)
  end)

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

    it("moves a million random bytes whole in both directions, collecting all the time", function()
      local sock = peer.connect()
      local random = assert(io.open("/dev/urandom", "rb"))
      local data, sum, back = random:read(1 << 20), 0, {}
      random:close()
      for i = 1, #data do sum = (sum * 31 + data:byte(i)) % 2147483647 end
      peer.control:send(("return sum(%d)\n"):format(#data))
      debug.sethook(function() collectgarbage("step") end, "", 1000)
      local at = 1
      while at <= #data do at = assert(sock:send(data, at, at + math.random(1, 100000))) + 1 end
      assert.equal("ok " .. sum, (peer.control:receive()):gsub("%.0$", ""))
      peer.later(("data:send(string.rep('abcdefg', %d))"):format(150000))
      local left = 7 * 150000
      while left > 0 do
        local piece = assert(sock:receive(math.min(left, math.random(1, 100000))))
        back[#back + 1], left = piece, left - #piece
      end
      debug.sethook()
      assert.is_true(table.concat(back) == ("abcdefg"):rep(150000))
      sock:close()
    end)
  end)

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
        between(0.09, elapsed(function() answer = { sock:receive("*l") } end), 2)
        assert.same({ nil, "timeout", "part" }, answer)
        sock:close()
      end)
    end

    it("count from the start of the operation", function()
      local sock = peer.connect()
      sock:settimeout(0.5)
      peer.later "for _ = 1, 8 do data:send('x') socket.sleep(0.2) end"
      local answer
      between(0.45, elapsed(function() answer = { sock:receive(8) } end), 1.2)
      assert.same({ nil, "timeout" }, { answer[1], answer[2] })
      between(1, #answer[3], 6)
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
      local waited = elapsed(function()
        for _ = 1, 50 do assert.equal("timeout", (select(2, sock:receive(1)))) end
      end)
      if ours then between(0.03, waited, 5) else assert.is_true(waited < 5) end
      sock:close()
    end)
  end)

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
      sock:settimeout(5)
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

  it("tells names, families, and statistics", function()
    local sock = peer.connect()
    assert.same({ peer.host, peer.port, "inet" }, { sock:getpeername() })
    local address, port, family = sock:getsockname()
    assert.same({ "string", "inet" }, { type(address), family })
    if ours then assert.equal("integer", math.type(port)) end
    assert.equal(tostring(port), (peer.remote("return (select(2, data:getpeername()))"):gsub("%.0$", "")))
    assert.equal("inet4", sock:getfamily())
    sock:send("12345")
    peer.remote "data:send('123')"
    sock:receive(2)
    local received, sent, age = sock:getstats()
    assert.same({ 2, 5 }, { received, sent })
    between(0, age, 60)
    assert.equal(1, sock:setstats(100, 200, 3600))
    sock:receive(1)
    received, sent, age = sock:getstats()
    assert.same({ 101, 200 }, { received, sent })
    between(3600, age, 3660)
    sock:close()
  end)

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
      assert.is_nil(ok)
      assert.matches("fallback", message)
      sock:close()
    end)
  end)

  describe("bind, listen, accept and connect", function()
    it("know time, use and refusal", function()
      local server = assert(socket.bind("127.0.0.1", 0))
      local _, port = server:getsockname()
      assert.same({ nil, "address already in use" }, { socket.bind("127.0.0.1", port) })
      server:settimeout(0.05)
      assert.same({ nil, "timeout" }, { server:accept() })
      local client = assert(socket.tcp())
      client:settimeout(5)
      assert.equal(1, client:connect("127.0.0.1", port))
      local ok, message = client:connect("127.0.0.1", port)
      assert.is_true(ok == 1 or message == "already connected")
      server:settimeout(5)
      local accepted = assert(server:accept())
      assert.equal("tcp{client}", accepted.class)
      assert.same({ -1, -1 }, { accepted:gettimeout() })
      accepted:close()
      client:close()
      server:close()
      assert.same({ nil, "connection refused" }, { socket.connect("127.0.0.1", port) })
    end)

    it("have words for what cannot be", function()
      local sock = assert(socket.tcp())
      assert.is_nil((sock:bind("203.0.113.77", 0)))
      assert.is_nil((socket.connect("host.is.invalid", 1)))
      assert.is_false(pcall(sock.connect, sock))
      assert.is_false(pcall(sock.bind, sock, {}, 1))
      sock:close()
      local other = assert(socket.tcp4())
      assert.is_nil((other:bind("::1", 0)))
      other:close()
    end)

    it("go on after a zero timeout", function()
      peer.later "accept()"
      local sock = assert(socket.tcp())
      sock:settimeout(0)
      local ok, message = sock:connect(peer.host, peer.port)
      if not ok then
        assert.equal("timeout", message)
        local _, writable = socket.select(nil, { sock }, 5)
        assert.equal(sock, writable[1])
        ok, message = sock:connect(peer.host, peer.port)
        assert.is_true(ok == 1 or message == "already connected")
      end
      sock:settimeout(5)
      assert.equal(2, sock:send("hi"))
      assert.equal("hi", peer.remote "return data:receive(2)")
      sock:close()
    end)

    it("work for IPv6", function()
      local server = assert(socket.bind("::1", 0))
      local _, port, family = server:getsockname()
      assert.equal("inet6", family)
      local client = assert(socket.connect("::1", port))
      local accepted = assert(server:accept())
      assert.same({ "::1", tonumber(port), "inet6" }, { client:getpeername() })
      assert.equal("inet6", client:getfamily())
      for _, sock in ipairs { server, client, accepted } do sock:close() end
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

  describe("select", function()
    it("answers with arrays that know their elements", function()
      local sock, other = peer.connect(), assert(socket.bind("127.0.0.1", 0))
      local readable, writable, message = socket.select({ sock, other }, { sock }, 1)
      assert.same({ 0, 1, nil }, { #readable, #writable, message })
      assert.equal(1, writable[sock])
      peer.remote "data:send('x')"
      readable, writable, message = socket.select({ other, sock }, nil, 5)
      assert.same({ 1, 0, nil }, { #readable, #writable, message })
      assert.equal(sock, readable[1])
      assert.equal(1, readable[sock])
      sock:close()
      other:close()
    end)

    it("times out, with nothing to wait for too", function()
      local readable, writable, message
      between(0.04, elapsed(function() readable, writable, message = socket.select(nil, nil, 0.05) end), 2)
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
      assert.equal(sock, socket.select({ sock }, nil, 5)[1])
      assert.equal(foreign, socket.select({ foreign }, nil, 5)[1])
      assert.equal("two", sock:receive())
      assert.equal("timeout", (select(3, socket.select({ foreign }, nil, 0))))
      sock:close()
    end)
  end)

  describe("the module", function()
    it("has what scripts and LuaSocket's own modules use", function()
      assert.is_string(socket._VERSION)
      assert.is_number(socket._SETSIZE)
      assert.is_number(socket.BLOCKSIZE)
      between(1.6e9, socket.gettime(), 4e9)
      between(0.01, elapsed(function() socket.sleep(0.01) end), 2)
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

for _, peer in ipairs(world.implementations()) do
  describe(peer.name .. ":", function() contract(peer) end)
end
