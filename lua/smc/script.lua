--- What the project's scripts have in common: arguments, messages, and their ends.
-- @module smc.script

local argparse = require "argparse"
local smc = require "smc"

local script = {}

--- The name the script was called by.
script.name = (arg and arg[0] or "smc"):match("[^/]*$")

local INTERRUPTED = 130 -- 128 + SIGINT, as shells tell it

--- Says something on standard error, after the script's name.
function script.say(message)
  io.stderr:write(script.name, ": ", message, "\n")
end

--- Ends the script with a message on standard error.
-- @tparam integer status
-- @tparam string message
function script.fail(status, message)
  script.say(message)
  os.exit(status, true)
end

--- An argparse parser with -h, --help, -v and --version.
-- @tparam string description one sentence
-- @tparam string epilog examples and exit statuses
function script.parser(description, epilog)
  local parser = argparse(script.name, description, epilog)
    :usage_margin(3):usage_max_width(80):help_max_width(80):help_description_margin(32)
  parser:flag("-v --version", "Show the version and exit."):action(function()
    print(script.name .. ", " .. smc._VERSION)
    os.exit(0)
  end)
  return parser
end

--- Parses the command line; on bad usage the script ends.
-- @param parser what `script.parser` made
-- @tparam[opt=2] integer status of bad usage
-- @tparam[opt] table words instead of `arg`
-- @treturn table the arguments
function script.parse(parser, status, words)
  local ok, result = parser:pparse(words)
  if not ok then script.fail(status or 2, result .. "\nTry " .. script.name .. " --help") end
  return result
end

--- A number of seconds from the command line, for argparse's `convert`.
function script.seconds(text)
  local seconds = tonumber(text)
  if seconds and seconds > 0 and seconds < 1e9 then return seconds end
  return nil, ("'%s' is not a number of seconds"):format(text)
end

--- A port from the command line, for argparse's `convert`.
function script.port(text)
  local port = math.tointeger(tonumber(text))
  if port and port >= 1 and port <= 65535 then return port end
  return nil, ("port '%s' is not a number from 1 to 65535"):format(text)
end

--- Runs a script's main function. Ctrl-C ends it quietly with status 130, after the closing of what
-- main holds in `<close>` variables.
-- @tparam function main gives the exit status
function script.run(main)
  local function explain(message)
    if tostring(message):find("interrupted!", 1, true) then return INTERRUPTED end
    return debug.traceback(message, 2)
  end
  local ok, status = xpcall(main, explain)
  if not ok and status ~= INTERRUPTED then script.fail(70, status) end -- EX_SOFTWARE of sysexits.h
  os.exit(status or 0, true)
end

return script
