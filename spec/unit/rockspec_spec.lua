-- The rockspec and the Makefile each list the C modules: here they are kept equal.
local support = require "support"

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

  it("installs the scripts that `make install` does, and the README lists", function()
    local installed, expected, listed = {}, {}, {}
    for name, path in pairs(load_rockspec().build.install.bin) do
      local file <close> = assert(io.open(path))
      assert.matches("^#!/usr/bin/env lua", file:read())
      assert.equal("examples/" .. name, path)
      installed[name] = true
    end
    local make <close> = assert(io.popen("make -s scripts"))
    for name in make:read("a"):gmatch("%S+") do expected[name] = true end
    for cell in support.read("README.md"):match("\n| script |.-\n\n"):gmatch("\n| (`[^|]*)|") do
      for name in cell:gmatch("`([%w_]+%.lua)`") do listed[name] = true end
    end
    assert.same(expected, installed)
    assert.same(expected, listed)
  end)

  it("says where the source is without inventing an address", function()
    local rockspec = load_rockspec()
    assert.equal("git+file://.", rockspec.source.url)
    assert.is_nil(rockspec.description.homepage)
  end)
end)
