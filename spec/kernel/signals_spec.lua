-- Signals in the middle of calls that wait, over SMC-D and over a fallback to TCP.
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local function lua(code, preload)
  local argv = { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "lua5.4", "-e", code }
  if preload then table.insert(argv, 2, "LD_PRELOAD=" .. preload) end
  return assert(process.spawn(argv, { stdin = "null", stdout = "pipe", stderr = "pipe" }))
end

-- What waits without end, with a connection `sock` whose peer is silent.
local WAITING <const> = {
  "sock:receive()", "sock:receive(100000)", "sock:receive('*a')", "sock:receiveany(10)",
  "sock:send(('x'):rep(16 << 20))", "socket.select({ sock })", "socket.sleep(60)",
  "socket.bind('127.0.0.1', 0):accept()", "assert(socket.connect('10.98.0.2', 80))",
}

describe("signals", function()
  local folder = assert(os.getenv "TMPDIR" or "/tmp") .. "/signals"
  local alarms, data = folder .. "/alarms.so", folder .. "/data"

  -- 10.98.0.2 is a host that never answers.
  setup(function()
    assert(os.execute(([[
      mkdir -p %s && cc -shared -fPIC -o %s spec/kernel/programs/alarms.c &&
      head -c 32M /dev/urandom >%s &&
      ip link add silent type veth peer name void && ip address add 10.98.0.1/24 dev silent &&
      ip link set silent up && ip link set void up &&
      ip neighbour add 10.98.0.2 lladdr 02:00:00:00:00:02 dev silent]]):format(folder, alarms, data)))
  end)

  teardown(function() assert(os.execute("ip link del silent; rm -r " .. folder)) end)

  for mode, name in pairs { ["SMC-D"] = "smc.socket", TCP = "socket" } do
    describe("over " .. mode .. (mode == "SMC-D" and " #smcd" or ""), function()
      local server, port

      -- A program with a connection `sock` to us, and our end of it.
      local function connected(code, preload)
        local program = lua(([[
          local socket = require "smc.socket"
          local sock = assert(socket.connect("127.0.0.1", %d))
          io.stdout:setvbuf("line")
          print(sock:mode())
          %s]]):format(port, code), preload)
        local peer = assert(server:accept())
        assert.equal(mode, program.stdout:read())
        return program, peer
      end

      setup(function()
        server = assert(require(name).bind("127.0.0.1", 0))
        port = math.tointeger(tonumber((select(2, server:getsockname()))))
      end)

      teardown(function() server:close() end)

      it("of Ctrl-C end every call that waits", function()
        local programs = {}
        for i, call in ipairs(WAITING) do
          local program, peer = connected(("print(pcall(function() return %s end))"):format(call))
          programs[i] = { program = program, peer = peer }
        end
        socket.sleep(0.2)
        for i, waiting in ipairs(programs) do
          support.await_sleep(waiting.program.pid)
          assert.is_nil((waiting.program:wait(0)), WAITING[i] .. " does not wait")
          assert(waiting.program:kill("INT"))
          assert.matches("^false\t.*interrupted!", waiting.program.stdout:read(), WAITING[i])
          assert.same({ "exit", 0 }, { waiting.program:wait(support.HANG) })
          waiting.peer:close()
        end
      end)

      it("of Ctrl-C leave a connection that goes on", function()
        local program <close>, peer = connected [[
          print(pcall(sock.receive, sock, 5))
          print(sock:receive(5))
          sock:send("thanks")]]
        socket.sleep(0.2)
        support.await_sleep(program.pid)
        program:kill("INT")
        assert.matches("interrupted!", program.stdout:read())
        peer:send("hello")
        assert.matches("^hello", program.stdout:read())
        assert.equal("thanks", peer:receive(6))
        peer:close()
      end)

      it("that come all the time neither end nor lengthen what has a limit", function()
        local program <close>, peer = connected([[
          local function limited(name, call)
            local started = socket.monotonic()
            local results = table.pack(call())
            print(name, results[results.n], socket.monotonic() - started)
          end
          local server = assert(socket.bind("127.0.0.1", 0))
          server:settimeout(0.5)
          sock:settimeout(0.5)
          limited("receive", function() return select(2, sock:receive(1)), nil end)
          limited("line", function() return (select(2, sock:receive())) end)
          limited("accept", function() return server:accept() end)
          limited("select", function() return socket.select({ sock }, nil, 0.5) end)
          limited("sleep", function() return socket.sleep(0.5), "timeout" end)
          local much = ("x"):rep(16 << 20)
          limited("send", function() return (select(2, sock:send(much))) end)]], alarms)
        local calls = 0
        for line in program.stdout:lines() do
          local call, message, seconds = line:match("(%S+)\t(%S+)\t(%S+)")
          calls = calls + 1
          if call ~= "receive" then assert.equal("timeout", message, call) end
          assert.is_true(tonumber(seconds) >= 0.5 and tonumber(seconds) < support.HANG, line)
        end
        assert.equal(6, calls)
        assert.is_true(tonumber(program.stderr:read("a"):match("(%d+) alarms")) > 6)
        peer:close()
      end)
    end)
  end

  -- echo_server.lua and send_data.lua, with what is done to them meanwhile.
  local function transfer(preload, disturb)
    local env = { LUA_PATH = package.path, LUA_CPATH = package.cpath, PATH = os.getenv "PATH",
      LD_PRELOAD = preload }
    local pipes = { env = env, stdin = "null", stdout = "pipe", stderr = "pipe" }
    local server <close> = assert(process.spawn({ "lua5.4", "examples/echo_server.lua", "--host", "127.0.0.1",
      "--port", "12402", "--quiet" }, pipes))
    server.stdout:read()
    local client <close> = assert(process.spawn({ "lua5.4", "examples/send_data.lua", "--port", "12402",
      "--file", data }, pipes))
    disturb(server, client)
    local text = client.stderr:read("a")
    assert.same({ "exit", 0 }, { client:wait() }, text)
    assert.matches("connected over SMC%-D\n33554432 bytes sent, all came back", text)
    return text
  end

  it("that come all the time change nothing of 32 MiB #smcd", function()
    local text = transfer(alarms, function() end)
    assert.is_true(tonumber(text:match("(%d+) alarms")) > 0, text)
  end)

  it("of stopping and going on change nothing of 32 MiB #smcd", function()
    local times = 0
    transfer(nil, function(server, client)
      while not client:wait(0.02) do
        for _, program in ipairs { server, client } do
          program:kill("STOP")
          socket.sleep(0.02)
          program:kill("CONT")
          times = times + 1
        end
      end
    end)
    assert.is_true(times > 0)
  end)
end)
