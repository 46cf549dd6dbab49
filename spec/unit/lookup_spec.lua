-- The addresses of hosts, found while the program does something else.
local core = require "smc.core.socket"
local errno = require "smc.errno"
local poller = require "smc.poller"
local support = require "support"

-- Starts a lookup, and waits for its answer.
local function answer(host, version)
  local lookup <close> = assert(core.start_lookup(host, version))
  local waiting <close> = assert(poller.new())
  assert(waiting:add(lookup, "r"))
  assert.is_truthy(waiting:wait(support.HANG)())
  local addresses, message, number = lookup:addresses()
  local again = { lookup:addresses() }
  assert.same({ nil, errno.ECONNRESET }, { again[1], again[3] })
  return addresses, message, number
end

describe("a lookup", function()
  it("finds what the resolver finds", function()
    for host, version in pairs { ["127.0.0.1"] = 0, ["::1"] = 6, ["fe80::1%lo"] = 0, localhost = 4,
      ["::ffff:1.2.3.4"] = 0 } do
      assert.same(core.resolve(host, 1, version), answer(host, version))
    end
  end)

  it("fails as the resolver does", function()
    for _, case in ipairs { { "::1", 4 }, { "127.0.0.1", 6 }, { "", 0 }, { ("x"):rep(300), 0 } } do
      assert.same({ core.resolve(case[1], 1, case[2]) }, { answer(case[1], case[2]) }, case[1])
    end
  end)

  it("has no answer before there is one, and leaves nothing where nobody waits for it", function()
    local before = support.descriptors()
    for _ = 1, 50 do
      local lookup <close> = assert(core.start_lookup("localhost", 0))
      local addresses, _, number = lookup:addresses()
      assert.is_true(addresses ~= nil or number == errno.EINPROGRESS)
    end
    support.await(function() return support.descriptors() == before end)
  end)

  -- Whoever waits for a signal has blocked it: it ends the program if another thread takes it.
  it("leaves the signals of the program as they are, and takes none", function()
    assert.equal("alive\n", support.run_by({}, [[
      local core, process = require "smc.core.socket", require "smc.core.process"
      local function blocked()
        local file <close> = assert(io.open "/proc/thread-self/status")
        return file:read "a":match "SigBlk:%s*(%x+)"
      end
      local before = blocked()
      local signals = require "smc.poller".signals "USR1"
      for _ = 1, 200 do
        local lookup <close> = core.start_lookup("localhost", 0)
        process.kill(process.getpid(), process.signals.USR1)
        assert(signals:next() == "USR1")
      end
      signals:close()
      assert(blocked() == before)
      print "alive"]]))
  end)

  it("refuses what is not a host or a version, and a use after its end", function()
    assert.has_error(function() core.start_lookup("a\0b", 0) end)
    assert.has_error(function() core.start_lookup("localhost", 5) end)
    local lookup = assert(core.start_lookup("localhost", 0))
    lookup:close()
    assert.is_true(lookup:close())
    assert.has_error(function() lookup:addresses() end, "calling 'addresses' on bad self (closed)")
  end)
end)
