--- Messages and complete outputs of the project's scripts. `smc.cli.app` has these functions.
-- @module smc.cli.app.messages

local app = require "smc.cli.app.output"
local text = require "smc.internal.text"

local messages = {}

--- Prints a message on standard error, after the script's name, wrapped to the width of the terminal.
-- @tparam string message
function messages.say(message)
  io.stderr:write(text.wrap(text.lines(app.prefix .. message), "", text.width(2)), "\n")
end

--- Writes text to standard error, wrapped but otherwise unchanged; in one write, since others may share it.
-- @tparam string ...
function messages.note(...)
  io.stderr:write(text.wrap(table.concat { ... }, "", text.width(2)) .. "\n")
end

--- Text from outside as a part of a message or of a line, with control characters made visible.
-- @tparam string|number s
-- @treturn string
function messages.printable(s)
  return text.printable(s)
end

--- Whether a standard stream is a terminal.
-- @tparam integer fd 1 or 2
-- @treturn boolean
function messages.is_terminal(fd)
  return require "smc.core.os".columns(fd) ~= nil
end

--- Ends the script with a message on standard error. With `app.json`, it is also printed on standard output,
-- as `{"success":false,"message":…,"errno":…}`, unless something else was printed before.
-- @tparam integer status
-- @tparam string message
-- @tparam[opt] integer errno
function messages.fail(status, message, errno)
  if app.json and not app.written then
    local report = { success = false, message = message, errno = errno }
    app.write(require "smc.json".encode(report), "\n")
  end
  app.flush()
  messages.say(message)
  app.leave(status)
end

--- Ends the script with the message of a function of the API that failed; otherwise returns its result.
-- @param result
-- @tparam[opt] string message
-- @tparam[opt] integer errno
-- @return result
function messages.demand(result, message, errno)
  return result or messages.fail(app.failure, message, errno)
end

-- Sets `app.json` by the words of a command line that cannot be parsed.
local function expect_json(words)
  for _, word in ipairs(words) do
    if word == "--" then return end
    if word == "--json" then app.json = true end
  end
end

--- Ends the script for bad usage, as `app.fail` does, and names its help.
-- @tparam integer status
-- @tparam string message
-- @tparam[opt] {string,...} words the command line, if it cannot be parsed: only it knows about --json
function messages.misuse(status, message, words)
  expect_json(words or {})
  messages.fail(status, message .. "\nTry " .. app.name .. " --help")
end

--- Ends the script for bad usage, likewise, but prints the text as it is.
-- @tparam integer status
-- @tparam string usage
-- @tparam[opt] {string,...} words
function messages.refuse(status, usage, words)
  expect_json(words or {})
  if app.json and not app.written then
    local message = usage:gsub("%s+$", "")
    app.write(require "smc.json".encode { success = false, message = message }, "\n")
  end
  app.leave(status, usage)
end

--- Prints a value of the API as JSON.
function messages.print_json(value)
  return app.write(require "smc.json".encode(value), "\n")
end

--- The version line of the scripts that have the options of smc-tools, in the format of smc-tools.
-- @treturn string a line
function messages.version()
  return ("%s utility, smc-%s\n"):format(app.name, require "smc.version")
end

--- Ends the script after a function of the API, such as an iterator, raised an error; or after Ctrl-C, which
-- raises an error as well.
-- @tparam integer status
-- @tparam string message the error
function messages.raised(status, message)
  local interrupted = app.interruption(message)
  if interrupted then app.leave(interrupted) end
  messages.fail(status, message)
end

return messages
