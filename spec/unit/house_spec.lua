-- The house: which module may use which, and that the lists of what is public are one list.
local requires = require "requires"
local smc = require "smc"
local support = require "support"

local function files_below(folder)
  local found = {}
  local list <close> = assert(io.popen(("find %s -name '*.lua' | sort"):format(folder)))
  for path in list:lines() do found[#found + 1] = path end
  assert(#found > 0, folder)
  return found
end

local function sorted(list)
  table.sort(list)
  return list
end

-- What files require by names that they compute.
local function names_in(path, pattern, word)
  local found = {}
  for name in assert(support.read(path):match(pattern)):gmatch(word) do found[#found + 1] = name end
  return found
end

local function below(prefix, names)
  local found = {}
  for i, name in ipairs(names) do found[i] = prefix .. name end
  return found
end

local public = names_in("lua/smc/init.lua", "\nlocal modules = {(.-)\n}", "(%w+) = true")
local objects = names_in("lua/smc/cli/smcd.lua", "\nlocal OBJECTS <const> = { (.-), \"help\" }", '"(%w+)"')

-- Those that the man pages are written for, of commands that parse their words without argparse.
local described = {}
for _, path in ipairs(files_below "lua/smc/cli") do
  local name = path:match("^lua/smc/cli/([%w_]+)%.lua$")
  local has_parser = name and support.read(path):find(("\nfunction %s.parser("):format(name), 1, true)
  described[#described + 1] = has_parser and name or nil
end

local COMPUTED <const> = {
  ["smc"] = { times = 1, names = below("smc.", public) },
  ["smc.cli.manual"] = { times = 1, names = below("smc.cli.", described) },
  ["smc.cli.smcd"] = { times = 1, names = below("smc.cli.smcd.", objects) },
  ["smc.internal.load"] = { times = 2, names = {} }, -- each caller names its module
  ["smc.internal.need"] = { times = 1, names = { "argparse", "dkjson" } },
  ["smc.socket.luasocket"] = { times = 1, names = { "socket.core", "socket.unix" } },
}

-- name → the modules of the project that it requires
local house = {}
local computed = {}

for _, path in ipairs(files_below "lua") do
  local name = path:match("^lua/(.*)%.lua$"):gsub("/init$", ""):gsub("/", ".")
  local names, times = requires.of(support.read(path))
  computed[name] = times > 0 and times or nil
  table.move(COMPUTED[name] and COMPUTED[name].names or {}, 1, 99, #names + 1, names)
  house[name] = {}
  for _, needed in ipairs(names) do
    if needed:find("^smc%f[^%w]") then table.insert(house[name], needed) end
  end
end

local function is_core(name)
  return name:find("^smc%.core%.") ~= nil
end

describe("what a source requires", function()
  it("is found in code alone, lazy and chained", function()
    local names, times = requires.of([=[
      -- require "comment"
      --[[ require "block" ]]
      local a, s = require "one", "require 'string'"
      local b = require("two").three, require 'four'.five(), [[ require "long" ]]
      local function f() return require"six" end
      require("computed." .. name) require("computed" .. name) pcall(require, "x") require(name)
      local options = { require = "SMC" } print(options.require, "x")
      "\"" require "seven" '\\' require "eight"]=])
    assert.same({ "one", "two", "four", "six", "seven", "eight" }, names)
    assert.equal(4, times)
  end)
end)

describe("the modules", function()
  it("compute no names but those that are known here", function()
    local known = {}
    for name, list in pairs(COMPUTED) do known[name] = list.times end
    assert.same(known, computed)
  end)

  it("require what is there", function()
    for name, list in pairs(house) do
      for _, needed in ipairs(list) do
        assert(house[needed] or is_core(needed), ("%s requires %s, which is not there"):format(name, needed))
      end
    end
  end)

  it("have no circle among them", function()
    local state, path = {}, {}
    local function visit(name)
      path[#path + 1] = name
      assert(state[name] ~= "open", "a circle: " .. table.concat(path, " → "))
      if not state[name] then
        state[name] = "open"
        for _, needed in ipairs(house[name] or {}) do visit(needed) end
        state[name] = "done"
      end
      path[#path] = nil
    end
    for name in pairs(house) do visit(name) end
  end)

  -- Whether a module may use another: what is public or internal is for all, the rest for its wing.
  local function may_use(user, used)
    if is_core(used) or used:find("^smc%.internal%.[%w_]+$") or used:find("^smc%.?%w*$") then return true end
    if user:find("^smc%.cli%.") and used:find("^smc%.cli%.[%w_]+$") then return true end
    local wing = used:match("^(smc%.cli%.[%w_]+)%.") or used:match("^(smc%.%w+)%.")
    return user == wing or user:sub(1, #wing + 1) == wing .. "."
  end

  it("keep out of each other's wings", function()
    assert.is_true(may_use("smc.check", "smc.check.client"))
    assert.is_true(may_use("smc.check.client", "smc.check.verdict"))
    assert.is_true(may_use("smc.cli.smcss.plain", "smc.cli.app"))
    assert.is_false(may_use("smc.run", "smc.check.client"))
    assert.is_false(may_use("smc.checks", "smc.check.client"))
    assert.is_false(may_use("smc.run", "smc.cli.app"))
    assert.is_false(may_use("smc.cli.smcd", "smc.cli.smcss.plain"))
    for name, list in pairs(house) do
      for _, needed in ipairs(list) do
        assert(may_use(name, needed), ("%s uses %s, which is private to another"):format(name, needed))
      end
    end
  end)

  it("use none of the commands, unless they are commands", function()
    for name, list in pairs(house) do
      for _, needed in ipairs(list) do
        local fits = not needed:find("^smc%.cli%.") or name:find("^smc%.cli%.")
        assert(fits, ("%s uses %s"):format(name, needed))
      end
    end
  end)
end)

describe("the examples", function()
  local LINES <const> = { ["smc_run.lua"] = 80, ["smc_chk.lua"] = 200, ["hello_client.lua"] = 15,
    ["hello_server.lua"] = 15 }
  local MOST <const>, OF_A_COMMAND <const> = 200, 5

  for _, path in ipairs(files_below "examples") do
    local source, name = support.read(path), path:match("[^/]*$")
    local names, times = requires.of(source)
    local command = names[1] and names[1]:match("^smc%.cli%.([%w_]+)$")
    command = command ~= "app" and command or nil

    it(("are short: %s"):format(path), function()
      local lines = select(2, source:gsub("\n", ""))
      local most = command and OF_A_COMMAND or LINES[name] or MOST
      assert(lines <= most, ("%s has %d lines, more than %d"):format(path, lines, most))
    end)

    it(("use public modules, or start a command: %s"):format(path), function()
      assert.equal(0, times)
      if command then return assert.equal(1, #names) end
      for _, needed in ipairs(names) do
        local ours = needed:find("^smc%f[^%w]")
        local is_public = needed == "smc" or needed == "smc.cli.app" or needed:find("^smc%.%w+$")
        assert(not ours or is_public, ("%s uses %s"):format(path, needed))
      end
    end)
  end

  it("have the two flows that people come to read as whole scripts", function()
    for name, module in pairs { smc_run = "smc.run", smc_chk = "smc.check" } do
      assert.is_nil(house["smc.cli." .. name])
      local source = support.read(("examples/%s.lua"):format(name))
      assert.truthy(source:find(('require "%s"'):format(module), 1, true), name)
    end
  end)
end)

describe("the shell's pipes", function()
  -- grep -q ends at the first match: what still writes then ends by SIGPIPE, and pipefail makes it a failure.
  it("are read to their end under pipefail", function()
    local scripts = { "spec/lab/lab", "spec/rock/release" }
    for name in require "lfs".dir "spec/lab/lib" do
      if name:find "%.bash$" then scripts[#scripts + 1] = "spec/lab/lib/" .. name end
    end
    assert.is_true(#scripts > 10)
    for _, script in ipairs(scripts) do
      local file <close> = assert(io.open(script))
      assert.is_nil(file:read("a"):match("|%s*grep %-%a*q[^\n]*"), script)
    end
  end)
end)

describe("the public modules", function()
  local listed = {}
  for row in support.read("README.md"):gmatch("\n| (`smc[^|]*) |") do
    for name in row:gmatch("`smc%.(%w+)`") do listed[#listed + 1] = name end
  end

  it("are loaded on first use", function()
    assert.is_true(#listed >= 15)
    for _, name in ipairs(listed) do
      assert.equal(require("smc." .. name), smc[name], name)
    end
  end)

  it("are one list: in the README, in init.lua, and as files", function()
    local files = {}
    for _, path in ipairs(files_below "lua/smc") do
      local name = path:match("^lua/smc/(%w+)%.lua$")
      if name and name ~= "init" then files[#files + 1] = name end
    end
    assert.same(sorted(files), sorted(public))
    assert.same(sorted(files), sorted(listed))
  end)

  it("have a version, which is documented", function()
    assert.matches("^%d+%.%d+%.%d+$", require "smc.version")
    assert.equal("smc " .. smc.version, smc._VERSION)
    assert.matches("\n%-%-%-[^\n]*version[^\n]*\nsmc%._VERSION", support.read "lua/smc/init.lua")
    assert.matches("smc%._VERSION", support.read "README.md")
  end)
end)
