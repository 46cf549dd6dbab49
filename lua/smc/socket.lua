--- Stream sockets over shared memory, with the methods of LuaSocket's TCP object.
--
-- `require "smc.socket"` instead of `require "socket"` turns a script into an SMC script. If the peer or
-- the path has no SMC, the kernel itself makes the connection TCP; `sock:mode()` returns the mode, and
-- `sock:info()` the reason.
--
-- Both read the kernel's list of SMC sockets, which needs the kernel module smc_diag. If the kernel has no
-- SMC at all, creating a socket fails, and the error says what to do; `smc.tcp { fallback = "tcp" }`
-- accepts a plain TCP socket instead.
--
-- `connect` succeeds only when the kernel confirms that the socket is connected. AF_SMC does not report
-- why most attempts fail: `connect` then tries plain TCP to learn the cause, which takes as long again.
-- With a timeout of 0 it returns "no connection, the kernel does not say why". After a failed attempt, or
-- for another address, the next `connect` uses a new descriptor with the same options and local address.
--
-- The methods behave as LuaSocket's. `udp`, `udp4`, `udp6` and `unix` are those of LuaSocket, if it is
-- installed. These differences are intended:
--
-- - A socket bound to `::` accepts IPv4 connections too, unless it comes from `tcp6` or has `ipv6-v6only`
--   set.
-- - Options can be set before the socket has a descriptor. `getoption` returns them, and a `bind` or
--   `connect` that fails because of one names it. An option that cannot be set fails with the kernel's
--   reason.
-- - NaN as a number of seconds raises an error. Ports out of range are refused; LuaSocket uses their lower
--   16 bits.
-- - LTN12 sources keep the data that arrived before a timeout for their next call.
-- - `select` has no limit on descriptors; counts are integers.
-- - The module does not change SIGPIPE until `setfd` gives a descriptor away, as LuaSec requires.
--
-- Over SMC, `sock:close()` may wait up to two seconds if a peer does not read and sent bytes therefore
-- cannot arrive; garbage collection of a socket does not wait, nor does `close` with the option `linger`
-- on and a timeout of 0.
--
-- Methods return the same values as LuaSocket's: `nil, message, partial` on failure. An argument of the
-- wrong type or an unknown option raises an error. See af_smc(7) and LuaSocket's tcp reference.
-- @module smc.socket

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local core = require "smc.core.socket"
local E = require "smc.errno"
local listen = require "smc.internal.listen"
local os_core = require "smc.core.os"

local socket = {
  _VERSION = "smc " .. require "smc.version",
  --- The kernel's limit on the descriptors of a process; `select` has no limit of its own.
  _SETSIZE = 1 << 20,
  --- The value of an invalid descriptor, as `sock:getfd()` returns it for a closed socket.
  _SOCKETINVALID = -1,
  --- The number of bytes that LTN12 sources read at once.
  BLOCKSIZE = 2048,
}

local OPTIONS <const> = { fallback = { "tcp" }, protocol = { "smc", "inet", "auto" } }

local versions = { inet = 4, inet4 = 4, inet6 = 6, unspec = 0 }
local FAMILIES <const> = { "inet", "inet4", "inet6", "unspec" }

-- Explains the message if SMC is not available: not in this kernel, or denied to this process.
local function explained(message)
  local protocol = core.unavailable[message]
  if not protocol then return message end
  local ok, why = require "smc.system".available { protocol = protocol }
  return not ok and why or message
end

-- Creates a socket for a public function with these options.
local function new(called, position, version, options)
  options = args.options(called, position, options, OPTIONS)
  local sock, message = core.new(version, options.fallback == "tcp", options.protocol)
  if not sock then return nil, explained(message) end
  return sock
end

--- Creates a socket that becomes IPv4 or IPv6 at its first bind or connect.
-- @tparam[opt] table options
-- @tparam ?string options.fallback `"tcp"`: accept a plain TCP socket if this kernel has no SMC
-- @tparam ?string options.protocol `"smc"` (default): a socket of the family AF_SMC; `"inet"`: of the
--   protocol IPPROTO_SMC of AF_INET and AF_INET6, which filters that know only families let pass (Linux
--   6.11); `"auto"`: `"smc"`, or `"inet"` where AF_SMC is denied to this process
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
function socket.tcp(options) return new("tcp", 1, 0, options) end

--- Creates an IPv4 socket.
-- @tparam[opt] table options as of `tcp`
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
function socket.tcp4(options) return new("tcp4", 1, 4, options) end

--- Creates a socket for IPv6 only.
-- @tparam[opt] table options as of `tcp`
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
function socket.tcp6(options) return new("tcp6", 1, 6, options) end

local function check_family(called, position, family)
  return versions[args.optional(called, position, family, FAMILIES) or "unspec"]
end

-- Checks a host and a port. A number that is not a port is a returned error, as in LuaSocket.
local function check_address(called, position, host, port)
  args.check(called, position, host, "text or number")
  if type(port) ~= "number" then args.check(called, position + 1, port, "number or text") end
end

local function connect(called, version, host, port, local_address, local_port, options, position)
  check_address(called, 1, host, port)
  if local_address ~= nil then check_address(called, 3, local_address, local_port or 0) end
  local sock, message = new(called, position, version, options)
  if not sock then return nil, message end
  local ok
  if local_address then
    ok, message = sock:bind(local_address, local_port or 0)
    if not ok then sock:close() return nil, explained(message) end
  end
  ok, message = sock:connect(host, port)
  if not ok then sock:close() return nil, explained(message) end
  return sock
end

--- Connects to a host; tries every address of its name in turn.
--
--    smc.connect("host10", 12345, { fallback = "tcp" })
--
-- @tparam string host name or address
-- @tparam number|string port 1 to 65535 or the name of a service
-- @tparam[opt] string local_address to bind to first
-- @tparam[opt] number|string local_port
-- @tparam[opt] string family `"inet"`, `"inet6"` or `"unspec"`
-- @tparam[opt] table options as of `tcp`; they may follow any of the arguments from `port` on
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
function socket.connect(host, port, local_address, local_port, family, options)
  local given, chosen, at =
    args.trailing_options("connect", 3, local_address, local_port, family, options)
  local version = check_family("connect", 5, given[3])
  return connect("connect", version, host, port, given[1], given[2], chosen, at)
end

local function connect_over(called, version)
  return function(host, port, local_address, local_port, options)
    local given, chosen, at = args.trailing_options(called, 3, local_address, local_port, options)
    return connect(called, version, host, port, given[1], given[2], chosen, at)
  end
end

--- Like `connect`, but uses only the host's IPv4 addresses.
-- @function connect4
-- @tparam string host
-- @tparam number|string port
-- @tparam[opt] string local_address
-- @tparam[opt] number|string local_port
-- @tparam[opt] table options
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
socket.connect4 = connect_over("connect4", versions.inet)

--- Like `connect`, but uses only the host's IPv6 addresses.
-- @function connect6
-- @tparam string host
-- @tparam number|string port
-- @tparam[opt] string local_address
-- @tparam[opt] number|string local_port
-- @tparam[opt] table options
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
socket.connect6 = connect_over("connect6", versions.inet6)

--- Creates a socket that listens on an address.
-- @tparam string host name or address; `"*"` is 0.0.0.0, `"::"` accepts IPv6 and IPv4
-- @tparam number|string port 0 lets the kernel choose
-- @tparam[opt=32] integer backlog
-- @tparam[opt] table options as of `tcp`; they may follow the port
-- @treturn[1] sock
-- @treturn[2] nil
-- @treturn[2] string message
function socket.bind(host, port, backlog, options)
  local given, chosen, at = args.trailing_options("bind", 3, backlog, options)
  check_address("bind", 1, host, port)
  backlog = given[1]
  if backlog ~= nil and not tonumber(backlog) then args.check("bind", 3, backlog, "number") end
  local sock, message = new("bind", at, 0, chosen)
  if not sock then return nil, message end
  local listening
  listening, message = listen(sock, host, port, backlog)
  if not listening then return nil, explained(message) end
  return listening
end

local CLASSES <const> = {}
for _, methods in ipairs(core.methods) do CLASSES[methods] = true end

local function is_socket(value)
  local metatable = getmetatable(value)
  return type(value) == "userdata" and type(metatable) == "table" and CLASSES[metatable.__index] ~= nil
end

local function check_self(called, sock)
  if not is_socket(sock) then
    args.throw(("calling '%s' on bad self (tcp{any} expected, got %s)"):format(called, type(sock)))
  end
end

--- Returns what the kernel knows of this socket: the record of `smc.diag`.
-- The function finds the socket by its inode in the kernel's list of SMC sockets. That list needs the kernel
-- module smc_diag; if the kernel cannot load it, the message says what to do. The record of a plain TCP
-- socket (`fallback = "tcp"`) has `state`, `note`, and `mode` once it is connected.
-- @function sock:info
-- @treturn[1] table as `smc.diag.sockets` returns it
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
local function info(sock)
  check_self("info", sock)
  local inode, state, connected = core.identity(sock)
  if inode == nil then return nil, state, connected end -- a message and errno
  if state then
    return {
      state = state, mode = connected and "TCP" or nil, inode = inode or nil,
      note = inode and "a TCP socket: this kernel has no SMC" or nil,
    }
  end
  return require "smc.diag".find(inode)
end

--- Returns the mode of a connection, from the kernel's list of SMC sockets, as `info` does.
-- @function sock:mode
-- @treturn[1] string `"SMC-D"`, `"SMC-R"` or `"TCP"`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOTCONN while the socket is not connected
local function mode(sock)
  check_self("mode", sock)
  local record, message, errno = info(sock)
  if not record then return nil, message, errno end
  if not record.mode then
    local before = record.state == "INIT" or record.state == "LISTEN"
    return nil, before and "not connected yet: the mode is decided on connection"
      or ("no connection any more: state %s"):format(record.state), E.ENOTCONN
  end
  return record.mode
end

--- Returns the modes of many connections. It reads the kernel's list once; `sock:mode()` reads it each time.
-- @tparam {sock,...} sockets
-- @treturn[1] table `modes[sock]`, as `sock:mode()` returns it; absent for a socket without a mode
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function socket.modes(sockets)
  args.list("modes", 1, sockets, { words = "tcp{any}", has = is_socket })
  local modes, by_inode = {}, {}
  for _, sock in ipairs(sockets) do
    local inode, state, connected = core.identity(sock)
    if inode and not state then by_inode[inode] = sock end
    if inode and connected then modes[sock] = "TCP" end
  end
  if not next(by_inode) then return modes end
  local iterator <close>, message, errno =
    require "smc.diag".sockets { fields = { "inode", "mode" }, details = { "link_group" } }
  if not iterator then return nil, message, errno end
  local ok
  ok, message, errno = require "smc.internal.iterate".each(iterator, function(inode, how)
    local sock = by_inode[inode]
    if sock then modes[sock] = how end
  end)
  if not ok then return nil, message, errno end
  return modes
end

--- Returns the time in seconds since the epoch.
-- @function gettime
-- @treturn number
socket.gettime = os_core.gettime

--- Returns the seconds of a clock that is never set: CLOCK_MONOTONIC of clock_gettime(2).
-- @function monotonic
-- @treturn number
socket.monotonic = os_core.monotonic

--- Sleeps. A signal does not end the sleep.
-- @function sleep
-- @tparam number seconds
-- @treturn nil
socket.sleep = os_core.sleep

--- Waits until some of the sockets are ready: poll(2). There is no limit on their number or descriptors.
-- @function select
-- @tparam[opt] table receivers an array of sockets to read from, or anything else with `getfd`, and
--   `dirty` where it buffers
-- @tparam[opt] table senders an array of sockets to write to
-- @tparam[opt] number timeout seconds; nil, a negative number and `math.huge` wait without limit
-- @treturn table the receivers that are ready: `ready[i] = sock`, `ready[sock] = i`
-- @treturn table the senders that are ready
-- @treturn ?string `"timeout"` if none is ready
socket.select = core.select

--- Returns its arguments without the first ones.
-- @tparam integer count how many to leave out
-- @tparam any ...
-- @treturn any ...
function socket.skip(count, ...)
  local number = math.tointeger(tonumber(count))
  if not number or number < 0 then args.check("skip", 1, count, args.range(0)) end
  return select(math.min(number, select("#", ...)) + 1, ...)
end

--- Returns a host's addresses as text, in the order in which `connect` tries them.
-- @tparam string host
-- @tparam[opt] string family `"inet"`, `"inet6"` or `"unspec"`
-- @treturn[1] {string,...}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT (no such host), EAGAIN (no name server responds)
function socket.resolve(host, family)
  args.check("resolve", 1, host, "text")
  return core.resolve(host, 1, check_family("resolve", 2, family))
end

--- Creates a poller for many sockets: `smc.poller.new`.
-- @treturn[1] smc.poller.Poller
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function socket.poller()
  return require("smc.poller").new()
end

for _, methods in ipairs(core.methods) do
  methods.info, methods.mode = info, mode
end

-- === what is loaded on first use ===

local function add_try()
  local try = require "smc.socket.try"
  socket.newtry, socket.protect = try.newtry, try.protect
  --- Returns its arguments, or raises the second one for an enclosing `protect` if the first is false or nil.
  -- A script without a `protect` ends with that message, without the traceback that `assert` leads to.
  -- @function try
  -- @tparam any ...
  -- @treturn any ...
  socket.try = try.newtry()
end

local function add_ltn12()
  local ltn12 = require "smc.socket.ltn12"
  socket.choose, socket.sourcet, socket.sinkt = ltn12.choose, ltn12.sourcet, ltn12.sinkt
  socket.source, socket.sink = ltn12.choose(ltn12.sourcet), ltn12.choose(ltn12.sinkt)
  function ltn12.block_size() return socket.BLOCKSIZE end
end

local function add_dns()
  --- The resolver: `smc.socket.dns`.
  socket.dns = require "smc.socket.dns"
end

local LATER <const> = {
  newtry = add_try, protect = add_try, try = add_try, dns = add_dns, choose = add_ltn12, sourcet = add_ltn12,
  sinkt = add_ltn12, source = add_ltn12, sink = add_ltn12,
}

-- For datagrams and Unix sockets, which SMC does not have, udp, udp4, udp6 and unix are those of LuaSocket.
return setmetatable(socket, { __index = function(_, name)
  local add = LATER[name]
  if not add then return require "smc.socket.luasocket".find(socket, name) end
  add()
  return rawget(socket, name)
end })
