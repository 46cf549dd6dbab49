-- smcss(8) as JSON: the records of smc.diag in the schema of smc.json, one per line. They are printed when
-- all of them are there, so that Ctrl-C, or an error of the kernel, leaves no half of an array.

local is_wanted = require "smc.cli.smcss.wanted"
local json = require "smc.json"
local app = require "smc.cli.app"

-- Prints the array. Returns true: app.write has looked at the result.
return function(sockets, options)
  local list = {}
  for s in sockets do
    if is_wanted(s, options) then list[#list + 1] = json.encode(s, true) end
  end
  app.write(list[1] and "[\n" .. table.concat(list, ",\n") .. "\n]\n" or "[]\n")
  return true
end
