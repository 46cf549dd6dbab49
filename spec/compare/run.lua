--- Compares smcss.lua, smcd.lua, smcr.lua and smc_pnet.lua with the tools of smc-tools, built in the folder
-- SMC_TOOLS: same state, same moment, streams line by line, and the status. To be run in a guest, as root:
-- lua5.4 spec/compare/run.lua STATES [PATTERN], where STATES is a file of spec/compare. A line a state, and
-- one a difference that is not intended; the status is 1 when there is one.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = "build/?.so;" .. package.cpath

local commands = require "compare.commands"
local intended = require "compare.intended"
local judge = require "compare.judge"
local sockets = require "compare.sockets"

-- What differs in a state: a line for each command line.
local function differences_in(state, list)
  local found = {}
  for _, command in ipairs(list) do
    local difference = judge.compare(command, state)
    if difference then found[#found + 1] = ("  %s %s: %s"):format(command.tool, command.line, difference) end
  end
  return found
end

local function commands_of(state)
  if type(state.commands) == "function" then return state.commands() end
  return state.commands or commands.reads
end

local failed = 0
for _, state in ipairs(require("compare." .. arg[1])) do
  if state.name:find(arg[2] or "") then
    state.setup()
    local list = commands_of(state)
    local found = differences_in(state, list)
    if state.teardown then state.teardown() end
    if not state.keep then sockets.close() end
    failed = failed + #found
    print(("%-50s %3d command lines, %d differ"):format(state.name, #list, #found))
    if #found > 0 then print(table.concat(found, "\n")) end
    io.stdout:flush()
  end
end
for why, count in pairs(intended.used) do print(("intended, %4d times: %s"):format(count, why)) end
os.exit(failed == 0)
