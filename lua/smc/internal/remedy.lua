--- What a message tells the reader to do: call a function if a program uses this library, or run a command if
-- a script prints the message.
-- @module smc.internal.remedy

local remedy = {}

local by_command = false

--- Makes messages name commands instead of functions: for scripts, whose messages are read by their users.
function remedy.by_command()
  by_command = true
end

--- The function or the command to name in a message.
-- @tparam string call such as `smc.eid.add("UEID")`
-- @tparam string command such as `smcd.lua ueid add UEID`
-- @treturn string one of them, the command between backticks
function remedy.of(call, command)
  return by_command and ("`%s`"):format(command) or call
end

return remedy
