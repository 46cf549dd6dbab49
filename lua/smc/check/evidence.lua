--- The proof that bytes took the SMC path: the kernel's cursor of the ring in the peer's memory.
-- @module smc.check.evidence

local cursor = require "smc.internal.cursor"

local evidence = {}

--- The bytes that a connection has written into its peer's memory between two records of it.
-- @tparam table after result of `sock:info()`
-- @tparam[opt] table before an earlier one; without it, since the connection was established
-- @treturn ?integer bytes; nil if the kernel reports no cursors, as for TCP
function evidence.bytes_sent(after, before)
  return cursor.sent(before and (before.connection or {}), after.connection)
end

-- The link of a connection over SMC-R.
local function link_of(info)
  return info.link_group and info.link_group.links and info.link_group.links[1]
end

--- An identifier of this side's end of a connection: the token of the DMB that the peer writes into, or the
-- GID of the link.
-- @tparam table info result of `sock:info()`
-- @treturn ?string equal to `evidence.far_end` on the other side of the same connection; nil for TCP
function evidence.near_end(info)
  local link = link_of(info)
  return info.dmb and ("%016x"):format(info.dmb.token) or link and link.gid
end

--- The identifier of the peer's end of a connection, from the kernel of this side. See `near_end`.
function evidence.far_end(info)
  local link = link_of(info)
  return info.dmb and ("%016x"):format(info.dmb.peer_token) or link and link.peer_gid
end

--- The path of the data, as text.
-- @tparam table info result of `sock:info()`, or the evidence of a report
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

--- The kernel's counts of the bytes that a connection has sent.
-- @tparam table info result of `sock:info()`
-- @tparam integer sent bytes, as counted by the sender
-- @treturn table as in `smc.check.evidence`
function evidence.of(info, sent)
  local counted = evidence.bytes_sent(info)
  if counted and sent >= cursor.most(info.connection.peer_rmbe_size) then counted = nil end
  return { bytes_sent = sent, bytes_through_shared_memory = counted, path = evidence.path(info) }
end

return evidence
