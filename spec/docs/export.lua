--- A filter of ldoc(1): writes what it has read of the public modules as a Lua table, for reference.lua.
local pretty = require "pl.pretty"

local function copy(list, take)
  local result = {}
  for _, entry in ipairs(list or {}) do result[#result + 1] = take(entry) end
  return result
end

-- A parameter, an option of one (`filter.mode`), or a field of a table.
local function parameter(item, name)
  local kind = item.modifiers[item.parameter] or {}
  local modifiers = rawget(kind, name) or {} -- a List has methods of such names
  return {
    name = name, type = modifiers.type, optional = modifiers.opt and true,
    text = rawget(item.params.map, name),
  }
end

local function item_of(item)
  local params = {}
  for _, name in ipairs(item.params) do
    params[#params + 1] = parameter(item, name)
    params[#params].options = copy(rawget(item.subparams, name), function(option)
      return parameter(item, option)
    end)
  end
  return {
    name = item.name, type = item.type, summary = item.summary, description = item.description,
    params = params,
    returns = copy(item.retgroups, function(group)
      return copy(group, function(value) return { type = value.type, text = value.text } end)
    end),
  }
end

-- The recipes are in the reference too, as examples.
local function without_examples(modules)
  local result = {}
  for _, module in ipairs(modules) do
    if module.type ~= "example" then result[#result + 1] = module end
  end
  return result
end

return {
  write = function(modules)
    print("--reference--")
    print(pretty.write(copy(without_examples(modules), function(module)
      return { name = module.name, summary = module.summary, items = copy(module.items, item_of) }
    end), ""))
    print("--end--")
  end,
}
