-- Exact limits of what the modules take and give, but for sockets: the last that is right, and the first that
-- is wrong.
local E = require "smc.errno"
local args = require "smc.cli.app.arguments"
local device = require "smc.device"
local genl = require "fuzz.genl"
local hex = require "smc.internal.hex"
local ism = require "smc.ism"
local json = require "smc.json"
local poller = require "smc.poller"
local reason = require "smc.reason"
local recorded = require "fuzz.recorded"
local run = require "smc.run"
local socket = require "smc.socket"
local stats = require "smc.stats"
local support = require "support"
local sysfs_tree = require "sysfs_tree"
local system = require "smc.system"

describe("a number", function()
  it("is one up to its limit, and none beyond", function()
    for _, case in ipairs {
      -- function, the last that is right, the first that is wrong
      { function(n) return hex.number(n, "ID") end, 0xffffffff, 0x100000000 },
      { function(n) return hex.number(n, "ID") end, "ffffffff", "100000000" },
      { function(n) return hex.number(n, "ID") end, 0, -1 },
      { run.size, "512m", "536870913" }, { run.size, 8192, 8191 },
      { args.port, "65535", "65536" }, { args.port, "1", "0" },
      { args.seconds, "0.001", "0" }, { args.seconds, "999999999", "1000000000" },
    } do
      assert.truthy(case[1](case[2]), case[2])
      assert.is_nil((case[1](case[3])), case[3])
    end
    assert.equal(0xffffffff, reason.get(0xffffffff).code)
    assert.error_matches(function() reason.get(0x100000000) end, "4294967295")
  end)

  it("of a sysctl is refused before the kernel sees it", function()
    for name, wrong in pairs { rmem = 0x40000000, limit_smc_hs = 2, smcr_max_links_per_lgr = 0 } do
      local ok, message, errno = system.set_sysctl(name, wrong)
      assert.is_nil(ok)
      assert.equal(E.EINVAL, errno)
      assert.matches(("accepts %%d+ to %%d+.*, not %d"):format(wrong), message)
    end
  end)
end)

describe("a wait", function()
  it("is as long as was asked for, of which less than a millisecond", function()
    local loop <close> = assert(poller.new())
    for _ = 1, 20 do
      local started = socket.monotonic()
      for _ in assert(loop:wait(0.0008)) do end -- luacheck: ignore 542
      assert.is_true(socket.monotonic() - started >= 0.0008)
    end
  end)

  it("of a poller ends early for a signal, which is no error", function()
    local out = support.run_by({ "timeout", tostring(support.HANG) }, [[
      local process, poller, socket = require "smc.process", require "smc.poller", require "smc.socket"
      local loop = assert(poller.new())
      local own = require "smc.core.process".getpid()
      -- Stopped and continued, epoll_wait(2) ends with EINTR: signal(7).
      local other <close> = assert(process.spawn { "sh", "-c",
        ("for i in 1 2 3; do sleep 0.05; kill -STOP %d; kill -CONT %d; done"):format(own, own) })
      local ended = 0
      repeat
        local ready, message = loop:wait(5)
        if not ready then return print(message) end
        ended = ended + 1
      until other:wait(0)
      print(ended > 0)
    ]])
    assert.equal("true\n", out)
  end)
end)

describe("JSON", function()
  it("has empty tables as lists, and tables in tables up to a hundred", function()
    assert.equal("[]", json.encode({}, true))
    assert.equal('{"links":[]}', json.encode({ links = {} }, true))
    local deep = 1
    for _ = 1, 100 do deep = { deep } end
    assert.equal(("["):rep(100) .. "1" .. ("]"):rep(100), json.encode(deep, true))
    assert.error_matches(function() json.encode({ deep }, true) end, "nested too deeply")
    local own = {}
    own[1] = own
    assert.error_matches(function() json.encode(own) end, "contains itself")
  end)
end)

describe("counters", function()
  it("of reasons have 16 bits, of both sides", function()
    local function snapshot(client, server)
      return recorded.stats(genl.stats(), genl.fallback(false, 5, client, { server = 0, client = client })
        .. genl.fallback(true, 5, server, nil))
    end
    local before, now = snapshot(65530, 65531), snapshot(4, 5)
    now.fallback.client = before.fallback.client + 10
    assert.same({ { code = 5, client = 10, server = 10 } }, stats.since(before, now).fallback.reasons)
  end)

  it("begin again in another network namespace, and after a boot", function()
    for _, key in ipairs { "namespace", "boot" } do
      local before, now = recorded.stats(genl.stats(1), ""), recorded.stats(genl.stats(2), "")
      assert.is_false(stats.since(before, now).restarted)
      before[key], now[key] = "one", "other"
      local change = stats.since(before, now)
      assert.is_true(change.restarted)
      assert.equal(now.smcd.rx_bytes, change.smcd.rx_bytes)
    end
  end)

  it("have no rates without time", function()
    local one = recorded.stats(genl.stats(), "")
    for _, seconds in ipairs { 0, -1 } do
      one.seconds = seconds
      assert.equal(E.ENODATA, select(3, stats.rates(one)))
    end
    one.seconds = 0.5
    assert.equal(2 * one.smcd.rx_bytes, stats.rates(one).smcd.rx_bytes)
  end)
end)

describe("devices and link groups", function()
  it("have the ports that are there", function()
    local message = genl.message(6, { { 6, "nest", { { 10, "string", "d" },
      { 8, "nest", { { 5, "u8", 0 }, { 4, "u8", 1 } } },
      { 9, "nest", { { 5, "u8", 1 }, { 4, "u8", 1 } } } } } })
    local ports = recorded.devices(message, "SMC-R")[1].ports
    assert.same({ { ibport = 2, state = "ACTIVE" } }, ports)
  end)

  it("have no link of a group that has none", function()
    assert.equal(E.EBADMSG, select(3, recorded.link_groups(genl.lgr_smcd() .. genl.link(), "SMC-R")))
  end)

  local function answering(answers)
    return (support.on_answers("smc.linkgroup", answers))
  end

  it("are those with a part that was asked for, with these parts only", function()
    local function link(name) return { link = { ibdev = name, state = 3, ifindex = 0 } } end
    local function messages()
      return { { smcr = { id = 256, role = 1 } }, link "a", link "b", { smcr = { id = 512 } }, link "c",
        { smcr = { id = 768 } } }
    end
    for ibdev, expected in pairs { a = 256, b = 256, c = 512 } do
      local linkgroup = answering { linkgroup_smcd = { {} }, linkgroup_smcr = { messages() } }
      local found = linkgroup.list { ibdev = ibdev }
      assert.equal(1, #found)
      assert.equal(expected, found[1].id)
      assert.equal(1, #found[1].links)
      assert.equal(ibdev, found[1].links[1].ibdev)
    end
    assert.equal(3, #answering { linkgroup_smcd = { {} }, linkgroup_smcr = { messages() } }.list())
  end)

  it("have no text that is empty, and no interface 0", function()
    local group = { id = 256, pnetid = "", v2 = { eid = "", peer_hostname = "" } }
    local found = answering { linkgroup_smcd = { {} },
      linkgroup_smcr = { { { smcr = group }, { link = { ifindex = 0 } } } } }.list()[1]
    assert.same({}, { found.pnetid, found.eid, found.peer_hostname, found.links[1].ifindex })
    group = { id = 257, pnetid = "A", v2 = { eid = "B", peer_hostname = "C" } }
    found = answering { linkgroup_smcd = { { { smcd = group } } }, linkgroup_smcr = { {} } }.list()[1]
    assert.same({ "A", "B", "C" }, { found.pnetid, found.eid, found.peer_hostname })
  end)

  it("have a version of ISM by what the kernel says", function()
    for ism_v2, expected in pairs { [true] = { "v1", "v2" }, [false] = { "v1" } } do
      local loaded = package.loaded["smc.device"]
      package.loaded["smc.device"] = { list = function() return { { type = "SMC-D" } } end }
      local answers <const> = { system_info = { { { version = 2, release = 1, ism_v2 = ism_v2 } } } }
      local info = support.on_answers("smc.system", answers).info()
      package.loaded["smc.device"] = loaded
      assert.same(expected, info.ism)
    end
    assert.is_function(device.list)
  end)
end)

describe("random bytes of a seed", function()
  local pseudorandom = require "smc.core.os".pseudorandom

  it("are the same from any offset on", function()
    local whole = pseudorandom(7, 0, 64)
    for offset = 0, 20 do
      for count = 0, 20 do
        assert.equal(whole:sub(offset + 1, offset + count), pseudorandom(7, offset, count))
      end
    end
    assert.not_equal(whole, pseudorandom(8, 0, 64))
    assert.equal(0xe220a8397b1dcdaf, (string.unpack("<i8", pseudorandom(0, 0, 8)))) -- of splitmix64
  end)

  it("end with the largest offset", function()
    local most <const> = 0x7fffffff
    assert.equal(1, #pseudorandom(7, most - 1, 1))
    assert.equal("", pseudorandom(7, most, 0))
    assert.error_matches(function() pseudorandom(7, most, 1) end, "number of bytes")
    assert.error_matches(function() pseudorandom(7, most + 1, 0) end, "offset")
  end)
end)

describe("an endpoint", function()
  local columns = require "smc.cli.smcss.columns"

  it("is cut where it is longer than its column, and only there", function()
    local fits <const> = "123456789.123.123" -- with a colon and five digits: 23
    assert.equal(fits .. ":65535 ", columns.endpoint(fits, 65535))
    assert.equal(fits:sub(1, -3) .. "..:65535 ", columns.endpoint(fits .. "xx", 65535))
    assert.equal(24, #columns.endpoint(fits .. "xxxxx", 65535))
    for length = 1, 60 do
      for _, port in ipairs { 1, 65535 } do
        local whole = ("%s:%d"):format(("1"):rep(length), port)
        local printed = columns.endpoint(("1"):rep(length), port)
        assert.equal(#whole <= 23, printed:find(whole, 1, true) ~= nil, whole)
        assert.equal(24, #printed)
        assert.equal((":%d"):format(port), printed:match ":%d+")
        assert.equal(#whole > 23, printed:find("..:", 1, true) ~= nil)
      end
    end
    assert.equal(fits .. "xxxxx:65535 ", columns.endpoint(fits .. "xxxxx", 65535, true))
  end)
end)

describe("a program", function()
  it("does not end by a signal that nohup has it ignore", function()
    for trap, expected in pairs {
      [""] = "HUP INT TERM", ["trap '' HUP;"] = "INT TERM", ["trap '' INT;"] = "HUP INT TERM",
    } do
      local out = support.run_by({ "sh", "-c", trap .. ' exec "$@"', "sh" },
        'print(table.concat({ require "smc.cli.app.inputs".ending_signals() }, " "))')
      assert.equal(expected .. "\n", out, trap)
    end
  end)

  it("is not ended by a copy of its object in another process", function()
    local program <close> = assert(require "smc.process".spawn { "sleep", "600" })
    local own = program.parent
    program.parent = own + 1 -- as it is after fork(2)
    assert.is_true(program:close())
    program.parent = own
    assert.equal(E.ETIMEDOUT, select(3, program:wait(0)))
  end)
end)

describe("an attribute", function()
  local attributes = require "smc.core.sysfs".attributes

  it("that cannot be read is an error, and one that is not there is none #native", function()
    assert.same({}, attributes("/proc/self", { "nosuch" }))
    assert.equal(E.EISDIR, select(3, attributes("/proc/self", { "comm", "task" })))
    assert.same({ comm = "lua5.4\n" }, attributes("/proc/self", { "comm", "nosuch" }))
  end)

  it("that is a pipe without a writer is empty", function()
    local folder <close> = support.tree { x = "" }
    assert(os.execute("mkfifo " .. folder.root .. "/pipe"))
    local out = support.run_by({ "timeout", tostring(support.HANG) }, ([[
      print(#require "smc.core.sysfs".attributes(%q, { "pipe" }).pipe)]]):format(folder.root))
    assert.equal("0\n", out)
  end)
end)

describe("a slot", function()
  local function at(t, f, ...) return support.with_paths({ sysfs = t.root }, f, ...) end

  it("is on or off, or has no state", function()
    local t = sysfs_tree.new(finally)
    t.ism(0x32, "1\n")
    t.ism(0x33, "2\n")
    t.ism(0x34, "0\n")
    local powers = {}
    for _, f in ipairs(at(t, ism.list, { all = true })) do powers[f.fid] = f.power end
    assert.same({ [0x32] = true, [0x34] = false }, powers)
  end)

  it("that has the state that is wanted is left alone, and that is said", function()
    local t = sysfs_tree.new(finally)
    t.ism(0x32, "1\n")
    local record, changed = at(t, ism.ensure, 0x32, "on")
    assert.same({ 0x32, false }, { record.fid, changed })
  end)
end)

describe("a buffer size", function()
  it("above the limit takes CAP_NET_ADMIN, which is bit 12", function()
    for bit = 11, 13 do
      local tree <close> = support.tree {
        ["self/status"] = ("CapEff:\t%016x\n"):format(1 << bit), ["sys/net/core/rmem_max"] = "212992\n",
      }
      local can = support.with_paths({ proc = tree.root }, run.attainable, { receive_buffer = "1m" })
      assert.equal(bit == 12, can, bit)
    end
  end)
end)
