-- The reference documents every public function, method and field: what ldoc(1) reads is compared with what
-- Lua finds in the modules.
package.path = "spec/docs/?.lua;" .. package.path

local lfs = require "lfs"
local process = require "smc.process"
local reference = require "reference"
local smc = require "smc"
local socket = require "smc.socket"
local support = require "support"
local types = require "types"

-- LuaSocket's own manual documents these; that `smc.socket` has them is all there is to say.
local AS_IN_LUASOCKET <const> = {
  sink = true, sinkt = true, source = true, sourcet = true, newtry = true, protect = true, choose = true,
  udp = true, udp4 = true, udp6 = true, unix = true,
}

-- LuaSocket's methods that return nothing.
local NOTHING <const> = { ["sock:setfd"] = true }

local function methods_of(object)
  local methods = getmetatable(object).__index
  object:close()
  return methods
end

-- Objects, by the name that their methods have in the reference.
local function objects()
  local found = {
    ["smc.process"] = { Process = methods_of(assert(process.spawn { "true" })) },
    ["smc.poller"] = {
      Poller = methods_of(assert(smc.poller.new())), Signals = methods_of(assert(smc.poller.signals("USR2"))),
    },
    ["smc.socket"] = { sock = methods_of(assert(socket.tcp { fallback = "tcp" })) },
    ["smc.handshake"] = { Recorder = require "smc.handshake.recorder".methods },
    ["smc.diag"] = { Watch = methods_of(assert(smc.ism.watch())) },
  }
  return found
end

local function public_names()
  local names = { "smc" }
  for file in lfs.dir("lua/smc") do
    local name = file:match("^([%w_]+)%.lua$")
    if name and name ~= "init" then names[#names + 1] = "smc." .. name end
  end
  table.sort(names)
  return names
end

-- The names of a Lua function's parameters; nil for one in C.
local function parameters(func, is_method)
  local info = debug.getinfo(func, "uS")
  if info.what == "C" then return nil end
  local names = {}
  for i = is_method and 2 or 1, info.nparams do names[#names + 1] = debug.getlocal(func, i) end
  if info.isvararg then names[#names + 1] = "..." end
  return names
end

local function column(list, key)
  local values = {}
  for _, entry in ipairs(list) do values[#values + 1] = entry[key] end
  return values
end

describe("the reference #plain", function()
  local modules, by_name = reference.load(), {}
  for _, module in ipairs(modules) do
    by_name[module.name] = {}
    for _, item in ipairs(module.items) do by_name[module.name][item.name] = item end
  end

  local function check_function(module, name, func, is_method)
    local item = by_name[module][name]
    local where = module .. " " .. name
    assert.is_table(item, where .. " is not documented")
    assert.equal("function", item.type, where)
    assert.is_true(item.summary ~= "", where .. " has no summary")
    local names = parameters(func, is_method)
    if names and not (#names == 1 and names[1] == "...") then
      assert.same(names, column(item.params, "name"), where)
    end
    for _, param in ipairs(item.params) do
      assert.is_string(param.type, ("%s: parameter %s has no type"):format(where, param.name))
    end
    assert.is_true(#item.returns > 0 or NOTHING[name] or false, where .. ": what it returns is not said")
    for _, group in ipairs(item.returns) do
      for place, value in ipairs(group) do
        assert.is_string(value.type, ("%s: value %d that it returns has no type"):format(where, place))
      end
    end
  end

  it("has the public modules and no others", function()
    assert.same(public_names(), column(modules, "name"))
  end)

  for _, name in ipairs(public_names()) do
    it("has every function and field of " .. name, function()
      local module = require(name)
      for key, value in pairs(type(module) == "table" and module or {}) do
        if type(value) == "function" then
          if not AS_IN_LUASOCKET[key] then check_function(name, key, value) end
        elseif name ~= "smc" and not AS_IN_LUASOCKET[key] and key ~= "_VERSION"
          and not (name == "smc.errno" and key:find("^E[%u%d]+$")) then
          assert.is_table(by_name[name][key], ("%s.%s is not documented"):format(name, key))
        end
      end
    end)
  end

  for name, classes in pairs(objects()) do
    for class, methods in pairs(classes) do
      it(("has every method of %s's %s"):format(name, class), function()
        for key, value in pairs(methods) do
          if type(value) == "function" and not key:find("^__") then
            check_function(name, ("%s:%s"):format(class, key), value, true)
          end
        end
      end)
    end
  end

  it("has the fields of every table, with types", function()
    for _, module in ipairs(modules) do
      for _, item in ipairs(module.items) do
        for _, field in ipairs(item.type == "table" and item.params or {}) do
          assert.is_string(field.type, ("%s %s.%s"):format(module.name, item.name, field.name))
        end
      end
    end
  end)

  it("is what the types for the Lua language server are made from: run make meta", function()
    assert.equal(types.text(modules), support.read "lua/smc/meta/smc.lua")
    assert(loadfile("lua/smc/meta/smc.lua", "t"))
  end)

  describe("for a browser", function()
    local folder

    setup(function()
      folder = os.tmpname()
      os.remove(folder)
      assert(os.execute(("make -s docs DOC=%s >/dev/null"):format(folder)))
    end)

    teardown(function() os.execute("rm -r " .. folder) end)

    it("shows <close>", function()
      local page = support.read(folder .. "/modules/smc.process.html")
      assert.matches("&lt;close&gt;", page, nil, true)
      assert.not_matches("<close>", page, nil, true)
    end)

    it("begins with the cookbook, which has every recipe", function()
      local list = support.read(folder .. "/index.html"):match("<h2>Cookbook</h2>(.-)</ul>")
      local found, expected = {}, {}
      for name, task in list:gmatch('href="examples/([^"]*)%.html">([^<]*)<') do
        found[name] = task
        assert.is_string(support.read(("%s/examples/%s.html"):format(folder, name)))
      end
      for name in lfs.dir("examples/cookbook") do
        if name:find("%.lua$") then
          local source = support.read("examples/cookbook/" .. name)
          expected[name] = source:match("^%-%-%- ([^\n]*): " .. name:gsub("%.", "%%."))
        end
      end
      assert.same(expected, found)
      assert.is_string(next(found))
    end)
  end)
end)
