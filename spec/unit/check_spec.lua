-- What a caller requires of a check, and mistakes of the caller.
local check = require "smc.check"
local errno = require "smc.errno"
local reason = require "smc.reason"
local requirement = require "smc.check.requirement"
local smc = require "smc"
local verdict = require "smc.check.verdict"

describe("what a caller requires", function()
  local WHERE <const> = "host10 port 37373"

  -- A report, what is required, and what is said; nothing where it is met.
  local CASES <const> = {
    { { verdict = "SMC", success = true, mode = "SMC-D" } },
    { { verdict = "SMC", success = true, mode = "SMC-D" }, "SMC" },
    { { verdict = "SMC", success = true, mode = "SMC-D" }, "SMC-D" },
    { { verdict = "SMC", success = true, mode = "SMC-R" }, "SMC-R" },
    { { verdict = "TCP", success = false, mode = "TCP" } },
    { { verdict = "SMC", success = true, mode = "SMC-D" }, "SMC-R",
      "SMC-R is required: the connection to " .. WHERE .. " uses SMC-D", "EPROTONOSUPPORT" },
    { { verdict = "TCP", success = false, mode = "TCP" }, "SMC",
      "SMC is required: the connection to " .. WHERE .. " fell back to TCP", "EPROTONOSUPPORT" },
    { { verdict = "TCP", success = false, mode = "TCP", fallback = reason.get "PEERDECL",
        peer_fallback = reason.get "NOSMCDEV", message = "it is strange" }, "SMC-D",
      "SMC-D is required: the connection to " .. WHERE .. " fell back to TCP: this host says "
        .. reason.describe(reason.get "PEERDECL".code) .. "; its peer says "
        .. reason.describe(reason.get "NOSMCDEV".code) .. "; it is strange", "EPROTONOSUPPORT" },
    { { verdict = "not proven", success = false, message = "the peer closed" }, "SMC-D",
      "SMC-D is required: it is not proven that the connection to " .. WHERE .. " uses SMC: the peer closed",
      "EPROTO" },
    { { verdict = "not proven", success = false, message = "no look", errno = errno.ENOBUFS }, "SMC-D",
      "SMC-D is required: it is not proven that the connection to " .. WHERE .. " uses SMC: no look",
      "ENOBUFS" },
    { { verdict = "no connection", success = false, message = "no way", errno = errno.ECONNREFUSED }, "SMC",
      "SMC is required: no way", "ECONNREFUSED" },
    { { verdict = "no connection", success = false, message = "no way" }, "SMC",
      "SMC is required: no way", "ENOTCONN" },
  }

  for _, case in ipairs(CASES) do
    local given, required, message, error_name = table.unpack(case, 1, 4)
    local over = given.mode or "nothing"
    it(("is %s, of %s over %s"):format(required or "nothing", given.verdict, over), function()
      given.host, given.port = "host10", 37373
      local own = given.message
      local answer = table.pack(requirement.hold(given, required))
      if not message then return assert.same({ given, n = 1 }, answer) end
      assert.same({ nil, message, errno[error_name], given, n = 4 }, answer)
      assert.is_false(given.success)
      -- The text of a report of a fallback has both reasons.
      assert.equal(own or given.mode ~= "TCP" and message or nil, given.message)
    end)
  end

  it("is every verdict that there is", function()
    local judged = {}
    for _, case in ipairs(CASES) do judged[case[1].verdict] = case[3] ~= nil or judged[case[1].verdict] end
    for _, one in pairs(verdict) do
      if type(one) == "string" then assert.is_true(judged[one], one) end
    end
  end)
end)

describe("smc.check", function()
  -- What is called, and what is said of it, at this file's own line.
  local MISTAKES <const> = {
    { "connect", { nil, 1 }, "bad argument #1 to 'connect' (string expected, got nil)" },
    { "connect", { "localhost", nil }, "bad argument #2 to 'connect' (integer or string expected, got nil)" },
    { "connect", { "localhost", 0 }, "bad argument #2 to 'connect' (port from 1 to 65535 expected, got 0)" },
    { "connect", { "localhost", "70000" }, "bad argument #2 to 'connect' (port from 1 to 65535 expected, " },
    { "connect", { "localhost", 1.5 }, "bad argument #2 to 'connect' (integer or string expected, got 1.5)" },
    { "connect", { "localhost", 1, 5 }, "bad argument #3 to 'connect' (table expected, got " },
    { "connect", { "localhost", 1, { famly = "inet" } }, "bad option 'famly' (it is unknown; known are "
      .. "'family', 'measure', 'probe', 'require' and 'timeout')" },
    { "connect", { "localhost", 1, { require = "SMCD" } },
      'bad option \'require\' ("SMC-D", "SMC-R" or "SMC" expected, got "SMCD")' },
    { "connect", { "localhost", 1, { family = "ipx" } }, "bad option 'family' (" },
    { "connect", { "localhost", 1, { probe = 1 } }, "bad option 'probe' (boolean expected, got 1)" },
    { "connect", { "localhost", 1, { measure = 0 } }, "bad option 'measure' (seconds, more than 0 and " },
    { "connect", { "localhost", 1, { measure = "1" } }, "bad option 'measure' (boolean or number of " },
    { "connect_all", {}, "bad argument #1 to 'connect_all' (table expected, got nil)" },
    { "connect_all", { {} }, "bad option 'hosts' (table expected, got nil)" },
    { "connect_all", { { hosts = { "localhost", 1 } } }, "bad option 'hosts' ([2]: string expected, got 1)" },
    { "connect_all", { { hosts = {}, port = 0 } }, "bad option 'port' (port from 1 to 65535 expected, " },
    { "connect_all", { { hosts = {}, speed = true } }, "bad option 'speed' (it is unknown; known are " },
    { "server", { { port = "1" } }, "bad option 'port' (integer from 1 to 65535 expected, got " },
    { "server", { { port = 0 } }, "bad option 'port' (integer from 1 to 65535 expected, got 0)" },
    { "server", { { port = 70000 } }, "bad option 'port' (" },
    { "server", { { max_clients = 0 } }, "bad option 'max_clients' (" },
    { "server", { { idle_seconds = 0 / 0 } }, "bad option 'idle_seconds' (" },
    { "server", { { family = "ipx" } }, "bad option 'family' (" },
  }
  for _, timeout in ipairs { -3, 0, 0.0, 0 / 0, math.huge, -math.huge, "1", true } do
    local options = { timeout = timeout }
    MISTAKES[#MISTAKES + 1] = { "connect", { "localhost", 1, options }, "bad option 'timeout' (" }
  end

  for _, mistake in ipairs(MISTAKES) do
    local called, said = mistake[1], mistake[3]
    it(("blames the caller of %s: %s"):format(called, said), function()
      local line = debug.getinfo(1, "l").currentline + 1
      local ok, message = pcall(function() local _ = check[called](table.unpack(mistake[2], 1, 3)) end)
      assert.is_false(ok)
      assert.truthy(message:find(("check_spec.lua:%d: "):format(line), 1, true), message)
      assert.truthy(message:find(said, 1, true), message)
    end)
  end

  it("says that there is no SMC to check", function()
    if smc.system.available() then return pending "this kernel has SMC" end
    local report, message, number, failed = check.connect("localhost", 1)
    assert.is_nil(report)
    assert.equal(select(2, smc.system.available()), message)
    assert.equal(errno.EAFNOSUPPORT, number)
    assert.same({ "no connection", false, message }, { failed.verdict, failed.success, failed.message })
    assert.equal(message:gsub("^%l", string.upper) .. ".", failed.findings[1].text)
    assert.equal("local", failed.findings[1].side)
  end)
end)
