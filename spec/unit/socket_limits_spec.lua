-- Exact limits of sockets: the last value that is right, and the first that is wrong.
local socket = require "smc.socket"
local support = require "support"

local FALLBACK <const> = { fallback = "tcp" }

describe("a socket", function()
  it("of a family is of no other", function()
    local server <close> = assert(socket.bind("::1", 0, 32, FALLBACK))
    local port = select(2, server:getsockname())
    assert(socket.connect("::1", port, nil, nil, "inet6", FALLBACK)):close()
    local sock, message = socket.connect("::1", port, nil, nil, "inet", FALLBACK)
    assert.is_nil(sock)
    assert.is_string(message)
  end)

  it("connects to every port, and to nothing that is none", function()
    for port, answer in pairs {
      [0] = "port 0 is out of range (1 to 65535)", [1] = "connection refused", [65535] = "connection refused",
      [65536] = "port 65536 is out of range (1 to 65535)", ["65535"] = "connection refused",
      ["65536"] = "port 65536 is out of range (1 to 65535)", ["0"] = "port 0 is out of range (1 to 65535)",
    } do
      local sock <close> = assert(socket.tcp(FALLBACK))
      assert.same({ nil, answer }, { sock:connect("127.0.0.1", port) })
    end
    local sock <close> = assert(socket.tcp(FALLBACK))
    assert.same({ nil, "port 65536 is out of range (0 to 65535)" }, { sock:bind("127.0.0.1", 65536) })
    assert.equal(1, sock:bind("127.0.0.1", 65535))
    assert.same({ "127.0.0.1", 65535, "inet" }, { sock:getsockname() })
  end)

  -- Whether this kernel has SMC is asked of Python, and not of what is under test.
  it("is never TCP where nobody allowed it", function()
    local can = support.run({ "python3", "-c", "import socket; socket.socket(43, socket.SOCK_STREAM, 0)" })
    if can.status == 0 then return end -- over SMC: spec/kernel
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local port = select(2, server:getsockname())
    for what, make in pairs {
      tcp4 = function() return socket.tcp4() end, tcp6 = function() return socket.tcp6() end,
      connect = function() return socket.connect("127.0.0.1", port) end,
      bind = function() return socket.bind("127.0.0.1", 0) end,
      ["tcp and connect"] = function() return socket.tcp():connect("127.0.0.1", port) end,
      ["tcp and bind"] = function() return socket.tcp():bind("127.0.0.1", 0) end,
      ["IPPROTO_SMC"] = function() return socket.tcp { protocol = "inet" }:connect("127.0.0.1", port) end,
      ["either"] = function() return socket.tcp { protocol = "auto" }:connect("127.0.0.1", port) end,
    } do
      local sock, message = make()
      assert.is_nil(sock, what)
      assert.matches("SMC", message)
    end
    server:settimeout(0)
    assert.same({ nil, "timeout" }, { server:accept() })
  end)

  it("of IPv6 alone takes no IPv4", function()
    local sock <close> = assert(socket.tcp6(FALLBACK))
    assert.is_true(sock:getoption("ipv6-v6only"))
  end)

  it("that was accepted has the address that was called", function()
    local server <close> = assert(socket.bind("*", 0, 32, FALLBACK))
    local port = select(2, server:getsockname())
    local client <close> = assert(socket.connect("127.0.0.3", port, FALLBACK))
    local accepted <close> = assert(server:accept())
    assert.same({ "127.0.0.3", port, "inet" }, { accepted:getsockname() })
    assert.same({ client:getsockname() }, { accepted:getpeername() })
    assert.same({ "127.0.0.3", port, "inet" }, { client:getpeername() })
  end)

  it("is told apart by its port: another one of the same host is another destination", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local other <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local client <close> = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), FALLBACK))
    local another = select(2, other:getsockname())
    assert.same({ nil, "already connected" }, { client:connect("127.0.0.1", another) })
  end)

  it("is where it was bound after an attempt that failed, too, and nowhere after close", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local port = select(2, server:getsockname())
    local client <close> = assert(socket.tcp(FALLBACK))
    assert(client:bind("127.0.0.5", 0))
    assert.same({ nil, "connection refused" }, { client:connect("127.0.0.1", 1) })
    assert(client:connect("127.0.0.1", port))
    local accepted <close> = assert(server:accept())
    assert.equal("127.0.0.5", (accepted:getpeername()))
    client:close()
    assert(client:connect("127.0.0.1", port))
    local again <close> = assert(server:accept())
    assert.equal("127.0.0.1", (again:getpeername()))
  end)

  it("has the port that the kernel chose for it after an attempt that failed, too", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local client <close> = assert(socket.tcp(FALLBACK))
    assert(client:bind("127.0.0.1", 0))
    local own = select(2, client:getsockname())
    assert.same({ nil, "connection refused" }, { client:connect("127.0.0.1", 1) })
    assert(client:connect("127.0.0.1", (select(2, server:getsockname()))))
    local accepted <close> = assert(server:accept())
    assert.same({ "127.0.0.1", own, "inet" }, { accepted:getpeername() })
  end)

  it("has the peer that the address of every interface has led to", function()
    for any, expected in pairs { ["0.0.0.0"] = { "127.0.0.1", "inet" }, ["::"] = { "::1", "inet6" } } do
      local server <close> = assert(socket.bind(any, 0, 32, FALLBACK))
      local port = select(2, server:getsockname())
      local client <close> = assert(socket.connect(any, port, FALLBACK))
      assert.same({ expected[1], port, expected[2] }, { client:getpeername() })
    end
  end)

  -- The queue of the server is full, so that the attempt of LuaSocket goes on.
  it("says of an attempt of other code that it goes on, without waiting", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 0, FALLBACK))
    local port, others = select(2, server:getsockname()), {}
    for i = 1, 4 do
      others[i] = require "socket".tcp()
      others[i]:settimeout(0)
      others[i]:connect("127.0.0.1", port)
    end
    local sock <close> = assert(socket.tcp(FALLBACK))
    sock:setfd(others[4]:getfd())
    sock:settimeout(0)
    assert.same({ others[4]:connect("127.0.0.1", port) }, { sock:connect("127.0.0.1", port) })
    sock:setfd(-1)
    for _, other in ipairs(others) do other:close() end
  end)

  it("tells its success once after a wait, and its failure once, by whatever it was asked", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local port = select(2, server:getsockname())
    local sock <close> = assert(socket.tcp(FALLBACK))
    sock:settimeout(0)
    assert.same({ nil, "timeout" }, { sock:connect("127.0.0.1", port) })
    support.await(function() return sock:connect("127.0.0.1", port) end)
    assert.same({ nil, "already connected" }, { sock:connect("127.0.0.1", port) })
    local other <close> = assert(socket.tcp(FALLBACK))
    other:settimeout(0)
    for _ = 1, 2 do -- the next one is another attempt
      assert.same({ nil, "timeout" }, { other:connect("127.0.0.1", 1) })
      support.await(function() return other:getoption "error" == "connection refused" end)
    end
  end)

  it("has no descriptor after an option that could not be set on it", function()
    local sock <close> = assert(socket.tcp(FALLBACK))
    assert(sock:setoption("bindtodevice", "nosuch0"))
    assert.same({ nil, "option 'bindtodevice': No such device" }, { sock:connect("127.0.0.1", 1) })
    assert.equal(-1, sock:getfd())
  end)

  it("that was given a descriptor knows of what kind it is", function()
    local luasocket = require "socket"
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local theirs = assert(luasocket.connect("127.0.0.1", (select(2, server:getsockname()))))
    local sock = assert(socket.tcp(FALLBACK))
    sock:setfd(theirs:getfd())
    assert.same({ "TCP", "inet4" }, { sock:mode(), sock:getfamily() })
    sock:setfd(-1)
    theirs:close()
  end)

  it("does not block where others know its descriptor, though it waits", function()
    local O_NONBLOCK <const> = 0x800
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    for _, is_known in ipairs { false, true } do
      local other <close> = assert(require "smc.process".spawn { "python3", "-c", ([[
import socket, time
sock = socket.create_connection(("127.0.0.1", %d))
time.sleep(0.2)
sock.send(b"x")
sock.recv(1)]]):format((select(2, server:getsockname()))) })
      local accepted <close> = assert(server:accept())
      local fd = is_known and accepted:getfd()
      assert.equal("x", accepted:receive(1))
      assert.equal(fd or accepted:getfd(), accepted:getfd()) -- which makes it known
      assert.is_true(support.flags(accepted:getfd()) & O_NONBLOCK ~= 0)
      assert.is_true(other:kill "TERM")
    end
  end)

  it("never waits where one of its limits is 0", function()
    local client, accepted <close> = support.pair(FALLBACK)
    local _ <close> = client
    for mode, other in pairs { b = "t", t = "b", r = "b" } do
      accepted:settimeout(2 * support.HANG, other)
      accepted:settimeout(0, mode)
      local started = socket.monotonic()
      assert.same({ nil, "timeout", "" }, { accepted:receive(1) })
      assert.is_true(socket.monotonic() - started < support.HANG)
      accepted:settimeout(nil, mode)
    end
  end)

  it("takes no memory for what does not come", function()
    local client, accepted <close> = support.pair(FALLBACK)
    local _ <close> = client
    accepted:settimeout(0)
    for _, count in ipairs { 1 << 40, 1 << 62, math.maxinteger } do
      assert.same({ nil, "timeout", "" }, { accepted:receiveany(count) })
      assert.same({ nil, "timeout", "" }, { accepted:receive(count) })
      client:send "abc"
      assert.is_truthy(accepted:dirty() or socket.select({ accepted }, nil, support.HANG)[1])
      assert.equal("abc", accepted:receiveany(count))
    end
  end)

  it("gives no more than was asked for, and counts it once", function()
    local client, accepted <close> = support.pair(FALLBACK)
    local _ <close> = client
    client:send("0123456789\n" .. ("x"):rep(100000))
    assert.equal("0123", accepted:receive(4))
    assert.equal("45", accepted:receiveany(2))
    assert.equal("6789", accepted:receive())
    assert.equal(11, (accepted:getstats())) -- with the end of the line
    assert.equal(100000, #accepted:receive(100000))
    assert.equal(100011, (accepted:getstats()))
    client:send("abc")
    client:send("de")
    assert.equal(100016, (select(2, client:getstats())))
    accepted:settimeout(0.05)
    assert.same({ nil, "oversized", "abcd" }, { accepted:receive("*l", nil, 4) })
    assert.same({ nil, "timeout", "" }, { accepted:receive("*l", nil, 1) })
    assert.equal("e", accepted:receive(1))
    assert.error_matches(function() accepted:receive(5, "ab", 2) end, "prefix reaches the maximum")
    assert.error_matches(function() accepted:receive(5, "", 4) end, "count exceeds the maximum")
    -- Only a line without its end leaves carriage returns out, and does not count them.
    client:send("a\r\nb\r\nc\rd\n")
    assert.same({ nil, "oversized", "a\r" }, { accepted:receive("*L", nil, 2) })
    assert.equal("\n", accepted:receive(1))
    assert.equal("b", accepted:receive("*l", nil, 1))
    assert.equal("cd", accepted:receive("*l", nil, 2))
    client:send("\r\r\r")
    assert.same({ nil, "oversized", "\r\r" }, { accepted:receive("*a", nil, 2) })
    assert.equal("\r", accepted:receive(1))
    client:send("12345")
    assert.equal("12345", accepted:receive(5, "", 5))
    assert.equal("12345", accepted:receive(5, "12345"))
    client:close()
    assert.same({ nil, "closed", "" }, { accepted:receive("*a") })
  end)

  it("tells how old it is", function()
    local client <close> = assert(socket.tcp(FALLBACK))
    client:connect("127.0.0.1", 1)
    local age = select(3, client:getstats())
    assert.is_true(age >= 0 and age < support.HANG)
    client:setstats(1, 2, 100)
    local received, sent
    received, sent, age = client:getstats()
    assert.same({ 1, 2 }, { received, sent })
    assert.is_true(age >= 100 and age < 100 + support.HANG)
  end)

  it("has a mode although it is TCP", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local client <close> = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), FALLBACK))
    local modes = assert(socket.modes { client })
    if not socket.tcp4() then assert.equal("TCP", modes[client]) end
  end)
end)

describe("select", function()
  it("reports what is no descriptor of ours, for select(2) would fail", function()
    local foreign <const> = { getfd = function() return 777 end } -- not open
    local none <const> = { getfd = function() return -1 end }
    local odd <const> = { getfd = function() return 1 << 40 end }
    local ready = socket.select({ foreign, none, odd }, nil, support.HANG)
    assert.equal(1, #ready)
    assert.equal(foreign, ready[1])
    assert.equal(1, ready[foreign])
  end)

  it("blames the caller for what can have no methods, and where it stands", function()
    for _, wrong in ipairs { 1, true, print } do
      for position = 1, 2 do
        local lists = { {}, {} }
        lists[position] = { io.stdout, wrong }
        local _, message = pcall(function() return (socket.select(lists[1], lists[2], 0)) end)
        assert.matches("^spec/unit/socket_limits_spec%.lua:%d+: ", message)
        local said = ("bad argument #%d to 'select' ([2]: object with getfd expected, got %s)"):format(
          position, type(wrong))
        assert.equal(said, message:match ": (.*)$")
      end
    end
  end)

  it("tells receivers and senders apart", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    local client <close> = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), FALLBACK))
    local receivers, senders = socket.select({ server, client }, { client }, support.HANG)
    assert.same({ 1, 1 }, { #senders, senders[client] })
    assert.is_nil(receivers[client])
    receivers, senders = socket.select({ server }, nil, support.HANG)
    assert.same({ 1, 0 }, { receivers[server], #senders })
    -- Objects without a descriptor are passed over, and the others stay what they are.
    local none <const> = { getfd = function() return -1 end }
    receivers, senders = socket.select({ none, none, server }, { none, client }, support.HANG)
    assert.same({ { server, [server] = 1 }, { client, [client] = 1 } }, { receivers, senders })
  end)

  it("takes bytes that wait for input, not for room", function()
    local client, accepted <close> = support.pair(FALLBACK)
    local _ <close> = client
    accepted:send "two"
    assert.equal("t", client:receive(1))
    assert.is_true(client:dirty())
    client:settimeout(0)
    while client:send(("x"):rep(1 << 16)) do end -- until there is no room any more
    local receivers, senders = socket.select({ client }, { client }, 0)
    assert.same({ 1, 0 }, { receivers[client], #senders })
    local _, writable, message = socket.select(nil, { client }, 0)
    assert.same({ 0, "timeout" }, { #writable, message })
  end)
end)

describe("smc.socket", function()
  it("skips as many values as there are", function()
    assert.same({ n = 0 }, table.pack(socket.skip(7, 1, 2, 3)))
    assert.same({ 3, n = 1 }, table.pack(socket.skip(2, 1, 2, 3)))
  end)

  it("has addresses of IPv4 where LuaSocket has them", function()
    local luasocket = require "socket"
    for _, name in ipairs { "localhost", "::1", "127.0.0.1" } do
      local address, message = luasocket.dns.toip(name)
      local own, words = socket.dns.toip(name)
      assert.equal(address, own, name)
      if not address then assert.equal(message, words) end
    end
  end)

  it("has a source by length that ends with its last byte", function()
    local client, accepted <close> = support.pair(FALLBACK)
    local _ <close> = client
    local length = 2 * socket.BLOCKSIZE + 10
    client:send(("x"):rep(length) .. "rest")
    local source, pieces = socket.source("by-length", accepted, length), {}
    for piece in source do pieces[#pieces + 1] = #piece end
    assert.same({ socket.BLOCKSIZE, socket.BLOCKSIZE, 10 }, pieces)
    assert.equal("rest", accepted:receive(4))
    accepted:settimeout(0)
    source = socket.source("by-length", accepted, 5)
    client:send("ab")
    socket.select({ accepted }, nil, support.HANG)
    assert.same({ nil, "timeout" }, { source() })
    client:send("cde")
    socket.select({ accepted }, nil, support.HANG)
    assert.equal("abcde", source())
    assert.is_nil(source())
  end)
end)
