--- Types for LuaLS, https://luals.github.io/wiki/annotations, made from the reference: `make meta` writes
-- lua/smc/meta/smc.lua with it, and a spec compares the file with what it would write.
local types = {}

local HEAD <const> = [[
---@meta
-- The types of the public modules for the Lua language server. `make meta` writes this file from the doc
-- comments of the sources: change those.

]]

local BUILT_IN <const> = { func = "function", int = "integer", bool = "boolean", userdata = "userdata" }

-- One line of text, without the markup of the reference.
local function plain(text)
  return ((text or ""):gsub("@{(.-)}", "`%1`"):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- The name of a class of the module, for its tables and objects; any other name stays.
local function named(name, module)
  return module.classes[name] and ("%s.%s"):format(module.name, name) or BUILT_IN[name] or name
end

-- ldoc's modifiers of types, as LuaLS writes them: ?T, {T,...}, {[K]=V}, T|U.
local function converted(type_, module)
  if not type_ then return "any" end
  local may_be_nil = type_:match("^%?|?(.*)")
  if may_be_nil then return converted(may_be_nil, module) .. "|nil" end
  local list = type_:match("^{(.-),%.%.%.}$")
  if list then
    local element = converted(list, module)
    return (element:find("|", 1, true) and "(%s)[]" or "%s[]"):format(element)
  end
  local key, value = type_:match("^{%[(.-)%]=(.-)[,%.]*}$")
  if key then return ("table<%s, %s>"):format(converted(key, module), converted(value, module)) end
  if type_:find("^{") then return "table" end
  return (type_:gsub("[^|]+", function(name) return named(name, module) end))
end

local function comment(text)
  return text ~= "" and " " .. text or ""
end

local function add_summary(lines, item)
  for line in ((item.summary or "") .. "\n" .. (item.description or "")):gmatch("[^\n]+") do
    lines[#lines + 1] = "---" .. (line:gsub("@{(.-)}", "`%1`"):gsub("^%s?", " ", 1):gsub("%s+$", ""))
  end
end

-- A table of the reference: a class with fields.
local function add_record(lines, module, item)
  add_summary(lines, item)
  lines[#lines + 1] = ("---@class %s.%s"):format(module.name, item.name)
  for _, field in ipairs(item.params) do
    lines[#lines + 1] = ("---@field %s %s%s"):format(
      field.name, converted(field.type, module), comment(plain(field.text)))
  end
  lines[#lines + 1] = ""
end

-- The options of a table that is a parameter: a class, too.
local function add_options(lines, module, item, param)
  if not param.options or #param.options == 0 then return converted(param.type, module) end
  local class = ("%s.%s.%s"):format(module.name, item.name:gsub(":", "."), param.name)
  lines[#lines + 1] = "---@class " .. class
  for _, option in ipairs(param.options) do
    lines[#lines + 1] = ("---@field %s %s%s"):format(
      option.name:match("[^.]+$"), converted(option.type or "?any", module), comment(plain(option.text)))
  end
  lines[#lines + 1] = ""
  return class
end

-- What may be returned in one place, by all groups of returns.
local function union(item, place, module)
  local found, texts, seen = {}, {}, {}
  for _, group in ipairs(item.returns) do
    local value = group[place]
    local name = value and converted(value.type, module) or "nil"
    for one in name:gmatch("[^|]+") do
      if not seen[one] then
        seen[one] = true
        found[#found + 1] = one
      end
    end
    if value and plain(value.text) ~= "" then texts[#texts + 1] = plain(value.text) end
  end
  return table.concat(found, "|"), table.concat(texts, "; ")
end

local function add_function(lines, module, item)
  local params, names = {}, {}
  for _, param in ipairs(item.params) do
    local name = param.name == "..." and "..." or param.name
    local type_ = add_options(lines, module, item, param)
    names[#names + 1] = name
    params[#params + 1] = ("---@param %s%s %s%s"):format(
      name, param.optional and name ~= "..." and "?" or "", type_, comment(plain(param.text)))
  end
  add_summary(lines, item)
  table.move(params, 1, #params, #lines + 1, lines)
  local most = 0
  for _, group in ipairs(item.returns) do most = math.max(most, #group) end
  for place = 1, most do
    local type_, text = union(item, place, module)
    lines[#lines + 1] = ("---@return %s%s"):format(type_, text ~= "" and " # " .. text or "")
  end
  local object, method = item.name:match("^(.-):(.*)$")
  local of = object and ("%s:%s"):format(module.objects[object], method)
    or ("%s.%s"):format(module.variable, item.name)
  lines[#lines + 1] = ("function %s(%s) end"):format(of, table.concat(names, ", "))
  lines[#lines + 1] = ""
end

local function classify(module)
  module.variable = module.name:gsub("%.", "_")
  module.classes, module.objects = {}, {}
  for _, item in ipairs(module.items) do
    local object = item.name:match("^(.-):")
    if item.type == "table" then module.classes[item.name] = true end
    if object then
      module.classes[object] = true
      module.objects[object] = ("%s_%s"):format(module.variable, object)
    end
  end
end

local function add_objects(lines, module)
  local done = {}
  for _, item in ipairs(module.items) do
    local object = item.name:match("^(.-):")
    if object and not done[object] then
      done[object] = true
      lines[#lines + 1] = ("---@class %s.%s"):format(module.name, object)
      lines[#lines + 1] = ("local %s = {}\n"):format(module.objects[object])
    end
  end
end

local function add_module(lines, module)
  lines[#lines + 1] = "--- " .. plain(module.summary)
  lines[#lines + 1] = "---@class " .. module.name
  for _, item in ipairs(module.items) do
    if item.type == "field" then
      lines[#lines + 1] = ("---@field %s any%s"):format(item.name, comment(plain(item.summary)))
    end
  end
  lines[#lines + 1] = ("local %s = {}\n"):format(module.variable)
  add_objects(lines, module)
  for _, item in ipairs(module.items) do
    if item.type == "table" then
      add_record(lines, module, item)
    elseif item.type == "function" then
      add_function(lines, module, item)
    end
  end
end

--- The text of lua/smc/meta/smc.lua.
-- @tparam table modules of reference.load()
function types.text(modules)
  local lines = {}
  for _, module in ipairs(modules) do
    classify(module)
    add_module(lines, module)
  end
  lines[#lines + 1] = "-- What `smc` loads on first use."
  for _, module in ipairs(modules) do
    local name = module.name:match("^smc%.(.*)$")
    if name then lines[#lines + 1] = ("smc.%s = %s"):format(name, module.variable) end
  end
  lines[#lines + 1] = "\nreturn smc\n"
  return HEAD .. table.concat(lines, "\n")
end

return types
