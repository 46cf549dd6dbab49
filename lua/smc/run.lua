--- Runs any program with its TCP sockets turned into SMC sockets, as smc_run(8) does.
--
-- The dynamic linker preloads a small library (`preload.so`, part of this module) into the program and into
-- all programs that it starts. In them, `socket(AF_INET or AF_INET6, SOCK_STREAM)` opens an SMC socket;
-- nothing else changes.
--
--    local run = require "smc.run"
--    local server <close> = assert(run.spawn({ "python3", "-m", "http.server" }, { send_buffer = "256k" }))
--    print(server.pid, server:wait(10))      --> 4711  nil  timeout
--
-- The sockets of static programs, of programs that gain privileges when they start (setuid), and of programs
-- of another architecture cannot be converted: `convertible` detects these, and `exec` and `spawn` refuse to
-- start them unless TCP is allowed. The following cannot be converted either, and cannot be detected:
--
-- - system calls that a program makes without the C library, as Go programs do; sockets of io_uring
-- - libraries that a program loads with `RTLD_DEEPBIND`: they find the `socket()` of the C library first
-- - programs that are started with their own environment: by `env -i`, `sudo`, a service manager
--
-- If a program connects without blocking and reads `SO_ERROR` to see whether it is connected, it gets the
-- error even if the kernel lost it; see the limits of the kernel in `smc`.
--
-- If the kernel has no SMC, `socket()` fails in the program with EAFNOSUPPORT; only with `fallback = "tcp"`
-- it returns a TCP socket instead.
--
-- Options of all functions that take options:
--
-- - `receive_buffer`, `send_buffer` (integer or string): buffer size of the sockets in bytes, 8k to 512m;
--   see `size`. `SO_RCVBUF` and `SO_SNDBUF` are set to it. The kernel rounds the ring up to 16 KiB, 32 KiB,
--   64 KiB, … SMC-D has at most 1 MiB, SMC-R 512 MiB (6.1: 512 KiB). The program may set another size itself.
-- - `debug` (boolean): report every socket on the standard error of the program.
-- - `fallback` (`"tcp"`): let the program use TCP if SMC is not available.
-- - `protocol`: which sockets the program gets: `"smc"` (default), those of the family AF_SMC; `"inet"`,
--   those of the protocol IPPROTO_SMC of AF_INET and AF_INET6, which pass filters that know only families
--   (Linux 6.11); `"auto"`, `"smc"` or, where AF_SMC is denied to the program, `"inet"`.
-- - `unreachable` (`"run"`): also run programs that cannot be converted. Their own sockets stay TCP; the
--   programs that they start may be converted.
-- - `env` (table): the initial environment, instead of that of this process.
--
-- Errors: a wrong type, an unknown option or an unknown value of an option raises an error; all other
-- errors are `nil, message, errno`.
--
-- @module smc.run

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local core = require "smc.core.process"
local E = require "smc.errno"
local STREAMS = require "smc.internal.stdio"
local look = require "smc.internal.look"
local paths = require "smc.internal.paths"
local process = require "smc.process"
local program = require "smc.run.program"
local text = require "smc.internal.text"

local run = {}

local MIN_SIZE <const>, MAX_SIZE <const> = 8 * 1024, 512 * 1024 * 1024
local UNITS <const> = { [""] = 1, k = 1024, m = 1024 * 1024 }

local CAP_SETUID <const>, CAP_NET_ADMIN <const> = 1 << 7, 1 << 12 -- see capabilities(7)
local READ_BY_ALL <const>, SEARCH_BY_ALL <const> = 4, 1 -- S_IROTH, S_IXOTH, see inode(7)

--- Converts a buffer size to a number of bytes.
-- @tparam string|integer size bytes, or a number with suffix k (KiB) or m (MiB), upper or lower case: "64k",
--   65536, "1M"
-- @treturn[1] integer bytes, from 8192 to 536870912
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function run.size(size)
  args.check("size", 1, size, "integer or string")
  local digits, unit = tostring(size):lower():match("^(%d+)([km]?)$")
  if not digits then
    return nil, ("%s is not a buffer size: give bytes, or a number with k or m, like 64k"):format(
      text.quoted(size)), E.EINVAL
  end
  local bytes = tonumber(digits .. ".0") * UNITS[unit] -- a float does not overflow
  if bytes > MAX_SIZE then
    return nil, ("buffer size %s is too large: 8k to 512m are possible"):format(size), E.EINVAL
  end
  if bytes < MIN_SIZE then
    return nil, ("buffer size %s is too small: 8k to 512m are possible"):format(size), E.EINVAL
  end
  return math.tointeger(bytes)
end

-- package.searchpath() does not distinguish a missing file from one that it could not access. Returns the
-- library's path, and the path by which it was found, which may contain symbolic links.
local function find_library()
  for template in package.cpath:gmatch("[^;]+") do
    local found = template:gsub("%?", "smc/preload")
    local path, message, errno = core.realpath(found)
    if path then return path, found:find("^/") and found or (core.realpath(".") or "") .. "/" .. found end
    if not look.is_absent(errno) and errno ~= E.ENOTDIR and errno ~= E.EACCES then
      return nil, message, errno
    end
  end
  return nil, "smc/preload.so is not in package.cpath: install the complete module, or run make and "
    .. "'eval $(make env)'", E.ENOENT
end

--- The absolute path of the library to preload.
-- It is searched for in `package.cpath`, as the module `smc.preload`.
-- @treturn[1] string path
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function run.library()
  local path, found, errno = find_library()
  if not path then
    return nil, found, errno
  end
  for _, name in ipairs { path, found } do
    if not name:find("[%s:$]") then return name end
  end
  return nil, ("%s cannot be preloaded: LD_PRELOAD cannot contain a path with a space, a colon or a dollar "
    .. "sign. Install the module elsewhere, or put a symbolic link to it into package.cpath")
    :format(text.printable(path)), E.EINVAL
end

local OPTIONS <const> = {
  receive_buffer = "integer or string", send_buffer = "integer or string", debug = "boolean",
  fallback = { "tcp" }, protocol = { "smc", "inet", "auto" }, unreachable = { "run" }, env = "environment",
}

local SPAWN_OPTIONS <const> = {
  stdin = STREAMS, stdout = STREAMS, stderr = STREAMS,
}
for name, wanted in pairs(OPTIONS) do
  SPAWN_OPTIONS[name] = wanted
end

-- Adds the library after the caller's own, so that those see the original calls of the program.
local function preload_list(inherited, library)
  if not inherited or inherited == "" then return library end
  return program.is_listed(inherited, library) and inherited or inherited .. ":" .. library
end

local function environment(options)
  local env = {}
  for name, value in pairs(options.env or core.environ()) do
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
  env.SMC_PROTOCOL = options.protocol or env.SMC_PROTOCOL
  return env
end

--- The environment in which programs use SMC, for callers that start them by other means.
-- It is a copy of the initial environment `env` with the variables that the options set; the library is
-- appended to `LD_PRELOAD`.
-- @tparam[opt] table options see above
-- @treturn[1] table a complete environment, `{ NAME = "value" }`, with `LD_PRELOAD` and, if the options
--   set them, `SMC_DEBUG`, `SMC_RCVBUF`, `SMC_SNDBUF`, `SMC_FALLBACK`, `SMC_PROTOCOL`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function run.environment(options)
  return environment(args.options("environment", 1, options, OPTIONS))
end

-- Like run.convertible, for a program with this environment.
local function can_convert(name, env)
  local library, message, errno = run.library()
  if not library and errno ~= E.ENOENT and errno ~= E.EINVAL then return nil, message, errno end
  local can, why
  can, why, errno = program.preloadable(name, library, env)
  if can == false then return false, why .. ": its sockets stay TCP" end
  return can, why, errno
end

--- Whether the sockets of this program can be converted.
-- Scripts are followed to their interpreter, and if that is env(1), to the command that it starts, as the
-- kernel and GNU env(1) do. If the command is the dynamic linker, the result is that for the program which
-- it loads. The result is true for a program that may be executed but not read, and for a script without a
-- #! line, which the shell runs.
-- @tparam string name the program's path, or a name to search for in PATH
-- @treturn[1] boolean true
-- @treturn[2] boolean false: its sockets stay TCP
-- @treturn[2] string the reason, such as "busybox is a static program: its sockets stay TCP"
-- @treturn[3] nil the program cannot be executed, or its file cannot be read
-- @treturn[3] string message
-- @treturn[3] integer errno
function run.convertible(name)
  args.check("convertible", 1, name, "text")
  return can_convert(name)
end

local function read_number(path, pattern, base)
  return tonumber((look.file(path) or ""):match(pattern) or "", base)
end

local function has_capability(bit)
  return (read_number(paths.proc .. "/self/status", "CapEff:%s*(%x+)", 16) or 0) & bit ~= 0
end

local attainable = look.protect(function(options)
  for _, name in ipairs { "receive_buffer", "send_buffer" } do
    look.demand(run.size(options[name] or MIN_SIZE))
  end
  if has_capability(CAP_NET_ADMIN) then return true end
  for option, limit in pairs { receive_buffer = "rmem_max", send_buffer = "wmem_max" } do
    local value = options[option]
    local most = value and read_number(paths.proc .. "/sys/net/core/" .. limit, "%d+")
    if most and run.size(value) > most then
      return false, ("a buffer of %s requires CAP_NET_ADMIN or a higher net.core.%s; sockets get %d bytes")
        :format(value, limit, most)
    end
  end
  return true
end)

--- Whether a program started by this process gets the buffer sizes of the options.
-- Sizes above `net.core.rmem_max` and `net.core.wmem_max` require CAP_NET_ADMIN. (smc_run(8) raises these
-- limits for the whole system; this module does not change them.)
-- @tparam[opt] table options see above
-- @treturn[1] boolean true
-- @treturn[2] boolean false
-- @treturn[2] string the reason, and what to do
-- @treturn[3] nil
-- @treturn[3] string message
-- @treturn[3] integer errno: EINVAL where a size is none
function run.attainable(options)
  return attainable(args.options("attainable", 1, options, OPTIONS))
end

local readable_by_all = look.protect(function()
  local path = look.demand(run.library())
  if not has_capability(CAP_SETUID) then return true end
  local real = look.demand(core.realpath(path))
  if look.demand(core.permissions(real)) & READ_BY_ALL == 0 then
    return false, ("not every user can read %s"):format(path)
  end
  for folder in real:gmatch("()/") do
    local name = folder == 1 and "/" or real:sub(1, folder - 1)
    if look.demand(core.permissions(name)) & SEARCH_BY_ALL == 0 then
      return false, ("%s is in %s, which not every user can enter"):format(path, name)
    end
  end
  return true
end)

--- Whether every user that a program started by this process may change to can load the library.
-- A program that changes its user and then starts others, as `su` and many servers do, starts them over TCP
-- if their user cannot read the library: the dynamic linker ignores it then. Only a process with CAP_SETUID
-- can change its user; for others the result is true. Access control lists are not considered.
-- @tparam[opt] string command what is going to be started: the result is true if it is not known to run other
--   programs as another user, as `su` and `sshd` are
-- @treturn[1] boolean true
-- @treturn[2] boolean false
-- @treturn[2] string the reason, and what to do
-- @treturn[3] nil
-- @treturn[3] string message
-- @treturn[3] integer errno
function run.loadable_by_all(command)
  args.optional("loadable_by_all", 1, command, "text")
  if command and not require "smc.run.users"(command) then return true end
  local loadable, why, errno = readable_by_all()
  if loadable ~= false then return loadable, why, errno end
  return false, text.printable(why)
    .. ": what another user runs stays TCP. Install the module where everybody can read it"
end

-- Checks the arguments of a public function. Returns the environment for argv, or nil, message, errno.
local function prepare(called, argv, options, known)
  args.list(called, 1, argv, "text", 1)
  options = args.options(called, 2, options, known)
  if options.fallback ~= "tcp" and options.unreachable ~= "run" then
    local can, why, errno = can_convert(argv[1], options.env)
    if can == nil then
      return nil, why, errno
    elseif not can then
      return nil, why .. ". To run it anyway, use unreachable = \"run\"", E.EINVAL
    end
  end
  return environment(options)
end

--- Replaces this process with a program that uses SMC: it keeps the process ID and the terminal, and the exit
-- status is that of the program.
-- Lua's buffered output is written first; files that Lua has opened stay open in the program; Lua objects are
-- not finalized (no `__gc`, no `__close`).
-- @tparam table argv the program (its path or a name to search for in PATH) and its arguments
-- @tparam[opt] table options see above
-- @treturn nil
-- @treturn string message: it returns only if it fails
-- @treturn integer errno: ENOENT if there is no such program
function run.exec(argv, options)
  local env, message, errno = prepare("exec", argv, options, OPTIONS)
  if env then
    message, errno = select(2, core.exec(argv, env))
  end
  return nil, text.printable(message), errno
end

--- Starts a program that uses SMC.
-- @tparam table argv the program (its path or a name to search for in PATH) and its arguments
-- @tparam[opt] table options see above, and `stdin`, `stdout`, `stderr`: `"inherit"` (default),
--   `"null"` or `"pipe"`
-- @treturn[1] Process see `smc.process`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if there is no such program, ENOEXEC for a script without
--   #! line
function run.spawn(argv, options)
  local env, message, errno = prepare("spawn", argv, options, SPAWN_OPTIONS)
  if not env then
    return nil, message, errno
  end
  options = options or {}
  return process.spawn(argv,
    { env = env, stdin = options.stdin, stdout = options.stdout, stderr = options.stderr })
end

return run
