-- Sockets of smc.socket where something else happens in the middle: finalizers, a second load, floods.

local core = require "smc.core.socket"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local tcp = { fallback = "tcp" }

local function pair() return support.pair(tcp) end

describe("a socket", function()
  -- A wrapper whose only owner has gone is collected while receive() makes its string. In a process of its
  -- own: the collector goes through all that there is, over and over.
  local CLOSED_WHILE_RECEIVING <const> = [[
    local socket = require "smc.socket"
    collectgarbage("incremental", 100, 1000)
    local server = assert(socket.bind("127.0.0.1", 0, 1, { fallback = "tcp" }))
    local port = select(2, server:getsockname())
    for _, arguments in ipairs { { "*l" }, { 9000 }, { 20000 }, { "*l", "prefix" }, { 100, "prefix" } } do
      local closed = 0
      for _ = 1, 50 do
        local client = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
        local peer = assert(server:accept())
        peer:send((("x"):rep(9000) .. "\n"):rep(6))
        client:settimeout(0)
        local receiving
        setmetatable({}, { __gc = function()
          if receiving then closed = closed + 1 end
          client:close()
        end })
        receiving = true
        while client:receive(table.unpack(arguments)) do end -- until it is closed, or all is read
        receiving = false
        peer:close()
      end
      print(closed > 0)
    end]]

  it("may be closed by a finalizer in the middle of receive", function()
    assert.equal(("true\n"):rep(5), support.run_by({}, CLOSED_WHILE_RECEIVING))
  end)

  it("outlives the load of the module that made it", function()
    local client, peer = pair()
    peer:send(("x"):rep(100) .. "\nmore\n")
    package.loaded["smc.core.socket"] = nil
    finally(function() package.loaded["smc.core.socket"] = core end)
    require "smc.core.socket"
    collectgarbage()
    assert.equal(("x"):rep(100), client:receive())
    assert.equal("more", client:receive())
  end)

  it("is closed whatever those do who watch its closing", function()
    local calls = 0
    for what, tell in pairs {
      ["raises"] = function() error("no", 0) end,
      ["closes it again"] = function(sock) sock:close() end,
      ["gives it away"] = function(sock) sock:setfd(-1) end,
      ["connects it"] = function(sock) sock:connect("127.0.0.1", 1) end,
      ["watches it anew"] = function(sock) core.watch(sock, {}, function() calls = calls + 100 end) end,
      ["has others watch it"] = function(sock)
        for _ = 1, 50 do core.watch(sock, {}, print) end
        core.watch(sock, {}, nil)
      end,
      ["collects garbage"] = function() collectgarbage() end,
    } do
      local client, peer <close> = pair()
      local fd, who = client:getfd(), {}
      core.watch(client, who, function(sock)
        calls = calls + 1
        tell(sock)
      end)
      calls = 0
      local ok, message = pcall(client.close, client)
      assert.same(what == "raises" and { false, "no" } or { true, 1 }, { ok, message }, what)
      assert.equal(1, calls, what)
      assert.equal(-1, client:getfd(), what)
      if what == "gives it away" then
        local heir <close> = assert(socket.tcp(tcp))
        heir:setfd(fd)
      end
      peer:settimeout(support.HANG)
      assert.equal("closed", (select(2, peer:receive())), what)
    end
  end)

  it("is told of its closing by a connect that takes another descriptor, too", function()
    local sock <close> = assert(socket.tcp(tcp))
    local told = 0
    sock:connect("127.0.0.1", 1)
    core.watch(sock, core, function()
      told = told + 1
      error("no", 0)
    end)
    assert.same({ false, "no" }, { pcall(sock.connect, sock, "127.0.0.1", 1) })
    assert.equal(1, told)
    assert.equal("connection refused", (select(2, sock:connect("127.0.0.1", 1))))
  end)

  -- Descriptors have run out, and the collector frees some: a finalizer connects the socket meanwhile.
  local CONNECTED_WHILE_OPENED <const> = [[
    local socket = require "smc.socket"
    local tcp = { fallback = "tcp" }
    local server = assert(socket.bind("127.0.0.1", 0, 8, tcp))
    local port = select(2, server:getsockname())
    require "smc.system".available()
    socket.connect("127.0.0.1", port, tcp):close()
    local function count()
      local n = 0
      for fd = 0, 63 do n = n + (io.open("/proc/self/fd/" .. fd) and 1 or 0) collectgarbage() end
      return n
    end
    local before = count()
    for _, method in ipairs { "connect", "bind" } do
      local sock = assert(socket.tcp(tcp))
      do
        local held = {}
        repeat held[#held + 1] = io.open("/dev/null") until not io.open("/dev/null")
        setmetatable(held, { __gc = function()
          for _, file in ipairs(held) do file:close() end
          sock:connect("127.0.0.1", port)
        end })
      end
      print(sock[method](sock, "127.0.0.1", method == "bind" and 0 or port))
      sock:close()
      collectgarbage()
      print(count() - before)
    end]]

  it("has one descriptor when a finalizer connects it in the middle of connect or bind", function()
    assert.equal("1\n0\n1\n0\n",
      support.run_by({ "sh", "-c", 'ulimit -n 40; exec "$@"', "sh" }, CONNECTED_WHILE_OPENED))
  end)

  it("keeps its time limit where the peer never stops sending", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 1, tcp))
    local flood <close> = assert(process.spawn { "lua5.4", "-e", ([[
      package.path, package.cpath = %q, %q
      local socket = require "smc.socket"
      local sock = assert(socket.connect("127.0.0.1", %d, { fallback = "tcp" }))
      while sock:send(("x"):rep(65536)) do end]])
      :format(package.path, package.cpath, select(2, server:getsockname())) })
    local sock <close> = assert(server:accept())
    sock:settimeout(0.1)
    for _, pattern in ipairs { "*a", "*l", 1 << 40 } do
      local start = socket.gettime()
      local data, message = sock:receive(pattern)
      assert.same({ nil, "timeout" }, { data, message })
      assert.is_true(socket.gettime() - start < support.HANG)
    end
    assert.is_falsy(flood.ending)
  end)

  it("is of either family again after a bind or connect that failed", function()
    local taken <close> = assert(socket.bind("127.0.0.1", 0, 1, tcp))
    local _, port = taken:getsockname()
    local six <close> = assert(socket.bind("::1", 0, 1, tcp))
    local _, six_port = six:getsockname()
    local sock <close> = assert(socket.tcp(tcp))
    assert.is_nil((sock:bind("127.0.0.1", port)))
    assert.equal(1, sock:setoption("reuseaddr", true))
    assert.equal(1, sock:bind("::1", 0))
    local other <close> = assert(socket.tcp(tcp))
    assert.is_nil((other:connect("127.0.0.1", 1)))
    assert.equal(1, other:connect("::1", six_port))
  end)

  it("refuses what C would cut or turn round", function()
    local sock <close> = assert(socket.tcp(tcp))
    assert.has_error(function() sock:setoption("linger", { on = true, timeout = 0 / 0 }) end)
    assert.has_error(function() sock:setoption("bindtodevice", "lo\0x") end)
    assert.has_error(function() sock:bind("*", "http\0x") end)
    assert.has_error(function() core.lookup("localhost\0x") end)
  end)
end)
