-- A kernel without SMC: what a path and a check say. Run with spec/run setups.
local check = require "smc.check"
local E = require "smc.errno"
local json = require "dkjson"
local support = require "support"

describe("on a kernel without SMC", function()
  it("a path has the finding", function()
    local path = assert(check.path { host = "127.0.0.1" })
    assert.same({ {}, "local", 1 }, { path.modes, path.findings[1].side, #path.findings })
    assert.equal(path.kernel.message:sub(2) .. ".", path.findings[1].text:sub(2))
    assert.matches("smc", path.findings[1].evidence)
  end)

  it("a check says so, and smc_chk.lua ends with 2", function()
    local report, message, errno, failed = check.connect("127.0.0.1", 37373)
    assert.same({ nil, E.EAFNOSUPPORT }, { report, errno })
    local path = assert(check.path { host = "127.0.0.1" })
    assert.same(path.findings, failed.findings)
    local done = support.script("smc_chk.lua", "-C", "127.0.0.1", "--json")
    assert.equal(2, done.status)
    local said = assert(json.decode(done.stdout))
    assert.same({ message, path.findings[1].text }, { said.message, said.findings[1].text })
  end)
end)
