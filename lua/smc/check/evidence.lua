--- What the kernel's record of a connection says about the path of its data.
-- @module smc.check.evidence

local require = require "smc.internal.load"
local cursor = require "smc.internal.cursor"

local evidence = {}

--- The bytes that a connection has written into its peer's memory between two records of it.
-- @tparam table after result of `sock:info()`
-- @tparam[opt] table before an earlier one; without it, since the connection was established
-- @treturn ?integer bytes; nil if the kernel reports no cursors, as for TCP
function evidence.bytes_sent(after, before)
  return cursor.sent(before and (before.connection or {}), after.connection)
end

--- The bytes that the peer has written into the memory of this host. See `bytes_sent`.
function evidence.bytes_received(after, before)
  return cursor.received(before and (before.connection or {}), after.connection)
end

--- The bytes that the peer's RDMA device has acknowledged, over SMC-R. See `bytes_sent`.
function evidence.bytes_confirmed(after, before)
  return cursor.confirmed(before and (before.connection or {}), after.connection)
end

--- The link of a connection over SMC-R.
-- @tparam table info result of `sock:info()`, or the evidence of a report
-- @treturn ?table nil for other connections
function evidence.link(info)
  return info.link_group and info.link_group.links and info.link_group.links[1]
end

-- A GID of SMC-D. Those of 128 bits have a second half.
local function gid_text(gid, ext)
  if not gid then return nil end
  return ("%016x"):format(gid) .. (ext and ext ~= 0 and (".%016x"):format(ext) or "")
end

--- The identifiers of both ends of a connection, each as the kernel of this side names it.
-- @tparam table info result of `sock:info()`, or a view
-- @treturn table `near` and `far`: this end and the peer's, each with `gid` and, over SMC-D, `token`: that of
--   the DMB in its memory; empty for TCP
function evidence.ends(info)
  local link, dmb = evidence.link(info), info.dmb
  if dmb then
    return {
      near = { gid = gid_text(dmb.gid, dmb.gid_ext), token = dmb.token and ("%016x"):format(dmb.token) },
      far = { gid = gid_text(dmb.peer_gid, dmb.peer_gid_ext),
        token = dmb.peer_token and ("%016x"):format(dmb.peer_token) },
    }
  end
  return { near = { gid = link and link.gid }, far = { gid = link and link.peer_gid } }
end

--- An identifier of this side's end of a connection: the token of the DMB that the peer writes into, or the
-- GID of the link.
-- @tparam table info result of `sock:info()`
-- @treturn ?string equal to `evidence.far_end` on the other side of the same connection; nil for TCP
function evidence.near_end(info)
  local near = evidence.ends(info).near
  return near.token or near.gid
end

--- The identifier of the peer's end of a connection, from the kernel of this side. See `near_end`.
function evidence.far_end(info)
  local far = evidence.ends(info).far
  return far.token or far.gid
end

local LOOPBACK <const> = 0xffff -- the PCHID of loopback-ism, which is in no list of devices

-- The PCHID of an SMC-D link group.
local function pchid_of(linkid)
  for _, message in ipairs(require "smc.internal.genl".linkgroup_smcd() or {}) do
    if message.smcd and message.smcd.id == linkid then return message.smcd.pchid end
  end
end

-- The SMC-D device of a link group: the kernel's list names it only by its PCHID, which several functions
-- may share.
local function smcd_device(linkid)
  local pchid, found = pchid_of(linkid), nil
  if pchid == LOOPBACK then return "loopback-ism" end
  for _, message in ipairs(pchid and require "smc.internal.genl".device_smcd() or {}) do
    local one = message.smcd
    if one and one.pchid == pchid then
      if found then return nil end
      found = one
    end
  end
  return found and ("ISM %s"):format(found.pci_id or ("FID %04x"):format(found.fid or 0)) or nil
end

--- The device of this host that carries the data of a connection.
-- @tparam table info result of `sock:info()`
-- @treturn ?string such as `"rxe0 port 1"` or `"ISM 0000:00:01.0"`; nil if the kernel does not say which
function evidence.device(info)
  local link = evidence.link(info)
  if link then return ("%s port %d"):format(link.ibdev, link.ibport) end
  return info.dmb and smcd_device(info.dmb.linkid)
end

--- The path of the data, as text.
-- @tparam table info result of `sock:info()`, or the evidence of a report
-- @treturn ?string nil for a connection that is TCP
function evidence.path(info)
  local link = evidence.link(info)
  if info.dmb then
    local device = info.dmb.dibs and ("over %s, "):format(info.dmb.dibs) or ""
    return ("%sfrom GID %016x to GID %016x, into the peer's DMB %016x"):format(device,
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
