-- Which processes hold sockets, read from /proc: this machine's, and trees made by hand.

local E = require "smc.errno"
local getpid = require "smc.core.process".getpid
local proc = require "smc.internal.proc"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local function inode_of(sock)
  local target = support.run({ "readlink", ("/proc/%d/fd/%d"):format(getpid(), sock:getfd()) }).stdout
  return math.tointeger(target:match("^socket:%[(%d+)%]\n$"))
end

-- Process 7 has the sockets 100, twice, and 200; process 12 has 200, and has no name any more; process 30 has
-- no descriptors, as one that has ended.
local FILES <const> = {
  ["7/comm"] = "seven \27[7m\n", ["7/fd/0"] = { "/dev/null" }, ["7/fd/3"] = { "socket:[100]" },
  ["7/fd/4"] = { "socket:[100]" }, ["7/fd/5"] = { "socket:[200]" }, ["7/fd/6"] = { "pipe:[300]" },
  ["12/fd/3"] = { "socket:[200]" }, ["113/fd/0"] = { "socket:[200]" }, ["113/comm"] = "last\n",
  ["30/stat"] = "30 (x) Z", ["self/fd/0"] = { "socket:[400]" },
}
local SEVEN <const>, LAST <const> = { pid = 7, name = "seven \27[7m" }, { pid = 113, name = "last" }

describe("the processes of sockets", function()
  local made

  setup(function() made = support.tree(FILES) end)
  teardown(function() getmetatable(made).__close(made) end)

  local function at(f, ...) return support.with_paths({ proc = made.root }, f, ...) end

  it("are all that hold one, each once", function()
    assert.same({ [100] = { SEVEN }, [200] = { SEVEN, LAST } }, at(proc.holders))
  end)

  it("are looked for of some sockets only", function()
    assert.same({ [100] = { SEVEN } }, at(proc.holders, { [100] = true, [999] = true }))
    assert.same({}, at(proc.holders, {}))
  end)

  it("are found the other way round", function()
    assert.same({ [100] = true, [200] = true }, at(proc.sockets, 7))
    assert.same({ nil, "there is no process 8", E.ESRCH }, { at(proc.sockets, 8) })
  end)

  it("are found on this machine", function()
    local sock <close> = assert(socket.tcp4 { fallback = "tcp" })
    assert(sock:bind("127.0.0.1", 0))
    local inode = inode_of(sock)
    assert.is_true(assert(proc.sockets(getpid()))[inode])
    local holders = assert(proc.holders { [inode] = true })
    assert.equal(getpid(), holders[inode][1].pid)
  end)

  it("have ended when they are children that were waited for", function()
    local child = assert(process.spawn { "true" })
    child:wait()
    assert.equal(E.ESRCH, select(3, proc.sockets(child.pid)))
  end)
end)
