-- What is public: the README's table of modules, what `smc` gives, and the files are the same list.
local smc = require "smc"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

describe("the public modules", function()
  local listed = {}
  for row in read("README.md"):gmatch("\n| (`smc[^|]*) |") do
    for name in row:gmatch("`smc%.(%w+)`") do listed[#listed + 1] = name end
  end

  it("are loaded on first use", function()
    assert.is_true(#listed >= 15)
    for _, name in ipairs(listed) do
      assert.equal(require("smc." .. name), smc[name], name)
    end
  end)

  it("stand in the README", function()
    local found, names = {}, read("lua/smc/init.lua"):match("\nlocal modules = {(.-)\n}")
    for name in names:gmatch("(%w+) = true") do found[#found + 1] = name end
    table.sort(found)
    table.sort(listed)
    assert.same(found, listed)
  end)

  it("have a version, which is documented", function()
    assert.matches("^smc %d+%.%d+%.%d+$", smc._VERSION)
    assert.matches("\n%-%-%-[^\n]*version[^\n]*\nsmc%._VERSION", read "lua/smc/init.lua")
    assert.matches("smc%._VERSION", read "README.md")
  end)
end)
