--- Output, messages and exit statuses of the project's scripts.
--
-- Every script ends with `app.leave`, which flushes the output and checks the result, so that a script
-- never reports success when the disk is full. A reader that closes the pipe early, as in
-- `smcss.lua | head -1`, is not an error: the script discards further output and completes its work.
--
-- @module smc.cli.app.output

local core = require "smc.core.os"

local app = {}

local stdout, stderr = io.stdout, io.stderr
local INTERRUPTED <const>, SOFTWARE <const> = 130, 70 -- 128 + SIGINT as in shells; sysexits.h

core.fill_standard_streams()

-- Loads `smc.internal.text` on first use.
local function words()
  return require "smc.internal.text"
end

-- Whether the reader of the output closed the pipe.
local function is_reader_gone(errno)
  return errno == require "smc.errno".EPIPE
end

--- The name under which the script was called.
app.name = (arg and arg[0] or "smc"):match("[^/]*$")
if app.name:find("[%c\127-\255]") then app.name = words().printable(app.name) end

--- The prefix of messages on standard error.
app.prefix = app.name .. ": "

--- The exit status if only writing the output failed.
app.failure = 1

--- Whether errors are also printed as JSON on standard output.
app.json = false

local reader_gone, written = false, false

--- Prints a message on standard error, after the script's name, wrapped to the width of the terminal.
-- @tparam string message
function app.say(message)
  local text = words()
  stderr:write(text.wrap(text.lines(app.prefix .. message), "", text.width(2)), "\n")
end

--- Says something on standard error as it is, but for its width: in one write, since others may share it.
-- @tparam string ...
function app.note(...)
  local text = words()
  stderr:write(text.wrap(table.concat { ... }, "", text.width(2)) .. "\n")
end

--- Text from outside as a part of a message or of a line, with control characters made visible.
-- @tparam string|number s
-- @treturn string
function app.printable(s)
  return words().printable(s)
end

--- Whether a standard stream is a terminal.
-- @tparam integer fd 1 or 2
-- @treturn boolean
function app.is_terminal(fd)
  return core.columns(fd) ~= nil
end

-- Flushes standard output. Ctrl-C may interrupt it while the reader does not read.
local function flush()
  local called, ok, message, errno = pcall(stdout.flush, stdout)
  if not called then return INTERRUPTED end
  if ok or is_reader_gone(errno) then return nil end
  return nil, message
end

--- Ends the script: flushes the output, prints the message and exits with the status.
-- @tparam integer status
-- @tparam[opt] string message printed on standard error unchanged, such as a usage text; for error messages
--   use `app.fail`
function app.leave(status, message)
  core.ignore_sigpipe()
  local interrupted, lost = flush()
  if message then stderr:write(message) end
  if lost then
    app.say("cannot write the output: " .. lost)
    status = status == 0 and app.failure or status
  end
  os.exit(interrupted or status, true)
end

--- Ends the script with a message on standard error. With `app.json`, it is also printed on standard output,
-- as `{"success":false,"message":…,"errno":…}`, unless something else was printed before.
-- @tparam integer status
-- @tparam string message
-- @tparam[opt] integer errno
function app.fail(status, message, errno)
  if app.json and not written then
    local report = { success = false, message = message, errno = errno }
    app.write(require "smc.json".encode(report), "\n")
  end
  app.flush()
  app.say(message)
  app.leave(status)
end

--- Checks the result of a write to standard output, and ends the script if it failed.
-- @param ok
-- @tparam ?string message
-- @tparam ?integer errno
-- @treturn boolean false if the reader closed the pipe
function app.check(ok, message, errno)
  if ok then return true end
  if is_reader_gone(errno) then
    reader_gone = true
    return false
  end
  app.say("cannot write the output: " .. message)
  os.exit(app.failure, true)
end

--- Writes to standard output. A script whose output must appear immediately calls `app.flush`: the C library
-- hides the errors of a line-buffered stream.
-- @tparam string|number ...
-- @treturn boolean false if the reader closed the pipe
function app.write(...)
  if not written then core.ignore_sigpipe() end
  written = true
  return not reader_gone and app.check(stdout:write(...))
end

--- Like `print`, but checks the result.
-- @treturn boolean false if the reader closed the pipe
function app.print(...)
  local values = table.pack(...)
  for i = 1, values.n do values[i] = tostring(values[i]) end
  return app.write(table.concat(values, "\t"), "\n")
end

--- Prints a line as `string.format` makes it, and lets a reader see it, now.
-- @treturn boolean false if the reader closed the pipe
function app.tell(...)
  return app.write(string.format(...), "\n") and app.flush()
end

--- Flushes standard output.
-- @treturn boolean false if the reader closed the pipe
function app.flush()
  core.ignore_sigpipe()
  return not reader_gone and app.check(stdout:flush())
end

--- Prints a value of the API as JSON.
function app.print_json(value)
  return app.write(require "smc.json".encode(value), "\n")
end

--- The version line of the scripts that have the options of smc-tools, in the format of smc-tools.
-- @treturn string a line
function app.version()
  return ("%s utility, smc-%s\n"):format(app.name, require "smc.version")
end

local function is_interrupt(raised)
  return tostring(raised):find("interrupted!", 1, true) ~= nil
end

--- Ends the script after a function of the API, such as an iterator, raised an error; or after Ctrl-C, which
-- raises an error as well.
-- @tparam integer status
-- @tparam string message the error
function app.raised(status, message)
  if is_interrupt(message) then app.leave(INTERRUPTED) end
  app.fail(status, message)
end

local function explain(raised)
  return is_interrupt(raised) and INTERRUPTED or debug.traceback(raised, 2)
end

--- Runs a script's main function. Ctrl-C ends the script without a message, with status 130, after closing
-- the `<close>` variables of main.
-- @tparam function main returns the exit status
-- @tparam[opt=1] integer failure `app.failure`
function app.run(main, failure)
  app.failure = failure or app.failure
  require "smc.internal.remedy".by_command()
  local ok, status = xpcall(main, explain)
  if not ok and status ~= INTERRUPTED then app.fail(SOFTWARE, status) end
  app.leave(status or 0)
end

return app
