-- A write to sysfs that may block for ever: the process that makes it, seen in /proc.
local E = require "smc.errno"
local core = require "smc.core.sysfs"
local getpid = require "smc.core.process".getpid
local kill = require "smc.core.process".kill
local lfs = require "lfs"
local socket = require "smc.socket"
local support = require "support"

-- The process that has the pipe of this name open, or waits to open it, and is not this one.
local function writer_of(mark)
  for pid in lfs.dir "/proc" do
    local is_other = pid:find("^%d+$") and tonumber(pid) ~= getpid()
    local environ = is_other and io.open(("/proc/%s/environ"):format(pid))
    if environ then
      local text = environ:read("a") or ""
      environ:close()
      if text:find(mark, 1, true) and support.stat(pid).state ~= "Z" then return tonumber(pid) end
    end
  end
end

describe("a write that waits #native", function()
  local path, writing, writer

  -- Another process calls it, with a mark in its environment that the writer inherits.
  before_each(function()
    path = os.tmpname()
    assert(os.execute(("rm %s && mkfifo %s"):format(path, path)))
    local before = {}
    for pid in lfs.dir "/proc" do before[pid] = true end
    writing = assert(core.async_write(path, "1"))
    writer = support.await(function()
      for pid in lfs.dir "/proc" do
        local command = not before[pid] and pid:find("^%d+$") and io.open(("/proc/%s/cmdline"):format(pid))
        local own <close> = io.open "/proc/self/cmdline"
        if command then
          local text = command:read("a")
          command:close()
          if text ~= "" and text == own:read("a") then return tonumber(pid) end
        end
      end
    end)
  end)

  after_each(function()
    kill(writer, 9)
    writing:close()
    os.remove(path)
  end)

  it("is made by a process of its own session, which Ctrl-C does not reach", function()
    local own, its = support.stat(getpid()), support.stat(writer)
    assert.not_equal(own.session, its.session)
    assert.not_equal(own.group, its.group)
    assert.not_equal(getpid(), its.parent)
  end)

  it("leaves no child of ours behind", function()
    assert.equal(0, support.processes { parent = getpid(), states = "Z" })
  end)

  it("fails where the process that makes it is killed", function()
    kill(writer, 9)
    local ok, message, errno = writing:wait(support.HANG)
    assert.is_nil(ok)
    assert.equal(E.EIO, errno)
    assert.is_string(message)
    assert.error_matches(function() writing:wait(0) end, "already finished")
  end)

  it("is done as soon as somebody reads", function()
    assert.equal(E.ETIMEDOUT, select(3, writing:wait(0)))
    local reader <close> = assert(io.open(path, "r"))
    assert.equal("1", reader:read("a"))
    assert.is_true(writing:wait(support.HANG))
  end)
end)

describe("the process that writes", function()
  it("is told from one that failed where nobody waits for children", function()
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    assert.equal("true\n", support.run_by({ "env", "--ignore-signal=CHLD" }, ([[
      local writing = assert(require "smc.core.sysfs".async_write(%q, "7"))
      print(writing:wait(%d))]]):format(path, support.HANG)))
    assert.equal("7", support.read(path))
  end)

  it("holds no socket of ours open", function()
    local path, mark = os.tmpname(), "MARK_OF_SPEC=" .. os.tmpname()
    os.remove(mark:match("=(.*)"))
    assert(os.execute(("rm %s && mkfifo %s"):format(path, path)))
    local other <close> = assert(require "smc.process".spawn({ "env", mark, "LUA_PATH=" .. package.path,
      "LUA_CPATH=" .. package.cpath, "lua5.4", "-e", ([[
      local sock = assert(require "smc.socket".bind("127.0.0.1", 0, 32, { fallback = "tcp" }))
      local writing = assert(require "smc.core.sysfs".async_write(%q, "1"))
      print(select(2, sock:getsockname())) io.stdout:flush()
      io.read()]]):format(path) }, { stdin = "pipe", stdout = "pipe" }))
    local port = other.stdout:read("n")
    other:close()
    local writer = support.await(function() return writer_of(mark) end)
    -- Whoever comes next may have the port: nobody listens there any more.
    support.await(function()
      local sock, message = socket.connect("127.0.0.1", port, { fallback = "tcp" })
      if sock then sock:close() end
      return message == "connection refused"
    end)
    kill(writer, 9)
    os.remove(path)
  end)
end)
