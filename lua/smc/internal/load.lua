--- Loads modules on first use, which is where a program may have no free descriptor to read a file with. Such
-- files are named `local require = require "smc.internal.load"` at their beginning.
-- @module smc.internal.load

-- The message of the system if no file can be opened.
local function exhaustion()
  local file, message = io.open "/proc/self/exe"
  if not file then return message:gsub("^[^:]*: ", "") end
  file:close()
end

local function is_not_found(raised)
  return tostring(raised):find("module 'smc%.[%w_.]+' not found") ~= nil
end

--- As `require`, for modules of the project. If no descriptor is free, it collects garbage, which may hold
-- some, and tries again. If that does not help, the error says so, and not that the module is missing.
-- @tparam string name
-- @return the module
return function(name)
  local loaded = package.loaded[name]
  if loaded ~= nil then return loaded end
  local ok, result = pcall(require, name)
  if ok then return result end
  if not is_not_found(result) or not exhaustion() then error(result, 0) end
  collectgarbage()
  ok, result = pcall(require, name)
  if ok then return result end
  local why = is_not_found(result) and exhaustion()
  error(why and ("cannot load %s: %s"):format(name, why) or result, 0)
end
