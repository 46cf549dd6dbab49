-- What watches and loops do between two events, step by step: with a source that says what comes when.
local E = require "smc.errno"
local diag_watch = require "smc.diag.watch"
local evidence = require "smc.check.evidence"
local kernel_config = require "smc.internal.kernel_config"
local loop = require "smc.check.loop"
local m = require "fuzz.messages"
local modprobe = require "smc.internal.modprobe"
local os_core = require "smc.core.os"
local recorded = require "fuzz.recorded"
local support = require "support"
local watch = require "smc.internal.watch"

local monotonic = os_core.monotonic

-- A source whose answers are given one after the other, and then nothing more.
local function source_of(answers)
  local source = { closed = 0, at = 0 }
  function source:receive()
    self.at = self.at + 1
    local answer = answers[self.at]
    if not answer then return nil, "nothing", E.ETIMEDOUT end
    return table.unpack(answer, 1, 3)
  end
  function source.getfd() return 7 end
  function source:close() self.closed = self.closed + 1 end
  return source
end

describe("a watch", function()
  it("gives each event once, and is dirty as long as there are more", function()
    local w <close> = watch.new(source_of { { "two" } }, function() return { "a", "b" } end)
    assert.is_false(w:dirty())
    assert.equal("a", w:next(1))
    assert.is_true(w:dirty())
    assert.equal("b", w:next(1))
    assert.is_false(w:dirty())
    assert.equal(E.ETIMEDOUT, select(3, w:next(0)))
  end)

  it("reads again after an error, without another event", function()
    local readings = { { nil, "broken", E.EIO }, { { "a" } } }
    local w <close> = watch.new(source_of { { "one" } }, function()
      return table.unpack(table.remove(readings, 1))
    end)
    assert.same({ nil, "broken", E.EIO }, { w:next(1) })
    assert.is_true(w:dirty())
    assert.equal("a", w:next(0))
    assert.is_false(w:dirty())
  end)

  it("empties a queue that was full, says so, and gives the differences", function()
    local full <const> = { nil, "full", E.ENOBUFS }
    local source = source_of { full, { "lost" }, full, { "lost too" } }
    local seen = {}
    local w <close> = watch.new(source, function(received)
      seen[#seen + 1] = received or "all"
      return { "difference" }
    end, "some were lost")
    assert.same({ nil, "some were lost", E.ENOBUFS }, { w:next(1) })
    assert.is_true(w:dirty())
    assert.equal("difference", w:next(0))
    assert.same({ "all" }, seen)
    assert.is_true(source.at >= 4)
  end)

  it("passes on the same errno of a source that loses nothing", function()
    local w <close> = watch.new(source_of { { nil, "no memory", E.ENOBUFS } }, error)
    assert.same({ nil, "no memory", E.ENOBUFS }, { w:next(1) })
    assert.is_false(w:dirty())
  end)

  it("waits as long as was asked for, though its source does not wait", function()
    local source = source_of {}
    local w <close> = watch.new(source, error)
    for _, seconds in ipairs { 0.03, 0.001, 0 } do
      local started = monotonic()
      assert.equal(E.ETIMEDOUT, select(3, w:next(seconds)))
      assert.is_true(monotonic() - started >= seconds)
    end
  end)

  it("closes its source, and has no descriptor then", function()
    local source = source_of {}
    local w = watch.new(source, error)
    assert.equal(7, w:getfd())
    w:close()
    assert.equal(-1, w:getfd())
    assert.is_true(source.closed > 0)
    assert.same({ nil, "the watch is closed", E.EBADF }, { w:next(0) })
  end)
end)

describe("a watch of sockets", function()
  -- What one reading after the other has.
  local function watching(...)
    local readings = { ... }
    return assert(diag_watch.watch(function()
      local bytes = #readings > 1 and table.remove(readings, 1) or readings[1]
      local iterator, message, errno = recorded.sockets(bytes)
      return iterator, message, errno, {}
    end, 0.001))
  end

  local function smcd(more, numbers)
    local fields = { state = "ACTIVE", mode = "smcd", local_port = 1, peer_port = 2, inode = 5, cookie = 9 }
    for key, value in pairs(more or {}) do fields[key] = value end
    return m.socket(fields, m.conninfo(numbers))
  end

  -- conninfo's numbers, with the producers' counts of both directions.
  local function moved(received, sent)
    return { 1, 2, 65536, 65536, 0, received, 0, 0, 0, sent, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
  end

  it("tells sockets apart that have the same inode", function()
    local w <close> = watching(smcd(), smcd { cookie = 10 })
    local events = { [w:next(support.HANG).event] = true, [w:next(support.HANG).event] = true }
    assert.same({ opened = true, closed = true }, events)
  end)

  it("tells another mode, and bytes of either direction", function()
    local w <close> = watching(smcd(), smcd { mode = "tcp" })
    assert.equal("changed", w:next(support.HANG).event)
    local sending <close> = watching(smcd(nil, moved(0, 0)), smcd(nil, moved(0, 7)))
    local event = sending:next(support.HANG)
    assert.same({ "moved", 0, 7 }, { event.event, event.received, event.sent })
    local receiving <close> = watching(smcd(nil, moved(0, 0)), smcd(nil, moved(8, 0)))
    event = receiving:next(support.HANG)
    assert.same({ "moved", 8, 0 }, { event.event, event.received, event.sent })
    local still <close> = watching(smcd(nil, moved(3, 4)))
    assert.equal(E.ETIMEDOUT, select(3, still:next(0.05)))
    assert.equal(E.ETIMEDOUT, select(3, receiving:next(0.05))) -- what was told is not told again
  end)

  it("passes on the failure of a list, and tells later what it has missed", function()
    local lists = { smcd(), false, smcd { mode = "tcp" } }
    local w <close> = assert(diag_watch.watch(function()
      local list = table.remove(lists, 1)
      if not list then return nil, "no memory", E.ENOMEM end
      local iterator = recorded.sockets(list)
      return iterator
    end, 0.001))
    assert.same({ nil, "no memory", E.ENOMEM }, { w:next(support.HANG) })
    assert.equal("changed", w:next(support.HANG).event)
    local none = { diag_watch.watch(function() return nil, "no memory", E.ENOMEM end, 1) }
    assert.same({ nil, "no memory", E.ENOMEM }, none)
  end)
end)

describe("an address that smc_diag does not have", function()
  -- Completes a record with what inet_diag has: ports and addresses of each socket.
  local function complete(record, sockets, failure)
    local iterator = setmetatable({ errno = function() return failure end, close = function() end }, {
      __call = function() if sockets[1] then return table.unpack(table.remove(sockets, 1)) end end,
      __close = function() end,
    })
    local answers <const> = { inet_diag = failure and { nil, "refused", failure } or { iterator } }
    local addresses = support.on_answers("smc.internal.addresses", answers)
    local ok, message, errno = addresses.completer()(record)
    return ok and { record.local_address, record.peer_address } or { message, errno }
  end

  local function record()
    return { state = "ACTIVE", local_address = "0.0.0.0", local_port = 5, peer_port = 6 }
  end

  it("is that of the only socket with both ports", function()
    assert.same({ "10.0.0.1", "10.0.0.2" }, complete(record(), { { 5, 7, "10.0.0.3", "10.0.0.4" },
      { 5, 6, "10.0.0.1", "10.0.0.2" }, { 4, 6, "10.0.0.5", "10.0.0.6" } }))
  end)

  it("is not known where two sockets have the ports", function()
    assert.same({ "0.0.0.0" }, complete(record(), { { 5, 6, "10.0.0.1", "10.0.0.2" },
      { 5, 6, "10.0.0.3", "10.0.0.4" } }))
    assert.same({ "0.0.0.0" }, complete(record(), { { 5, 6, "10.0.0.1", "10.0.0.2" },
      { 5, 6, "10.0.0.3", "10.0.0.4" }, { 5, 6, "10.0.0.5", "10.0.0.6" } }))
  end)

  it("is not known without inet_diag, and an error where that fails", function()
    assert.same({ "0.0.0.0" }, complete(record(), {}, E.ENOENT))
    assert.same({ "refused", E.EPERM }, complete(record(), {}, E.EPERM))
  end)
end)

describe("a loop of tasks", function()
  it("tells a task that waited too long, and not before", function()
    local tasks <close> = assert(loop.new())
    local never <close> = assert(os_core.timer(600))
    local answer, early
    tasks:start(function()
      local deadline = monotonic() + 0.05
      answer = loop.wait(never, "r", deadline)
      early = monotonic() < deadline
    end)
    assert.equal(1, tasks.count)
    local stop = monotonic() + support.HANG
    while tasks.count > 0 and monotonic() < stop do assert(tasks:step(1)) end
    assert.same({ 0, false, false }, { tasks.count, answer, early })
  end)

  it("does not wait longer than the first deadline, nor than it was told", function()
    local never <close> = assert(os_core.timer(600))
    for _, own in ipairs { 0.02, 600 } do
      for _, told in ipairs { 0.02, 600 } do
        local tasks <close> = assert(loop.new())
        local ended = false
        tasks:start(function() loop.wait(never, "r", monotonic() + 600) end)
        tasks:start(function()
          loop.wait(never, "w", monotonic() + own)
          ended = true
        end)
        if own < 600 or told < 600 then
          local started = monotonic()
          assert(tasks:step(told))
          assert.is_true(monotonic() - started < support.HANG)
          assert.is_true(ended or told < 600)
        end
      end
    end
  end)

  it("closes what a task has when it is cancelled, or the loop is closed", function()
    local closed = 0
    local function task()
      local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
      loop.pause(math.huge)
    end
    local tasks = assert(loop.new())
    local one = tasks:start(task)
    tasks:start(task)
    assert.equal(2, tasks.count)
    tasks:cancel(one)
    assert.same({ 1, 1 }, { closed, tasks.count })
    tasks:cancel(one)
    assert.same({ 1, 1 }, { closed, tasks.count })
    tasks:close()
    assert.same({ 2, 0 }, { closed, tasks.count })
  end)
end)

describe("evidence", function()
  it("counts no bytes where the cursor may have gone round", function()
    local info <const> = { connection = { token = 1, peer_rmbe_size = 65536,
      tx_prod = { wrap = 0, count = 7 } } }
    assert.equal(7, evidence.of(info, 7).bytes_through_shared_memory)
    assert.equal(7, evidence.of(info, (1 << 32) - 1).bytes_through_shared_memory)
    assert.is_nil(evidence.of(info, 1 << 32).bytes_through_shared_memory)
  end)

  it("has the other half of a GID where there is one", function()
    local function gids(ext)
      local ends = evidence.ends { dmb = { gid = 1, gid_ext = ext, peer_gid = 2, peer_gid_ext = ext,
        token = 3, peer_token = 4 } }
      return { ends.near.gid, ends.far.gid, ends.near.token, ends.far.token }
    end
    local function hex(number) return ("%016x"):format(number) end
    assert.same({ hex(1), hex(2), hex(3), hex(4) }, gids(nil))
    assert.same({ hex(1), hex(2), hex(3), hex(4) }, gids(0))
    assert.same({ hex(1) .. "." .. hex(9), hex(2) .. "." .. hex(9), hex(3), hex(4) }, gids(9))
  end)
end)

describe("the configuration of a kernel", function()
  it("has a value of the very name", function()
    for text, value in pairs {
      ["CONFIG_SMC=y\n"] = "y", ["CONFIG_A=y\nCONFIG_SMC=m\n"] = "m", ["# CONFIG_SMC is not set\n"] = "n",
    } do
      assert.equal(value, kernel_config.value(text, "CONFIG_SMC"))
    end
    for _, text in ipairs {
      "CONFIG_SMC_DIAG=y\n", "# CONFIG_SMC_DIAG is not set\n", "XCONFIG_SMC=y\n", "",
    } do
      assert.is_nil(kernel_config.value(text, "CONFIG_SMC"))
    end
  end)

  it("of modprobe on the command line names the very module", function()
    for line, how in pairs {
      ["quiet modprobe.blacklist=smc"] = "blacklist", ["module_blacklist=a,smc quiet"] = "install",
      ["modprobe.blacklist=smc_diag,asmc"] = false, ["module_blacklist=smcx"] = false, ["smc"] = false,
    } do
      local tree <close> = support.tree { ["proc/cmdline"] = line .. "\n" }
      assert.equal(how or nil, (support.with_paths(tree.root, modprobe.blocked)), line)
    end
  end)
end)
