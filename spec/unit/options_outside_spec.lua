-- Options of a socket as others see them: what is set is read by Python, whose numbers are libc's, and not by
-- the table that set it. The descriptor is LuaSocket's, which a program that is started inherits.
local luasocket = require "socket.core"
local socket = require "smc.socket"
local support = require "support"

local READER <const> = [[
import socket as s, sys
sock = s.socket(fileno=int(sys.argv[1]))
for words in sys.argv[2:]:
    level, name, size = words.split(":")
    value = sock.getsockopt(getattr(s, level), getattr(s, name), int(size))
    print(value.hex())
sock.detach()
]]

-- Each option with a value of its own, level and constant of Python's, and what the kernel has then, which
-- doubles the sizes of buffers: socket(7).
local OPTIONS <const> = {
  ["keepalive"] = { true, "SOL_SOCKET:SO_KEEPALIVE", 1 },
  ["reuseaddr"] = { true, "SOL_SOCKET:SO_REUSEADDR", 1 },
  ["reuseport"] = { false, "SOL_SOCKET:SO_REUSEPORT", 0 },
  ["priority"] = { 3, "SOL_SOCKET:SO_PRIORITY", 3 },
  ["recv-buffer-size"] = { 20000, "SOL_SOCKET:SO_RCVBUF", 40000 },
  ["send-buffer-size"] = { 30000, "SOL_SOCKET:SO_SNDBUF", 60000 },
  ["tcp-nodelay"] = { true, "IPPROTO_TCP:TCP_NODELAY", 1 },
  ["tcp-cork"] = { false, "IPPROTO_TCP:TCP_CORK", 0 },
  ["tcp-quickack"] = { false, "IPPROTO_TCP:TCP_QUICKACK", 0 },
  ["tcp-keepidle"] = { 33, "IPPROTO_TCP:TCP_KEEPIDLE", 33 },
  ["tcp-keepintvl"] = { 9, "IPPROTO_TCP:TCP_KEEPINTVL", 9 },
  ["tcp-keepcnt"] = { 7, "IPPROTO_TCP:TCP_KEEPCNT", 7 },
  ["tcp-user-timeout"] = { 12345, "IPPROTO_TCP:TCP_USER_TIMEOUT", 12345 },
  ["tcp-defer-accept"] = { 1, "IPPROTO_TCP:TCP_DEFER_ACCEPT", 1 },
}

-- What Python reads of options of a descriptor, as bytes.
local function read_outside(fd, words)
  local command = ("python3 -c '%s' %d %s"):format(READER, fd, table.concat(words, " "))
  local program <close> = assert(io.popen(command))
  local values = {}
  for line in program:lines() do
    values[#values + 1] = line:gsub("%x%x", function(hex) return string.char(tonumber(hex, 16)) end)
  end
  assert.equal(#words, #values)
  return values
end

-- A socket on a descriptor of LuaSocket's, which is closed with it.
local function on_luasockets()
  local theirs, sock = assert(luasocket.tcp4()), assert(socket.tcp { fallback = "tcp" })
  sock:setfd(theirs:getfd())
  return sock, theirs
end

local function let_go(sock, theirs)
  sock:setfd(-1)
  theirs:close()
end

describe("an option that is set", function()
  it("is the one of its name, for everybody", function()
    local sock, theirs = on_luasockets()
    finally(function() let_go(sock, theirs) end)
    local names, words = {}, {}
    for name, option in pairs(OPTIONS) do
      assert.equal(1, sock:setoption(name, option[1]), name)
      names[#names + 1], words[#words + 1] = name, option[2] .. ":4"
    end
    for i, bytes in ipairs(read_outside(theirs:getfd(), words)) do
      assert.equal(OPTIONS[names[i]][3], (string.unpack("=i4", bytes)), names[i])
    end
    for name, option in pairs(OPTIONS) do -- and read back as it was set, or doubled
      local value = sock:getoption(name)
      assert.equal(math.type(value) and option[3] or option[1], value, name)
    end
  end)

  it("is one at a time: no other changes", function()
    for name, other in pairs {
      reuseaddr = "reuseport", reuseport = "reuseaddr", ["tcp-cork"] = "tcp-nodelay",
    } do
      local sock, theirs = on_luasockets()
      assert.equal(1, sock:setoption(name, true))
      local bytes = read_outside(theirs:getfd(), { OPTIONS[name][2] .. ":4", OPTIONS[other][2] .. ":4" })
      assert.equal(1, (string.unpack("=i4", bytes[1])), name)
      assert.equal(0, (string.unpack("=i4", bytes[2])), other)
      let_go(sock, theirs)
    end
  end)

  it("is one of LuaSocket's, with its value", function()
    local sock, theirs = on_luasockets()
    finally(function() let_go(sock, theirs) end)
    assert(sock:setoption("linger", { on = true, timeout = 3 }))
    assert.same({ on = true, timeout = 3 }, theirs:getoption("linger"))
    for seconds, expected in pairs { [-1] = math.maxinteger, [1e300] = math.maxinteger, [2.9] = 2 } do
      assert(sock:setoption("linger", { on = true, timeout = seconds }))
      -- The kernel has it in clock ticks: at most so many seconds as it can count.
      local read = theirs:getoption("linger").timeout
      assert.is_true(expected == 2 and read == 2 or expected > 2 and read > 1 << 20, seconds)
    end
  end)

  it("is a large number, where it is too large for an int", function()
    local sock, theirs = on_luasockets()
    finally(function() let_go(sock, theirs) end)
    -- Larger than any limit of the kernel's, which it cuts: never a negative number, which would be small.
    assert(sock:setoption("recv-buffer-size", 1 << 33))
    assert.is_true(sock:getoption("recv-buffer-size") > 100000)
    assert.same({ nil, "Invalid argument" }, { sock:setoption("tcp-keepidle", 1e300) })
  end)

  it("has a name of an interface that fits with its zero byte", function()
    local sock, theirs = on_luasockets()
    finally(function() let_go(sock, theirs) end)
    assert.error_matches(function() sock:setoption("bindtodevice", ("x"):rep(16)) end, "name of an interface")
    assert.same({ nil, "No such device" }, { sock:setoption("bindtodevice", ("x"):rep(15)) })
  end)

  it("is a mark of 32 bits", function()
    local sock, theirs = on_luasockets()
    finally(function() let_go(sock, theirs) end)
    for _, mark in ipairs { -1, 1 << 32 } do
      assert.error_matches(function() sock:setoption("mark", mark) end, "32 bits")
    end
    local ok, message = sock:setoption("mark", 0xfffffffe)
    if not ok then return assert.equal("Operation not permitted", message) end -- a user without privileges
    local bytes = read_outside(theirs:getfd(), { "SOL_SOCKET:SO_MARK:4" })
    assert.equal(0xfffffffe, (string.unpack("=I4", bytes[1])))
  end)
end)

describe("a backlog", function()
  -- The queue's length, as ss(8) shows it.
  local function queue_of(backlog)
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    assert(sock:bind("127.0.0.1", 0))
    assert(sock:listen(backlog))
    local shown = support.run { "env", "-u", "LD_PRELOAD", "ss", "-ltnH",
      "sport = :" .. select(2, sock:getsockname()) }
    return tonumber(shown.stdout:match "^%s*LISTEN%s+0%s+(%d+)")
  end

  it("is a number, of which the kernel takes as much as it allows", function()
    local most = tonumber(support.read "/proc/sys/net/core/somaxconn")
    for backlog, expected in pairs { [0] = 0, [7] = 7, [-1] = most, [(1 << 32) + 3] = most } do
      assert.equal(expected, queue_of(backlog), backlog)
    end
    assert.equal(32, queue_of())
  end)
end)

describe("the socket of smc.bind", function()
  it("can be bound again at once, and no other does so by accident", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 32, { fallback = "tcp" }))
    assert.is_true(server:getoption("reuseaddr"))
    assert.is_false(server:getoption("reuseport"))
  end)
end)
