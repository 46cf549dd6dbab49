--- What the objects of smcd(8) and smcr(8) have in common: abbreviations, and how a command ends.
-- @module smc.cli.smcd.tools

local E = require "smc.errno"
local app = require "smc.cli.app"

local tools = {
  -- Exit statuses of the originals. They end with 255 where they say exit(-1).
  OK = 0, NOT_THERE = 1, FAILED = 255,
}

--- Whether a word is an abbreviation of another: its beginning.
function tools.abbreviates(word, whole)
  return word ~= "" and whole:sub(1, #word) == word
end

--- Ends a command that failed, by the results of a function of the API.
function tools.fail(message, errno)
  app.fail(errno == E.EAFNOSUPPORT and tools.NOT_THERE or tools.FAILED, message, errno)
end

--- The value of a function of the API, or the command's end.
function tools.demand(value, message, errno)
  if value == nil then tools.fail(message, errno) end
  return value
end

--- Ends a command with its usage.
function tools.misuse(usage)
  app.leave(tools.FAILED, usage)
end

return tools
