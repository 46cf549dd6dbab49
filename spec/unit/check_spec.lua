local check = require "smc.check"
local probe = require "smc.check.probe"
local smc = require "smc"

describe("smc.check's probe", function()
  it("is known by its first line, however it arrives", function()
    assert.equal(probe.SIZE, #probe.request)
    assert.is_true(probe.is_request(probe.request))
    assert.is_nil(probe.is_request(probe.request:sub(1, 5)))
    assert.is_nil(probe.is_request(""))
    assert.is_false(probe.is_request("GET / HTTP/1.0\r\n\r\n"))
    assert.is_false(probe.is_request("G"))
  end)

  it("has answers that are read exactly or not at all", function()
    local line = probe.answer { mode = "TCP", fallback_reason = 0x03030008 }
    assert.same({ mode = "TCP", fallback_reason = 0x03030008 }, probe.read_answer((line:gsub("\n", ""))))
    line = probe.answer { mode = "SMC-D" }
    assert.same({ mode = "SMC-D" }, probe.read_answer((line:gsub("\n", ""))))
    for _, other in ipairs { "", "HTTP/1.0 200 OK", "smc-check answer 1 SMC-X 0x00000000 0x00000000",
        "smc-check answer 1 TCP 0x0 0x0", "smc-check answer 2 TCP 0x00000000 0x00000000" } do
      assert.is_nil(probe.read_answer(other))
    end
  end)
end)

describe("smc.check", function()
  it("throws for options that nobody knows", function()
    assert.has_error(function() check.connect("localhost", 1, { famly = "inet" }) end,
      "bad option 'famly' (it is unknown; known are 'family' and 'timeout')")
    assert.has_error(function() check.connect("localhost", 1, { timeout = "1" }) end)
    assert.has_error(function() check.server { port = "1" } end)
    assert.has_error(function() check.server { port = 1.5 } end)
  end)

  it("says what is wrong with a port, or that there is no SMC", function()
    for _, port in ipairs { 0, 70000, -1 } do
      local server, message = check.server { port = port }
      assert.is_nil(server)
      assert.matches("out of range", message)
    end
    if not smc.system.available() then
      local report, message = check.connect("localhost", 1)
      assert.is_nil(report)
      assert.matches("^SMC is ", message)
    end
  end)
end)
