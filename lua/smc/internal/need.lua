--- Lua modules of other projects that this one depends on.
-- @module smc.internal.need

local need = {}

local MISSING <const> = "the Lua module %s is not installed: on Debian, apt-get install lua-%s; elsewhere, "
  .. "luarocks install %s"

-- As `require`, but if there is no such module, the error says where it comes from.
local function load(name)
  local ok, result = pcall(require, name)
  if ok then return result end
  if not tostring(result):find(("module '%s' not found"):format(name), 1, true) then error(result, 0) end
  error(MISSING:format(name, name, name), 0)
end

--- argparse.
function need.argparse() return load "argparse" end

--- dkjson.
function need.dkjson() return load "dkjson" end

return need
