--- What a message advises: a function of this library to the reader who called one, and a command to the user
-- of a script, who cannot call functions.
-- @module smc.internal.remedy

local remedy = {}

local by_command = false

--- From now on, commands are advised: a script's messages are read by its user.
function remedy.by_command()
  by_command = true
end

--- The way out, by its name for whoever reads the message.
-- @tparam string call such as `smc.eid.add("UEID")`
-- @tparam string command such as `smcd.lua ueid add UEID`
-- @treturn string one of them, the command between backticks
function remedy.of(call, command)
  return by_command and ("`%s`"):format(command) or call
end

return remedy
