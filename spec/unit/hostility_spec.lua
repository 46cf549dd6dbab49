-- A program that does everything wrong gets Lua errors, and nothing worse: each part is a program of its own,
-- so that a crash is seen. `make check` takes all values, not every eighth.

local support = require "support"

local STRIDE <const> = os.getenv "SMC_HOSTILITY" == "all" and "1" or "8"

local function run(script, word)
  return support.run({ "lua5.4", "spec/hostility/" .. script .. ".lua", word }, nil, support.environment())
end

describe("a hostile program", function()
  it("gets an error from every method that it gives what nobody expects", function()
    assert.same({ stdout = "done\n", stderr = "", status = 0 }, run("methods", STRIDE))
  end)

  it("may raise, yield, collect and close in every callback", function()
    assert.same({ stdout = "done\n", stderr = "", status = 0 }, run("callbacks"))
  end)

  for way, status in pairs {
    ["return"] = 0, error = 1, exit = 0, ["exit at once"] = 0, ["in a coroutine"] = 0,
  } do
    it("may end with everything open, by " .. way, function()
      local done = run("ends", way)
      assert.equal(status, done.status, done.stderr)
      assert.matches("^ends\n", done.stderr)
    end)
  end
end)
