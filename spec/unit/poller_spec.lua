local E = require "smc.errno"
local socket = require "smc.socket"
local support = require "support"

local function server()
  local sock = assert(socket.tcp { fallback = "tcp" })
  assert(sock:bind("127.0.0.1", 0))
  assert(sock:listen())
  return sock, select(2, sock:getsockname())
end

local function ready(poller, timeout)
  local found = {}
  for sock, events in assert(poller:wait(timeout)) do found[sock] = events end
  return found
end

local function registered(poller)
  local count = 0
  for _ in pairs(poller.entries) do count = count + 1 end
  return count
end

describe("smc.poller", function()
  it("tells who is ready for what", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    assert(poller:add(listener, "r"))
    assert.same({}, ready(poller, 0))
    local client <close> = assert(socket.tcp { fallback = "tcp" })
    assert(client:connect("127.0.0.1", port))
    assert.same({ [listener] = "r" }, ready(poller, 1))
    local accepted <close> = assert(listener:accept())
    assert(poller:add(accepted, "rw"))
    assert.same({ [accepted] = "w" }, ready(poller, 1))
    client:send("x")
    assert.same({ [accepted] = "rw" }, ready(poller, 1))
    assert(poller:modify(accepted, "r"))
    assert.same({ [accepted] = "r" }, ready(poller, 1))
    assert.equal(2, registered(poller))
    assert(poller:remove(accepted))
    assert.same({}, ready(poller, 0))
  end)

  it("reports a change once in edge mode", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    local client <close> = assert(socket.tcp { fallback = "tcp" })
    assert(client:connect("127.0.0.1", port))
    assert(listener:accept()):close()
    assert(poller:add(client, "w", true))
    assert.same({ [client] = "w" }, ready(poller, 1))
    assert.same({}, ready(poller, 0))
  end)

  it("forgets a socket that was closed", function()
    local poller <close> = assert(socket.poller())
    local listener = server()
    assert(poller:add(listener, "r"))
    listener:close()
    assert.equal(0, registered(poller))
    assert.same({}, ready(poller, 0))
  end)

  it("forgets a socket whose descriptor was given away, and knows the heir", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    local client = assert(socket.tcp { fallback = "tcp" })
    assert(client:connect("127.0.0.1", port))
    assert(poller:add(client, "w"))
    local fd = client:getfd()
    client:setfd(-1)
    assert.same({ 0, {} }, { registered(poller), ready(poller, 0) })
    local heir <close> = assert(listener:accept())
    local old = heir:getfd()
    assert(poller:add(heir, "w"))
    heir:setfd(fd)
    assert(poller:add(heir, "w"))
    assert.same({ [heir] = "w" }, ready(poller, 1))
    heir:setfd(old)
    assert.equal(0, registered(poller))
    local rest <close> = assert(socket.tcp { fallback = "tcp" })
    rest:setfd(fd)
  end)

  it("reports a socket that has bytes of its own, in edge mode too", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    local client <close> = assert(socket.tcp { fallback = "tcp" })
    assert(client:connect("127.0.0.1", port))
    local accepted <close> = assert(listener:accept())
    assert(poller:add(accepted, "r", true))
    client:send("one\ntwo\nthree\n")
    assert.same({ [accepted] = "r" }, ready(poller, 1))
    for _, line in ipairs { "one", "two", "three" } do
      assert.equal(line, accepted:receive())
      assert.same(line == "three" and {} or { [accepted] = "r" }, ready(poller, 0))
    end
    client:send("four\nfive\n")
    assert.equal("four", accepted:receive())
    local foreign <close> = assert(socket.poller())
    local wrapper = { getfd = function() return accepted:getfd() end, dirty = function() return true end }
    assert(foreign:add(wrapper, "rw"))
    assert.same({ [wrapper] = "rw" }, ready(foreign, 0))
    assert(poller:modify(accepted, "w"))
    assert.same({ [accepted] = "w" }, ready(poller, 1))
  end)

  -- An object that raises at the first look at a field, as for want of memory.
  local function raising(sock, field)
    local left = 1
    return setmetatable({ getfd = function() return sock:getfd() end }, { __index = function(_, key)
      if key == field and left > 0 then
        left = left - 1
        error("no memory", 0)
      end
    end })
  end

  it("has no descriptor in epoll that it does not know, after an error in the middle", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    local _ <close> = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
    local one = raising(listener, "dirty")
    assert.same({ false, "no memory" }, { pcall(poller.add, poller, one, "r") })
    assert.same({}, ready(poller, 0))
    assert(poller:add(one, "r"))
    assert.same({ [one] = "r" }, ready(poller, support.HANG))
    assert.same({ nil, "epoll_ctl: File exists", E.EEXIST }, { poller:add(one, "r") })
    assert.same({ [one] = "r" }, ready(poller, support.HANG))
    assert(poller:remove(one))
    assert(poller.epoll:add(listener:getfd(), "r")) -- however it came there
    assert.same({}, ready(poller, support.HANG))
    local started = socket.monotonic()
    assert.same({}, ready(poller, 0.05))
    assert.is_true(socket.monotonic() - started >= 0.05) -- it is not there any more
    assert(poller.epoll:add(listener:getfd(), "r"))
    assert(poller:add(listener, "r"))
    assert.same({ [listener] = "r" }, ready(poller, support.HANG))
  end)

  it("reports an event in edge mode that an error has kept from the caller", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    local one = raising(listener)
    assert(poller:add(one, "r", true))
    assert.same({}, ready(poller, 0))
    local _ <close> = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
    getmetatable(one).__index = function(self)
      getmetatable(self).__index = nil
      error("no memory", 0)
    end
    assert.same({ false, "no memory" }, { pcall(poller.wait, poller, support.HANG) })
    assert.same({ [one] = "r" }, ready(poller, support.HANG))
    assert.same({}, ready(poller, 0))
  end)

  it("waits for 10,000 descriptors, as far as this process may have them", function()
    local poller <close> = assert(socket.poller())
    local held = {}
    for i = 1, 10000 do
      local sock = socket.poller() -- a descriptor that is cheap
      if not sock then break end
      local waited = { getfd = function() return sock.epoll:getfd() end, sock = sock }
      held[i] = waited
      assert(poller:add(waited, "r"))
    end
    assert.is_true(#held > 200)
    assert.equal(#held, registered(poller))
    assert.same({}, ready(poller, 0))
    for _, waited in ipairs(held) do
      poller:remove(waited)
      waited.sock:close()
    end
    assert.equal(0, registered(poller))
  end)

  it("waits for signals", function()
    local process = require "smc.core.process"
    local poller <close> = assert(socket.poller())
    local signals <close> = assert(require("smc.poller").signals("USR1", "TERM"))
    assert(poller:add(signals, "r"))
    assert.same({ nil, "timeout", E.ETIMEDOUT }, { signals:next(0) })
    process.kill(process.getpid(), process.signals.TERM)
    assert.same({ [signals] = "r" }, ready(poller, 1))
    assert.equal("TERM", signals:next(0))
    assert.same({ nil, "timeout", E.ETIMEDOUT }, { signals:next(0.01) })
    assert.has_error(function() require("smc.poller").signals("NOSUCH") end)
  end)

  it("gives signals to a loop", function()
    local process = require "smc.core.process"
    local signals <close> = assert(require("smc.poller").signals("USR1", "USR2"))
    local list = {}
    process.kill(process.getpid(), process.signals.USR1)
    for name in signals do
      list[#list + 1] = name
      if name == "USR2" then break end
      process.kill(process.getpid(), process.signals.USR2)
    end
    assert.same({ "USR1", "USR2" }, list)
    signals:close()
    for _ in signals do error "a signal of a closed object" end
  end)

  it("has room for events on its stack, and the rest later", function()
    local core <const> = require "smc.core.poller"
    local poller <close> = assert(core.new())
    local timers, seen, events = {}, {}, {}
    for i = 1, 300 do
      timers[i] = assert(require "smc.core.os".timer(1e-6))
      assert(poller:add(timers[i]:getfd(), "r"))
    end
    finally(function() for _, timer in ipairs(timers) do timer:close() end end)
    for _ = 1, 12 do -- the kernel goes on behind those that it has given
      local n = assert(poller:wait(support.HANG, events))
      assert.is_true(n <= 256)
      for i = 1, n do seen[events[2 * i - 1]] = true end
    end
    for _, timer in ipairs(timers) do assert.is_true(seen[timer:getfd()]) end
  end)

  it("reads as many bytes as were asked for", function()
    local client, accepted <close> = support.pair { fallback = "tcp" }
    local _ <close> = client
    client:send "abcdef"
    local read = require "smc.poller".read
    assert.same({ "ab", "c" }, { read(accepted:getfd(), 2), read(accepted:getfd(), 1) })
    assert.equal("def", read(accepted:getfd(), 1 << 40))
  end)

  it("waits for a signal that comes later", function()
    local core = require "smc.core.process"
    local signals <close> = assert(require("smc.poller").signals("USR1"))
    local other <close> = assert(require("smc.process").spawn { "sh", "-c",
      ("sleep 0.2; kill -USR1 %d"):format(core.getpid()) })
    assert.equal("USR1", signals:next(support.HANG))
    assert.equal("exit", (other:wait(support.HANG)))
  end)

  it("waits for the end of a program #native", function()
    local process = require "smc.process"
    local poller <close> = assert(socket.poller())
    local program <close> = assert(process.spawn({ "cat" }, { stdin = "pipe" }))
    assert(poller:add(program, "r"))
    assert.same({}, ready(poller, 0))
    program.stdin:close()
    assert.same({ [program] = "r" }, ready(poller, support.HANG))
    assert.same({ "exit", 0 }, { program:wait(0) })
    assert.equal(-1, program:getfd())
    assert.same({}, ready(poller, 0))
    assert.equal(E.EBADF, select(3, poller:add(program, "r")))
  end)

  it("keeps a signal from the program as long as anybody waits for it", function()
    local process = require "smc.core.process"
    local first <close> = assert(require("smc.poller").signals("USR1"))
    local second = assert(require("smc.poller").signals("USR1", "USR2"))
    second:close()
    process.kill(process.getpid(), process.signals.USR1)
    assert.equal("USR1", first:next())
  end)

  it("leaves signals blocked that were blocked before, and those that somebody else waits for", function()
    local function blocked(words)
      return support.run_by({ "env", table.unpack(words) }, [[
        local poller = require "smc.poller"
        local function mask()
          for line in io.lines "/proc/self/status" do
            local hex = line:match("^SigBlk:%s*(%x+)")
            if hex then return tonumber(hex, 16) >> 9 & 1 end -- USR1 is 10
          end
        end
        local seen = { mask() }
        local one, other = poller.signals("USR1"), poller.signals("USR1", "USR2")
        seen[2] = mask()
        one:close()
        one:close()
        seen[3] = mask()
        other:close()
        seen[4] = mask()
        print(table.concat(seen))]])
    end
    assert.equal("0110\n", blocked {})
    assert.equal("1111\n", blocked { "--block-signal=USR1" })
  end)

  it("knows objects of other makers by their descriptors", function()
    local listener <close>, port = server()
    local client <close> = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
    local fd = client:getfd()
    local poller <close> = assert(socket.poller())
    local first <const> = { getfd = function() return fd end }
    assert(poller:add(first, "w"))
    assert.equal("w", ready(poller, support.HANG)[first])
    -- It is closed unseen, and the next one has its descriptor.
    poller.epoll:remove(fd)
    local second <const> = { getfd = function() return fd end }
    assert(poller:add(second, "w"))
    local found = ready(poller, support.HANG)
    assert.same({ "w", nil }, { found[second], found[first] })
    -- One that has given its descriptor away is not reported.
    function second.getfd() return -1 end
    assert.same({}, ready(poller, 0))
    assert(listener)
  end)

  it("does not wait where there are bytes already", function()
    local listener <close>, port = server()
    local client <close> = assert(socket.connect("127.0.0.1", port, { fallback = "tcp" }))
    local accepted <close> = assert(listener:accept())
    client:send("ab")
    assert.equal("a", accepted:receive(1))
    local poller <close> = assert(socket.poller())
    assert(poller:add(accepted, "r"))
    local started = socket.monotonic()
    assert.equal("r", ready(poller, support.HANG)[accepted])
    assert.is_true(socket.monotonic() - started < support.HANG)
  end)

  it("knows each signal by its name", function()
    for name, number in pairs { HUP = 1, INT = 2, TERM = 15, USR1 = 10, USR2 = 12 } do
      local signals <close> = assert(require "smc.poller".signals(name))
      local fd = signals:getfd()
      local mask
      for line in io.lines("/proc/self/fdinfo/" .. fd) do mask = mask or line:match("^sigmask:%s*(%x+)") end
      assert.equal(1 << number - 1, tonumber(mask, 16), name)
    end
  end)

  it("forgets another maker's object that was closed unseen, when its descriptor is used again", function()
    local luasocket = require "socket"
    local poller <close> = assert(socket.poller())
    local one = assert(luasocket.bind("127.0.0.1", 0))
    local fd, asked = one:getfd(), 0
    local function getfd() return fd end
    assert(poller:add({ getfd = getfd, dirty = function() asked = asked + 1 end }, "r"))
    assert.same({}, ready(poller, 0))
    assert.is_true(asked > 0)
    one:close()
    local two = assert(luasocket.bind("127.0.0.1", 0))
    assert.equal(fd, two:getfd())
    asked = 0
    assert(poller:add({ getfd = getfd }, "r"))
    assert.same({}, ready(poller, 0))
    assert.equal(0, asked)
    two:close()
  end)

  it("explains what it cannot do", function()
    local poller <close> = assert(socket.poller())
    local closed = assert(socket.tcp { fallback = "tcp" })
    support.fails("epoll_ctl", E.EBADF, poller:add(closed, "r"))
    assert.has_error(function() poller:add(closed, "x") end)
  end)

  it("leaves no descriptor behind", function()
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 100 do socket.poller() end
    collectgarbage()
    collectgarbage()
    assert.equal(before, support.descriptors())
  end)
end)
