--- Link groups, which the SMC connections between two hosts share, and the links of SMC-R.
--
--    local linkgroup = require "smc.linkgroup"
--    for _, group in ipairs(assert(linkgroup.list { type = "SMC-R" })) do
--      print(("%08x"):format(group.id), group.role, #group.links)
--    end
--
-- The kernel lists those of the whole host, regardless of the network namespace; any user may read them.
-- Kernels up to at least 7.2 omit SMC-D link groups if there are two SMC-D devices: the `dmb.linkid` of
-- @{smc.diag} has them.
--
-- See `smcd-linkgroup(8)`, `smcr-linkgroup(8)` and `net/smc/smc_core.c` in the kernel's source.
--
-- @module smc.linkgroup

local args = require "smc.internal.args"
local dibs = require "smc.internal.dibs"
local E = require "smc.errno"
local filters = require "smc.internal.filter"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"

local linkgroup = {}

-- The fields of a filter, and which of them apply to a group, and which to its links.
local SHAPE <const> = {
  filter = { type = { "SMC-D", "SMC-R" }, id = "integer or string", netdev = "text", ibdev = "text" },
  numbers = { id = "link group ID" }, own = { "id" }, parts = "links", of_parts = { "netdev", "ibdev" },
}

function SHAPE.ask()
  return { ["SMC-D"] = netlink.linkgroup_smcd, ["SMC-R"] = netlink.linkgroup_smcr }
end

-- Numbers of net/smc/smc_core.h and net/smc/smc_clc.h.
local roles = { [0] = "client", "server" }
local types = { [0] = "NONE", "SINGLE", "SYM", "ASYMP", "ASYML" }
local link_states = { [0] = "UNUSED", "INACTIVE", "ACTIVATING", "ACTIVE" }
local buffer_types = { [0] = "physical", "virtual", "mixed" }
local systems = { "ZOS", "LINUX", "AIX" }

--- A link group. What the kernel does not send is absent.
--
-- @table group
-- @tfield string type `"SMC-D"` or `"SMC-R"`
-- @tfield integer id printed with `%08x`
-- @tfield integer vlan_id its low 8 bits; the kernel reports no more
-- @tfield integer conns_num connections
-- @tfield ?string pnetid
-- @tfield integer version of SMC: 1, 2
-- @tfield ?integer peer_release release of SMCv2 of the peer, as are the next three of SMCv2 only
-- @tfield ?string peer_hostname
-- @tfield ?string peer_os `"ZOS"`, `"LINUX"`, `"AIX"`, or the kernel's number in the form `0x7?`
-- @tfield ?string eid the EID that both have
-- @tfield ?integer sndbuf_alloc bytes of send buffers, since Linux 6.10
-- @tfield ?integer gid SMC-D: GID of the device, printed with `%016x`, as are the next three
-- @tfield ?integer peer_gid
-- @tfield ?integer gid_ext the other half where GIDs have 128 bits, since Linux 6.8
-- @tfield ?integer peer_gid_ext
-- @tfield ?integer pchid SMC-D: physical channel of the ISM device
-- @tfield ?string dibs SMC-D, since Linux 6.18: name of the device, as @{smc.device.dibs} lists it
-- @tfield ?integer dmb_alloc SMC-D: bytes of DMBs, since Linux 6.10
-- @tfield ?string role SMC-R: `"client"` or `"server"`
-- @tfield ?string lgr_type SMC-R: `"NONE"`, `"SINGLE"`, `"SYM"`, `"ASYMP"` or `"ASYML"`
-- @tfield ?string buf_type SMC-R: memory of the buffers, `"physical"`, `"virtual"` or `"mixed"`
-- @tfield ?integer net_cookie SMC-R: number of the network namespace
-- @tfield ?boolean direct SMC-Rv2: the peer is reached without a gateway
-- @tfield ?integer max_conns SMC-Rv2, since Linux 6.8: maximum number of connections
-- @tfield ?integer max_links SMC-Rv2, since Linux 6.8
-- @tfield ?integer rmb_alloc SMC-R: bytes of RMBs, since Linux 6.10
-- @tfield ?{link,...} links SMC-R

--- A link of an SMC-R link group.
--
-- @table link
-- @tfield integer link_id
-- @tfield string state `"UNUSED"`, `"INACTIVE"`, `"ACTIVATING"` or `"ACTIVE"`
-- @tfield integer conns_num connections that use it
-- @tfield string ibdev RDMA device
-- @tfield integer ibport
-- @tfield ?integer ifindex of the network interface
-- @tfield ?string netdev its name; absent if this network namespace has none of that index
-- @tfield string gid as text
-- @tfield string peer_gid
-- @tfield integer link_uid printed with `%08x`
-- @tfield integer peer_link_uid

-- The name for a number; an unknown number of a newer kernel is formatted as `0x7?`.
local function named(names, number)
  return number and (names[number] or ("0x%x?"):format(number))
end

local function without_empty(record, ...)
  for _, key in ipairs { ... } do
    if record[key] == "" then record[key] = nil end
  end
end

-- The fields that SMC-D and SMC-R share.
local function group_of(record, kind)
  local v2, smcr_v2 = record.v2 or {}, record.smcr_v2 or {}
  record.v2, record.smcr_v2 = nil, nil
  record.type = kind
  record.version = v2.version or 1
  record.peer_release, record.peer_hostname, record.eid = v2.peer_release, v2.peer_hostname, v2.eid
  record.peer_os = named(systems, v2.peer_os)
  record.direct, record.max_conns, record.max_links = smcr_v2.direct, smcr_v2.max_conns, smcr_v2.max_links
  without_empty(record, "pnetid", "peer_hostname", "eid")
  return record
end

local function smcr_group_of(record)
  record.role = named(roles, record.role)
  record.lgr_type = named(types, record.lgr_type)
  record.buf_type = named(buffer_types, record.buf_type)
  record.links = {}
  return group_of(record, "SMC-R")
end

local function link_of(record)
  record.state = named(link_states, record.state)
  if record.ifindex == 0 then record.ifindex = nil end
  record.netdev = record.ifindex and look.interface_name(record.ifindex) or nil
  return record
end

-- The groups in the kernel's messages, in which links follow their group.
SHAPE.read = look.protect(function(messages)
  local groups, name_of = {}, nil
  for _, message in ipairs(messages) do
    local group = groups[#groups]
    if message.smcd then
      name_of = name_of or dibs.namer()
      message.smcd.dibs = name_of(message.smcd.gid, message.smcd.gid_ext)
      groups[#groups + 1] = group_of(message.smcd, "SMC-D")
    elseif message.smcr then
      groups[#groups + 1] = smcr_group_of(message.smcr)
    elseif not group or not group.links then
      return nil, "cannot list the link groups: a link without a link group", E.EBADMSG
    else
      group.links[#group.links + 1] = link_of(message.link)
    end
  end
  return groups
end)

--- Lists the link groups, all of them or those that match every field of a filter.
--
-- @tparam[opt] table filter
-- @tparam ?string filter.type `"SMC-D"` or `"SMC-R"`
-- @tparam ?integer|string filter.id integer, or hex digits
-- @tparam ?string filter.netdev SMC-R link groups with links over this network interface, and those links
-- @tparam ?string filter.ibdev the same for an RDMA device
-- @treturn[1] {group,...}
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC, EINVAL for text that is not an ID
-- @raise for an unknown field or a field of the wrong type
function linkgroup.list(filter)
  return filters.list("list", filter, SHAPE)
end

--- Finds the first link group that matches.
--
-- @tparam integer|string|table which ID, or a filter as for @{list}
-- @treturn[1] group
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if there is no such link group, and as for @{list}
-- @raise for a value of another type, and as @{list}
function linkgroup.find(which)
  args.check("find", 1, which, "integer or string or table")
  if type(which) ~= "table" then which = { id = which } end
  return filters.first("there is no such link group on this host", filters.list("find", which, SHAPE))
end

return linkgroup
