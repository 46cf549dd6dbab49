--- The CLC Accept and Confirm: where the server's memory is, and where the client's.
--
-- After RFC 7609, "IBM Shared Memory Communications Version 2 (Third Edition)", and net/smc/smc_clc.h.
-- @module smc.handshake.agreement

local fields = require "smc.handshake.fields"

local agreement = {}

local SMALLEST_BUFFER <const> = 14 -- bits: 0 is 16 KiB, and each step doubles the size
local SMALLEST_MTU <const> = 7 -- 1 is 256 bytes
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

local function read_gids(found, area)
  local count = area:number(1)
  area:skip(3)
  found.gids = {}
  for _ = 1, count do found.gids[#found.gids + 1] = area:gid() end
end

-- The first contact extension, of the first connection of a link group: both systems introduce themselves.
-- Over SMC-D with release 0 it ends after the name.
local function read_first_contact(found, area, has_gids)
  local direct, system = area:number(1), area:number(1)
  if found.mode == "SMC-R" then found.direct = direct >> 7 == 1 end
  found.os = fields.system(system >> 4)
  found.release = system & 15
  area:skip(2)
  found.hostname = area:text(32)
  if found.mode == "SMC-R" or found.release >= RELEASE_1 then
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
