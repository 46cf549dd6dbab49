-- Memory runs out anywhere while the kernel's SMC is looked at: it is an error, and nothing is left behind.

local oom = require "oom"

describe("where memory runs out,", function()
  it("looks at the kernel's SMC fail #smcd", function()
    local wrong, hits = oom.find("spec/faults/netlink.lua", oom.count(2))
    assert.same({}, wrong)
    assert.is_true(hits["diag.sockets"] > 0 and hits["stats.get"] > 0)
  end)
end)
