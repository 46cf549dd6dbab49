--- What the project's scripts print and say, and how they end.
--
-- Every script ends by `app.leave`, so that a full disk is never taken for success: what was printed is
-- flushed and checked before the status is given. A reader that goes away, as in `smcss.lua | head -1`, is
-- no error: what else is printed goes nowhere, and the script does its work to the end.
--
-- @module smc.cli.app.output

local core = require "smc.core.os"
local E = require "smc.errno"

local app = {}

local stdout, stderr = io.stdout, io.stderr
local INTERRUPTED <const>, SOFTWARE <const> = 130, 70 -- 128 + SIGINT as in shells; sysexits.h

-- What is opened takes the lowest descriptor that is free: where standard output is closed, what is printed
-- would go into a socket. So a closed one is filled, with what can only be used the other way: its use stays
-- an error.
app.placeholders = {} -- else the collector would close them
for _, standard in ipairs { { io.stdin, "w" }, { stdout, "r" }, { stderr, "r" } } do
  if select(3, standard[1]:seek()) == E.EBADF then
    table.insert(app.placeholders, (io.open("/dev/null", standard[2])))
  end
end

-- Text from outside as `smc.internal.text` has it, which is read when there is some.
local function words()
  return require "smc.internal.text"
end

--- The name the script was called by.
app.name = (arg and arg[0] or "smc"):match("[^/]*$")
if app.name:find("[%c\127-\255]") then app.name = words().printable(app.name) end

--- What messages on standard error begin with.
app.prefix = app.name .. ": "

--- The status where the output cannot be written, though all else went well.
app.failure = 1

--- Whether errors are printed as JSON on standard output, too.
app.json = false

local reader_gone, written = false, false

--- Says something on standard error, after the script's name: wrapped to a terminal's width.
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

-- Flushes standard output. Ctrl-C may come meanwhile, where nobody reads it.
local function flush()
  local called, ok, message, errno = pcall(stdout.flush, stdout)
  if not called then return INTERRUPTED end
  if ok or errno == E.EPIPE then return nil end
  return nil, message
end

--- Ends the script: flushes what was printed, says what went wrong, gives the status.
-- @tparam integer status
-- @tparam[opt] string message for standard error as it is, such as a usage; `app.fail` makes others
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

--- Ends the script with a message on standard error. With `app.json`, standard output has it as well,
-- as `{"success":false,"message":…,"errno":…}`, unless something else was printed before.
-- @tparam integer status
-- @tparam string message
-- @tparam[opt] integer errno where there is one
function app.fail(status, message, errno)
  if app.json and not written then
    local report = { success = false, message = message, errno = errno }
    app.write(require "smc.json".encode(report), "\n")
  end
  app.flush()
  app.say(message)
  app.leave(status)
end

--- Looks at the outcome of a write to standard output, and ends the script where it failed.
-- @param ok
-- @tparam ?string message
-- @tparam ?integer errno
-- @treturn boolean false where nobody reads any more
function app.check(ok, message, errno)
  if ok then return true end
  if errno == E.EPIPE then
    reader_gone = true
    return false
  end
  app.say("cannot write the output: " .. message)
  os.exit(app.failure, true)
end

--- Writes to standard output. A script that has to be seen at once calls `app.flush`: the C library hides
-- errors of a stream that is told to flush every line.
-- @tparam string|number ...
-- @treturn boolean false where nobody reads any more
function app.write(...)
  if not written then core.ignore_sigpipe() end
  written = true
  return not reader_gone and app.check(stdout:write(...))
end

--- `print`, checked.
-- @treturn boolean false where nobody reads any more
function app.print(...)
  local values = table.pack(...)
  for i = 1, values.n do values[i] = tostring(values[i]) end
  return app.write(table.concat(values, "\t"), "\n")
end

--- Prints a line as `string.format` makes it, and lets a reader see it, now.
-- @treturn boolean false where nobody reads any more
function app.tell(...)
  return app.write(string.format(...), "\n") and app.flush()
end

--- Lets a reader see what was printed, now.
-- @treturn boolean false where nobody reads any more
function app.flush()
  core.ignore_sigpipe()
  return not reader_gone and app.check(stdout:flush())
end

--- Prints a value of the API as JSON.
function app.print_json(value)
  return app.write(require "smc.json".encode(value), "\n")
end

--- What the scripts that have smc-tools' own options say of their version, in the form of smc-tools.
-- @treturn string a line
function app.version()
  return ("%s utility, smc-%s\n"):format(app.name, require "smc.version")
end

local function is_interrupt(raised)
  return tostring(raised):find("interrupted!", 1, true) ~= nil
end

--- Ends the script after an error that a function of the API raised, such as an iterator's; or after Ctrl-C,
-- which is raised as well.
-- @tparam integer status
-- @tparam string message what was raised
function app.raised(status, message)
  if is_interrupt(message) then app.leave(INTERRUPTED) end
  app.fail(status, message)
end

local function explain(raised)
  return is_interrupt(raised) and INTERRUPTED or debug.traceback(raised, 2)
end

--- Runs a script's main function. Ctrl-C ends it quietly with status 130, after the closing of what
-- main holds in `<close>` variables.
-- @tparam function main gives the exit status
-- @tparam[opt=1] integer failure `app.failure`
function app.run(main, failure)
  app.failure = failure or app.failure
  require "smc.internal.remedy".by_command()
  local ok, status = xpcall(main, explain)
  if not ok and status ~= INTERRUPTED then app.fail(SOFTWARE, status) end
  app.leave(status or 0)
end

return app
