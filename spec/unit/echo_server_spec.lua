-- echo_server.lua over TCP, where calls of its fail; spec/kernel has the rest of it over SMC.

local core_process = require "smc.core.process"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local function free_port()
  local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
  return (select(2, server:getsockname()))
end

-- The server under strace(1), in which every third epoll_ctl(2) from the third on fails.
local function start(port)
  local argv = { "strace", "-qq", "-o", "/dev/null", "-e", "inject=epoll_ctl:error=ENOMEM:when=3+3",
    "lua5.4", "examples/echo_server.lua", "--host", "127.0.0.1", "--port", tostring(port),
    "--fallback", "tcp", "--max-clients", "2" }
  local server = assert(process.spawn(argv,
    { env = support.environment(), stdout = "pipe", stderr = "null" }))
  assert.matches("^listening on ", server.stdout:read())
  return server
end

local function is_served(port)
  local sock <close> = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
  sock:settimeout(support.HANG)
  sock:send("hello")
  local answer, message = sock:receive(5)
  assert.is_true(answer == "hello" or message == "closed", message)
  return answer ~= nil
end

describe("echo_server.lua", function()
  it("serves clients although epoll_ctl fails now and then", function()
    local port = free_port()
    local server <close> = start(port)
    local served = 0
    for _ = 1, 12 do served = served + (is_served(port) and 1 or 0) end
    assert.is_true(served >= 4 and served < 12, served)
    support.await(function() return is_served(port) end)
    local children <close> = assert(io.open(("/proc/%d/task/%d/children"):format(server.pid, server.pid)))
    assert(core_process.kill(children:read("n"), core_process.signals.TERM)) -- strace's child
    assert.matches("stopped by SIGTERM: %d+ clients", server.stdout:read("a"))
    assert.same({ "exit", 0 }, { server:wait(support.HANG) })
  end)
end)

describe("echo_server.py", function()
  it("serves the next client when one resets its connection", function()
    local port = free_port()
    local server <close> = assert(process.spawn({ "python3", "examples/echo_server.py", "127.0.0.1",
      tostring(port) }, { stderr = "null" }))
    local function connect()
      return socket.connect("127.0.0.1", port, { fallback = "tcp" })
    end
    for _ = 1, 3 do
      local sock = support.await(connect)
      assert(sock:setoption("linger", { on = true, timeout = 0 }))
      sock:send(("x"):rep(100000))
      sock:close()
    end
    assert.is_true(is_served(port))
    assert.is_nil(server:wait(0))
  end)
end)
