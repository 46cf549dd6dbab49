-- What the C modules are built with against memory errors, looked at in the objects.
local support = require "support"

local BUILD <const> = os.getenv "SMC_BUILD" or "build"

-- The C modules, as the rockspec lists them.
local modules = {}
do
  local rock = {}
  assert(loadfile("smc-scm-1.rockspec", "t", rock))()
  for name, module in pairs(rock.build.modules) do
    if type(module) == "table" then modules[name] = module end
  end
end

local function output_of(...)
  local result = support.run { ... }
  assert.equal("", result.stderr)
  assert.equal(0, result.status)
  return result.stdout
end

describe("each C module", function()
  for name, module in pairs(modules) do
    local path = ("%s/%s.so"):format(BUILD, (name:gsub("%.", "/")))

    it("has its tables of functions read-only, and no stack that can be executed: " .. name, function()
      local headers = output_of("readelf", "-lW", path)
      assert.matches("GNU_RELRO", headers)
      assert.matches("GNU_STACK[^\n]* RW +0x", headers)
      assert.matches("FLAGS%)%s+[%u_ ]*BIND_NOW", output_of("readelf", "-dW", path))
    end)

    it("ends the program where a buffer on the stack overflows: " .. name, function()
      assert.matches("U __stack_chk_fail", output_of("nm", "-D", path))
      assert.same({ "_GNU_SOURCE", "_FORTIFY_SOURCE=2" }, module.defines) -- the rock's build has no more
    end)
  end
end)

describe("functions of libc that know the size of their buffer", function()
  it("are called in their checking form", function()
    assert.matches("U __realpath_chk", output_of("nm", "-D", BUILD .. "/smc/core/process.so"))
    assert.matches("U __snprintf_chk", output_of("nm", "-D", BUILD .. "/smc/core/netlink.so"))
  end)

  it("are not called by the library that is preloaded into programs of any libc", function()
    local symbols = output_of("nm", "-D", BUILD .. "/smc/preload.so")
    assert.not_matches("_chk%f[^%w_]", symbols)
  end)
end)
