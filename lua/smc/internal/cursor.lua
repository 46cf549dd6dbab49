--- How far the kernel's cursors of a connection have moved in their rings.
--
-- A connection over SMC writes into two rings: the send buffer in the memory of this host (`tx_prep`,
-- `tx_sent` and `tx_fin` move in it, `sndbuf_size` bytes round), and the ring in the peer's memory, its RMB
-- or DMB (`tx_prod`, `peer_rmbe_size` bytes round). The peer writes into the ring in the memory of this host
-- (`rx_prod`, `rmbe_size` bytes round). Only the last two show what was transferred.
-- @module smc.internal.cursor

local cursor = {}

local ROUNDS <const> = 1 << 16 -- a cursor counts its rounds in 16 bits
local START <const> = { wrap = 0, count = 0 }

local function is_in(ring_size, position)
  return position.count >= 0 and position.count <= ring_size
end

--- The bytes that a cursor has moved between two readings. The result is correct if they are fewer than
-- `cursor.most(size)`, after which the wrap count starts again at 0.
-- @tparam ?table before `{ wrap =, count = }`: rounds, and bytes in the round
-- @tparam ?table now the same, later
-- @tparam ?integer size of the ring in bytes
-- @treturn ?integer bytes, never negative; nil if a reading is missing or impossible in a ring of this size
function cursor.moved(before, now, size)
  if not (before and now and size and size > 0) then return nil end
  if not (is_in(size, before) and is_in(size, now)) then return nil end
  return ((now.wrap - before.wrap) * size + now.count - before.count) % cursor.most(size)
end

--- The bytes after which the two readings of a cursor look the same.
-- @tparam integer size of the ring in bytes
-- @treturn integer
function cursor.most(size)
  return ROUNDS * size
end

-- Without an earlier reading, the distance from the start of the connection counts.
local function moved_of(before, now, name, size_name)
  if not now or before and before.token ~= now.token then return nil end
  return cursor.moved(before and before[name] or not before and START or nil, now[name], now[size_name])
end

--- The bytes that were written into the peer's memory between two readings of one connection.
-- @tparam ?table before `connection` of a record of `smc.diag`; nil: since the connection was made
-- @tparam ?table now the same, later
-- @treturn ?integer bytes; nil if the kernel sent no cursors, or the readings are of different connections
function cursor.sent(before, now)
  return moved_of(before, now, "tx_prod", "peer_rmbe_size")
end

--- The bytes of the send buffer whose transfer the RDMA device has confirmed, which it does when the peer's
-- device has acknowledged them. Parameters and returns as `sent`.
function cursor.confirmed(before, now)
  return moved_of(before, now, "tx_fin", "sndbuf_size")
end

--- The bytes that the peer has written into the memory of this host. Parameters and returns as `sent`.
function cursor.received(before, now)
  return moved_of(before, now, "rx_prod", "rmbe_size")
end

return cursor
