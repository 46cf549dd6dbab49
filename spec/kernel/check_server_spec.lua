-- The server for checks among many clients, and short of descriptors.
local check_support = require "check_support"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local connect, serve, start_lua = check_support.connect, check_support.serve, check_support.start_lua

describe("a server for checks", function()
  -- A process that holds so many connections, and says nothing on them; of SMC unless told otherwise.
  local function idle(port, count, module)
    local p = start_lua("-e", ([[
      local socket, held = require "%s", {}
      for i = 1, %d do held[i] = assert(socket.connect("127.0.0.1", %d)) end
      print(#held)
      io.read()]]):format(module or "smc.socket", count, port))
    assert.equal(tostring(count), p.stdout:read())
    return p
  end

  -- A server of Lua code, which prints its port first, in a process with so many descriptors.
  local function start_limited(descriptors, code)
    local p = assert(process.spawn({ "sh", "-c", 'ulimit -n "$1"; shift; exec "$@"', "sh",
      tostring(descriptors), "lua5.4", "-e", code },
      { env = support.environment(), stdin = "pipe", stdout = "pipe" }))
    return p, tonumber(p.stdout:read())
  end

  -- With these options of the server.
  local SERVE <const> = [[
    local server = assert(require "smc.check".server { %s })
    io.stdout:setvbuf "line"
    print(server.port)
    server:serve()]]

  local function processor_ticks(pid)
    local file <close> = assert(io.open(("/proc/%d/stat"):format(pid)))
    local fields = support.words(file:read("a"):match(".*%)(.*)"))
    return tonumber(fields[12]) + tonumber(fields[13]) -- utime, stime
  end

  local function expect_served(port)
    local report = connect(port)
    assert.same({ "SMC", "SMC-D" }, { report.verdict, report.peer_mode })
  end

  it("serves a check beside a thousand clients that say nothing #smcd", function()
    local server <close>, port = serve()
    local first <close> = idle(port, 500)
    local second <close> = idle(port, 500, "socket") -- a function of ISM has no buffers for all of them
    -- With so much to do, an answer may come later than a check waits for it.
    for _ = 1, 3 do support.await(function() return connect(port).peer_mode == "SMC-D" end) end
    assert.is_number(server.pid + first.pid + second.pid)
  end)

  it("closes the client that was silent longest for one too many #smcd", function()
    local server <close>, port = start_limited(1000, SERVE:format "max_clients = 3")
    local crowd <close> = idle(port, 10)
    -- With so much to do, an answer may come later than a check waits for it.
    for _ = 1, 3 do support.await(function() return connect(port).peer_mode == "SMC-D" end) end
    assert.is_number(server.pid + crowd.pid)
  end)

  it("has as many clients as it may, and room again when they have gone #smcd", function()
    local events, clients, names = {}, {}, {}
    local server <close> = assert(require "smc.check".server { max_clients = 2,
      on_event = function(what, client) events[#events + 1] = what .. " " .. names[client.port] end })
    local function await(count)
      support.await(function()
        assert(server:step(0.01))
        return #events >= count
      end)
    end
    local function connect_as(name, count)
      clients[name] = assert(socket.connect("127.0.0.1", server.port))
      names[select(2, clients[name]:getsockname())] = name
      await(count)
      assert.is_true(server.count <= 2)
    end
    connect_as("a", 1)
    connect_as("b", 2)
    connect_as("c", 4) -- one too many: the oldest goes
    assert.equal(2, server.count)
    for _, name in ipairs { "b", "c" } do clients[name]:close() end
    await(6)
    assert.equal(0, server.count)
    connect_as("d", 7)
    connect_as("e", 8)
    assert.equal(2, server.count)
    assert.same({ "connected a", "connected b", "closed a", "connected c" }, table.move(events, 1, 4, 1, {}))
    assert.same({ "connected d", "connected e" }, table.move(events, 7, 8, 1, {}))
    for _, sock in pairs(clients) do sock:close() end
  end)

  it("serves a check when descriptors run out, and does not spin #smcd", function()
    local server <close>, port = start_limited(24, SERVE:format "")
    local crowd <close> = idle(port, 60)
    -- With so much to do, an answer may come later than a check waits for it.
    for _ = 1, 3 do support.await(function() return connect(port).peer_mode == "SMC-D" end) end
    local before = processor_ticks(server.pid)
    socket.sleep(2)
    assert.is_true(processor_ticks(server.pid) - before < 100) -- 200 are all that there were
    assert.is_number(crowd.pid)
  end)

  it("waits for descriptors when it has none and no client to close, and does not spin #smcd", function()
    local server <close>, port = start_limited(64, [[
      local socket = require "smc.socket"
      local full = 0
      local server = assert(require "smc.check".server { on_event = function(what, event)
        if what == "full" and event.message then full = full + 1 end
      end })
      io.stdout:setvbuf "line"
      print(server.port)
      local taken = {}
      for file in function() return io.open("/dev/null") end do taken[#taken + 1] = file end
      io.read()
      local ends, steps = socket.monotonic() + 2, 0
      while socket.monotonic() < ends do
        assert(server:step(0.1))
        steps = steps + 1
      end
      print(steps)
      print(full)
      for _, file in ipairs(taken) do file:close() end
      server:serve()]])
    local client <close> = assert(socket.connect("127.0.0.1", port))
    server.stdin:write("go\n")
    assert.is_true(tonumber(server.stdout:read()) < 100) -- 20 and a few
    assert.equal("1", server.stdout:read()) -- it says so once
    expect_served(port)
    assert.is_truthy(client)
  end)

  -- Clients as no check has them: each does its part of `count` connections, and holds them.
  local CROWD <const> = {
    rubbish = 'sock:send(("GET / HTTP/1.0\\r\\n\\r\\n"):rep(10))',
    flood = 'sock:settimeout(0) sock:send(("\\0"):rep(1 << 20))',
    ["half a request"] = 'sock:send("smc-check probe 1\\n")',
    ["no data after the request"] = 'sock:send(require "smc.check.protocol".request(1, { 70000 }))',
    ["no reading of the data"] = [[
      sock:settimeout(0)
      sock:send(require "smc.check.protocol".request(1, { 1 << 20 }))
      sock:send(require "smc.core.os".pseudorandom(1, 0, 1 << 20))]],
    ["messages that never come"] = [[
      sock:send(require "smc.check.protocol".request(1))
      sock:send("echo 1048576 10000000\\n")]],
  }

  local COUNT <const> = tonumber(os.getenv "SMC_CROWD" or 20) -- of each kind

  it("serves a check among all kinds of others, and holds nothing for them at the end #smcd", function()
    local server <close>, port = start_limited(4096, SERVE:format "idle_seconds = 5")
    local function descriptors()
      return #support.run({ "ls", ("/proc/%d/fd"):format(server.pid) }).stdout:gsub("[^\n]", "")
    end
    local before = descriptors()
    local crowd = {}
    for kind, act in pairs(CROWD) do
      local p = start_lua("-e", ([[
        local socket, held = require(%q), {}
        for i = 1, %d do
          local sock = assert(socket.connect("127.0.0.1", %d))
          held[i] = sock
          %s
        end
        print "there"
        io.read()]]):format(COUNT > 100 and "socket" or "smc.socket", COUNT, port, act))
      crowd[#crowd + 1] = p
      assert.equal("there", p.stdout:read(), kind)
    end
    -- With so much to do, an answer may come later than a check waits for it.
    for _ = 1, 3 do support.await(function() return connect(port).peer_mode == "SMC-D" end) end
    support.await(function() return descriptors() == before end)
    for _, p in ipairs(crowd) do p:close() end
    expect_served(port)
  end)

  it("gives no more time to a client that sends a byte now and then #smcd", function()
    local server <close>, port = start_limited(100, SERVE:format "idle_seconds = 1")
    local client <close> = assert(socket.connect("127.0.0.1", port))
    local request = "smc-check probe 1\n" .. ("."):rep(4000)
    local started, at, message = socket.monotonic(), 0
    client:settimeout(0.1)
    repeat
      at = at + 1
      client:send(request, at, at)
      message = select(2, client:receive(1))
    until message ~= "timeout" or socket.monotonic() > started + support.HANG
    assert.equal("closed", message)
    assert.is_true(at < #request)
    assert.is_number(server.pid)
  end)
end)
