--- Loads modules on first use, which is where a program may have no free descriptor to read a file with.
-- Modules that do so begin with `local require = require "smc.internal.load"`.
-- @module smc.internal.load

-- Why a module was not found, if no file can be opened.
local function why(raised)
  if not tostring(raised):find "module 'smc%.[%w_.]+' not found" then return nil end
  local file, message = io.open "/proc/self/exe"
  if not file then return message:match ": (.*)" end
  file:close()
end

--- As `require`, for modules of the project. If no descriptor is free, it collects garbage, which may hold
-- some, and tries again. If that does not help, the error says so, and not that the module is missing.
-- @tparam string name
-- @return the module
return function(name)
  local ok, result = pcall(require, name)
  if not ok and why(result) then
    collectgarbage()
    ok, result = pcall(require, name)
  end
  if ok then return result end
  local lack = why(result)
  error(lack and ("cannot load %s: %s"):format(name, lack) or result, 0)
end
