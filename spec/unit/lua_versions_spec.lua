-- Other Luas than the one that the modules are built for: each is told so in one line, and none crashes. Run
-- for those that are installed; SMC_OTHER_LUAS names more programs.
local lfs = require "lfs"
local support = require "support"

local core = assert(package.searchpath("smc.core.socket", package.cpath)):match("^(.*)/[^/]*$")

local function modules()
  local names = {}
  for file in lfs.dir(core) do
    names[#names + 1] = file:match("^(.*)%.so$")
  end
  table.sort(names)
  return names
end

local function installed()
  local programs = {}
  local wanted = "lua5.1 lua5.2 lua5.3 luajit lua5.5 " .. (os.getenv("SMC_OTHER_LUAS") or "")
  for program in wanted:gmatch("%S+") do
    local answer = support.run({ "sh", "-c", ("%s -e 'print(_VERSION)' 2>&1"):format(program) }).stdout
    local version = answer:match("^Lua 5[^\n]+")
    programs[#programs + 1] = version and { program = program, version = version }
  end
  return programs
end

-- What a program says when it requires a module of this checkout.
local function require_under(program, name)
  local paths = ("package.path, package.cpath = %q, %q"):format(package.path, package.cpath)
  local result = support.run { program, "-e", paths, "-e", ("require %q"):format(name) }
  local status = result.status == 0 and "fine" or result.status == 1 and "an error" or "crash"
  return status, result.stderr:gsub("stack traceback:.*", ""):gsub("^[^\n]-: ", "")
end

describe("the modules", function()
  it("export their luaopen function, and nothing else", function()
    for _, name in ipairs(modules()) do
      assert.equal("luaopen_smc_core_" .. name, support.exported(("%s/%s.so"):format(core, name)))
    end
  end)
end)

describe("an other Lua", function()
  it("is here: Lua 5.1", function()
    assert.equal("Lua 5.1", installed()[1].version)
  end)

  for _, lua in ipairs(installed()) do
    it(("is told by the C modules: %s"):format(lua.program), function()
      for _, name in ipairs(modules()) do
        local status, message = require_under(lua.program, "smc.core." .. name)
        assert.equal("an error", status)
        assert.equal(("smc.core.%s was built for %s and needs it: this is %s\n"):format(
          name, _VERSION, lua.version), message)
      end
    end)

    it(("is told by smc: %s"):format(lua.program), function()
      local status, message = require_under(lua.program, "smc")
      if lua.version < "Lua 5.4" then
        assert.equal("an error", status)
        assert.matches("^smc needs Lua 5%.4 or later: this is Lua[^\n]*\n$", message)
      else
        assert.equal("fine", status)
        status, message = require_under(lua.program, "smc.socket")
        assert.equal("an error", status)
        assert.matches("^smc%.core%.%a+ was built for Lua 5%.4 and needs it: this is Lua 5%.%d\n$", message)
      end
    end)
  end
end)

describe("make", function()
  local function make(word)
    local tree <close> = support.tree { ["5.3/lua.h"] = "#define LUA_VERSION_NUM 503\n" }
    local result = support.run { "make", "-s", "BUILD=" .. tree.root, (word:gsub("TREE", tree.root)) }
    assert.equal(2, result.status)
    return result.stderr
  end

  it("builds for the Lua that is asked for, or says why it does not", function()
    assert.matches("^make: lua5%.9 does not run: LUA=… names the Lua to build for\n", make "LUA=lua5.9")
    assert.matches("^make: smc needs Lua 5%.4 or later, and lua5%.1 is Lua 5%.1\n", make "LUA=lua5.1")
    assert.matches("^make: no headers of Lua 5%.4: .*LUA_CFLAGS", make "LUA_CFLAGS=-ITREE/5.3")
  end)
end)
