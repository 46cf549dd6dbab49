-- smcss(8) as JSON: the records of smc.diag in the schema of smc.json, one per line.

local is_wanted = require "smc.cli.smcss.wanted"
local json = require "smc.json"
local app = require "smc.cli.app"

-- Prints the array. Returns the result of the last write.
return function(sockets, options)
  local separator = "["
  for s in sockets do
    if is_wanted(s, options) then
      if not app.write(separator, "\n", json.encode(s, true)) then return true end
      separator = ","
    end
  end
  return io.stdout:write(separator == "[" and "[]\n" or "\n]\n")
end
