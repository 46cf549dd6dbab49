--- The proof that bytes took the SMC path: the kernel's cursor of the ring in the peer's memory.
-- @module smc.check.evidence

local cursor = require "smc.internal.cursor"

local evidence = {}

--- The bytes that a connection has written into its peer's memory between two looks at it.
-- @tparam table after what `sock:info()` gave
-- @tparam[opt] table before the same, earlier; without it since the connection was made
-- @treturn ?integer bytes; nil where the kernel tells no cursors (TCP, for one)
function evidence.bytes_sent(after, before)
  return cursor.sent(before and (before.connection or {}), after.connection)
end

-- The link of a connection over SMC-R.
local function link_of(info)
  return info.link_group and info.link_group.links and info.link_group.links[1]
end

--- What names this side's end of a connection: the token of the DMB that the peer writes into, or the GID of
-- the link.
-- @tparam table info what `sock:info()` gave
-- @treturn ?string what `evidence.far_end` gives on the other side of the same connection; nil for TCP
function evidence.near_end(info)
  local link = link_of(info)
  return info.dmb and ("%016x"):format(info.dmb.token) or link and link.gid
end

--- What names the peer's end of a connection, by the kernel of this side. Parameter and return as `near_end`.
function evidence.far_end(info)
  local link = link_of(info)
  return info.dmb and ("%016x"):format(info.dmb.peer_token) or link and link.peer_gid
end

--- Whose memory it is, in words.
-- @tparam table info what `sock:info()` gave, or the evidence of a report
-- @treturn ?string nil for a connection that is TCP
function evidence.path(info)
  local link = link_of(info)
  if info.dmb then
    return ("from GID %016x to GID %016x, into the peer's DMB %016x"):format(
      info.dmb.gid, info.dmb.peer_gid, info.dmb.peer_token)
  elseif link then
    return ("over %s port %d, from GID %s to GID %s, into the peer's RMB"):format(
      link.ibdev, link.ibport, link.gid, link.peer_gid)
  end
end

--- What the kernel tells of the bytes that a connection has sent.
-- @tparam table info what `sock:info()` gave
-- @tparam integer sent bytes, by whoever sent them
-- @treturn table as of `smc.check.evidence`
function evidence.of(info, sent)
  local counted = evidence.bytes_sent(info)
  if counted and sent >= cursor.most(info.connection.peer_rmbe_size) then counted = nil end
  return { bytes_sent = sent, bytes_through_shared_memory = counted, path = evidence.path(info) }
end

return evidence
