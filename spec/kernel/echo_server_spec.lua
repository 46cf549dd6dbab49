-- echo_server.lua as users run it: limits, its end, its summary.
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local PORT <const> = 12410
local DEAF <const> = 20 -- clients that send and never read

local function start(...)
  local server = support.start("echo_server.lua", "--port", tostring(PORT), ...)
  server.stdout:read()
  return server
end

local function connect(host)
  local sock = assert(socket.connect(host or "127.0.0.1", PORT))
  sock:settimeout(support.HANG)
  return sock
end

local function echo(sock, text)
  assert.equal(#text, sock:send(text))
  assert.equal(text, sock:receive(#text))
end

-- Whether the server still answers, or has closed the connection.
local function says_again(sock)
  if sock:send("busy") ~= 4 then return false end
  return sock:receive(4) == "busy"
end

-- Ends the server; gives the last line that it prints.
local function stop(server, signal)
  server:kill(signal)
  local last
  for line in server.stdout:lines() do last = line end
  assert.same({ "exit", 0 }, { server:wait(support.HANG) })
  return last
end

describe("echo_server.lua", function()
  for _, words in ipairs { {}, { "--quiet" } } do
    for _, signal in ipairs { "HUP", "INT", "TERM" } do
      it(("%s ends at SIG%s with a summary #smcd"):format(words[1] or "", signal), function()
        local server <close> = start("--host", "127.0.0.1", table.unpack(words))
        local gone = connect()
        echo(gone, "12345")
        gone:close()
        local plain = assert(require "socket".connect("127.0.0.1", PORT))
        plain:send("1234567\n")
        assert.equal("1234567", plain:receive())
        local one <close> = connect()
        local two <close> = connect()
        echo(one, "123")
        echo(two, "1")
        assert.equal("stopped by SIG" .. signal ..
          ": 4 clients, at most 3 at once, 17 bytes echoed; SMC-D 3, TCP 1", stop(server, signal))
        assert.same({ nil, "closed", "" }, { one:receive(1) })
        plain:close()
      end)
    end
  end

  it("outlives a SIGHUP under nohup", function()
    local server <close> = assert(process.spawn({ "nohup", "env", "LUA_PATH=" .. package.path,
      "LUA_CPATH=" .. package.cpath, "lua5.4", "examples/echo_server.lua", "--port", tostring(PORT), "-q" },
      { stdin = "null", stdout = "pipe", stderr = "null" }))
    server.stdout:read()
    server:kill("HUP")
    local sock <close> = connect()
    echo(sock, "there")
    assert.matches("^stopped by SIGTERM: 1 clients", stop(server, "TERM"))
  end)

  it("says nothing of single clients with --quiet #smcd", function()
    local server <close> = start("--host", "127.0.0.1", "--quiet")
    local sock <close> = connect()
    echo(sock, "x")
    server:kill("TERM")
    assert.equal("stopped by SIGTERM: 1 clients, at most 1 at once, 1 bytes echoed; SMC-D 1\n",
      server.stdout:read("a"))
  end)

  it("counts the modes of a crowd that comes and goes #smcd", function()
    local server <close> = start("--host", "127.0.0.1", "-q")
    for _ = 1, 20 do
      local crowd = {}
      for i = 1, 10 do crowd[i] = connect() end
      for _, sock in ipairs(crowd) do echo(sock, "crowd") end
      for _, sock in ipairs(crowd) do sock:close() end
    end
    assert.matches(": 200 clients, at most %d+ at once, 1000 bytes echoed; SMC%-D 200$", stop(server, "INT"))
  end)

  it("has more clients than --max-clients wait, and serves them then", function()
    local server <close> = start("--host", "127.0.0.1", "--max-clients", "2", "-q")
    local first = connect()
    local second <close> = connect()
    echo(first, "first")
    echo(second, "second")
    local third <close> = assert(socket.tcp())
    third:settimeout(0)
    third:connect("127.0.0.1", PORT)
    local _, writable = socket.select(nil, { third }, support.HANG)
    assert.equal(third, writable[1])
    third:settimeout(0.5)
    assert.equal(5, third:send("third"))
    assert.same({ nil, "timeout", "" }, { third:receive(5) })
    first:close()
    third:settimeout(support.HANG)
    assert.equal("third", third:receive(5))
    echo(second, "still")
    assert.matches(": 3 clients, at most 2 at once, 21 bytes", stop(server, "INT"))
  end)

  -- Whether the server closes the idle and nobody else, with a limit that the busy keep on this machine.
  local function closes_the_idle(seconds)
    local server <close> = start("--host", "127.0.0.1", "--idle-timeout", tostring(seconds))
    local idle <close> = connect()
    local busy <close> = connect()
    local deaf, much = {}, ("x"):rep(16 << 20)
    for i = 1, DEAF do
      deaf[i] = connect()
      deaf[i]:settimeout(0.05)
      assert.equal("timeout", (select(2, deaf[i]:send(much))))
      if not says_again(busy) then return false end
    end
    -- To close one of them may take two seconds, in which nobody is to wait.
    local waited, gone = 0, 0
    for _ = 1, 5 * support.HANG do
      local started = socket.monotonic()
      if not says_again(busy) then return false end
      waited = waited + socket.monotonic() - started
      gone = 0
      for _, sock in ipairs(deaf) do gone = gone + (sock:info().state == "ACTIVE" and 0 or 1) end
      if gone == DEAF then break end
      socket.sleep(0.2)
    end
    assert.equal(DEAF, gone)
    assert.is_true(waited < DEAF)
    assert.same({ nil, "closed", "" }, { idle:receive(1) })
    echo(busy, "more")
    server:kill("INT")
    local text = server.stdout:read("a")
    assert.equal(DEAF + 1, select(2, text:gsub(": idle, closed after", "")), text)
    assert.matches(("stopped by SIGINT: %d clients"):format(DEAF + 2), text)
    for _, sock in ipairs(deaf) do sock:close() end
    return true
  end

  it("closes the idle after --idle-timeout, deaf ones too, and not the busy #smcd", function()
    -- A machine that is slow enough makes the busy idle for three seconds, and not for thirty.
    assert.is_true(closes_the_idle(3) or closes_the_idle(30))
  end)

  it("is not held up by a client that does not read", function()
    local server <close> = start("--host", "127.0.0.1", "-q")
    local deaf <close> = connect()
    local good <close> = connect()
    deaf:settimeout(0.2)
    assert.equal("timeout", (select(2, deaf:send(("x"):rep(16 << 20)))))
    for _ = 1, 20 do echo(good, "good") end
    assert.matches("2 clients", stop(server, "INT"))
  end)

  it("listens on IPv6, on names, and on everything #smcd", function()
    for _, case in ipairs {
      { "::1", "::1", "::1" }, { "localhost", "localhost", "%S+" }, { "*", "127.0.0.1", "0%.0%.0%.0" },
      { "::", "127.0.0.1", "::" }, { "::", "::1", "::" },
    } do
      local server <close> = support.start("echo_server.lua", "--host", case[1], "--port", tostring(PORT))
      assert.matches(("^listening on %s port %d$"):format(case[3], PORT), server.stdout:read())
      local sock <close> = connect(case[2])
      echo(sock, "hello")
      assert.equal("SMC-D", sock:mode())
      sock:close()
      assert.matches("^%S+ port %d+: connected, SMC%-D$", server.stdout:read())
      assert.matches(": 1 clients, at most 1 at once, 5 bytes echoed; SMC%-D 1$", stop(server, "TERM"))
    end
  end)

  it("says why a client is not over SMC", function()
    local server <close> = start("--host", "127.0.0.1")
    local plain = assert(require "socket".connect("127.0.0.1", PORT))
    assert.matches("connected, TCP, .*SMC", server.stdout:read())
    plain:close()
  end)

  it("tells bad usage", function()
    for _, words in ipairs {
      { "--max-clients", "0" }, { "--max-clients", "many" }, { "--idle-timeout", "0" },
      { "--idle-timeout", "soon" }, { "--port", "0" }, { "--fallback", "udp" }, { "--nonsense" },
    } do
      assert.equal(2, support.script("echo_server.lua", table.unpack(words)).status, table.concat(words, " "))
    end
    local server <close> = start("--host", "127.0.0.1")
    local second = support.script("echo_server.lua", "--host", "127.0.0.1", "--port", tostring(PORT))
    assert.equal(2, second.status)
    assert.matches("address already in use", second.stderr)
    assert.matches("0 clients", stop(server, "INT"))
  end)
end)
