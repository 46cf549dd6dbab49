-- What only a machine without an SEID shows: over loopback-ism, without a UEID, SMC-D is impossible. (Where
-- there is an SEID, the kernel enables it as the last UEID goes.) This runs in a guest with --loopback.

local check = require "smc.check"
local ism = require "smc.ism"
local support = require "support"

local function ueid(...)
  assert.equal(0, support.run({ "lab-setup", "ueid", ... }).status)
end

describe("a host with loopback-ism", function()
  local server, port

  setup(function()
    server = support.start("smc_chk.lua", "-S")
    port = server.stdout:read():match("%d+$")
    ueid "flush"
  end)

  teardown(function() server:close() end)

  it("has no PCI function for SMC", function()
    assert.same({}, ism.list())
  end)

  it("falls back to TCP without a UEID: smc.check has the reasons of both sides, and what to do", function()
    local report = assert(check.connect("127.0.0.1", tonumber(port)))
    assert.same({ false, "TCP", "TCP" }, { report.success, report.mode, report.peer_mode })
    assert.same({ "PEERDECL", "NOUEID" }, { report.fallback.name, report.peer_fallback.name })
    assert.same({ "local", "smcd.lua ueid add SMCV2-NAME" },
      { report.findings[1].side, report.findings[1].command })
    assert.is_nil(report.evidence)
  end)

  it("falls back to TCP without a UEID: smc_chk.lua says so and ends with 1", function()
    local done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", port)
    assert.equal(1, done.status)
    assert.matches("Failed  %(TCP fallback%), reasons:\n          Client:        0x05000000   ", done.stdout)
    assert.matches("          Server:        0x03030008   ", done.stdout)
    assert.matches("What is wrong:\n.*Command: smcd.lua ueid add", done.stdout)
  end)

  it("talks SMC-D once it has one, whatever its name", function()
    ueid("add", "SMCV2-LAB-CHECK")
    local report = assert(check.connect("127.0.0.1", tonumber(port)))
    assert.same({ "SMC", "SMC-D" }, { report.verdict, report.mode })
    assert.is_true(report.evidence.bytes_through_shared_memory > 0)
  end)
end)
