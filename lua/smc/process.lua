--- Starts programs, waits for them and sends them signals.
--
--    local process = require "smc.process"
--    local list <close> = assert(process.spawn({ "ls", "-l" }, { stdout = "pipe" }))
--    print(list.stdout:read("a"), list:wait())      --> …  exit  0
--
-- A wrong type, an unknown option or an unknown value of an option raises an error; all other errors are
-- `nil, message, errno`.
--
-- `smc.run` starts programs with their TCP sockets turned into SMC sockets.
--
-- @module smc.process

local args = require "smc.internal.args"
local E = require "smc.errno"
local STREAMS = require "smc.internal.stdio"
local core = require "smc.core.process"
local printable = require "smc.internal.text".printable -- now: later there may be no descriptor for it

local process = {}

local OPTIONS <const> = {
  env = "environment", stdin = STREAMS, stdout = STREAMS, stderr = STREAMS,
}

local PIPES <const> = { "stdin", "stdout", "stderr" }
local ENDING_SIGNALS <const> = { "TERM", "KILL" }
local HIGHEST_SIGNAL <const> = 64 -- the kernel's SIGRTMAX, see signal(7)

local Process = { __name = "smc.process.Process" }
Process.__index = Process

--- Starts a program.
-- @tparam table argv the program (its path or a name to search for in PATH) and its arguments
-- @tparam[opt] table options
--   `env`: its environment, `{ NAME = "value" }`, default that of this process;
--   `stdin`, `stdout`, `stderr`: `"inherit"` (default), `"null"` or `"pipe"`
-- @treturn[1] Process
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if there is no such program, ENOEXEC for a script without
--   #! line
function process.spawn(argv, options)
  args.list("spawn", 1, argv, "text", 1)
  options = args.options("spawn", 2, options, OPTIONS)
  -- All that it is ever going to have: from its start on, it needs no memory to belong to somebody.
  local self = setmetatable({ pid = false, stdin = false, stdout = false, stderr = false, ending = false,
    status = false, lost = false, pidfd = false, parent = core.getpid() }, Process)
  local pid, message, errno = core.spawn(argv, options.env, options, self)
  if not pid then
    return nil, printable(message), errno
  end
  return self
end

--- A program that was started.
-- Closing it (`close`, `<close>`, or by garbage collection, also at the end of the script) ends the
-- program: SIGTERM, one second later SIGKILL. Keep the object as long as the program should run.
-- @type Process
-- @field pid (integer) its process ID
-- @field stdin (file) to write to, with `stdin = "pipe"`; unbuffered. Writing after the program has ended
--   raises SIGPIPE, as with io.popen
-- @field stdout (file) to read from, with `stdout = "pipe"`
-- @field stderr (file) to read from, with `stderr = "pipe"`

-- How it ended is known, or lost: waiting for it is no longer necessary.
local function forget_descriptor(self)
  if self.pidfd then self.pidfd:close() end
  self.pidfd = false
end

--- Waits for the end of the program.
-- Read its pipes first: a program that blocks on a full pipe does not end.
-- @tparam[opt] number seconds how long to wait; default: until it ends
-- @treturn[1] string "exit" or "signal"; further calls return the same
-- @treturn[1] integer its exit status, or the number of the signal that ended it
-- @treturn[2] nil
-- @treturn[2] string "timeout", or another message
-- @treturn[2] integer errno: ETIMEDOUT if it is still running
function Process:wait(seconds)
  args.object("wait", self, Process)
  args.optional("wait", 1, seconds, "seconds")
  if self.ending then
    return self.ending, self.status
  end
  if self.lost then
    return nil, self.lost, E.ECHILD
  end
  local ending, value, errno = core.wait(self.pid, seconds, self)
  if ending then
    forget_descriptor(self)
  elseif errno == E.ECHILD then
    -- Its ID may belong to another process by now.
    self.lost = ("process %d: its exit status is not known, since other code waited for it"):format(self.pid)
    value = self.lost
    forget_descriptor(self)
  end
  return ending, value, errno
end

--- Returns a descriptor that is readable once the program has ended, for a poller: pidfd_open(2).
-- It is closed when `wait` has told the end.
-- @treturn[1] integer -1 where the end is known already
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function Process:getfd()
  args.object("getfd", self, Process)
  if self.ending or self.lost then return -1 end
  if not self.pidfd then
    local pidfd, message, errno = core.pidfd(self.pid)
    if not pidfd then return nil, message, errno end
    self.pidfd = pidfd
  end
  return self.pidfd:getfd()
end

--- Sends the program a signal.
-- @tparam[opt="TERM"] string|integer signal a name (HUP, INT, QUIT, KILL, USR1, USR2, PIPE, ALRM, TERM,
--   CONT, STOP) or a number
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ESRCH if it has ended
function Process:kill(signal)
  args.object("kill", self, Process)
  signal = signal == nil and "TERM" or signal
  local number = core.signals[signal] or math.type(signal) == "integer" and signal
  if not number or number < 0 or number > HIGHEST_SIGNAL then
    args.refuse("kill", 1, "unknown signal " .. tostring(signal))
  end
  if self.ending or self.lost then
    return nil, ("process %d has ended"):format(self.pid), E.ESRCH
  end
  return core.kill(self.pid, number)
end

--- Ends the program if it is still running, and closes the pipes. Closing twice is allowed.
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message: the program could not be ended
-- @treturn[2] integer errno: ETIMEDOUT if it does not end
function Process:close()
  args.object("close", self, Process)
  for _, name in ipairs(PIPES) do
    local file = self[name]
    if io.type(file) == "file" then
      file:close()
    end
  end
  if not self.pid or self.parent ~= core.getpid() then
    return true -- not started; or a copy of the object after fork(): the program belongs to the parent
  end
  local ending, message, errno = self:wait(0)
  for _, signal in ipairs(ENDING_SIGNALS) do
    if not ending and errno == E.ETIMEDOUT then
      self:kill(signal)
      ending, message, errno = self:wait(1)
    end
  end
  if ending or self.lost then
    return true
  elseif errno ~= E.ETIMEDOUT then
    return nil, message, errno
  end
  return nil, ("process %d does not end: it is blocked in the kernel (state D in ps)"):format(self.pid),
    E.ETIMEDOUT
end

function Process:__close()
  Process.close(self)
end

Process.__gc = Process.__close

function Process:__tostring()
  return ("smc.process.Process (pid %d)"):format(self.pid)
end

return process
