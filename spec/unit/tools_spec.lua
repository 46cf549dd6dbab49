-- smcd.lua, smcr.lua and smc_pnet.lua as far as no kernel is needed, and what they stand on.

local E = require "smc.errno"
local abbreviate = require "smc.cli.smcd.abbreviate"
local baseline = require "smc.cli.smcd.baseline"
local getopt = require "smc.cli.getopt"
local stats = require "smc.stats"
local support = require "support"

describe("numbers in six characters", function()
  for number, text in pairs { [0] = "0", [999] = "999", [1000] = "1.000K", [20000] = "20.00K",
    [131072] = "131.1K", [99999] = "100.0K", [999999] = " 1000K", [9999999] = "10.00M",
    [123456789012] = "123.5G", [123456789012345] = "123.5T", [123456789012345678] = "123.5P" } do
    it(("has %d as %s"):format(number, text), function()
      assert.equal(text, abbreviate(number))
    end)
  end
end)

describe("getopt", function()
  local known = { { "a", "add" }, { "I", "interface", true }, { "D", "ibdevice", true }, { nil, "json" } }

  local function parsed(...)
    local given = assert(getopt.parse({ ... }, known))
    local words = {}
    for i, option in ipairs(given) do words[i] = option.name .. "=" .. tostring(option.value) end
    return table.concat(words, " "), table.concat(given.operands, " ")
  end

  it("takes options between operands, together, and joined to their arguments", function()
    for _, words in ipairs { { "-a", "-I", "eth0", "N" }, { "N", "-aIeth0" }, { "-aI", "eth0", "N" },
      { "--add", "--interface=eth0", "N" }, { "--ad", "--int", "eth0", "--", "N" } } do
      local options, operands = parsed(table.unpack(words))
      assert.equal("add=nil interface=eth0", options)
      assert.equal("N", operands)
    end
  end)

  it("says what is wrong", function()
    for words, message in pairs {
      ["-x"] = "invalid option -- 'x'",
      ["--x"] = "unrecognized option '--x'",
      ["--i"] = "option '--i' is ambiguous; possibilities: '--interface' '--ibdevice'",
      ["-I"] = "option requires an argument -- 'I'",
      ["--int"] = "option '--interface' requires an argument",
      ["--add=1"] = "option '--add' doesn't allow an argument",
    } do
      assert.same({ n = 3, nil, message, { operands = {} } }, table.pack(getopt.parse({ words }, known)))
    end
  end)
end)

describe("the baseline of stats reset", function()
  local path = os.tmpname()

  teardown(function() os.remove(path) end)

  it("is read as it was written", function()
    local snapshot = { time = 1.5, boot = "abc", smcd = { rx_bytes = 5, rx_sizes = { ["8K"] = 1, more = 2 } },
      fallback = { client = 1, server = 0, reasons = { { code = 7, client = 1, server = 0 } } } }
    assert(baseline.write(path, snapshot))
    assert.same(snapshot, baseline.read(path))
  end)

  it("does not take the place of what is not a file", function()
    local there <close> = support.tree { ["x"] = "" }
    local pipe = there.root .. "/pipe"
    support.sh("mkfifo %s", pipe)
    assert.same({ nil, pipe .. ": it is there, and not a regular file" }, { baseline.write(pipe, {}) })
    assert.equal("fifo\n", support.run({ "stat", "-c", "%F", pipe }).stdout)
  end)

  it("is nothing where there is no file, and refused where it is somebody else's", function()
    assert.same({ n = 1 }, table.pack(baseline.read("/nowhere/at/all")))
    local file <close> = assert(io.open(path, "w"))
    file:write("root:x:0:0\n"):flush()
    assert.matches("not a file that stats reset wrote", (select(2, baseline.read(path))))
  end)

  it("is refused where it is damaged", function()
    for _, lines in ipairs { "smcd 5\nsmcd.rx_bytes 3", "fallback 3", "smcd.rx_bytes x", "smcd.", "smcd",
      "smcd 5", "smcr 0", "handshake_errors 1", "smcd.rx_bytes 1.5", "smcd.rx_bytes nan", "smcd.rx_bytes 1e3",
      "smcd.a.b.c.d 1", "fallback.client 1.5", "fallback.server.x 1", "fallback.reasons 1",
      "fallback.reasons.1 7", "fallback.reasons.1.code 7", "fallback.reasons.x.code 7", "time.x 1",
      "seconds.x 1", "smcd.rx_bytes 99999999999999999999" } do
      local file <close> = assert(io.open(path, "w"))
      file:write("smc statistics 1\n", lines, "\n"):flush()
      assert.same({ nil, path .. ": damaged; remove it", E.EINVAL }, { baseline.read(path) }, lines)
    end
  end)
end)

describe("a snapshot that a caller has changed", function()
  local function counters()
    return { smcd = { rx_bytes = 9, rx_sizes = { more = 3 } }, handshake_errors = { client = 1 },
      fallback = { client = 1, server = 1, reasons = { { code = 7, client = 1, server = 1 } } } }
  end

  it("is refused, or has its differences", function()
    local words = "bad argument #%d to 'since' (snapshot of smc.stats expected, got "
    local function check(arg, ok, message)
      if not ok then assert.is_truthy(message:find(words:format(arg), 1, true), message) end
    end
    for _, value in ipairs { 5, 1.5, 0 / 0, math.huge, "x", true, { { { 1 } } }, { x = 1.5 }, {},
      { rx_bytes = {} }, { rx_sizes = 7 } } do
      for _, place in ipairs { "smcd", "smcr", "handshake_errors", "fallback" } do
        local changed = counters()
        changed[place] = value
        check(1, pcall(stats.since, changed, counters()))
        check(2, pcall(stats.since, counters(), changed))
      end
    end
  end)

  it("has counters in tables of sizes, and no deeper, and what it is of in the right types", function()
    local snapshot = require "smc.internal.snapshot"
    for depth, is_one in pairs { [0] = true, [1] = true, [2] = false, [3] = false } do
      local changed, value = counters(), { more = 3 }
      for _ = 1, depth do value = { x = value } end
      changed.smcd = value
      assert.equal(is_one, snapshot.is(changed), depth)
    end
    for name, right in pairs { time = 1.5, seconds = 2, boot = "abc", namespace = "net:[4]" } do
      for _, value in ipairs { 7, "x", true, {} } do
        local changed = counters()
        changed[name] = value
        assert.equal(type(value) == type(right), snapshot.is(changed), name)
      end
    end
  end)
end)

describe("smcd.lua and smcr.lua", function()
  for words, expected in pairs {
    [""] = { 0, "^Usage: smcd%.lua" }, help = { 0, "^Usage: smcd%.lua" }, ["--help"] = { 0, "^Usage" },
    ["-v"] = { 255, "^smcd%.lua utility, smc%-" }, bogus = { 1, '^Error: Object "bogus" is unknown' },
    ["-x"] = { 255, '^Error: Option "%-x" is unknown' }, ["stats bogus"] = { 255, "^Usage: smcd%.lua stats" },
    ["linkgroup help"] = { 255, "^Usage: smcd%.lua linkgroup" }, ["l xyz"] = { 255, "^Usage" },
    ["device ibdev x"] = { 255, "^Usage" }, ["ueid add"] = { 255, "^Usage" },
  } do
    it(("ends with %d for '%s'"):format(expected[1], words), function()
      local result = support.script("smcd.lua", table.unpack(support.words(words)))
      assert.equal(expected[1], result.status)
      assert.matches(expected[2], result.stderr)
      assert.equal("", result.stdout)
    end)
  end

  it("know that there is no SEID for SMC-R", function()
    local result = support.script("smcr.lua", "seid")
    assert.equal(1, result.status)
    assert.matches("valid for SMC%-D only", result.stderr)
  end)
end)

describe("smc_pnet.lua", function()
  for words, message in pairs {
    ["-a X"] = "interface or device missing", ["-f X"] = "%-f takes no parameters",
    X = "parameters without option", ["-d"] = "pnetid missing", ["-P 9"] = "invalid ib port:9",
    ["-s -f"] = "together", ["-s A B"] = "too many parameters",
  } do
    it(("refuses '%s'"):format(words), function()
      local result = support.script("smc_pnet.lua", table.unpack(support.words(words)))
      assert.equal(1, result.status)
      assert.matches(message, result.stderr)
      assert.matches("Usage: smc_pnet", result.stderr)
    end)
  end
end)
