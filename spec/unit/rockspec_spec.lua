-- The rockspec and the Makefile each list the C modules: here they are kept equal.
local function load_rockspec()
  local rockspec = {}
  assert(loadfile("smc-scm-1.rockspec", "t", rockspec))()
  return rockspec
end

local function makefile_modules()
  local modules = {}
  local make = assert(io.popen("make -s modules"))
  for line in make:lines() do
    local name, sources = line:match("^(%S+): (.*)$")
    modules[name] = sources
  end
  assert(make:close())
  return modules
end

describe("the rockspec", function()
  it("builds the C modules that the Makefile builds, from the same sources", function()
    local expected, found = makefile_modules(), {}
    for name, module in pairs(load_rockspec().build.modules) do
      if type(module) == "table" then found[name] = table.concat(module.sources, " ") end
    end
    assert.same(expected, found)
  end)

  it("installs scripts that exist", function()
    for _, path in pairs(load_rockspec().build.install.bin) do
      local file = assert(io.open(path))
      assert.matches("^#!/usr/bin/env lua", file:read())
      file:close()
    end
  end)
end)
