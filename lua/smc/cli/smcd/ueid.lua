-- The object ueid of smcd(8) and smcr(8).

local eid = require "smc.eid"
local app = require "smc.cli.app"
local text = require "smc.internal.text"
local tools = require "smc.cli.smcd.tools"

local function usage(tool)
  local lines = "smcd ueid [show]\n       smcd ueid add <eid>\n       smcd ueid del <eid>\n"
    .. "       smcd ueid flush\n"
  return "Usage: " .. lines:gsub("smcd", tool.name)
end

local function show(tool)
  local list = tools.demand(eid.list())
  if tool.json then return app.print_json(list) end
  text.record(list)
  for _, one in ipairs(list) do
    app.write(("%-32s\n"):format(one))
  end
end

-- In the order of the original, which decides what an abbreviation means.
local commands = {
  { "add", function(_, word) tools.demand(eid.add(word)) end, operand = true },
  { "del", function(_, word)
    local ok, remark, errno = eid.remove(word)
    tools.demand(ok, remark, errno)
    if remark then io.stderr:write("Info: ", remark, "\n") end
  end, operand = true },
  { "flush", function() tools.demand(eid.flush()) end },
  { "show", show },
}

return function(tool, words)
  local word = words[1] or "show"
  for _, command in ipairs(commands) do
    if tools.abbreviates(word, command[1]) then
      if #words > (command.operand and 2 or 1) or command.operand and not words[2] then break end
      return command[2](tool, words[2])
    end
  end
  tools.misuse(usage(tool))
end
