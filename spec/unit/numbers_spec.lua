-- Numbers that no function may take for others: NaN as a time, and integers that are cut to an int.
local check = require "smc.check"
local diag = require "smc.diag"
local E = require "smc.errno"
local ism = require "smc.ism"
local netlink = require "smc.core.netlink"
local poller = require "smc.poller"
local process = require "smc.process"
local process_core = require "smc.core.process"
local os_core = require "smc.core.os"
local socket = require "smc.socket"
local support = require "support"
local socket_core = require "smc.core.socket"

local nan <const> = 0 / 0

-- The call must throw, blame the line it stands on, and say so.
local function refuses(call, expected)
  local ok, message = pcall(call)
  assert.is_false(ok, expected)
  local line = debug.getinfo(call, "S").linedefined
  assert.equal(("%s:%d: %s"):format(debug.getinfo(call, "S").short_src, line, expected), message)
end

describe("NaN as a number of seconds is refused by", function()
  local words <const> = "bad argument #%d to '%s' (number of seconds expected, got NaN)"
  local sock, waiting, child, ism_watch

  setup(function()
    sock = assert(socket.tcp { fallback = "tcp" })
    sock:connect("127.0.0.1", 1)
    waiting = assert(poller.new())
    child = assert(process.spawn { "sleep", "60" })
    ism_watch = assert(ism.watch())
  end)

  teardown(function()
    sock:close()
    waiting:close()
    ism_watch:close()
    child:kill("KILL")
    child:wait()
  end)

  for name, case in pairs {
    settimeout = { 1, function() sock:settimeout(nan) end },
    setstats = { 3, function() sock:setstats(1, 1, nan) end },
    select = { 3, function() socket.select(nil, nil, nan) end },
    sleep = { 1, function() socket.sleep(nan) end },
    wait = { 1, function() waiting:wait(nan) end },
    next = { 1, function() ism_watch:next(nan) end },
  } do
    it(name, function() refuses(case[2], words:format(case[1], name)) end)
  end

  it("waiting for a packet", function()
    local packets <close> = require "smc.core.packet".open("lo", require "smc.handshake.bpf".program(1))
    if not packets then return pending "packet sockets need a privilege" end
    refuses(function() packets:receive(nan) end, words:format(1, "receive"))
  end)

  it("waiting for a process", function()
    refuses(function() child:wait(nan) end, words:format(1, "wait"))
    refuses(function() process_core.wait(child.pid, nan) end, words:format(2, "wait"))
  end)

  it("options that are seconds", function()
    local option = "bad option '%s' (number of seconds expected, got NaN)"
    refuses(function() diag.watch { interval = nan } end, option:format("interval"))
    refuses(function() check.connect("127.0.0.1", 1, { timeout = nan }) end, option:format("timeout"))
    refuses(function() check.server { idle_seconds = nan } end, option:format("idle_seconds"))
    refuses(function() ism.power_on(0x50, { timeout = nan }) end, option:format("timeout"))
    refuses(function() sock:setoption("linger", { on = true, timeout = nan }) end,
      "bad argument #2 to 'setoption' (number of seconds expected, got NaN)")
  end)
end)

describe("a time that is large", function()
  it("does not overflow", function()
    local waiting <close> = assert(poller.new())
    local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
    local port = select(2, server:getsockname())
    assert(waiting:add(server, "r"))
    for _, seconds in ipairs { math.huge, 1e308, 2^53, 2^31, 2147483.648, 2147483.647 } do
      local client <close> = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
      for ready in assert(waiting:wait(seconds)) do assert.equal(server, ready) end
      assert.equal(server, socket.select({ server }, nil, seconds)[1])
      server:settimeout(seconds)
      local accepted <close> = assert(server:accept())
      accepted:settimeout(seconds)
      client:send("x")
      assert.equal("x", accepted:receive(1))
      local child = assert(process.spawn { "true" })
      assert.equal("exit", child:wait(seconds))
    end
  end)
end)

describe("a count of bytes", function()
  it("is what was set, or the smallest integer where none is that, and turns over", function()
    local client, accepted <close> = support.pair { fallback = "tcp" }
    local _ <close> = client
    for _, case in ipairs {
      { 1e308, math.mininteger }, { -1e308, math.mininteger }, { nan, math.mininteger },
      { math.huge, math.mininteger }, { 2^63, math.mininteger }, { 2^63 - 1024, math.maxinteger - 1023 },
      { 2^53, 1 << 53 }, { -1, -1 }, { 1.5, 1 },
    } do
      assert.equal(1, client:setstats(case[1], case[1]))
      assert.same({ case[2], case[2] }, { client:getstats(), (select(2, client:getstats())) })
    end
    client:setstats(nil, 2^63 - 1024)
    accepted:setstats(2^63 - 1024)
    assert.equal(2000, client:send(("x"):rep(2000)))
    assert.equal(("x"):rep(2000), accepted:receive(2000))
    assert.equal(math.mininteger + 976, (select(2, client:getstats())))
    assert.equal(math.mininteger + 976, (accepted:getstats()))
  end)
end)

describe("an integer that is no int is refused by", function()
  local waiting, unconnected, client

  setup(function()
    waiting, unconnected = assert(poller.new()), assert(socket.tcp())
    client = assert(socket.tcp { fallback = "tcp" })
    client:connect("127.0.0.1", 1)
  end)
  teardown(function() waiting:close() end)

  -- A descriptor, a process or a signal whose low 32 bits are one that there is.
  local function at(fd) return { getfd = function() return fd end } end

  for name, call in pairs {
    ["poller.read"] = function(number) poller.read(number, 1) end,
    ["poller:add"] = function(number) waiting:add(at(number), "r") end,
    ["poller:modify"] = function(number) waiting:modify(at(number), "r") end,
    ["poller:remove"] = function(number) waiting:remove(at(number)) end,
    ["traffic's size"] = function(number) socket_core.traffic(number) end,
    ["traffic's samples"] = function(number) socket_core.traffic(1, number) end,
    ["traffic's messages"] = function(number) socket_core.traffic(1):run(client, "ping", number, 1) end,
    ["offset of pseudorandom bytes"] = function(number) os_core.pseudorandom(1, number, 1) end,
    ["number of pseudorandom bytes"] = function(number) os_core.pseudorandom(1, 0, number) end,
    ["sock:setfd"] = function(number) socket.tcp():setfd(number) end,
    ["kill's process"] = function(number) process_core.kill(number, 0) end,
    ["kill's signal"] = function(number) process_core.kill(process_core.getpid(), number) end,
    ["interface_name"] = function(number) netlink.interface_name(number) end,
    ["pnet_add's port"] = function(number) netlink.pnet_add("NETA", nil, "mlx5_0", number) end,
    ["the option mark"] = function(number) unconnected:setoption("mark", number) end,
    ["wait's process"] = function(number) process_core.wait(number, 0) end,
  } do
    it(name, function()
      for _, number in ipairs { 1 << 32, (1 << 32) + 1, -(1 << 32), math.maxinteger, math.mininteger,
                                1.5, nan, math.huge, "x", {} } do
        assert.error_matches(function() call(number) end, "bad argument #", 1, true)
      end
    end)
  end

  it("interface_name, but for those of 32 bits, which a message of the kernel may have", function()
    for _, number in ipairs { 1 << 31, (1 << 32) - 1 } do
      assert.same({ nil, "cannot name the interface: No such device or address", E.ENXIO },
        { netlink.interface_name(number) })
    end
  end)

  it("select, which leaves such an object out", function()
    for _, number in ipairs { 1 << 32, (1 << 32) + 1, 1 << 31, nan, math.huge, -1 } do
      assert.same({ {}, {}, "timeout" }, { socket.select({ at(number) }, { at(number) }, 0) })
    end
  end)
end)

describe("what cannot be waited for is refused by", function()
  it("poller, in the caller's line", function()
    local waiting <close> = assert(poller.new())
    local words = "bad argument #1 to '%s' (socket or other object with getfd expected, got %s)"
    refuses(function() waiting:add(1, "r") end, words:format("add", "number"))
    refuses(function() waiting:add(nil, "r") end, words:format("add", "nil"))
    refuses(function() waiting:add({}, "r") end, words:format("add", "table"))
    refuses(function() waiting:add("text", "r") end, words:format("add", "string"))
    refuses(function() waiting:modify(1, "r") end, words:format("modify", "number"))
    refuses(function() waiting:remove(1) end, words:format("remove", "number"))
    refuses(function() waiting:wait("x") end,
      "bad argument #1 to 'wait' (number of seconds expected, got string)")
  end)
end)

describe("select", function()
  it("takes an array to its first nil, whatever its length says", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    assert(sock:connect("127.0.0.1", (select(2, server:getsockname()))))
    for _, length in ipairs { 0, 1 << 40, -1, 2^53, "x" } do
      local array = setmetatable({}, {
        __index = function(_, i) return i <= 2 and sock or nil end,
        __len = function() return length end,
      })
      assert.equal("timeout", (select(3, socket.select(array, nil, 0))))
      local _, writable = socket.select(nil, array, 5)
      assert.same({ sock, sock, [sock] = 2 }, writable)
    end
  end)
end)
