-- Calls every method of every object, open and closed, with values that nobody expects, and with objects of
-- other kinds. Each call returns or raises an error that is a string; nothing is left open.

local objects, held = dofile "spec/hostility/objects.lua"
local values = dofile "spec/hostility/values.lua"

-- The tables of methods and of metamethods of an object.
local function functions_of(object)
  local found, metatable = {}, debug.getmetatable(object)
  for _, methods in ipairs { metatable, type(metatable.__index) == "table" and metatable.__index or {} } do
    for name, method in pairs(methods) do
      if type(method) == "function" then found[name] = method end
    end
  end
  return found
end

-- What would do harm that is no fault: a name that a resolver looks for, a descriptor that nobody closes, or
-- two, a wait without end.
local RESOLVES <const> = { bind = true, connect = true, setpeername = true, setsockname = true }
local WAITS <const> = { wait = true, next = true, receive = true, __call = true }

local function is_harmless(kind, name, value)
  local kind_of_value = type(value)
  if RESOLVES[name] then
    return kind_of_value ~= "string" and kind_of_value ~= "number" or value == "127.0.0.1"
  end
  if name == "setfd" then return not tonumber(value) end -- it gives a descriptor away
  if kind == "uevents" and WAITS[name] then return not tonumber(value) end
  return true
end

local calls = 0

local function call(what, f, ...)
  calls = calls + 1
  local results = table.pack(pcall(f, ...))
  if not results[1] and type(results[2]) ~= "string" then
    print(("%s raises a %s"):format(what, type(results[2])))
  end
  return results[1]
end

local function descriptors()
  collectgarbage()
  collectgarbage()
  local count = 0
  for fd = 0, 255 do
    local file = io.open("/proc/self/fdinfo/" .. fd)
    if file then
      file:close()
      count = count + 1
    end
  end
  return count
end

local ENDS <const> = { close = true, __close = true, __gc = true, setfd = true }

-- Calls with a value in each place. An object is ready for one wait, and is whole until it is closed.
local function call_with(what, make, name, f, value, other)
  local object = make()
  for _, closed in ipairs { false, true } do
    for _, arguments in ipairs { { value }, { other, value }, { value, value, value } } do
      if WAITS[name] or ENDS[name] then object = make() end
      if closed then object:close() end
      call(what, f, object, table.unpack(arguments))
    end
    object:close()
  end
end

local STRIDE <const> = tonumber(arg[1]) -- every so manieth value, others for each method

local function exercise(kind, make)
  local sample = make()
  for name, f in pairs(functions_of(sample)) do
    local what, number = kind .. "." .. name, name == "setfd" and "x" or 1
    call(what, f)
    for i = #name % STRIDE + 1, #values, STRIDE do
      local value = values[i]
      if call(what .. " of another kind", f, value, number) and name ~= "__gc" and name ~= "__index" then
        print(("%s takes value %d for itself"):format(what, i))
      end
      if is_harmless(kind, name, value) then
        local other = values[i % #values + 1]
        call_with(what, make, name, f, value, is_harmless(kind, name, other) and other or nil)
      end
    end
    for _, other in pairs(objects) do
      call(what .. " of another object", f, other(), number)
    end
  end
end

collectgarbage("generational")
local before = descriptors()
for kind, make in pairs(objects) do exercise(kind, make) end
collectgarbage("incremental")
local after = descriptors()
if after ~= before then print(("%d descriptors, and there were %d"):format(after, before)) end
held:next(0)
held:close()
print(calls * STRIDE > 20000 and "done" or "too few calls: " .. calls)
