local support = require "support"

describe("a test that hangs #plain", function()
  it("is named with what it waits for, and fails though it would have passed", function()
    local env = support.environment()
    env.SMC_TEST_LIMIT = "1"
    local done = support.run({ "spec/busted", "-o", "plainTerminal", "spec/hang/hanging.lua" }, nil, env)
    assert.matches("after 1 s this has not ended: the first waits for a process\n", done.stderr, 1, true)
    assert.matches("hang: %d+ waits in %g+: sleep 1000\n", done.stderr)
    assert.matches("went on\n", done.stdout, 1, true)
    assert.matches("2 successes / 0 failures", done.stdout, 1, true)
    assert.equal(1, done.status)
  end)
end)
