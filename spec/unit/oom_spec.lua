-- Memory runs out anywhere in the bindings and modules: it is an error, nothing is left behind, and whatever
-- was taken out of the kernel is there for the next call.

local lfs = require "lfs"
local oom = require "oom"

local function modules(folder, pattern, prefix)
  local names = {}
  for file in lfs.dir(folder) do
    local name = file:match(pattern)
    if name then names[#names + 1] = prefix .. name end
  end
  return names
end

describe("where memory runs out,", function()
  local function holds(wrong, hits)
    assert.same({}, wrong)
    assert.is_not_nil(next(hits))
  end

  it("objects with something in the kernel stay whole", function()
    local wrong, hits = oom.find("spec/oom/objects.lua", oom.count(8))
    holds(wrong, hits)
    assert.is_true(hits["process.spawn"] > 10)
  end)

  it("looks at files fail", function()
    holds(oom.find("spec/faults/files.lua", oom.count(2)))
  end)

  it("modules are loaded another time, whole", function()
    local core = modules((os.getenv "SMC_BUILD" or "build") .. "/smc/core", "^(.+)%.so$", "smc.core.")
    local wrong, hits = oom.load(core, oom.count(50))
    holds(wrong, hits)
    assert.is_true(#core >= 6)
    for _, name in ipairs(core) do assert.is_true(hits[name] > 50, name) end
    holds(oom.load(modules("lua/smc", "^(.+)%.lua$", "smc."), oom.count(2)))
  end)
end)
