--- Every function of the public modules, and of the tables in them.

local lfs = require "lfs"
local smc = require "smc"

local function add(found, prefix, list)
  for key, value in pairs(list) do
    local name = ("%s.%s"):format(prefix, key)
    if type(value) == "function" then
      found[name] = value
    elseif type(value) == "table" and not prefix:find(".", 1, true) then
      add(found, name, value)
    end
  end
end

-- smc.socket has functions that it loads when they are used first.
local function load_all_of_socket()
  for _, name in ipairs { "try", "dns", "source" } do assert(smc.socket[name]) end
end

--- Gives them by their names.
-- @treturn table as in "socket.dns.toip" → function
return function()
  local found = {}
  load_all_of_socket()
  for file in lfs.dir("lua/smc") do
    local name = file:match("^([%w_]+)%.lua$") or file:match("^[%w_]+$")
    if name and name ~= "init" and type(smc[name]) == "table" then add(found, name, smc[name]) end
  end
  return found
end
