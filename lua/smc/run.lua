--- Runs any program with its TCP sockets turned into SMC sockets, as smc_run(8) does.
--
-- The dynamic linker preloads a small library (`preload.so`, of this module) into the program and into
-- all that it starts. There `socket(AF_INET or AF_INET6, SOCK_STREAM)` opens an AF_SMC socket;
-- everything else stays as it is.
--
--    local run = require "smc.run"
--    local server <close> = assert(run.spawn({ "python3", "-m", "http.server" }, { send_buffer = "256k" }))
--    print(server.pid, server:wait(10))      --> 4711  nil  timeout
--
-- Not reached are static programs, programs that gain privileges when they start (setuid), and those of
-- another architecture: `convertible` tells, and `exec` and `spawn` refuse them, as long as TCP was not
-- allowed.
--
-- Where the kernel has no SMC, `socket()` fails in the program with EAFNOSUPPORT: TCP takes its place
-- only with `fallback = "tcp"`.
--
-- Options, of all functions that take them:
--
-- - `receive_buffer`, `send_buffer` (integer or string): buffer size of the sockets in bytes, 8k to 1m;
--   see `size`. It is what `SO_RCVBUF` and `SO_SNDBUF` are set to. The kernel rounds the ring up to 16
--   KiB, 32 KiB, 64 KiB, … The program may set another size itself.
-- - `debug` (boolean): the program tells on its standard error what becomes of every socket.
-- - `fallback` (`"tcp"`): where SMC cannot be had, let the program use TCP.
-- - `unreachable` (`"run"`): run programs that cannot be converted too. Their own sockets stay TCP; the
--   programs that they start may be converted.
-- - `env` (table): the environment to begin with, instead of that of this process.
--
-- Errors: a wrong type, an unknown option or an unknown value of one throws; all else is `nil, message,
-- errno`.
--
-- @module smc.run

local process = require "smc.core.process"

local run = {}

local MIN_SIZE <const>, MAX_SIZE <const> = 8 * 1024, 1024 * 1024
local UNITS <const> = { [""] = 1, k = 1024, m = 1024 * 1024 }

local ENOENT <const>, EINVAL <const>, ESRCH <const>, ECHILD <const> = 2, 22, 3, 10
local CAP_NET_ADMIN <const> = 1 << 12 -- capability 12, see capabilities(7)

--- The number of bytes that a buffer size means.
-- @tparam string|integer text bytes, or a number with suffix k (KiB) or m (MiB), in either case: "64k",
--   65536, "1M"
-- @treturn[1] integer bytes, from 8192 to 1048576
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function run.size(text)
  local kind = type(text)
  if kind ~= "string" and kind ~= "number" then
    error("bad argument #1 to 'size' (string or integer expected, got " .. kind .. ")", 2)
  end
  local digits, unit = tostring(text):lower():match("^(%d+)([km]?)$")
  if not digits then
    return nil, ("'%s' is no buffer size: give bytes, or a number with k or m, like 64k"):format(text), EINVAL
  end
  local bytes = tonumber(digits .. ".0") * UNITS[unit] -- a float does not overflow
  if bytes > MAX_SIZE then
    return nil, ("buffer size %s is too large: 8k to 1m are possible"):format(text), EINVAL
  end
  if bytes < MIN_SIZE then
    return nil, ("buffer size %s is too small: 8k to 1m are possible"):format(text), EINVAL
  end
  return math.tointeger(bytes)
end

--- The absolute path of the library to preload.
-- It is found by `package.cpath`, as the module `smc.preload`.
-- @treturn[1] string path
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function run.library()
  local found = package.searchpath("smc.preload", package.cpath)
  if not found then
    return nil, "smc/preload.so is not in package.cpath: install the module completely, or run make and "
      .. "'eval $(make env)'", ENOENT
  end
  local path, message, errno = process.realpath(found)
  if not path then
    return nil, message, errno
  end
  if path:find("[%s:$]") then
    return nil, ("%s cannot be preloaded: LD_PRELOAD has no way to write a path with a space, a colon or a "
      .. "dollar sign. Install the module elsewhere"):format(path), EINVAL
  end
  return path
end

local function check_buffer(name, value)
  if value == nil then
    return nil
  end
  local kind = type(value)
  if kind ~= "string" and math.type(value) ~= "integer" then
    error(("option %s: integer or string expected, got %s"):format(name, kind), 0)
  end
  return value
end

local function check_word(name, value, word)
  if value ~= nil and value ~= word then
    error(("option %s: \"%s\" is all it can be, not %s"):format(name, word, tostring(value)), 0)
  end
end

local function check_kind(name, value, kind)
  if value ~= nil and type(value) ~= kind then
    error(("option %s: %s expected, got %s"):format(name, kind, type(value)), 0)
  end
end

local CHECKS <const> = {
  receive_buffer = check_buffer,
  send_buffer = check_buffer,
  debug = function(name, value) check_kind(name, value, "boolean") end,
  fallback = function(name, value) check_word(name, value, "tcp") end,
  unreachable = function(name, value) check_word(name, value, "run") end,
  env = function(name, value) check_kind(name, value, "table") end,
}

local function check_stream(name, value)
  if value ~= "inherit" and value ~= "null" and value ~= "pipe" then
    error(("option %s: \"inherit\", \"null\" or \"pipe\", not %s"):format(name, tostring(value)), 0)
  end
end

local STREAMS <const> = { stdin = check_stream, stdout = check_stream, stderr = check_stream }

-- Throws at the level of the caller of the function that takes the options.
local function check_options(options, extra)
  if options == nil then
    return {}
  end
  if type(options) ~= "table" then
    error("options: table expected, got " .. type(options), 3)
  end
  for name, value in pairs(options) do
    local check = CHECKS[name] or extra and extra[name]
    if not check then
      error("unknown option " .. tostring(name), 3)
    end
    local ok, message = pcall(check, name, value)
    if not ok then
      error(message, 3)
    end
  end
  return options
end

-- Adds the library to the caller's own, which come first: they see what the program asked for.
local function preload_list(inherited, library)
  if not inherited or inherited == "" then
    return library
  end
  for path in inherited:gmatch("[^ :]+") do
    if path == library then
      return inherited
    end
  end
  return inherited .. ":" .. library
end

local function environment(options, base)
  local env = {}
  for name, value in pairs(base or options.env or process.environ()) do
    env[name] = value
  end
  for name, value in pairs { SMC_RCVBUF = options.receive_buffer, SMC_SNDBUF = options.send_buffer } do
    local bytes, message, errno = run.size(value)
    if not bytes then
      return nil, message, errno
    end
    env[name] = tostring(bytes)
  end
  local library, message, errno = run.library()
  if not library then
    return nil, message, errno
  end
  env.LD_PRELOAD = preload_list(env.LD_PRELOAD, library)
  if options.debug ~= nil then
    env.SMC_DEBUG = options.debug and "1" or "0"
  end
  env.SMC_FALLBACK = options.fallback or env.SMC_FALLBACK
  return env
end

--- The environment in which programs use SMC, for those who start them by other means.
-- What options do not mention stays as it is in base: `LD_PRELOAD` is added to.
-- @tparam[opt] table options see above
-- @tparam[opt] table base the environment to begin with, `{ NAME = "value" }`; it is not changed. Default:
--   `options.env`, or the environment of this process
-- @treturn[1] table a complete environment, `{ NAME = "value" }`, with `LD_PRELOAD` and, where options
--   say so, `SMC_DEBUG`, `SMC_RCVBUF`, `SMC_SNDBUF`, `SMC_FALLBACK`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function run.environment(options, base)
  return environment(check_options(options), base)
end

-- Where execvpe(3) finds the program.
local function find_program(name)
  if name:find("/", 1, true) then
    local ok, message, errno = process.executable(name)
    return ok and name, message, errno
  end
  for folder in ((os.getenv("PATH") or "/bin:/usr/bin") .. ":"):gmatch("([^:]*):") do
    local path = (folder == "" and "." or folder) .. "/" .. name
    if process.executable(path) then
      return path
    end
  end
  return nil, name .. ": not found in PATH", ENOENT
end

local function read_head(path, count)
  local file = io.open(path, "rb")
  if not file then
    return ""
  end
  local head = file:read(count) or ""
  file:close()
  return head
end

local PT_INTERP <const> = 3 -- the program header that names the dynamic linker, see elf(5)

-- What matters of an ELF file: { machine =, bits =, dynamic = }, or nil when it is none.
local function read_elf(path)
  local head = read_head(path, 64 * 1024)
  local bits = ({ "32", "64" })[head:byte(5)]
  if head:sub(1, 4) ~= "\x7fELF" or not bits or #head < 64 then
    return nil
  end
  local order = head:byte(6) == 2 and ">" or "<"
  local elf = { bits = bits, machine = string.unpack(order .. "I2", head, 19), dynamic = false }
  local at = string.unpack(order .. (bits == "64" and "i8" or "I4"), head, bits == "64" and 33 or 29)
  local size, count = string.unpack(order .. "I2I2", head, bits == "64" and 55 or 43)
  for i = 0, count - 1 do
    local position = at + i * size + 1
    if position < 1 or position + 3 > #head then
      return nil -- no headers where they belong: exec() will say more
    end
    elf.dynamic = elf.dynamic or string.unpack(order .. "I4", head, position) == PT_INTERP
  end
  return elf
end

-- The program that the #! line of a script runs; env(1) is looked through.
local function interpreter(path)
  local line = read_head(path, 256):match("^#![ \t]*([^\n]+)")
  if not line then
    return nil
  end
  local program, rest = line:match("^(%S+)%s*(.*)$")
  if program and program:match("[^/]*$") == "env" then
    for word in rest:gmatch("%S+") do
      if not word:find("^%-") and not word:find("=", 1, true) then
        return word
      end
    end
  end
  return program
end

-- Why the library cannot reach the program at path; nil when it can.
local function obstacle(path)
  local elf = read_elf(path)
  if not elf then
    return nil
  end
  if not elf.dynamic then
    return "is a static program"
  end
  if process.secure(path) then
    return "gains privileges when it starts (setuid, setgid or capabilities), so that nothing is preloaded"
  end
  local library = run.library()
  local own = library and read_elf(library)
  if own and (own.bits ~= elf.bits or own.machine ~= elf.machine) then
    return "is a program of another architecture than the library to preload"
  end
  return nil
end

--- Can the sockets of this program be converted?
-- Scripts are followed to their interpreter. A program that may be executed but not read counts as
-- convertible.
-- @tparam string program its path, or a name that is looked for in PATH
-- @treturn[1] boolean true
-- @treturn[2] boolean false: its sockets stay TCP
-- @treturn[2] string why, such as "busybox is a static program: its sockets stay TCP"
-- @treturn[3] nil the program cannot be executed at all
-- @treturn[3] string message
-- @treturn[3] integer errno
function run.convertible(program)
  if type(program) ~= "string" then
    error("bad argument #1 to 'convertible' (string expected, got " .. type(program) .. ")", 2)
  end
  local name = program
  for _ = 1, 6 do -- the kernel follows scripts no deeper than that
    local path, message, errno = find_program(name)
    if not path then
      return nil, message, errno
    end
    local reason = obstacle(path)
    if reason then
      local who = name == program and name or ("%s, which runs %s,"):format(name, program)
      return false, ("%s %s: its sockets stay TCP"):format(who, reason)
    end
    name = interpreter(path)
    if not name then
      return true
    end
  end
  return true
end

local function read_number(path, pattern, base)
  return tonumber(read_head(path, 4096):match(pattern) or "", base)
end

--- Will a program started from here get the buffer sizes of the options?
-- Above `net.core.rmem_max` and `net.core.wmem_max` it takes CAP_NET_ADMIN. (smc_run(8) raises these
-- limits for the whole system; this module leaves them alone.)
-- @tparam[opt] table options see above
-- @treturn[1] boolean true
-- @treturn[2] boolean false
-- @treturn[2] string why, and what to do
function run.attainable(options)
  options = check_options(options)
  if (read_number("/proc/self/status", "CapEff:%s*(%x+)", 16) or 0) & CAP_NET_ADMIN ~= 0 then
    return true
  end
  for option, limit in pairs { receive_buffer = "rmem_max", send_buffer = "wmem_max" } do
    local value = options[option]
    local most = value and read_number("/proc/sys/net/core/" .. limit, "%d+")
    if most and (run.size(value) or 0) > most then
      return false, ("a buffer of %s takes CAP_NET_ADMIN, or a higher net.core.%s: the sockets get %d bytes")
        :format(value, limit, most)
    end
  end
  return true
end

-- Returns the environment for argv, or nil, message, errno.
local function prepare(argv, options)
  for i = 1, math.max(1, type(argv) == "table" and #argv or 0) do
    if type(argv) ~= "table" or type(argv[i]) ~= "string" then
      error("argv: a list of strings expected, the program first", 3)
    end
  end
  if options.fallback ~= "tcp" and options.unreachable ~= "run" then
    local can, why = run.convertible(argv[1])
    if can == false then
      return nil, why .. ". To run it all the same: unreachable = \"run\"", EINVAL
    end
  end
  return environment(options)
end

--- Replaces this process by a program that uses SMC: same process ID, same terminal, its exit status.
-- What Lua has buffered is written; files that Lua has opened stay open in the program; nothing else of
-- Lua is finished (no `__gc`, no `__close`).
-- @tparam table argv the program, its path or a name that is looked for in PATH, and its arguments
-- @tparam[opt] table options see above
-- @treturn nil
-- @treturn string message: it returns only when it fails
-- @treturn integer errno: 2 (ENOENT) when there is no such program
function run.exec(argv, options)
  options = check_options(options)
  local env, message, errno = prepare(argv, options)
  if not env then
    return nil, message, errno
  end
  return process.exec(argv, env)
end

local Process = { __name = "smc.run.Process" }
Process.__index = Process

--- Starts a program that uses SMC.
-- @tparam table argv the program, its path or a name that is looked for in PATH, and its arguments
-- @tparam[opt] table options see above, and `stdin`, `stdout`, `stderr`: `"inherit"` (default),
--   `"null"` or `"pipe"`
-- @treturn[1] Process
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: 2 (ENOENT) when there is no such program, 8 (ENOEXEC) for a script without
--   #! line
function run.spawn(argv, options)
  options = check_options(options, STREAMS)
  local env, message, errno = prepare(argv, options)
  if not env then
    return nil, message, errno
  end
  local pid, stdin, stdout, stderr = process.spawn(argv, env, options)
  if not pid then
    return nil, stdin, stdout -- message and errno
  end
  local self = { pid = pid, stdin = stdin, stdout = stdout, stderr = stderr, parent = process.getpid() }
  return setmetatable(self, Process)
end

--- A program that was started.
-- Closing it (`close`, `<close>`, or by garbage collection, at the end of the script too) ends the
-- program: SIGTERM, one second later SIGKILL. Keep the object as long as the program shall run.
-- @type Process
-- @field pid (integer) its process ID
-- @field stdin (file) to write to, when `stdin = "pipe"`; unbuffered. Writing after its end is SIGPIPE,
--   as with io.popen
-- @field stdout (file) to read from, when `stdout = "pipe"`
-- @field stderr (file) to read from, when `stderr = "pipe"`

--- Waits for the end of the program.
-- Read its pipes first: a program that waits for room in one does not end.
-- @tparam[opt] number seconds how long to wait; default: until it ends
-- @treturn[1] string "exit" or "signal"; the same again when asked again
-- @treturn[1] integer its exit status, or the number of the signal that ended it
-- @treturn[2] nil
-- @treturn[2] string "timeout", or what went wrong
-- @treturn[2] integer errno, unless it is a timeout
function Process:wait(seconds)
  if self.ending then
    return self.ending, self.status
  end
  if self.lost then
    return nil, self.lost, ECHILD
  end
  local ending, value, errno = process.wait(self.pid, seconds)
  if ending then
    self.ending, self.status = ending, value
  elseif errno == ECHILD then
    -- Its ID may belong to another process by now.
    self.lost = ("process %d: how it ended is not known, something else has waited for it"):format(self.pid)
    value = self.lost
  end
  return ending, value, errno
end

--- Sends the program a signal.
-- @tparam[opt="TERM"] string|integer signal a name (HUP, INT, QUIT, KILL, USR1, USR2, PIPE, ALRM, TERM,
--   CONT, STOP) or a number
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: 3 (ESRCH) when it has ended
function Process:kill(signal)
  signal = signal == nil and "TERM" or signal
  local number = process.signals[signal] or math.type(signal) == "integer" and signal
  if not number then
    error("unknown signal " .. tostring(signal), 2)
  end
  if self.ending or self.lost then
    return nil, ("process %d has ended"):format(self.pid), ESRCH
  end
  return process.kill(self.pid, number)
end

--- Ends the program if it still runs, and closes the pipes. Closing twice is fine.
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message: the program could not be ended
function Process:close()
  for _, file in ipairs { self.stdin or false, self.stdout or false, self.stderr or false } do
    if io.type(file) == "file" then
      file:close()
    end
  end
  if self.parent ~= process.getpid() then
    return true -- a copy of the object after fork(): the program is the parent's
  end
  for _, signal in ipairs { "TERM", "KILL" } do
    if not self:wait(0) and not self.lost then
      self:kill(signal)
      self:wait(1)
    end
  end
  if self.ending or self.lost then
    return true
  end
  return nil, ("process %d does not end: the kernel holds it (state D in ps)"):format(self.pid)
end

function Process:__close()
  self:close()
end

Process.__gc = Process.__close

function Process:__tostring()
  return ("smc.run.Process (pid %d)"):format(self.pid)
end

return run
