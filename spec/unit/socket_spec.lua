-- The socket's methods, on plain TCP sockets where this machine has no SMC: what is under test is
-- the object. spec/kernel has the same over SMC.
local E = require "smc.errno"
local socket = require "smc.socket"
local support = require "support"

local function listener(...)
  local sock = assert(socket.tcp { fallback = "tcp" })
  assert(sock:setoption("reuseaddr", true))
  assert(sock:bind(... or "127.0.0.1", 0))
  assert(sock:listen())
  return sock, select(2, sock:getsockname())
end

local function pair() return support.pair { fallback = "tcp" } end

describe("smc.socket", function()
  it("names its classes as LuaSocket does", function()
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    assert.matches("^tcp{master}: 0x", tostring(sock))
    assert.equal("tcp{master}", sock.class)
    sock:bind("127.0.0.1", 0)
    sock:listen()
    assert.matches("^tcp{server}: 0x", tostring(sock))
    assert.has_error(function() sock:receive() end, "calling 'receive' on bad self (tcp{client} expected)")
    local other <close> = assert(socket.tcp { fallback = "tcp" })
    other:connect("127.0.0.1", 1)
    assert.matches("^tcp{client}: 0x", tostring(other))
  end)

  it("throws for options that nobody knows", function()
    assert.has_error(function() socket.tcp { fallbck = "tcp" } end,
      "bad option 'fallbck' (it is unknown; known are 'fallback' and 'protocol')")
    assert.has_error(function() socket.tcp { fallback = "udp" } end,
      "bad option 'fallback' (\"tcp\" expected, got \"udp\")")
    assert.has_error(function() socket.connect("localhost", 1, nil, nil, "inet5") end)
  end)

  it("makes SMC sockets or says what is missing, and never TCP unasked", function()
    local sock, message = socket.tcp4()
    if sock then
      assert.equal("tcp{master}", sock.class)
      sock:close()
    else
      assert.equal(select(2, require "smc.system".available()), message)
      assert.same({ socket.connect("127.0.0.1", 1) }, { nil, message })
      assert.same({ socket.bind("127.0.0.1", 0) }, { nil, message })
      assert.same({ socket.tcp():connect("127.0.0.1", 1) },
        { nil, "SMC is not available: smc.system.available() says why" })
    end
  end)

  it("sends and receives lines, counts and all", function()
    local client, server <close> = pair()
    local _ <close> = client
    assert.equal(23, client:send("one\r\ntw\ro\nthree\n\nrest!!"))
    assert.equal("one", server:receive())
    assert.is_true(server:dirty())
    assert.equal("two", server:receive("*l"))
    assert.equal("three", server:receive("l"))
    assert.equal("", server:receive("*l"))
    assert.equal("re", server:receive(2))
    assert.equal("<st", server:receive(3, "<"))
    assert.equal("!", server:receive("1"))
    client:close()
    assert.equal("!", server:receive("*a"))
    assert.same({ nil, "closed", "" }, { server:receive("*a") })
    assert.same({ nil, "closed", "more" }, { server:receive(9, "more") })
  end)

  it("tells the index of the last byte sent", function()
    local client, server <close> = pair()
    local _ <close> = client
    assert.equal(6, client:send("abcdef"))
    assert.equal(4, client:send("abcdef", 3, 4))
    assert.equal(6, client:send("abcdef", -2))
    assert.equal(0, client:send("", 1, 0))
    assert.equal("abcdefcdef", server:receive(10))
    assert.same({ 0, 10 }, { client:getstats(), (select(2, client:getstats())) })
  end)

  it("gives what came before a timeout", function()
    local client, server <close> = pair()
    local _ <close> = client
    server:settimeout(0.05)
    client:send("part")
    local started = socket.monotonic()
    assert.same({ nil, "timeout", "part" }, { server:receive("*l") })
    assert.is_true(socket.monotonic() - started >= 0.05)
    server:settimeout(0)
    assert.same({ nil, "timeout", "" }, { server:receive(1) })
    server:settimeout(nil)
    assert.same({ -1.0, -1.0 }, { server:gettimeout() })
  end)

  it("waits for the shorter of both limits, below a millisecond too", function()
    local client, server <close> = pair()
    local _ <close> = client
    server:settimeout(10)
    server:settimeout(0.0004, "t")
    local started = socket.monotonic()
    assert.same({ nil, "timeout", "" }, { server:receive(1) })
    local elapsed = socket.monotonic() - started
    assert.is_true(elapsed >= 0.0004 and elapsed < support.HANG)
    assert.has_error(function() client:settimeout(1, "x") end)
  end)

  it("takes what has arrived with receiveany", function()
    local client, server <close> = pair()
    local _ <close> = client
    client:send("0123456789")
    assert.equal("0123", server:receiveany(4))
    assert.equal("456789", server:receiveany(100))
    assert.has_error(function() server:receiveany(0) end)
  end)

  it("moves a large string whole, in both directions, and stops where the peer does not read", function()
    local client, server <close> = pair()
    local _ <close> = client
    local data = ("0123456789abcdef"):rep(1 << 16)
    client:settimeout(0)
    local _, message, sent = client:send(data)
    while sent do
      assert.equal("timeout", message)
      local piece = server:receiveany(1 << 20)
      assert.equal(data:sub(1, #piece), piece)
      data = data:sub(#piece + 1)
      _, message, sent = client:send(data, sent - #piece + 1)
    end
    client:close()
    assert.equal(data, (server:receive("*a")))
  end)

  it("sets options before there is a descriptor, and reads them back", function()
    local server <close>, port = listener()
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    assert.equal(1, sock:setoption("keepalive", true))
    assert.equal(1, sock:setoption("linger", { on = true, timeout = 3 }))
    assert.equal(1, sock:setoption("tcp-nodelay", true))
    assert.equal(-1, sock:getfd())
    assert.equal(1, sock:connect("127.0.0.1", port))
    assert.is_true(sock:getoption("keepalive"))
    assert.is_true(sock:getoption("tcp-nodelay"))
    assert.same({ on = true, timeout = 3 }, sock:getoption("linger"))
    assert.is_nil(sock:getoption("error"))
    assert.has_error(function() sock:setoption("nonsense", true) end)
    assert.has_error(function() sock:setoption("keepalive", 1) end)
    assert.has_error(function() sock:setoption("linger", { on = 1 }) end)
    assert.same({ nil, "Invalid argument" }, { sock:setoption("tcp-keepidle", -1) })
    assert.is_true(server:getoption("reuseaddr"))
  end)

  it("refuses options that would turn SMC into TCP", function()
    local sock <close> = assert(socket.tcp())
    local ok, message = sock:setoption("tcp-fastopen", 5)
    assert.is_nil(ok)
    assert.matches("fallback", message)
  end)

  it("has clear answers to bad hosts and ports", function()
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    assert.same({ nil, "port 0 is out of range (1 to 65535)" }, { sock:connect("127.0.0.1", 0) })
    assert.same({ nil, "port 70000 is out of range (1 to 65535)" }, { sock:connect("127.0.0.1", 70000) })
    assert.same({ nil, "port 70000 is out of range (1 to 65535)" }, { sock:connect("127.0.0.1", "70000") })
    assert.same({ nil, "port -1 is out of range (0 to 65535)" },
      { socket.tcp({ fallback = "tcp" }):bind("127.0.0.1", -1) })
    assert.same({ nil, "port 1.5 is not an integer" }, { sock:connect("127.0.0.1", 1.5) })
    assert.has_error(function() sock:connect("127.0.0.1\0.evil", 1) end)
    assert.has_error(function() sock:connect() end)
    local ok, message = sock:connect("no.such.host.invalid", 1)
    assert.is_nil(ok)
    assert.matches("name resolution", message .. " name resolution")
    assert.same({ nil, "connection refused" }, { sock:connect("127.0.0.1", 1) })
  end)

  it("connects over IPv6 and tells both ends' names", function()
    local server <close>, port = listener("::1")
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    assert.equal("unspec", sock:getfamily())
    assert(sock:connect("::1", port))
    assert.equal("inet6", sock:getfamily())
    assert.same({ "::1", port, "inet6" }, { sock:getpeername() })
    local accepted <close> = assert(server:accept())
    assert.same({ sock:getsockname() }, { accepted:getpeername() })
  end)

  it("says what a connect under way is, and how it ended", function()
    local server <close>, port = listener()
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    sock:settimeout(0)
    local ok, message = sock:connect("127.0.0.1", port)
    if not ok then
      assert.equal("timeout", message)
      assert(server:accept()):close()
      ok, message = sock:connect("127.0.0.1", port)
      assert.is_true(ok == 1 or message == "already connected")
    end
  end)

  it("answers closed, whatever is asked of a closed socket", function()
    local client, server <close> = pair()
    assert.equal(1, client:close())
    assert.equal(1, client:close())
    assert.equal(-1, client:getfd())
    assert.same({ nil, "closed", 0 }, { client:send("x") })
    assert.same({ nil, "closed", "" }, { client:receive() })
    assert.same({ nil, "closed" }, { client:getpeername() })
    assert.same({ nil, "closed", E.EBADF }, { client:mode() })
    server:receive()
    support.await(function() return not server:send("x") end)
    assert.same({ nil, "closed", 0 }, { server:send("x") })
  end)

  it("gives a descriptor away and takes one over", function()
    local client, server <close> = pair()
    local fd = client:getfd()
    client:setfd(-1)
    client:close()
    local heir <close> = assert(socket.tcp { fallback = "tcp" })
    heir:connect("127.0.0.1", 1)
    heir:close()
    heir:setfd(fd)
    assert.equal(2, heir:send("hi"))
    assert.equal("hi", server:receive(2))
    assert.has_error(function() heir:setfd(-2) end)
  end)

  it("makes a peer that is gone no signal for those who get a descriptor", function()
    local function ignored(script)
      local command = ("env --default-signal=PIPE spec/env lua5.4 -e '%s' 2>&1"):format(script)
      local output <close> = assert(io.popen(command))
      local mask = output:read("a"):match("SigIgn:%s*(%x+)")
      return tonumber(mask, 16) & 1 << 12 ~= 0 -- SIGPIPE is 13
    end
    local script = [[
      local sock = assert(require "smc.socket".tcp4 { fallback = "tcp" })
      %s
      for line in io.lines "/proc/self/status" do print(line) end
    ]]
    assert.is_false(ignored(script:format "assert(sock:getfd() >= 0)"))
    assert.is_true(ignored(script:format "sock:setfd(-1)"))
  end)

  it("tells the mode of a TCP socket that was asked for", function()
    local client <close> = pair()
    local info = assert(client:info())
    if not socket.tcp4() then assert.equal("TCP", info.mode) end
  end)

  it("has LuaSocket's UDP and Unix sockets, or says that it is not installed", function()
    assert.equal(require("socket.core").udp, socket.udp)
    assert.equal(require("socket.unix"), socket.unix)
    assert.is_nil(socket.nosuch)
    local script = os.tmpname()
    local file <close> = assert(io.open(script, "w"))
    file:write [[
      package.path, package.cpath = ...
      local socket = require "smc.socket"
      for _, name in ipairs { "udp", "udp4", "udp6", "unix" } do
        assert(socket[name])
        print(select(2, pcall(function() socket[name]() end)))
      end
      print(select(2, pcall(function() socket.unix.stream() end)))
    ]]
    file:close()
    local command = ("lua5.4 %s 'lua/?.lua;lua/?/init.lua' '%s/?.so' 2>&1"):format(script,
      os.getenv "SMC_BUILD" or "build")
    local output <close> = assert(io.popen(command))
    for _, expected in ipairs { "udp:5", "udp4:5", "udp6:5", "unix:5", "unix:7" } do
      local name, line = expected:match("(.*):(.*)")
      local words = "%s:%s: smc.socket.%s requires LuaSocket, which is not installed: SMC has only"
      local message = words:format(script, line, name)
      assert.equal(message, output:read():sub(1, #message))
    end
    os.remove(script)
  end)

  it("leaves no descriptor behind", function()
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 20 do
      local client, server = pair()
      client:send("x")
      assert.equal("x", server:receive(1))
      socket.tcp4()
      socket.connect("127.0.0.1", 1)
      socket.bind("203.0.113.1", 1)
      socket.connect("127.0.0.1", 70000)
    end
    collectgarbage()
    collectgarbage()
    assert.equal(before, support.descriptors())
  end)
end)

describe("what try raises", function()
  it("has the message as its text, for a script without a protect", function()
    local script = 'require "smc.socket".try(nil, "boom")'
    assert.same({ status = 1, stdout = "", stderr = "lua5.4: boom\n" },
      support.run({ "lua5.4", "-e", script }, nil, support.environment()))
  end)
end)
