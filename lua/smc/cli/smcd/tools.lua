--- What the objects of smcd(8) and smcr(8) share: abbreviations, and how a command ends.
-- @module smc.cli.smcd.tools

local E = require "smc.errno"
local app = require "smc.cli.app"

local tools = {
  -- Exit statuses of the originals. Their exit(-1) is status 255.
  OK = 0, NOT_THERE = 1, FAILED = 255,
}

--- Whether a word is an abbreviation of another, which means a prefix.
function tools.abbreviates(word, whole)
  return word ~= "" and whole:sub(1, #word) == word
end

--- Ends a command after a function of the API failed, with its message and errno.
function tools.fail(message, errno)
  app.fail(errno == E.EAFNOSUPPORT and tools.NOT_THERE or tools.FAILED, message, errno)
end

--- Returns the value of a function of the API, or ends the command if the function failed.
function tools.demand(value, message, errno)
  if value == nil then tools.fail(message, errno) end
  return value
end

--- Ends a command with its usage text.
function tools.misuse(usage)
  app.refuse(tools.FAILED, usage)
end

--- The usage text that an object prints for the word help.
-- @tparam function object
-- @tparam table tool
-- @treturn string
function tools.usage_of(object, tool)
  local misuse, usage = tools.misuse, nil
  tools.misuse = function(text)
    usage = text
    error(text, 0)
  end
  pcall(object, tool, { "help" })
  tools.misuse = misuse
  return assert(usage)
end

return tools
