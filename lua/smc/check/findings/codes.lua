--- What each reason for a fallback means where nothing more could be found out: a row for every code.
-- @module smc.check.findings.codes

local codes = {}

-- Where the fault is: on the host that found the reason, on the other one, or between them.
local FINDER <const>, OTHER <const>, PATH <const> = "finder", "other", "path"

local ADD_UEID <const> = "smcd.lua ueid add SMCV2-NAME"
local LIST_LINKS <const> = "smcr.lua linkgroup link-show"
local PORTS <const> = "rdma link show"
local KERNEL_LOG <const> = "dmesg"
local ROCE_ROUTE <const> = "ip route get ADDRESS-OF-THE-OTHER-ROCE-INTERFACE"

-- Name of the reason, where the fault is, text, command.
local ROWS <const> = {
  { "MEM", FINDER, "The kernel had no memory for the buffers of the connection, which must be contiguous.",
    "sysctl -w net.smc.rmem=65536 net.smc.wmem=65536" },
  { "TIMEOUT_CL", PATH, "The RDMA devices of the hosts do not reach each other: the first message over the "
    .. "link was not answered. Their network, its MTU or its VLAN differs, or UDP port 4791 is blocked.",
    PORTS },
  { "TIMEOUT_AL", PATH, "The second pair of RDMA devices does not reach each other.", LIST_LINKS },
  { "CNFERR", FINDER, "The kernel found no subnet for the local address of the connection on its interface.",
    "ip address" },
  { "PEERNOSMC", OTHER, "The peer's TCP handshake did not have the SMC option." },
  { "IPSEC", FINDER, "IPsec protects the connection, and SMC would bypass it. This is intended.",
    "ip xfrm policy" },
  { "NOSMCDEV", FINDER, "No device was found that reaches the other host, neither for SMC-D nor for SMC-R.",
    "smcd.lua device; smcr.lua device" },
  { "NOSMCDDEV", FINDER, "No ISM device was found that reaches the other host.", "smcd.lua device" },
  { "NOSMCRDEV", FINDER, "No RDMA device was found for the interface of the connection.", "smcr.lua device" },
  { "NOISM2SUPP", FINDER, "The host has no ISM device of version 2, which the other host proposed to use.",
    "smcd.lua info" },
  { "NOV2EXT", OTHER, "The host proposed SMC version 2 without saying what it can use.", "smcd.lua info" },
  { "NOV2DEXT", OTHER, "The host proposed SMC-D version 2 without an ISM device.", "smcd.lua device" },
  { "NOSEID", OTHER, "The host sent no SEID.", "smcd.lua seid enable" },
  { "NOSMCD2DEV", FINDER, "No ISM device has the PCHID of one of the other host, as two hosts of one machine "
    .. "have; or EIDs differ, which this reason can hide.", "smcd.lua device; smcd.lua ueid show" },
  { "NOUEID", OTHER, "The host offered no EID, which SMC version 2 requires.", ADD_UEID },
  { "RELEASEERR", PATH, "The hosts did not agree on a release of SMC version 2.", "smcd.lua info" },
  { "MAXCONNERR", FINDER, "The hosts did not agree on the number of connections of a link group.",
    "sysctl -w net.smc.smcr_max_conns_per_lgr=255" },
  { "MAXLINKERR", FINDER, "The hosts did not agree on the number of links of a link group.",
    "sysctl -w net.smc.smcr_max_links_per_lgr=2" },
  { "MODEUNSUPP", PATH, "The server chose a mode that the client had not offered: a device came or went "
    .. "during the handshake.", "smcd.lua device; smcr.lua device" },
  { "RMBE_EC", OTHER, "The host uses eyecatchers in its receive buffers, which Linux does not support." },
  { "OPTUNSUPP", FINDER, "The program uses TCP Fast Open (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT, MSG_FASTOPEN) "
    .. "or IPV6_MTU_DISCOVER, which SMC does not support." },
  { "DIFFPREFIX", PATH, "The hosts are in different subnets or have different prefix lengths, which SMC "
    .. "version 1 does not support; and version 2 could not be used, for example because EIDs differ.",
    "ip address; smcd.lua ueid show" },
  { "GETVLANERR", FINDER, "The VLAN of the connection's interface could not be determined.",
    "ip -d link show" },
  { "ISMVLANERR", FINDER, "The VLAN of the connection could not be registered with the ISM device.",
    KERNEL_LOG },
  { "NOACTLINK", FINDER, "The link group has no active link.", LIST_LINKS },
  { "NOSRVLINK", FINDER, "The link that the server chose is not known: one went down during the handshake.",
    LIST_LINKS },
  { "VERSMISMAT", PATH, "The hosts have no version of SMC in common.", "smcd.lua info" },
  { "MAX_DMB", FINDER, "The device for SMC-D has no DMB left: an ISM function has 1,920, loopback-ism 5,000.",
    "smcss.lua -D" },
  { "NOROUTE", FINDER, "There is no route to the other host's RDMA device, which SMC-Rv2 requires.",
    ROCE_ROUTE },
  { "NOINDIRECT", PATH, "One host reaches the other's RDMA device through a gateway, and the other one does "
    .. "not.",
    ROCE_ROUTE },
  { "SYNCERR", PATH, "The hosts disagree about the link group that they share.", LIST_LINKS },
  { "PEERDECL", OTHER, "The host declined SMC during the handshake, and did not say why.", "smcss.lua" },
  { "INTERR", FINDER, "The kernel reports an internal error.", KERNEL_LOG },
  { "ERR_RTOK", FINDER, "The kernel could not store the memory keys of the other host.", KERNEL_LOG },
  { "ERR_RDYLNK", FINDER, "The kernel could not make the RDMA link ready.", PORTS },
  { "ERR_REGBUF", PATH, "The RDMA devices of the hosts do not reach each other, so that a host could not be "
    .. "told of the buffers; or buffers could not be registered with a device.", PORTS },
}

local by_name = {}
for _, row in ipairs(ROWS) do by_name[row[1]] = row end

local KERNEL_OF <const> = { ["local"] = "this host's kernel", peer = "the peer's kernel" }
local OTHER_SIDE <const> = { ["local"] = "peer", peer = "local" }

--- The finding of a reason.
-- @tparam table cause record of @{smc.reason}
-- @tparam string finder the side that found it, `"local"` or `"peer"`
-- @treturn table finding
function codes.finding(cause, finder)
  local row = by_name[cause.name]
  local evidence = ("the reason of %s, 0x%08x%s"):format(KERNEL_OF[finder], cause.code,
    cause.name and " " .. cause.name or "")
  if not row then
    return { side = finder, text = ("The reason of the fallback is not known to this module: %s."):format(
      cause.meaning), evidence = evidence }
  end
  local side = row[2] == PATH and "path" or row[2] == FINDER and finder or OTHER_SIDE[finder]
  return { side = side, text = row[3], evidence = evidence, command = row[4] }
end

--- Whether a code has a row.
-- @tparam string name
-- @treturn boolean
function codes.has(name)
  return by_name[name] ~= nil
end

return codes
