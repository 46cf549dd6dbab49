--- Output and exit statuses of the project's scripts.
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
core.release_interrupt() -- until `app.run`

-- Whether the reader of the output closed the pipe.
local function is_reader_gone(errno)
  return errno == require "smc.errno".EPIPE
end

--- The name under which the script was called.
app.name = (arg and arg[0] or "smc"):match("[^/]*$")
if app.name:find("[%c\127-\255]") then app.name = require "smc.internal.text".printable(app.name) end

--- The prefix of messages on standard error.
app.prefix = app.name .. ": "

--- The exit status if only writing the output failed.
app.failure = 1

--- Whether errors are also printed as JSON on standard output.
app.json = false

--- Whether something was printed.
app.written = false

local reader_gone = false

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
  if not app.written then core.ignore_sigpipe() end
  app.written = true
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

--- The exit status for an error that Ctrl-C raised.
-- @param raised the error
-- @treturn ?integer nil for another error
function app.interruption(raised)
  return tostring(raised):find("interrupted!", 1, true) and INTERRUPTED or nil
end

-- Whether an error says that a module of another project is not installed: see `smc.internal.need`.
local function is_missing(raised)
  return tostring(raised):find("^the Lua module %w+ is not installed") ~= nil
end

-- What a script ends with if modules cannot be loaded because no file can be opened: see `smc.internal.load`.
local function exhaustion(raised)
  local lack = tostring(raised):match("^cannot load smc%..*") or core.shortage(raised)
  return lack and { message = lack }
end

local function explain(raised)
  return app.interruption(raised) or is_missing(raised) and raised or exhaustion(raised)
    or debug.traceback(raised, 2)
end

-- Ends a script that cannot load what it needs; perhaps not even what prints messages.
local function give_up(message)
  pcall(function() app.fail(app.failure, message) end)
  stderr:write(app.prefix, message, "\n")
  app.leave(app.failure)
end

--- Runs a script's main function. Ctrl-C ends the script without a message, with status 130, after closing
-- the `<close>` variables of main; before this function is called, it ends the process as it ends others.
-- @tparam function main returns the exit status
-- @tparam[opt=1] integer failure `app.failure`
function app.run(main, failure)
  app.failure = failure or app.failure
  require "smc.internal.remedy".by_command()
  local ok, status = xpcall(function()
    core.hold_interrupt()
    return main()
  end, explain)
  if type(status) == "table" then give_up(status.message) end
  if not ok and is_missing(status) then
    app.json = false -- it may be what writes JSON
    app.fail(app.failure, status)
  end
  if not ok and status ~= INTERRUPTED then app.fail(SOFTWARE, status) end
  app.leave(status or 0)
end

return app
