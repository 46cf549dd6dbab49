--- The proof that bytes took the SMC path: the kernel's cursors of the ring in the peer's memory.
-- @module smc.check.evidence

local evidence = {}

-- Bytes that a cursor has moved, its ring being size bytes long.
local function distance(from, to, size)
  return ((to.wrap - from.wrap) & 0xffff) * size + to.count - from.count
end

local START = { wrap = 0, count = 0 }

--- The bytes that a connection has written into its peer's memory between two looks at it.
-- The kernel's count of rounds has 16 bits: between the looks it must not go round more often.
-- @tparam table after what `sock:info()` gave
-- @tparam[opt] table before the same, earlier; without it since the connection was made
-- @treturn integer bytes; or nil where the kernel tells no cursors (TCP, for one)
function evidence.bytes_sent(after, before)
  local now, earlier = after.connection, before and before.connection
  if not now or not now.tx_sent then return nil end
  return distance(earlier and earlier.tx_sent or START, now.tx_sent, now.sndbuf_size)
end

--- How many bytes may pass between two looks before the kernel's count is round once.
-- @tparam table info what `sock:info()` gave, with a count
-- @treturn integer bytes
function evidence.most(info)
  return 0x10000 * info.connection.sndbuf_size
end

--- Whose memory it is, in words.
-- @tparam table info what `sock:info()` gave
-- @treturn string or nil for a connection that is TCP
function evidence.path(info)
  if info.dmb then
    return ("from GID %016x to GID %016x, into the peer's DMB %016x"):format(
      info.dmb.my_gid, info.dmb.peer_gid, info.dmb.peer_token)
  elseif info.link_group and info.link_group.links then
    local link = info.link_group.links[1]
    return ("over %s port %d, from GID %s to GID %s"):format(
      link.ibname, link.ibport, link.gid, link.peer_gid)
  end
end

return evidence
