--- Command lines of the project's scripts, parsed with argparse.
-- @module smc.cli.app.arguments

local app = require "smc.cli.app.output"
local text = require "smc.internal.text"

local arguments = {}

-- Prints a text and ends the script. Nothing is open that would have to be closed, so the Lua state is not
-- closed: to free what argparse has allocated would take a quarter as long as the help itself.
local function answer(text_of)
  return function()
    app.print(text_of())
    app.flush()
    os.exit(0)
  end
end

--- A parser with -h, --help, -v and --version. It has the methods of argparse's, which is loaded if it is
-- needed: see `smc.cli.app.declaration`.
-- @tparam string description one sentence
-- @tparam string epilog examples and exit statuses
function arguments.parser(description, epilog)
  return require "smc.cli.app.declaration"(function()
    local width = math.max(text.width(1), 40)
    local parser = require "smc.internal.need".argparse()(app.name, description, epilog)
      :usage_margin(3):usage_max_width(width):help_max_width(width):help_description_margin(32)
    -- The epilog's lines are wrapped here, which takes a tenth of what argparse takes for it.
    parser:add_help { action = answer(function()
      return parser:epilog "":get_help() .. text.wrap(epilog, "", width)
    end) }
    parser:flag("-v --version", "Show the version and exit.")
      :action(answer(function() return app.name .. ", smc " .. require "smc.version" end))
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
  -- The help is argparse's in any case.
  local result = given[1] ~= "--help" and require "smc.cli.app.plain"(parser, given)
  if not result then
    local ok
    ok, result = parser:pparse(given)
    if not ok then
      app.fail(status or 2, explain_usage(result) .. "\nTry " .. app.name .. " --help")
    end
  end
  app.json = result.json or false
  return result
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
