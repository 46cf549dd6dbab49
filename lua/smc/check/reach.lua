--- Connects to one of several addresses, and finds out why that fails.
-- @module smc.check.reach

local core = require "smc.core.socket"
local E = require "smc.errno"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic

require "smc.socket" -- which gives the sockets of core the methods that are written in Lua

local reach = {}

-- Seconds for plain TCP to find out why an attempt failed: an idle kernel gives up on a neighbour after 3 s.
local CAUSE_SECONDS <const> = 10

--- Connects a socket to an address.
-- @param sock new
-- @tparam string address
-- @tparam integer|string port
-- @tparam number deadline
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] ?integer errno; nil if the kernel does not say why
function reach.connect(sock, address, port, deadline)
  sock:settimeout(0)
  local ok, message = sock:connect(address, port)
  while not ok and message == "timeout" do
    if not loop.wait(sock, "w", deadline) then return nil, message, E.ETIMEDOUT end
    ok, message = sock:connect(address, port)
  end
  if ok then return true end
  return nil, message, core.last_errno(sock)
end

--- Connects over TCP without the option of SMC. A task calls it.
-- @tparam string address
-- @tparam integer|string port
-- @tparam number deadline
-- @return[1] the socket
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] ?integer errno as of `connect`
function reach.over_tcp(address, port, deadline)
  local sock = core.new(0, false, "tcp")
  local ok, message, errno = reach.connect(sock, address, port, deadline)
  if ok then return sock end
  sock:close()
  return nil, message, errno
end

--- Whether the peer closes a connection, if nothing is sent, in the time that it may need for that. A task
-- calls it. Data that the peer sends is ignored.
-- @param sock
-- @tparam number connect_seconds the duration of the handshake, which takes several round trips, and so
--   indicates how far away the peer is
-- @tparam number deadline
-- @treturn boolean
function reach.is_closed_soon(sock, connect_seconds, deadline)
  deadline = math.min(deadline, monotonic() + math.min(math.max(10 * connect_seconds, 0.2), 2))
  while true do
    local data, message = sock:receiveany(65536)
    if not data and message ~= "timeout" then return true end
    if not data and not loop.wait(sock, "r", deadline) or monotonic() >= deadline then return false end
  end
end

-- Finds out why AF_SMC failed if the kernel does not report it: tries plain TCP.
-- @return whether that connects, and stays connected; a message and an errno if it fails, but not if it
--   takes too long
local function cause_by_tcp(address, port, deadline)
  local started = monotonic()
  local probe <close>, message, errno =
    reach.over_tcp(address, port, math.min(deadline, started + CAUSE_SECONDS))
  if probe then return not reach.is_closed_soon(probe, monotonic() - started, deadline) end
  if errno == E.ETIMEDOUT then return false end
  return false, message, errno
end

-- Whether a failure leaves open if it was TCP that failed, or the handshake of SMC: a refused SYN is
-- ECONNREFUSED, so ECONNRESET came later.
local function is_unclear(errno)
  return not errno or errno == E.ECONNRESET
end

-- One attempt to one address. If the kernel does not say why it failed, and TCP does not either, there is a
-- second attempt.
local function attempt(address, port, deadline)
  local sock = core.new(0, false)
  local ok, message, errno = reach.connect(sock, address, port, deadline)
  local tcp_connects = false
  if not ok and is_unclear(errno) then
    local cause, number
    tcp_connects, cause, number = cause_by_tcp(address, port, deadline)
    if cause then
      message, errno = cause, number
    else
      sock:close()
      sock = core.new(0, false)
      ok, message, errno = reach.connect(sock, address, port, deadline)
    end
  end
  if ok then return sock end
  -- TCP is connected, and the peer has SMC, for without it the kernel would have fallen back at once.
  local hangs = errno == E.ETIMEDOUT and core.tcp_state(sock) == "ACTIVE"
  sock:close()
  return nil, { address = address, message = message, errno = errno,
    stage = (hangs or tcp_connects and is_unclear(errno)) and "handshake" or "tcp" }
end

--- Tries the addresses in turn; each gets an equal share of the remaining time. A task calls it.
-- @tparam {string,...} addresses
-- @tparam integer|string port
-- @tparam number deadline
-- @treturn[1] table `sock`, `address`, and `seconds` that it took
-- @treturn[2] nil
-- @treturn[2] {table,...} of each attempt its `address`, `message`, `errno` if the kernel gives one, and
--   `stage`, `"tcp"`, or `"handshake"` if the peer accepted a TCP connection with SMC's option, and then the
--   handshake of SMC was not answered (ETIMEDOUT), or the connection ended
function reach.any(addresses, port, deadline)
  local failures = {}
  for i, address in ipairs(addresses) do
    local started = monotonic()
    local share = math.max((deadline - started) / (#addresses - i + 1), 0.001)
    local sock, failure = attempt(address, port, started + share)
    if sock then return { sock = sock, address = address, seconds = monotonic() - started } end
    failures[i] = failure
  end
  return nil, failures
end

return reach
