--- The addresses that smc_diag does not give out: of sockets of IPPROTO_SMC, and which wildcard a listener
-- has. The TCP socket inside of an SMC socket has the same ports, and inet_diag shows its addresses.
-- @module smc.diag.addresses

local netlink = require "smc.core.netlink"

local addresses = {}

-- The TCP sockets of the moment, by their ports; false where several have the same, and it is open which.
local function read(listening)
  local found = {}
  for _, inet6 in ipairs { false, true } do
    local iterator <close> = netlink.tcp(inet6, listening)
    -- Without inet_diag the addresses stay unknown.
    local ok, message = pcall(function()
      for port, peer_port, here, there in iterator or function() end do
        local key = port << 16 | peer_port
        if found[key] == nil then
          found[key] = { here, there, inet6 and "inet6" or "inet" }
        else
          found[key] = false
        end
      end
    end)
    if not ok and not tostring(message):find("ask again") then error(message, 0) end
  end
  return found
end

--- A function that completes records of @{smc.diag} that have a local port and no address, or that of the
-- wildcard. It serves one query: what it has read once, it keeps.
-- @treturn function takes a record
function addresses.completer()
  local known = {}
  return function(record)
    local listening = record.state == "LISTEN"
    known[listening] = known[listening] or read(listening)
    local entry = known[listening][record.local_port << 16 | (record.peer_port or 0)]
    if not entry then return end
    record.local_address, record.family = entry[1], entry[3]
    if record.peer_port then record.peer_address = entry[2] end
  end
end

return addresses
