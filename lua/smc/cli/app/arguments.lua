--- Command lines of the project's scripts, parsed with argparse.
-- @module smc.cli.app.arguments

local app = require "smc.cli.app.output"
local text = require "smc.internal.text"

local arguments = {}

local MARGIN <const> = 32 -- columns before the descriptions in a help

-- Prints a text and ends the script. Nothing is open that would have to be closed, so the Lua state is not
-- closed: to free what argparse has allocated would take a quarter as long as the help itself.
local function answer(words)
  app.print(words)
  app.flush()
  os.exit(0)
end

-- The help. What is too wide is wrapped here, which takes a tenth of what argparse takes for it.
local function help_of(parser)
  local width, epilog = parser._usage_max_width, parser._epilog
  local room = math.max(width - MARGIN, 10)
  for _, elements in ipairs { parser._arguments, parser._options } do
    for _, element in ipairs(elements) do
      local description = element:_get_description()
      if #description > room then
        element:description(text.wrap(description, "", room)):show_default(false)
      end
    end
  end
  parser:description(text.wrap(parser._description, "", width)):epilog ""
  return parser:get_help() .. text.wrap(epilog, "", width)
end

--- A parser with -h, --help, -v and --version. It has the methods of argparse's, which is loaded if it is
-- needed: see `smc.cli.app.declaration`.
-- @tparam string description one sentence
-- @tparam string epilog examples and exit statuses
function arguments.parser(description, epilog)
  return require "smc.cli.app.declaration"(function()
    local parser = require "smc.internal.need".argparse()(app.name, description, epilog)
      :usage_margin(3):usage_max_width(math.max(text.width(1), 40)):help_description_margin(MARGIN)
    parser:add_help { action = function() answer(help_of(parser)) end }
    parser:flag("-v --version", "Show the version and exit.")
      :action(function() answer(app.name .. ", smc " .. require "smc.version") end)
    return parser
  end)
end

-- argparse's message, which quotes the command line; its suggestion stays on a line of its own.
local function explain_usage(message)
  local wrong, advice = message:match("^(.*)(\nDid you mean .*)$")
  return text.printable(wrong or message) .. (advice or "")
end

--- Parses the command line; bad usage ends the script.
-- @param parser from `app.parser`
-- @tparam[opt=2] integer status exit status for bad usage
-- @tparam[opt] {string,...} given the words, instead of `arg`
-- @treturn table the arguments; `app.json` is set to `json` of them
function arguments.parse(parser, status, given)
  given = given or arg
  collectgarbage "stop" -- most of what argparse is needed for ends the process: a help, a mistake
  if given[1] == "--help" then answer(help_of(parser)) end
  local result = require "smc.cli.app.plain"(parser, given)
  if not result then
    local ok
    ok, result = parser:pparse(given)
    if not ok then app.misuse(status or 2, explain_usage(result), given) end
  end
  collectgarbage "restart"
  app.json = result.json or false
  return result
end

--- Ends the script for bad usage if options are combined that mean nothing together.
-- @tparam integer status
-- @tparam {table,...} mistakes each whether it was made, and its message
function arguments.refuse_any(status, mistakes)
  for _, mistake in ipairs(mistakes) do
    if mistake[1] then app.misuse(status, mistake[2]) end
  end
end

--- Converts a number of seconds from the command line, for argparse's `convert`.
function arguments.seconds(word)
  local seconds = tonumber(word)
  if seconds and seconds > 0 and seconds < 1e9 then return seconds end
  return nil, ("'%s' is not a number of seconds"):format(word)
end

--- Converts a port from the command line, for argparse's `convert`.
function arguments.port(word)
  local port = math.tointeger(tonumber(word))
  if port and port >= 1 and port <= 65535 then return port end
  return nil, ("port '%s' is not a number from 1 to 65535"):format(word)
end

--- Returns a function for argparse's `convert` that accepts a number of things, at least one.
-- @tparam string things such as `"clients"`
function arguments.number_of(things)
  return function(word)
    local number = math.tointeger(tonumber(word))
    if number and number >= 1 then return number end
    return nil, ("'%s' is not a number of %s"):format(word, things)
  end
end

return arguments
