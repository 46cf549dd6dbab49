--- Loads modules on first use, which is where a program may have no free descriptor to read a file with.
-- Modules that do so begin with `local require = require "smc.internal.load"`.
-- @module smc.internal.load

local shortage = require "smc.core.os".shortage

--- As `require`, for modules of the project. If no descriptor is free, it collects garbage, which may hold
-- some, and tries again. If that does not help, the error says so, and not that the module is missing.
-- @tparam string name
-- @return the module
return function(name)
  local ok, result = pcall(require, name)
  if not ok and shortage(result) then
    collectgarbage()
    ok, result = pcall(require, name)
  end
  if ok then return result end
  local lack = shortage(result)
  error(lack and ("cannot load %s: %s"):format(name, lack) or result, 0)
end
