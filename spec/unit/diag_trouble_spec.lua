-- smc.diag on any machine: damaged messages, errors, and the iterator's ends.

local E = require "smc.errno"
local diag = require "smc.diag"
local m = require "fuzz.messages"
local recorded = require "fuzz.recorded"
local support = require "support"

describe("smc.diag survives", function()
  -- Decodes as far as it goes; fails unless it ends in an error with words.
  local function broken(bytes)
    local iterator, message = recorded.sockets(bytes)
    local ok = true
    while iterator and ok do
      ok, message = pcall(iterator)
      if ok and not message then
        return false
      end
    end
    assert.match("cannot list the SMC sockets: .+: .+", message)
    return true
  end

  it("a message cut at every byte", function()
    for _, whole in ipairs { m.smcd(), m.smcd(77) } do
      assert.is_false(broken(whole))
      assert.is_false(broken(""))
      for size = 1, #whole - 1 do
        assert.is_true(broken(whole:sub(1, size)))
      end
    end
  end)

  it("a base struct cut at every byte", function()
    local base = m.base {}
    for size = 0, #base - 1 do
      assert.is_true(broken(m.message(20, base:sub(1, size))))
    end
    assert.is_false(broken(m.message(20, base)))
  end)

  it("attributes cut at every byte, in a message of the right length", function()
    local payload = m.smcd(77):sub(17)
    local bad = 0
    for size = 64, #payload do
      bad = bad + (broken(m.message(20, payload:sub(1, size))) and 1 or 0)
    end
    assert.is_true(bad > 100)
  end)

  it("every wrong length of a message and of an attribute", function()
    local whole = m.smcd(77)
    for length = 0, 65535, 7 do
      broken(string.pack("=I4", length) .. whole:sub(5))
      broken(whole:sub(1, 80) .. string.pack("=I2", length) .. whole:sub(83))
    end
    for _, length in ipairs { 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff1 } do
      assert.is_true(broken(string.pack("=I4", length) .. whole:sub(5)))
    end
  end)

  it("messages of another type", function()
    assert.is_true(broken(m.message(19, m.base {})))
    assert.is_false(broken(m.message(1, ""))) -- NLMSG_NOOP
    assert.is_true(broken(m.message(4, ""))) -- NLMSG_OVERRUN
  end)

  it("datagrams that are none", function()
    local ok, message = pcall(recorded.sockets, ("x"):rep(1 << 20))
    assert.is_false(ok)
    assert.match("longer than a datagram", message)
  end)

  it("a finalizer that closes the iterator in the middle of a record", function()
    local iterator
    local mt = {}
    mt.__gc = function() if iterator then iterator:close() end setmetatable({}, mt) end
    setmetatable({}, mt)
    local sockets = {}
    for i = 1, 100 do sockets[i] = m.smcd(nil, i) end
    local datagram = table.concat(sockets)
    for _ = 1, 200 do
      iterator = recorded.sockets(datagram)
      while iterator() do
        collectgarbage("step")
      end
    end
    mt.__gc = nil
  end)
end)

describe("smc.diag reports", function()
  it("what the kernel answers, before the loop", function()
    local iterator, message, errno = recorded.sockets(m.failure(2))
    assert.is_nil(iterator)
    assert.equal(E.ENOENT, errno)
    assert.match("^cannot list the SMC sockets: No such file or directory: ", message)
    iterator, message, errno = recorded.sockets(m.failure(1))
    assert.is_nil(iterator)
    assert.equal(E.EPERM, errno)
    assert.match("Operation not permitted", message, 1, true)
  end)

  it("what happens in the middle of the loop, as an error", function()
    for _, last in ipairs { m.failure(105), m.done(-105) } do
      local seen = 0
      local ok, message = pcall(function()
        for _ in assert(recorded.sockets(m.smcd() .. last)) do
          seen = seen + 1
        end
      end)
      assert.is_false(ok)
      assert.equal(1, seen)
      assert.match("^cannot list the SMC sockets: No buffer space available: ", message)
    end
  end)

  it("a dump that was interrupted", function()
    local interrupted = m.message(20, m.base {}, 2 | 0x10) .. m.done()
    local ok, message = pcall(function()
      for _ in assert(recorded.sockets(interrupted)) do end -- luacheck: ignore 542
    end)
    assert.is_false(ok)
    assert.match("try again", message, 1, true)
  end)

  it("the end, and again the end", function()
    local iterator = recorded.sockets(m.smcd() .. m.done() .. m.smcd())
    assert.is_table(iterator())
    assert.is_nil(iterator())
    assert.is_nil(iterator())
    iterator:close()
    iterator:close()
    assert.is_nil(iterator())
  end)
end)

describe("smc.diag asks the kernel", function()
  it("and has words for one without SMC", function()
    local iterator, message, errno = diag.sockets()
    if iterator then
      iterator:close()
      return -- this kernel has it: spec/kernel is its test
    end
    assert.equal("string", type(message))
    assert.match("cannot list the SMC sockets: ", message, 1, true)
    local why = require "smc.internal.kernel_module".why ""
    assert.match(": " .. why, message, 1, true)
    assert.equal(E.ENOENT, errno)
    local found
    found, message, errno = diag.find(1)
    assert.is_nil(found)
    assert.match(": " .. why, message, 1, true)
    assert.equal(E.ENOENT, errno)
  end)

  it("and leaves no descriptor behind, and has words for having none left", function()
    local out = support.run_by({ "sh", "-c", 'ulimit -n 20; exec "$@"', "sh" }, [[
      collectgarbage("stop")
      local diag = require "smc.diag"
      local E = require "smc.errno"
      for _ = 1, 100 do
        local iterator, message, errno = diag.sockets()
        if iterator then iterator:close() else assert(errno == E.ENOENT, message) end
      end
      local files = {}
      repeat
        local file = io.open("/dev/null")
        files[#files + 1] = file
      until not file
      local iterator, message, errno = diag.sockets()
      assert(not iterator and errno == E.EMFILE, message)
      print(message)
    ]])
    assert.equal("cannot list the SMC sockets: Too many open files\n", out)
  end)
end)
