-- Ends with everything open, in the way that the first argument names: what a state closes when it ends.

local objects = dofile "spec/hostility/objects.lua"

-- Finalizers that are called when the objects have been finalized already, and before that.
local function user(use)
  return setmetatable({}, { __gc = function()
    for _, object in pairs(use) do
      for name, method in pairs(debug.getmetatable(object).__index or {}) do
        if type(method) == "function" and name ~= "setfd" then pcall(method, object, 0, 0, 0) end
      end
      pcall(object)
    end
  end })
end

local all = {}
EARLY = user(all) -- luacheck: ignore 111
for name, make in pairs(objects) do all[name] = make() end
all.signals:next(0) -- it would end the program once it is not blocked any more
LATE = user(all) -- luacheck: ignore 111

local ways = {
  ["return"] = function() end,
  error = function() error("the end", 0) end,
  exit = function() os.exit(0, true) end,
  ["exit at once"] = function() os.exit(0, false) end,
  ["in a coroutine"] = function()
    coroutine.wrap(function()
      local one <close> = objects.process() -- luacheck: ignore 211
      os.exit(0, true)
    end)()
  end,
}
io.stderr:write("ends\n")
return ways[arg[1]]()
