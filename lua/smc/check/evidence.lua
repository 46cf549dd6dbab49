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

--- How many bytes may pass between two looks before the kernel's count is round once.
-- @tparam table info what `sock:info()` gave, with a count
-- @treturn integer bytes
function evidence.most(info)
  return cursor.most(info.connection.peer_rmbe_size)
end

--- Whose memory it is, in words.
-- @tparam table info what `sock:info()` gave, or the evidence of a report
-- @treturn ?string nil for a connection that is TCP
function evidence.path(info)
  if info.dmb then
    return ("from GID %016x to GID %016x, into the peer's DMB %016x"):format(
      info.dmb.my_gid, info.dmb.peer_gid, info.dmb.peer_token)
  elseif info.link_group and info.link_group.links then
    local link = info.link_group.links[1]
    return ("over %s port %d, from GID %s to GID %s, into the peer's RMB"):format(
      link.ibname, link.ibport, link.gid, link.peer_gid)
  end
end

--- What a successful check has found, as one line.
-- @tparam table report of @{smc.check.client.connect}
-- @treturn string
function evidence.words(report)
  local found = report.evidence
  local text
  if found.bytes_sent == 0 then
    text = ("nothing was sent; the kernel's record of the connection says %s"):format(report.mode)
  else
    text = ("%d of %d bytes went through shared memory"):format(
      found.bytes_through_shared_memory, found.bytes_sent)
  end
  local path = evidence.path(found)
  if path then text = text .. ", " .. path end
  if found.peer_mode then
    text = text .. "; the peer sees " .. found.peer_mode .. " too"
  elseif found.bytes_sent > 0 then
    text = text .. "; the peer does not tell what it sees"
  end
  return text
end

return evidence
