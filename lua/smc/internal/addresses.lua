--- The addresses that smc_diag does not report: those of IPPROTO_SMC sockets, and which wildcard address a
-- listener has. The TCP socket inside an SMC socket has the same ports, and inet_diag reports its addresses.
-- @module smc.internal.addresses

local E = require "smc.errno"
local iterate = require "smc.internal.iterate"
local look = require "smc.internal.look"
local netlink = require "smc.core.netlink"

local addresses = {}

-- Adds the TCP sockets of one family to found, by their ports; false if several have the same ports, so that
-- the address is ambiguous.
local function read_family(found, family, listening)
  local iterator <close>, message, errno = netlink.inet_diag(family == "inet6", listening)
  if not iterator then
    if errno == E.ENOENT then return end -- without inet_diag the addresses stay unknown
    look.fail(message, errno)
  end
  look.demand(iterate.each(iterator, function(port, peer_port, here, there)
    local key = port << 16 | peer_port
    if found[key] == nil then
      found[key] = { here, there, family }
    else
      found[key] = false
    end
  end))
end

local function read(listening)
  local found = {}
  read_family(found, "inet", listening)
  read_family(found, "inet6", listening)
  return found
end

--- Returns a function that completes records of @{smc.diag} that have a local port but no address, or the
-- wildcard address. Use it for one query: it caches what it reads.
-- @treturn function takes a record; returns true, or nil, message, errno
function addresses.completer()
  local known = {}
  return look.protect(function(record)
    local listening = record.state == "LISTEN"
    known[listening] = known[listening] or read(listening)
    local entry = known[listening][record.local_port << 16 | (record.peer_port or 0)]
    if not entry then return true end
    record.local_address, record.family = entry[1], entry[3]
    if record.peer_port then record.peer_address = entry[2] end
    return true
  end)
end

return addresses
