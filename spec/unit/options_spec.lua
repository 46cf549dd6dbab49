-- Options that are set before there is a descriptor: told, kept from the caller's hands, and named where
-- one of them is why none can be made.
local socket = require "smc.socket"

local fallback <const> = { fallback = "tcp" }

-- Each option with two values that it can have, and what each is read back as.
local VALUES <const> = {
  ["bindtodevice"] = { "lo", "" }, ["keepalive"] = { true, false }, ["reuseaddr"] = { true, false },
  ["reuseport"] = { true, false }, ["tcp-nodelay"] = { true, false }, ["tcp-cork"] = { true, false },
  ["tcp-quickack"] = { true, false }, ["ipv6-v6only"] = { true, false }, ["limit-smc-hs"] = { true, false },
  ["linger"] = { { on = true, timeout = 3 }, { on = false, timeout = 0 } },
  ["mark"] = { 7, 0xffffffff }, ["priority"] = { 3, 0 }, ["recv-buffer-size"] = { 100000, 5000 },
  ["send-buffer-size"] = { 100000, 5000 }, ["tcp-defer-accept"] = { 5, 0 }, ["tcp-fastopen"] = { 5, 0 },
  ["tcp-fastopen-connect"] = { 1, 0 }, ["tcp-keepcnt"] = { 4, 5 }, ["tcp-keepidle"] = { 33, 34 },
  ["tcp-keepintvl"] = { 9, 10 }, ["tcp-user-timeout"] = { 12000, 0 },
}

-- Options that the kernel refuses when the descriptor is made, and its words.
local REFUSED <const> = {
  { "tcp-keepidle", 99999999, "Invalid argument" }, { "tcp-keepcnt", 128, "Invalid argument" },
  { "tcp-keepintvl", 0, "Invalid argument" }, { "bindtodevice", "nosuch0", "No such device" },
  { "ipv6-v6only", true, "this socket has no such option: wrong family, or not in this kernel" },
}

describe("an option that is set before there is a descriptor", function()
  local server, port

  setup(function()
    server = assert(socket.bind("127.0.0.1", 0, fallback))
    port = select(2, server:getsockname())
  end)

  teardown(function() server:close() end)

  it("is told, as it is then", function()
    for name, values in pairs(VALUES) do
      local sock <close> = assert(socket.tcp(fallback))
      local value, message = sock:getoption(name)
      assert.is_nil(value, name)
      assert.matches("option '" .. name .. "' was not set, and there is no descriptor yet", message, 1, true)
      for _, given in ipairs(values) do
        assert.equal(1, sock:setoption(name, given), name)
        assert.same(given, sock:getoption(name), name)
      end
      assert.equal(-1, sock:getfd())
    end
    local sock <close> = assert(socket.tcp(fallback))
    assert.is_nil((sock:getoption("error")))
    assert.equal(1, sock:setoption("tcp-keepidle", "33.5"))
    assert.equal(33, sock:getoption("tcp-keepidle"))
  end)

  it("is the largest or the smallest int, where it is beyond", function()
    local numbers = 0
    for name, values in pairs(VALUES) do
      if math.type(values[1]) and name ~= "mark" then
        numbers = numbers + 1
        for given, kept in pairs {
          [1e300] = 0x7fffffff, [math.huge] = 0x7fffffff, [0x80000000] = 0x7fffffff,
          [0x7fffffff] = 0x7fffffff, [0x7ffffffe] = 0x7ffffffe,
          [-1e300] = -0x80000000, [-0x80000001] = -0x80000000,
          [-0x80000000] = -0x80000000, [-1] = -1, [2.9] = 2, [-2.9] = -2,
        } do
          local sock <close> = assert(socket.tcp(fallback))
          assert.equal(1, sock:setoption(name, given))
          assert.equal(kept, sock:getoption(name), name)
        end
        local sock <close> = assert(socket.tcp(fallback))
        assert.error_matches(function() sock:setoption(name, 0 / 0) end, "NaN")
      end
    end
    assert.equal(10, numbers)
  end)

  it("is not the caller's table", function()
    local sock <close> = assert(socket.tcp(fallback))
    local linger = { on = true, timeout = 3 }
    assert.equal(1, sock:setoption("linger", linger))
    linger.on, linger.timeout = nil, "x"
    sock:getoption("linger").timeout = 5
    assert.same({ on = true, timeout = 3 }, sock:getoption("linger"))
    assert.equal(1, sock:connect("127.0.0.1", port))
    assert.same({ on = true, timeout = 3 }, sock:getoption("linger"))
    server:accept():close()
  end)

  it("is named where it is why bind or connect fails, and can be corrected", function()
    for _, case in ipairs(REFUSED) do
      local name, value, words = table.unpack(case)
      for method, where in pairs { bind = 0, connect = port } do
        local sock <close> = assert(socket.tcp(fallback))
        assert.equal(1, sock:setoption("keepalive", true))
        assert.equal(1, sock:setoption(name, value))
        for _ = 1, 2 do
          local answer = { sock[method](sock, "127.0.0.1", where) }
          assert.same({ nil, ("option '%s': %s"):format(name, words) }, answer)
        end
        assert.equal(value, sock:getoption(name))
        if name ~= "ipv6-v6only" then
          assert.equal(1, sock:setoption(name, VALUES[name][1]))
          assert.same({ 1 }, { sock[method](sock, "127.0.0.1", where) })
          assert.is_true(sock:getoption("keepalive"))
          if method == "connect" then server:accept():close() end
        end
      end
    end
  end)

  it("is not named for a failure that it has nothing to do with", function()
    local sock <close> = assert(socket.tcp(fallback))
    assert.equal(1, sock:setoption("keepalive", true))
    assert.same({ nil, "connection refused" }, { sock:connect("127.0.0.1", 1) })
    local other <close> = assert(socket.tcp(fallback))
    assert.equal(1, other:setoption("reuseaddr", false))
    assert.same({ nil, "address already in use" }, { other:bind("127.0.0.1", port) })
  end)
end)
