-- What a call leaves behind that ends early, or ends well: descriptors, while nothing is collected; and which
-- descriptors a program that is started would inherit.
local core = {}
for _, name in ipairs { "os", "poller", "process", "socket", "sysfs" } do
  core[name] = require("smc.core." .. name)
end
local E = require "smc.errno"
local ism = require "smc.ism"
local lfs = require "lfs"
local poller = require "smc.poller"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local FALLBACK <const> = { fallback = "tcp" }

describe("no descriptor is left", function()
  local sleeper, server, port

  setup(function()
    sleeper = assert(process.spawn { "sleep", "600" })
    server = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
    port = select(2, server:getsockname())
  end)

  teardown(function()
    sleeper:close()
    server:close()
  end)

  for what, call in pairs {
    ["by a wait with a limit"] = function() sleeper:wait(0) end,
    ["by a connection from an address that is not ours"] = function()
      assert(not socket.connect("127.0.0.1", port, "203.0.113.1", 0, FALLBACK))
    end,
    ["by one of a family, which has a descriptor before"] = function()
      assert(not socket.connect4("127.0.0.1", port, "203.0.113.1", 0, FALLBACK))
      assert(not socket.connect6("::1", port, "2001:db8::1", 0, FALLBACK))
    end,
    ["by a connection that is refused"] = function() assert(not socket.connect("127.0.0.1", 1, FALLBACK)) end,
    ["by a local address of another family"] = function()
      assert(not socket.connect("127.0.0.1", 1, "::1", 0, FALLBACK))
    end,
    ["by an address that is in use"] = function() assert(not socket.bind("203.0.113.1", 0, 1, FALLBACK)) end,
    ["by a new attempt in place of a failed one"] = function()
      local sock <close> = socket.tcp(FALLBACK)
      for _ = 1, 3 do sock:connect("127.0.0.1", 1) end
    end,
    ["by a probe"] = core.socket.probe,
    ["by a program that is not there #native"] = function()
      assert(not process.spawn({ "/nonexistent" }, { stdin = "pipe", stdout = "pipe", stderr = "pipe" }))
    end,
    ["by attributes"] = function()
      assert(core.sysfs.attributes("/sys/kernel", { "nosuch", "uevent_seqnum" }))
    end,
    ["by attributes of nothing"] = function() assert(not core.sysfs.attributes("/sys/nosuch", { "x" })) end,
    ["by a list of a directory"] = function() assert(core.os.entries("/proc/self")) end,
    ["by a list of functions"] = function() assert(ism.list { all = true }) end,
    ["by a watch that was closed"] = function() assert(ism.watch()):close() end,
    ["by a poller and signals"] = function()
      poller.new():close()
      poller.signals("USR1"):close()
    end,
    ["by a timer"] = function() core.os.timer(1):close() end,
    ["by a socket that was closed, and its client"] = function()
      local client = assert(socket.connect("127.0.0.1", port, FALLBACK))
      assert(server:accept()):close()
      client:close()
    end,
  } do
    it(what, function() assert.equal(0, support.descriptors_left_by(call, 10)) end)
  end

  it("by pipes for which there are not enough descriptors", function()
    local out = support.run_by({ "sh", "-c", 'ulimit -n 40; exec "$@"', "sh" }, [[
      local process = require "smc.process"
      local function spawn()
        return process.spawn({ "true" }, { stdin = "pipe", stdout = "pipe", stderr = "pipe" })
      end
      assert(spawn()):close() -- loads what it needs
      collectgarbage()
      collectgarbage("stop")
      local function hold_all()
        local held, file = {}, io.open("/dev/null")
        while file do held[#held + 1], file = file, io.open("/dev/null") end
        return held
      end
      local held, failures = hold_all(), 0
      for free = 0, 12 do
        local started = spawn()
        if started then started:close() else failures = failures + 1 end
        if started then collectgarbage() end -- its pipes are files of Lua's
        local room = hold_all()
        if #room ~= free then print(free, #room) end
        for _, file in ipairs(room) do file:close() end
        table.remove(held):close()
      end
      print(failures)]])
    assert.matches("^%d+\n$", out)
    assert.is_true(tonumber(out) >= 6 and tonumber(out) <= 12)
  end)

  it("by a program that other code waited for #native", function()
    local program = assert(process.spawn { "true" })
    local before = support.descriptors()
    assert.is_true(program:getfd() >= 0)
    core.process.wait(program.pid)
    assert.equal(E.ECHILD, select(3, program:wait(support.HANG)))
    assert.equal(before, support.descriptors())
    assert.equal(-1, program:getfd())
    assert.equal(E.ECHILD, select(3, program:wait(0)))
  end)

  it("by a program that has ended, and was waited for by its descriptor #native", function()
    local program = assert(process.spawn { "true" })
    local before = support.descriptors()
    assert.is_true(program:getfd() >= 0)
    assert.same({ "exit", 0 }, { program:wait(support.HANG) })
    assert.equal(before, support.descriptors())
    assert.equal(-1, program:getfd())
  end)
end)

describe("a descriptor is closed in a program that is started", function()
  local O_CLOEXEC <const> = 0x80000

  -- The flags of each. What the look itself has open is closed, and absent, when its turn comes.
  local function open_descriptors()
    local names, found = {}, {}
    for name in lfs.dir "/proc/self/fd" do names[#names + 1] = name:match("^%d+$") end
    for _, name in ipairs(names) do found[name] = support.flags(name) end
    return found
  end

  -- The descriptors that the call made have the flag, and there are some.
  local function check(call)
    collectgarbage()
    local before = open_descriptors()
    local kept = table.pack(call())
    local new = 0
    for name, flags in pairs(open_descriptors()) do
      if before[name] == nil then
        new = new + 1
        assert.is_true(flags & O_CLOEXEC ~= 0, name)
      end
    end
    assert.is_true(new > 0)
    for i = 1, kept.n do
      if kept[i] then kept[i]:close() end -- luassert gives more values than there are
    end
  end

  for what, call in pairs {
    ["of a socket"] = function() return assert(socket.tcp4(FALLBACK)) end,
    ["of a client that was accepted"] = function()
      local server = assert(socket.bind("127.0.0.1", 0, 32, FALLBACK))
      local client = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), FALLBACK))
      return server, client, assert(server:accept())
    end,
    ["of a poller"] = function() return assert(core.poller.new()) end,
    ["of signals"] = function() return assert(poller.signals("USR1")) end,
    ["of a timer"] = function() return assert(core.os.timer(1)) end,
    ["of uevents"] = function() return assert(core.sysfs.uevents()) end,
    ["of a process #native"] = function() return assert(core.process.pidfd(core.process.getpid())) end,
    ["of pipes"] = function()
      return assert(process.spawn({ "sleep", "600" }, { stdin = "pipe", stdout = "pipe", stderr = "pipe" }))
    end,
    ["of a slot that is written to"] = function()
      local path = os.tmpname()
      os.execute("rm " .. path .. " && mkfifo " .. path) -- where a write waits
      local writing = assert(core.sysfs.async_write(path, "1"))
      return writing, { close = function() -- the writer ends
        assert(io.open(path, "r")):close()
        os.remove(path)
      end }
    end,
  } do
    it(what, function() check(call) end)
  end
end)
