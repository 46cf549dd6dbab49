-- Bindings whose objects have something in the kernel, on any machine: what is left of them when memory runs
-- out in the middle.

local _, prepare = ...
if prepare then return {} end

local netlink = require "smc.core.netlink"
local os_core = require "smc.core.os"
local packet = require "smc.core.packet"
local poller = require "smc.poller"
local process = require "smc.process"
local process_core = require "smc.core.process"
local socket = require "smc.socket"
local sysfs = require "smc.core.sysfs"

local TCP <const> = { fallback = "tcp" }
local server = assert(socket.bind("127.0.0.1", 0, 128, TCP))
local port = select(2, server:getsockname())

local function pair()
  local client = assert(socket.connect("127.0.0.1", port, TCP))
  local accepted = assert(server:accept())
  accepted:settimeout(60)
  -- All the fields that it is going to have: a look stores what it got, for which there may be no memory.
  return { client = client, accepted = accepted, data = false, part = false, reported = false }
end

local function close(given)
  given.client:close()
  given.accepted:close()
end

-- A receive of that pattern of those bytes: they are there afterwards, if it did not give them.
local function receive(name, bytes, expected, ...)
  local arguments = table.pack(...)
  return { name = "receive of " .. name, right = expected:sub(1, 10),
    before = function()
      local given = pair()
      assert(given.client:send(bytes))
      given.client:shutdown("send")
      return given
    end,
    act = function(given)
      local data, message, part = given.accepted:receive(table.unpack(arguments, 1, arguments.n))
      given.data, given.part = data, part
      if data then return data end
      return nil, message, part
    end,
    after = function(given, one)
      local prefix = #(arguments[2] or "")
      local got = given.data or given.part or ""
      if not given.data and got ~= "" then got = got:sub(prefix + 1) end
      if not given.data then
        local rest = given.accepted:receive("*a") or ""
        assert(got .. rest == bytes, ("%d of %d bytes: %s"):format(#got + #rest, #bytes, one.text:sub(1, 50)))
      else
        assert(given.data == expected, "another answer")
      end
      close(given)
    end }
end

-- A poller with a connection, for which it waits in edge mode.
local function edge()
  local given = pair()
  given.poller = assert(poller.new())
  assert(given.poller:add(given.accepted, "r", true))
  given.client:send("x")
  return given
end

local function is_reported(given, sock)
  for ready in assert(given.poller:wait(60)) do
    if ready == sock then return true end
  end
end

local function nothing_to_do(given) close(given) end

return {
  { name = "socket.tcp4", look = function() return socket.tcp4(TCP):getfamily() end },
  { name = "socket.bind", right = "tcp{server}", look = function()
    local sock, message = socket.bind("127.0.0.1", 0, 1, TCP)
    if not sock then return nil, message end
    return sock.class
  end },
  { name = "socket.connect", right = "tcp{client}",
    look = function()
      local sock, message = socket.connect("127.0.0.1", port, TCP)
      if not sock then return nil, message end
      return sock.class
    end,
    after = function()
      server:settimeout(0)
      while server:accept() do end
      server:settimeout(nil)
    end },
  { name = "accept", right = "tcp{client}",
    before = function() return assert(socket.connect("127.0.0.1", port, TCP)) end,
    look = function()
      local sock, message = server:accept()
      return sock and sock.class, message
    end,
    after = function(client)
      server:settimeout(0)
      while server:accept() do end
      server:settimeout(nil)
      client:close()
    end },
  receive("a line", "one line\n", "one line", "*l"),
  receive("a line with its end", "one line\r\n", "one line\r\n", "*L"),
  receive("a line with carriage returns", ("a\rb"):rep(3000) .. "\r\n", ("ab"):rep(3000), "*l"),
  receive("a long line", ("x"):rep(100000) .. "\n", ("x"):rep(100000), "*l"),
  receive("a count", "0123456789", "0123456789", 10),
  receive("a large count", ("0123456789"):rep(20000), ("0123456789"):rep(20000), 200000),
  receive("a count with a prefix", "0123456789", "ab0123456789", 12, "ab"),
  receive("all", ("0123456789"):rep(10000), ("0123456789"):rep(10000), "*a"),
  receive("all with a prefix", ("0123456789"):rep(10000), "ab" .. ("0123456789"):rep(10000), "*a", "ab"),
  { name = "receiveany", right = "0123456789", before = function()
    local given = pair()
    given.client:send("0123456789")
    given.client:shutdown("send")
    return given
  end, act = function(given)
    local data, message = given.accepted:receiveany(100)
    given.data = data
    return data, message
  end, after = function(given)
    assert((given.data or given.accepted:receive("*a")) == "0123456789")
    close(given)
  end },
  { name = "options that wait", right = "true", look = function()
    local sock = socket.tcp(TCP)
    sock:setoption("linger", { on = true, timeout = 3 })
    sock:setoption("keepalive", true)
    local ok, message = sock:connect("127.0.0.1", port)
    if not ok then return nil, message end
    return sock:getoption("keepalive"), sock:getoption("linger")
  end, after = function()
    server:settimeout(0)
    while server:accept() do end
    server:settimeout(nil)
  end },
  { name = "names", right = "127.0.0.1", before = pair, act = function(given)
    local address, _, family = given.client:getpeername()
    return address, family, (given.accepted:getsockname())
  end, after = nothing_to_do },
  { name = "select", right = "1", before = function()
    local given = pair()
    given.client:send("x")
    return given
  end, act = function(given)
    local readable = socket.select({ given.accepted, server }, nil, 60)
    return #readable
  end, after = nothing_to_do },
  { name = "resolve", right = "127.0.0.1", look = function() return socket.resolve("127.0.0.1") end },
  { name = "poller.new", look = function()
    local made, message, errno = poller.new()
    if not made then return nil, message, errno end
    return made:close()
  end },
  { name = "poller:add", right = "true", before = function()
    local given = pair()
    given.poller = assert(poller.new())
    return given
  end, act = function(given) return given.poller:add(given.client, "w") end,
    after = function(given, one)
      if not one.returned then given.poller:add(given.client, "w") end
      assert(is_reported(given, given.client), "it is not waited for")
      assert(given.poller:remove(given.client))
      assert(given.poller:add(given.client, "w"))
      close(given)
      given.poller:close()
    end },
  { name = "poller:modify", right = "true", before = edge, act = function(given)
    return given.poller:modify(given.accepted, "w")
  end, after = function(given)
    assert(given.poller:modify(given.accepted, "rw"))
    assert(is_reported(given, given.accepted))
    close(given)
    given.poller:close()
  end },
  { name = "poller:remove", right = "true", before = edge, act = function(given)
    return given.poller:remove(given.accepted)
  end, after = function(given)
    given.poller:remove(given.accepted)
    assert(given.poller:add(given.accepted, "r"))
    close(given)
    given.poller:close()
  end },
  { name = "poller:wait", right = "true", before = edge, act = function(given)
    local next_ready, message, errno = given.poller:wait(60)
    if not next_ready then return nil, message, errno end
    given.reported = next_ready() == given.accepted
    return given.reported
  end, after = function(given)
    assert(given.reported or is_reported(given, given.accepted), "the event is lost")
    close(given)
    given.poller:close()
  end },
  { name = "a socket that is closed in a poller", right = "1", before = edge, act = function(given)
    return given.accepted:close()
  end, after = function(given)
    assert(given.accepted:getfd() == -1, "it is open")
    local ready = 0
    for _ in assert(given.poller:wait(0)) do ready = ready + 1 end
    assert(ready == 0)
    close(given)
    given.poller:close()
  end },
  { name = "poller.signals", right = "true", look = function()
    local signals, message, errno = poller.signals("USR1", "HUP")
    if not signals then return nil, message, errno end
    return signals:close()
  end },
  { name = "a signal", right = "USR1", before = function()
    local signals = assert(poller.signals("USR1"))
    process_core.kill(process_core.getpid(), process_core.signals.USR1)
    return { signals = signals, name = false }
  end, act = function(given)
    local name, message, errno = given.signals:next(60)
    given.name = name
    return name, message, errno
  end, after = function(given)
    assert((given.name or given.signals:next(60)) == "USR1")
    given.signals:close()
  end },
  { name = "process.spawn", right = "exit, 7", look = function()
    local child, message, errno = process.spawn({ "sh", "-c", "exit 7" },
      { stdin = "pipe", stdout = "pipe", stderr = "null", env = { A = "b" } })
    if not child then return nil, message, errno end
    return child:wait(60)
  end },
  { name = "process:wait", right = "exit, 7", before = function()
    return { child = assert(process.spawn { "sh", "-c", "exit 7" }) }
  end, act = function(given) return given.child:wait(60) end, after = function(given)
    local how, status = given.child:wait(60)
    assert(how == "exit" and status == 7, status)
  end },
  { name = "process:wait without a limit", right = "exit, 7", before = function()
    return { child = assert(process.spawn { "sh", "-c", "exit 7" }) }
  end, act = function(given) return given.child:wait() end, after = function(given)
    local how, status = given.child:wait()
    assert(how == "exit" and status == 7, status)
  end },
  { name = "process:close", right = "true", before = function()
    return { child = assert(process.spawn({ "sleep", "600" }, { stdout = "pipe" })) }
  end, act = function(given) return given.child:close() end },
  { name = "process:getfd", right = "true", before = function()
    return { child = assert(process.spawn { "true" }) }
  end, act = function(given)
    local fd, message, errno = given.child:getfd()
    if not fd then return nil, message, errno end
    return fd > 2
  end, after = function(given) assert(given.child:wait(60)) end },
  { name = "os.entries", right = "self", look = function()
    local names, message, errno = os_core.entries("/proc/self")
    if not names then return nil, message, errno end
    return #names > 10, "self"
  end },
  { name = "os.read", right = "hello", before = function()
    local child = assert(process.spawn({ "echo", "hello" }, { stdout = "pipe" }))
    assert(child:wait(60))
    return child
  end, act = function(child)
    local file = assert(io.open("/proc/self/fd/0"))
    file:close()
    return child.stdout:read(5)
  end, modes = { "gc" } },
  { name = "a timer", right = "true", look = function()
    local timer, message, errno = os_core.timer(0.001)
    if not timer then return nil, message, errno end
    local times
    times, message, errno = timer:receive(60)
    return times and times > 0, message, errno
  end },
  { name = "os.errors", look = function()
    local numbers = os_core.errors()
    return numbers.ENOENT
  end },
  { name = "sysfs.attributes", right = "mtu", look = function()
    return sysfs.attributes("/sys/class/net/lo", { "mtu", "nonesuch", "type" })
  end },
  { name = "sysfs.async_write", right = "true", look = function()
    local writing, message, errno = sysfs.async_write("/dev/null", "1")
    if not writing then return nil, message, errno end
    return writing:wait(60)
  end },
  { name = "sysfs.uevents", right = "timeout", look = function()
    local uevents, message, errno = sysfs.uevents()
    if not uevents then return nil, message, errno end
    local event
    event, message, errno = uevents:receive(0)
    if event or errno == require "smc.errno".ETIMEDOUT then return "timeout" end
    return nil, message, errno
  end },
  { name = "packet.open", right = "timeout", look = function()
    local program = require "smc.handshake.bpf".program(1)
    local packets, message, errno = packet.open("lo", program)
    if packets then
      local bytes
      bytes, message, errno = packets:receive(0)
      if bytes then return nil, "a packet to port 1" end
    end
    -- Without privileges there is no packet socket.
    local E = require "smc.errno"
    if errno == E.ETIMEDOUT or errno == E.EPERM then return "timeout" end
    return nil, message, errno
  end },
  { name = "netlink.inet_diag", right = "true", look = function()
    local iterator, message, errno = netlink.inet_diag(false, true)
    if not iterator then return nil, message, errno end
    local found = false
    for here in iterator do found = found or here == port end
    return found
  end },
  { name = "netlink.interface_name", right = "lo", look = function() return netlink.interface_name(1) end },
}
