-- The layers of csrc: within each C module calls go downwards only. nm(1) tells which object defines what
-- another one uses.

local support = require "support"
local sysfs_tree = require "sysfs_tree"

local OBJECTS <const> = (os.getenv "SMC_BUILD" or "build") .. "/obj"

-- The C modules whose objects form no circle.
local MODULES <const> = { "netlink", "os", "poller", "preload", "process", "socket", "sysfs" }

-- The objects of each C module, by its last name, as the Makefile lists them.
local function objects_of(name)
  local objects = {}
  local make <close> = assert(io.popen "make -s modules")
  for line in make:lines() do
    local module, sources = line:match("([%w_]+): (.*)$")
    for source in (module == name and sources or ""):gmatch("csrc/(%S+)%.c") do
      objects[#objects + 1] = ("%s/%s.o"):format(OBJECTS, source)
    end
  end
  assert(#objects > 0, name)
  return table.concat(objects, " ")
end

-- Which object defines each symbol, and which symbols each object uses.
local function symbols_of(name)
  local defined_by, used_by = {}, {}
  local nm = assert(io.popen("nm -A -g " .. objects_of(name)))
  for line in nm:lines() do
    local object, kind, symbol = line:match("/obj/([^:]+)%.o:%x*%s+(%a) (%S+)$")
    assert(object, line)
    used_by[object] = used_by[object] or {}
    if kind == "U" or kind == "w" then
      table.insert(used_by[object], symbol)
    else
      defined_by[symbol] = object
    end
  end
  assert(nm:close())
  return defined_by, used_by
end

-- Object → the objects that it uses, in order.
local function graph_of(name)
  local defined_by, used_by = symbols_of(name)
  local graph = {}
  for object, symbols in pairs(used_by) do
    local seen, uses = { [object] = true }, {}
    for _, symbol in ipairs(symbols) do
      local other = defined_by[symbol]
      if other and not seen[other] then
        seen[other] = true
        uses[#uses + 1] = other
      end
    end
    table.sort(uses)
    graph[object] = uses
  end
  return graph
end

-- A circle in the graph as text, "a → b → a"; nil where there is none.
local function circle_of(graph)
  local done, path, on_path = {}, {}, {}
  local function visit(object)
    if on_path[object] then
      path[#path + 1] = object
      return table.concat(path, " → ", on_path[object])
    end
    if done[object] then return nil end
    done[object] = true
    path[#path + 1] = object
    on_path[object] = #path
    for _, other in ipairs(graph[object]) do
      local circle = visit(other)
      if circle then return circle end
    end
    path[#path], on_path[object] = nil, nil
  end
  local objects = {}
  for object in pairs(graph) do objects[#objects + 1] = object end
  table.sort(objects)
  for _, object in ipairs(objects) do
    local circle = visit(object)
    if circle then return circle end
  end
end

-- Object → its line in the drawing of a folder's layers in csrc/README.md, from the top.
local function drawing_of(name)
  local drawing = support.read "csrc/README.md":match("\n`" .. name .. "/` from top to bottom.-\n\n(.-)\n\n")
  local lines, number = {}, 0
  for line in drawing:gmatch("[^\n]+") do
    number = number + 1
    -- The words before what is said of them are files, with two blanks between them.
    for word in (line:match("^    (.-)   ") or line:match("^    (.*)$")):gmatch("[%w_]+") do
      lines[("%s/%s"):format(name, word)] = number
    end
  end
  return lines
end

describe("the objects of csrc #plain", function()
  it("are searched for circles by something that finds one", function()
    assert.equal("b → c → b", circle_of { a = { "b" }, b = { "c" }, c = { "b", "d" }, d = {} })
    assert.is_nil(circle_of { a = { "b", "c" }, b = { "c" }, c = {} })
  end)

  for _, name in ipairs(MODULES) do
    it("form no circle in " .. name, function()
      assert.is_nil(circle_of(graph_of(name)))
    end)
  end

  for _, name in ipairs { "netlink", "socket" } do
    it("are drawn in csrc/README.md, each above those that it uses, in " .. name, function()
      local lines, wrong = drawing_of(name), {}
      for object, uses in pairs(graph_of(name)) do
        for _, other in ipairs(object:find("^common/") and {} or uses) do
          local is_below = other:find("^common/") or (lines[other] or 0) > (lines[object] or math.huge)
          if not is_below then wrong[#wrong + 1] = ("%s uses %s"):format(object, other) end
        end
      end
      table.sort(wrong)
      assert.same({}, wrong)
    end)
  end

  it("of common use those of no module", function()
    for _, name in ipairs(MODULES) do
      for object, uses in pairs(graph_of(name)) do
        for _, other in ipairs(object:find("^common/") and uses or {}) do
          assert.matches("^common/", other)
        end
      end
    end
  end)
end)

describe("smc.ism", function()
  it("loads no libnl to read a tree of sysfs", function()
    local tree = sysfs_tree.new(finally)
    tree.ism(0x50)
    local found = support.run_by({}, ([[
      require "smc.internal.paths".sysfs = %q
      assert(#require "smc.ism".list() == 1)
      for line in io.lines "/proc/self/maps" do assert(not line:find("libnl", 1, true), line) end
      print "none"]]):format(tree.root))
    assert.equal("none\n", found)
  end)
end)
