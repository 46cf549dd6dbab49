--- The CLC Proposal: what the client offers.
--
-- After RFC 7609, "IBM Shared Memory Communications Version 2 (Third Edition)", and net/smc/smc_clc.h. The
-- areas are consecutive, each at the offset that the one before it contains:
--
--    header, peer ID, GID and MAC of the RDMA port     40 bytes
--    SMC-D area, where version 2 or SMC-D is offered   40 bytes
--    IP prefixes, where version 1 is offered            8 bytes, and 17 for each IPv6 prefix
--    version 2 extension                               40 bytes, and 32 for each UEID
--    SMC-Dv2 extension                                 48 bytes, and 10 for each ISM device
--    trailer                                            4 bytes
-- @module smc.handshake.proposal

local fields = require "smc.handshake.fields"
local ip = require "smc.internal.ip"

local proposal = {}

local RELEASE_1 <const> = 1
local LOCAL <const>, SMCD_AREA <const> = 8, 40 -- offsets
local MOST_PREFIXES <const>, MOST_EIDS <const>, MOST_DEVICES <const> = 8, 8, 8

-- The two bits of a version in the header: RDMA only, SMC-D only, none, both.
local SMC_R <const> = { [0] = true, [3] = true }
local SMC_D <const> = { [1] = true, [3] = true }

local function check_count(count, most, what)
  if count > most then fields.refuse(("%d %s, at most %d expected"):format(count, what, most)) end
end

local function read_local(found, area)
  found.peer_id, found.gid, found.mac = area:digits(8), area:gid(), area:mac()
  return area:number(2)
end

local function read_prefixes(found, area)
  local subnet, bits = area:take(4), area:number(1)
  area:skip(2)
  local count = area:number(1)
  check_count(count, MOST_PREFIXES, "IPv6 prefixes")
  if count == 0 then
    found.subnet = ("%s/%d"):format(ip.text(subnet), bits)
    return
  end
  found.ipv6_prefixes = {}
  for i = 1, count do
    local prefix = area:take(16)
    found.ipv6_prefixes[i] = ("%s/%d"):format(ip.text(prefix), area:number(1))
  end
end

-- An emulated device has two entries, for the halves of its GID.
local function read_devices(area, count)
  local devices = {}
  for _ = 1, count do
    local gid, chid = area:long(), area:number(2)
    local last = devices[#devices]
    if fields.is_emulated(chid) and last and last.chid == chid and not last.gid_ext then
      last.gid_ext = gid
    else
      devices[#devices + 1] = { gid = gid, chid = chid }
    end
  end
  return devices
end

local function read_smcd_extension(found, area, devices)
  found.seid = area:text(32)
  area:skip(16)
  found.ism_devices = read_devices(area, devices)
end

local function read_extension(found, bytes, at, stop, offers)
  local area = fields.new(bytes, "the version 2 extension", at, stop)
  local eids, devices = area:number(1), area:number(1)
  check_count(eids, MOST_EIDS, "UEIDs")
  area:skip(1)
  local flags = area:number(1)
  found.release, found.seid_enabled = flags >> 4, flags & 1 == 1
  area:skip(2)
  local smcd_at = area:number(2) + area.offset
  local roce_gid = area:gid()
  local connections, links = area:number(1), area:number(1)
  if SMC_R[offers] then found.roce_gid = roce_gid end
  if SMC_R[offers] and found.release >= RELEASE_1 then
    found.max_conns, found.max_links = connections, links
  end
  found.feature_mask = area:number(2)
  area:skip(12)
  found.ueids = {}
  for _ = 1, eids do found.ueids[#found.ueids + 1] = area:text(32) end
  if SMC_D[offers] then
    check_count(devices, MOST_DEVICES, "ISM devices")
    read_smcd_extension(found, fields.new(bytes, "the SMC-Dv2 extension", smcd_at, stop), devices)
  end
end

-- Reads the SMC-D area: the native ISM device, and the offset of the version 2 extension.
local function read_smcd(found, bytes, stop, header)
  local area = fields.new(bytes, "the SMC-D area", SMCD_AREA, stop)
  local gid, chid, offset = area:long(), area:number(2), area:number(2)
  local extension = area.offset + offset
  found.vendor_oui, found.vendor_options = area:digits(3), area:digits(5)
  if SMC_D[header.v1] then found.ism = { gid = gid, chid = chid } end
  if header.v2 == 2 then return end
  if offset == 0 then fields.refuse("version 2 is offered, but there is no version 2 extension") end
  read_extension(found, bytes, extension, stop, header.v2)
end

local function offers_of(header)
  local offers = {}
  if SMC_D[header.v1] then offers[#offers + 1] = "SMC-Dv1" end
  if SMC_R[header.v1] then offers[#offers + 1] = "SMC-Rv1" end
  if SMC_D[header.v2] then offers[#offers + 1] = "SMC-Dv2" end
  if SMC_R[header.v2] then offers[#offers + 1] = "SMC-Rv2" end
  return offers
end

--- Decodes what follows the header.
-- @tparam string bytes the whole message
-- @tparam table header `version`, `v1` and `v2`, the bits of both versions
-- @tparam integer stop offset of the trailer
-- @treturn table fields
function proposal.decode(bytes, header, stop)
  local found = { offers = offers_of(header) }
  local prefixes_at = read_local(found, fields.new(bytes, "the message", LOCAL, stop)) + SMCD_AREA
  if header.version > 1 or SMC_D[header.v1] then read_smcd(found, bytes, stop, header) end
  if header.v1 ~= 2 then
    read_prefixes(found, fields.new(bytes, "the list of IP prefixes", prefixes_at, stop))
  end
  return found
end

return proposal
