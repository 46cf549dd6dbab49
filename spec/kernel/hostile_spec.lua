-- Peers that are slow, deaf, rude or gone, signals in the middle of a call, and much data: over
-- SMC-D, and over a fallback to TCP where the peer is a plain program.
local process = require "smc.core.process"
local socket = require "smc.socket"
local support = require "support"

-- A program that does as the Lua code says, with `socket` (of a module) and its `server` at hand.
local function start(module, code)
  local pid, _, stdout = process.spawn({ "lua5.4", "-e", ([[
    local socket = require "%s"
    local server = assert(socket.bind("127.0.0.1", 0))
    io.stdout:setvbuf("no")
    print((select(2, server:getsockname())))
    local sock = assert(server:accept())
    %s]]):format(module, code) }, nil, { stdin = "null", stdout = "pipe" })
  assert(pid, _)
  local peer = { pid = pid, port = math.tointeger(tonumber(stdout:read())), stdout = stdout }
  return setmetatable(peer, { __close = function()
    process.kill(pid, process.signals.KILL)
    process.wait(pid)
    stdout:close()
  end })
end

for mode, module in pairs { ["SMC-D"] = "smc.socket", TCP = "socket" } do
  local function connect(code)
    local peer = start(module, code)
    local sock = assert(socket.connect("127.0.0.1", peer.port))
    assert.equal(mode, sock:mode())
    return sock, peer
  end

  describe("over " .. mode, function()
    it("64 MiB of random data in random pieces come back as they were", function()
      local sock, peer <close> = connect [[
        while true do
          local data = sock:receive(math.random(1, 99999)) or (select(3, sock:receive(0)))
          if not data or data == "" then break end
          sock:send(data)
        end]]
      local _ <close>, _ = sock, peer
      sock:settimeout(0)
      local random <close> = assert(io.open("/dev/urandom", "rb"))
      local total <const>, window <const> = 64 << 20, 1 << 20
      local sent, back, made, out, in_flight = 0, 0, 0, 0, {}
      local data, at = "", 1
      local expected, got = "", ""
      while back < total - 99999 do
        if at > #data and sent - back < window and sent < total then
          data, at = random:read(math.random(1, 65536)), 1
          made, in_flight[made + 1] = made + 1, data
        end
        local moved = false
        if at <= #data then
          local last, message, partial = sock:send(data, at, at + math.random(1, 65536))
          assert(last or message == "timeout", message)
          last = last or partial
          moved, sent, at = last >= at, sent + last - at + 1, last + 1
        end
        local piece, message = sock:receiveany(math.random(1, 1 << 17))
        assert(piece or message == "timeout", message)
        if piece then
          moved, back, got = true, back + #piece, got .. piece
          while #expected < #got and in_flight[out + 1] do
            out = out + 1
            expected, in_flight[out] = expected .. in_flight[out], nil
          end
          local n = math.min(#expected, #got)
          assert.is_true(expected:sub(1, n) == got:sub(1, n))
          expected, got = expected:sub(n + 1), got:sub(n + 1)
        end
        if not moved then
          local _, _, timeout = socket.select({ sock }, at <= #data and { sock } or nil, 20)
          if timeout then break end
        end
      end
      assert.is_true(back >= total - 99999 - window)
    end)

    it("a byte now and then makes a line, and a deaf peer a timeout", function()
      local sock, peer <close> = connect [[
        for byte in ("slow\n"):gmatch "." do sock:send(byte) socket.sleep(0.1) end
        socket.sleep(9)]]
      local _ <close>, _ = sock, peer
      assert.equal("slow", (sock:receive()))
      sock:settimeout(0.2)
      local _, message, last = sock:send(("x"):rep(32 << 20))
      assert.equal("timeout", message)
      assert.is_true(last > 0)
      local started = socket.monotonic()
      sock:close()
      assert.is_true(socket.monotonic() - started < 4)
    end)

    it("a peer that resets or is killed is \"closed\"", function()
      for _, code in ipairs {
        "socket.sleep(0.3) sock:setoption('linger', { on = true, timeout = 0 }) sock:close() socket.sleep(9)",
        "socket.sleep(9)",
      } do
        local sock, peer <close> = connect(code)
        local _ <close> = sock
        if code == "socket.sleep(9)" then process.kill(peer.pid, process.signals.KILL) end
        sock:settimeout(5)
        assert.same({ "closed", "" }, { select(2, sock:receive()) })
        assert.equal("closed", (select(2, sock:send(("x"):rep(1 << 20)))))
        assert.is_string((sock:getpeername()))
      end
    end)

    it("Ctrl-C ends a call that waits in the kernel", function()
      for _, call in ipairs { "sock:receive()", "sock:receive(100000)", "sock:send(('x'):rep(64 << 20))" } do
        local peer <close> = start(module, "socket.sleep(20)")
        local code = ([[
          local sock = assert(require "smc.socket".connect("127.0.0.1", %d))
          print "connected" io.stdout:flush()
          print(pcall(function() %s end))]]):format(peer.port, call)
        local pid, _, stdout =
          process.spawn({ "lua5.4", "-e", code }, nil, { stdin = "null", stdout = "pipe" })
        assert(pid, _)
        assert.equal("connected", stdout:read())
        socket.sleep(0.3)
        process.kill(pid, process.signals.INT)
        assert.matches("^false\t.*interrupted!", stdout:read())
        process.wait(pid)
        stdout:close()
      end
    end)
  end)
end

it("a server of many is not kept waiting by what it no longer holds", function()
  local server <close> = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local before = support.descriptors()
  for _ = 1, 20 do
    local client = assert(socket.connect("127.0.0.1", port))
    assert(server:accept()):send("x")
    client:settimeout(0)
    client:send(("x"):rep(1 << 20))
  end
  local started = socket.monotonic()
  collectgarbage()
  collectgarbage()
  assert.is_true(socket.monotonic() - started < 2)
  socket.sleep(2.5)
  assert.equal(before, support.descriptors())
end)
