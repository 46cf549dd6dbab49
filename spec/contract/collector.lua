--- Garbage collected before and after every operation of smc.socket, in the ways that Lua has.

local core = require "smc.core.socket"
local socket = require "smc.socket"

local collector = {}
collector.__index = collector

local modes = {
  incremental = function() collectgarbage("incremental") end,
  generational = function() collectgarbage("generational") end,
  ["without a pause"] = function()
    collectgarbage("incremental")
    collectgarbage("setpause", 0)
  end,
}

--- @tparam string mode incremental, generational or "without a pause"
function collector.new(mode)
  return setmetatable({ start_mode = modes[mode], operations = 0, originals = {} }, collector)
end

function collector:wrap(functions)
  self.originals[functions] = {}
  for name, original in pairs(functions) do
    if type(original) == "function" then self.originals[functions][name] = original end
  end
  for name, original in pairs(self.originals[functions]) do
    functions[name] = function(...)
      self.operations = self.operations + 1
      collectgarbage("step")
      local results = table.pack(original(...))
      collectgarbage("step")
      return table.unpack(results, 1, results.n)
    end
  end
end

function collector:start()
  self.start_mode()
  self:wrap(socket)
  for _, methods in ipairs(core.methods) do self:wrap(methods) end
end

function collector:stop()
  for functions, originals in pairs(self.originals) do
    for name, original in pairs(originals) do functions[name] = original end
  end
  collectgarbage("incremental")
  collectgarbage("setpause", 200)
end

return collector
