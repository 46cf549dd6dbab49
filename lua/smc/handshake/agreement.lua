--- The CLC Accept and Confirm: where the server's memory is, and where the client's.
--
-- After RFC 7609, "IBM Shared Memory Communications Version 2 (Third Edition)", and net/smc/smc_clc.h.
-- @module smc.handshake.agreement

local fields = require "smc.handshake.fields"

local agreement = {}

local SMALLEST_BUFFER <const> = 14 -- bits: 16 KiB, and twice that for each step
local SMALLEST_MTU <const> = 7 -- 256 bytes are 1
local BASE <const>, WHOLE <const> = 36, 52 -- bytes of a first contact extension: of release 0, and later
local RELEASE_1 <const> = 1

local function read_smcd(found, area, version)
  local dmb = { gid = area:long(), token = area:long(), index = area:number(1) }
  dmb.size = 1 << (area:number(1) >> 4) + SMALLEST_BUFFER
  area:skip(2)
  dmb.linkid = area:number(4)
  found.dmb = dmb
  if version == 1 then return end
  dmb.chid, found.eid = area:number(2), area:text(32)
  local more = area:long()
  if fields.is_emulated(dmb.chid) then dmb.gid_ext = more end
end

local function read_smcr(found, area, version)
  found.peer_id, found.gid, found.mac = area:digits(8), area:gid(), area:mac()
  found.qpn = area:number(3)
  local rmb = { rkey = area:number(4), index = area:number(1), alert_token = area:number(4) }
  local sizes = area:number(1)
  rmb.size = 1 << (sizes >> 4) + SMALLEST_BUFFER
  found.mtu = 1 << (sizes & 15) + SMALLEST_MTU
  area:skip(1)
  rmb.address = area:long()
  area:skip(1)
  found.psn = area:number(3)
  found.rmb = rmb
  if version == 1 then return end
  found.eid = area:text(32)
  area:skip(8)
end

-- The length of the extension is not in it. Release 0 defines 36 bytes; later releases, and Linux since 6.7
-- for SMC-R of any release, have 52. A list of GIDs, which fills the rest, tells the two apart.
local function is_whole(area, release, has_gids)
  if release >= RELEASE_1 then return true end
  local left = area:left() - (BASE - 2)
  if not has_gids then return left >= WHOLE - BASE end
  local count = left >= 4 and area.bytes:byte(area.offset + (BASE - 2) + 1)
  return not count or left ~= 4 + 16 * count
end

local function read_gids(found, area)
  local count = area:number(1)
  area:skip(3)
  found.gids = {}
  for _ = 1, count do found.gids[#found.gids + 1] = area:gid() end
end

-- What the first connection of a link group has: the two systems introduce themselves.
local function read_first_contact(found, area, has_gids)
  local direct, system = area:number(1), area:number(1)
  if found.mode == "SMC-R" then found.direct = direct >> 7 == 1 end
  found.os = fields.system(system >> 4)
  found.release = system & 15
  local whole = is_whole(area, found.release, has_gids)
  area:skip(2)
  found.hostname = area:text(32)
  if whole then
    local connections, links = area:number(1), area:number(1)
    if found.mode == "SMC-R" and found.release >= RELEASE_1 then
      found.max_conns, found.max_links = connections, links
    end
    found.feature_mask = area:number(2)
    found.vendor_options = area:digits(4)
    area:skip(8)
  end
  if has_gids then read_gids(found, area) end
end

--- Decodes what follows the header.
-- @tparam string bytes the whole message
-- @tparam table header `type`, `version`, `v1` and `v2`, the bits of both versions
-- @tparam integer stop offset of the trailer
-- @treturn table fields
function agreement.decode(bytes, header, stop)
  if header.v1 > 1 then fields.refuse("it agrees to neither SMC-R nor SMC-D") end
  local found = { mode = header.v1 == 1 and "SMC-D" or "SMC-R", first_contact = header.v2 & 2 == 2 }
  local area = fields.new(bytes, "the message", 8, stop)
  local read = found.mode == "SMC-D" and read_smcd or read_smcr
  read(found, area, header.version)
  if header.version > 1 and found.first_contact then
    area.name = "the first contact extension"
    read_first_contact(found, area, header.type == "Confirm" and found.mode == "SMC-R")
  end
  return found
end

return agreement
