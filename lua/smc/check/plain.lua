--- A second test, over TCP without the option of SMC, of a server that ended the first one when data came.
--
-- A kernel whose SYN/ACK has lost the option on the way waits for the handshake of SMC, and ends a connection
-- on which data comes in its place. Without the option in the SYN it waits for nothing, and its server gets
-- the data. A program that does not know what to do with the data ends both connections.
-- @module smc.check.plain

local exchange = require "smc.check.exchange"
local reach = require "smc.check.reach"

local plain = {}

--- Whether the server takes the request over TCP, and does not end the connection. A task calls it.
-- @tparam string address
-- @tparam integer port
-- @tparam number deadline
-- @treturn boolean
function plain.takes_request(address, port, deadline)
  local sock <close> = reach.over_tcp(address, port, deadline)
  if not sock then return false end
  local facts = exchange.run(sock, "TCP", deadline)
  return facts.sent == facts.to_send and not facts.closed
end

return plain
