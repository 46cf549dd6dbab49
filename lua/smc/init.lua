--- Linux Shared Memory Communications for Lua.
--
-- The modules are loaded on first use: `smc.socket`, `smc.diag`, `smc.check`, …
--
--    local smc = require "smc"
--    local sock = assert(smc.connect("192.168.0.10", 12345))
--    print(sock:mode())                --> SMC-D
--
-- When they fail, methods of sockets return `nil, message, partial`, as LuaSocket's do; everything else
-- returns `nil, message, errno`, and the message says what was tried and what to do. Something that does
-- not exist is absent from a result. Something that cannot be read is an error, and never makes a result
-- shorter. A wrong type or an unknown option raises an error in the caller's line: `bad argument #1 to
-- 'find' (…)`, `bad option 'fidd' (…)`.
--
-- With a Lua before 5.4, `require "smc"` fails with a message that says which Lua it needs, and the other
-- modules fail with a syntax error ("unexpected symbol near '<'"). A C module that was built for another
-- Lua reports that.
--
-- These are limits of the kernel's net/smc, seen with 6.12:
--
-- - Powering off an ISM device finishes when programs have closed their sockets of connections over it,
--   also those whose other end is closed. Seen with 6.12.117 and 7.2.13.
-- - Powering off an ISM device while programs open connections over it may not finish: it never finishes
--   if a connection broke before its program accepted it (`smc_accept_dequeue()` loses its link group),
--   and it finishes late if a connection was just being set up (`smc_lgr_create()` adds a link group to a
--   device that is being removed). This holds for 7.2.13, too. `smc.ism.power_off` still returns after its
--   timeout, with the sockets that are open.
-- - A program that asks for the name of a socket whose device was powered off is killed (`smc_getname()`),
--   up to 6.12.112 and 7.2.10; 6.12.113 and 7.2.11 return EBADF. `smc.socket` reads the names when the
--   connection is made, and remembers them.
-- - On big-endian machines (s390) the sysctl `net.smc.limit_smc_hs` has no effect when it is set to 1, and
--   reads 16777216 when handshakes are limited: the kernel keeps it in one byte and its file has four.
--   `smc.system` sets and reads it by netlink. Seen with 6.12.95 on s390x.
-- - A program that connects without blocking over SMC sees a false success (`SO_ERROR` is 0) when the TCP
--   connection fails for another reason than refusal: no host has the address, or a router reports it as
--   unreachable. This holds for 6.1.192 and 6.12.117; 7.2.13 reports the error. Under `smc_run.lua` the
--   program gets the error: EHOSTUNREACH, or ETIMEDOUT if there was no response. Two differences from TCP
--   remain: `select(2)` does not report such a socket as writable (`poll` and `epoll` report POLLHUP), and
--   the socket cannot connect again (ECONNABORTED).
--
-- @module smc

-- Older versions of Lua must be able to parse this file, so that they report the error below.
local major, minor = _VERSION:match("(%d+)%.(%d+)")
if tonumber(major) * 100 + tonumber(minor) < 504 then
  local jit = rawget(_G, "jit")
  error("smc needs Lua 5.4 or later: this is " .. (jit and jit.version or _VERSION), 0)
end

local smc = {}

--- The name and the version of this library: `"smc 0.1.0"`.
smc._VERSION = "smc " .. require "smc.version"

-- The modules in the README's table.
local modules = {
  socket = true, poller = true, diag = true, reason = true, system = true, process = true, run = true,
  check = true, handshake = true, eid = true, pnet = true, ism = true, linkgroup = true, device = true,
  stats = true, errno = true, json = true, version = true,
}

--- Shortcuts to functions of `smc.socket`.
local shortcuts = { tcp = true, connect = true, bind = true }

return setmetatable(smc, {
  __index = function(_, name)
    local value
    if modules[name] then
      value = require("smc." .. name)
    elseif shortcuts[name] then
      value = require("smc.socket")[name]
    else
      return nil
    end
    rawset(smc, name, value)
    return value
  end,
})
