--- Command lines of the project's scripts, parsed with argparse, and the inputs that they name.
-- @module smc.cli.app.arguments

local app = require "smc.cli.app.output"
local E = require "smc.errno"
local text = require "smc.internal.text"

local arguments = {}

--- An argparse parser with -h, --help, -v and --version.
-- @tparam string description one sentence
-- @tparam string epilog examples and exit statuses
function arguments.parser(description, epilog)
  local width = math.max(text.width(1), 40)
  local parser = require "argparse"(app.name, description, epilog)
    :usage_margin(3):usage_max_width(width):help_max_width(width):help_description_margin(32)
  parser:add_help { action = function()
    app.print(parser:get_help())
    app.leave(0)
  end }
  parser:flag("-v --version", "Show the version and exit."):action(function()
    app.print(app.name .. ", smc " .. require "smc.version")
    app.leave(0)
  end)
  return parser
end

-- argparse's message, which quotes the command line; its suggestion stays on a line of its own.
local function explain_usage(message)
  local wrong, advice = message:match("^(.*)(\nDid you mean .*)$")
  return text.printable(wrong or message) .. (advice or "")
end

--- Parses the command line; bad usage ends the script.
-- @param parser from `app.parser`
-- @tparam[opt=2] integer status exit status for bad usage
-- @tparam[opt] table given the words, instead of `arg`
-- @treturn table the arguments; `app.json` is set to `json` of them
function arguments.parse(parser, status, given)
  local ok, result = parser:pparse(given)
  if not ok then
    app.fail(status or 2, explain_usage(result) .. "\nTry " .. app.name .. " --help")
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

-- Ends the script if a file cannot be read. Pipes and terminals are not tested, since they may block.
local function check_readable(file, name, status)
  local at, message, errno = file:seek("cur")
  if at then
    message = select(2, file:read(0))
    file:flush() -- the descriptor is back where it was
  elseif errno == E.ESPIPE then
    return
  end
  if message then app.fail(status, ("cannot read %s: %s"):format(text.printable(name), message)) end
end

--- Opens the input that the command line names, and ends the script if it cannot be read.
-- @tparam ?string name of a file; nil: standard input
-- @tparam integer status the exit status in that case
-- @treturn file
function arguments.open_input(name, status)
  local file, message = io.stdin, nil
  if name then file, message = io.open(name, "rb") end
  if not file then app.fail(status, text.printable(message)) end
  check_readable(file, name or "standard input", status)
  return file
end

--- The names of the signals that end a server. SIGHUP stays ignored under nohup(1).
-- @treturn string
-- @treturn string
-- @treturn ?string
function arguments.ending_signals()
  local status = require "smc.internal.file".read("/proc/self/status") or ""
  local ignored = tonumber(status:match("SigIgn:%s*(%x+)") or "0", 16)
  if ignored & 1 ~= 0 then return "INT", "TERM" end
  return "HUP", "INT", "TERM"
end

return arguments
