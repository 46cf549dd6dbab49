-- Every reason code of the kernel, with the texts of smc.reason, which loads this file to look up a code.

-- Advice that several codes share.
local ism = "SMC-D: `smcd.lua device` lists the usable devices. An ISM function that is missing there may "
  .. "be powered off: run `smc_rnics.lua -e FID` as root. ISM v1 requires that the network interface and "
  .. "the ISM function have the same PNET ID, from the hardware configuration or set with `smc_pnet.lua -a "
  .. "PNETID -I INTERFACE` and `smc_pnet.lua -a PNETID -D ISM-DEVICE`."
local eid = "SMC v2 requires an EID that both hosts have: compare `smcd.lua ueid show` and `smcd.lua seid "
  .. "show`, and add the same UEID on both hosts with `smcd.lua ueid add SMCV2-NAME`."
local rdma = "SMC-R: `smcr.lua device` lists the RDMA devices, and `rdma link show` the state of their "
  .. "ports. The port and the network interface must have the same PNET ID: `smc_pnet.lua -a PNETID -I "
  .. "INTERFACE` and `smc_pnet.lua -a PNETID -D RDMA-DEVICE -P PORT`. SMC-Rv2 does not carry connections "
  .. "between IPv6 addresses, and SMC-Rv1 only those within one subnet: use IPv4 addresses."
local report = "Check the kernel log with `dmesg`, try again, and update the kernel of both hosts. If the "
  .. "error comes back, report it with the log."

-- Code, name, meaning, advice: in the order of the codes.
return {
  { 0x01010000, "MEM", "out of memory for the connection's buffers",
    "Check for free memory (`free`) in large contiguous blocks (/proc/buddyinfo), or use smaller buffers: "
    .. "`sysctl net.smc.rmem net.smc.wmem`, SO_RCVBUF and SO_SNDBUF. With `sysctl net.smc.smcr_buf_type=1`, "
    .. "SMC-R does not need contiguous memory." },
  { 0x02010000, "TIMEOUT_CL", "timeout waiting for the confirm link message over the RDMA device",
    "The RDMA devices of the hosts do not reach each other. `rdma link show` must show ACTIVE on both; check "
    .. "cabling, VLAN and MTU, check that no firewall blocks UDP port 4791 (RoCE v2), and try `rping` or "
    .. "`ibv_rc_pingpong` between them. Devices with the same PNET ID must be on the same network: "
    .. "`smc_pnet.lua`." },
  { 0x02020000, "TIMEOUT_AL", "timeout waiting for a second RDMA device to be added to the link group",
    "The second pair of RDMA devices does not respond. `smcr.lua linkgroup link-show` and `rdma link show` "
    .. "on both hosts show its state; check its network, or remove its PNET ID: `smc_pnet.lua -d PNETID`." },
  { 0x03000000, "CNFERR", "configuration error: the kernel found no IP prefix for the connection's local "
  .. "address",
    "The local address must be on the interface that the connection uses: compare `ip route get "
    .. "PEER-ADDRESS` with `ip address`. The other possible cause is a VLAN that could not be removed from "
    .. "the ISM device: see `dmesg`." },
  { 0x03010000, "PEERNOSMC", "the peer does not support SMC: its TCP handshake had no SMC option",
    "On the peer: start the program with `smc_run` or `smc_run.lua`, so that its socket is an SMC socket "
    .. "(`smcss.lua -l` there lists the listening ones), and load SMC with `modprobe smc`. If it is already "
    .. "an SMC socket, a firewall or middlebox between the hosts may strip the TCP experimental option "
    .. "(kind 254, 0xe2d4c3d9; `tcpdump -v` on both sides shows it), or a busy server limits SMC "
    .. "handshakes: `sysctl net.smc.limit_smc_hs` and the socket option SMC_LIMIT_HS." },
  { 0x03020000, "IPSEC", "the connection uses IPsec, which SMC would bypass",
    "This is intended. If the connection does not need IPsec, exclude it from the policies: `ip xfrm "
    .. "policy`." },
  { 0x03030000, "NOSMCDEV", "no SMC device found, neither for SMC-D nor for SMC-R, that reaches the peer",
    "Check both hosts. " .. ism .. " Both hosts must be on the same machine, and for v2 on the same PCHID. "
    .. rdma .. " " .. eid },
  { 0x03030001, "NOSMCDDEV", "no ISM device for SMC-D found that reaches the peer",
    ism .. " Both hosts must be on the same machine. " .. eid },
  { 0x03030002, "NOSMCRDEV", "no RDMA device for SMC-R found", rdma },
  { 0x03030003, "NOISM2SUPP", "this host's hardware has no ISM v2 support, and SMC-Dv2 was requested",
    "`smcd.lua info` shows the available ISM versions. ISM v2 requires an IBM z15 or later with an ISM "
    .. "function powered on, or loopback-ism. For SMC-D with ISM v1, give the network interface and the ISM "
    .. "function the same PNET ID, and use the same IP subnet as the peer." },
  { 0x03030004, "NOV2EXT", "the peer sent no SMCv2 extension though it proposed version 2",
    "Update the peer's operating system; a capture of the handshake (`tcpdump -w`, Wireshark's `smc`) shows "
    .. "what it sent." },
  { 0x03030005, "NOV2DEXT", "the peer sent no SMC-Dv2 extension though it proposed SMC-Dv2",
    "On the peer: `smcd.lua device` must list an ISM device, and `smcd.lua info` must show ISM v2. If both "
    .. "do, update its operating system." },
  { 0x03030006, "NOSEID", "the peer sent no SEID",
    "On the peer: enable it with `smcd.lua seid enable`. If the machine has no SEID (any machine except IBM "
    .. "Z and LinuxONE), add the same UEID on both hosts: `smcd.lua ueid add SMCV2-NAME`." },
  { 0x03030007, "NOSMCD2DEV", "no SMC-Dv2 device found that matches one of the peer's",
    "Compare `smcd.lua device` on both hosts: each requires an ISM function with the same PCHID, which means "
    .. "the same machine, and with the PNET ID of the network interface or none. If a function is missing, "
    .. "power it on: `smc_rnics.lua -e FID` as root." },
  { 0x03030008, "NOUEID", "the peer sent no UEID, and no SEID",
    "Add the same UEID on both hosts with `smcd.lua ueid add SMCV2-NAME`, and check it with `smcd.lua ueid "
    .. "show`. It is lost at the next boot and when smc is unloaded. Between IBM Z systems, the SEID works "
    .. "as well: `smcd.lua seid enable`." },
  { 0x03030009, "RELEASEERR", "the hosts did not agree on a release of SMCv2",
    "Compare the release in `smcd.lua info` on both hosts, and update the older one." },
  { 0x0303000a, "MAXCONNERR", "the hosts did not agree on the number of connections of a link group",
    "Check `sysctl net.smc.smcr_max_conns_per_lgr` (16 to 255) on both hosts; set it to the default, 255." },
  { 0x0303000b, "MAXLINKERR", "the hosts did not agree on the number of links of a link group",
    "Check `sysctl net.smc.smcr_max_links_per_lgr` (1 or 2) on both hosts; set it to the default, 2." },
  { 0x03040000, "MODEUNSUPP", "SMC modes do not match: the peer chose a mode, SMC-D or SMC-R, that was not "
  .. "offered",
    "Try again: a device may have been added or removed during the handshake. Otherwise compare `smcd.lua "
    .. "device` and `smcr.lua device` on both hosts, and update the peer." },
  { 0x03050000, "RMBE_EC", "the peer has eyecatchers in its receive buffers, which Linux does not support",
    "Update the peer, or change its SMC-R configuration so that it does not use eyecatchers." },
  { 0x03060000, "OPTUNSUPP", "the program used TCP Fast Open, which SMC does not support",
    "Remove TCP_FASTOPEN, TCP_FASTOPEN_CONNECT, TCP_FASTOPEN_KEY, TCP_FASTOPEN_NO_COOKIE and MSG_FASTOPEN "
    .. "from the program or its configuration. The kernel checks only the number of the option, so "
    .. "IPV6_MTU_DISCOVER counts too." },
  { 0x03070000, "DIFFPREFIX", "the hosts are not in the same IP subnet, or their prefix lengths differ",
    "SMC v1 requires the same subnet: compare `ip address` on both hosts. SMC v2 does not: " .. eid },
  { 0x03080000, "GETVLANERR", "the VLAN ID of the network interface could not be determined",
    "`ip -d link show` shows how the interface is stacked: SMC supports VLANs on one physical interface." },
  { 0x03090000, "ISMVLANERR", "the VLAN ID could not be registered on the ISM device",
    "See `dmesg`. The ISM device may have been removed, or its number of VLANs is at the limit: use fewer "
    .. "VLANs, or another ISM function." },
  { 0x030a0000, "NOACTLINK", "no active SMC-R link in the link group",
    "`smcr.lua linkgroup link-show` and `rdma link show` show which links are down. Bring the ports up; new "
    .. "connections then create a new link group." },
  { 0x030b0000, "NOSRVLINK", "the SMC-R link that the server chose is not known here",
    "A link went down during the handshake: try again. If the error comes back, close the connections "
    .. "between the two hosts (`smcss.lua -R`), so that the link group is created again." },
  { 0x030c0000, "VERSMISMAT", "the hosts have no SMC version in common",
    "Compare the version in `smcd.lua info` on both hosts, and update the older one." },
  { 0x030d0000, "MAX_DMB", "the SMC-D device has no DMB left: its limit of connections is reached",
    "An ISM function has 1920, loopback-ism 5000. `smcss.lua -D` lists the connections that use them; close "
    .. "connections, or add ISM functions." },
  { 0x030e0000, "NOROUTE", "SMC-Rv2 found no route to the peer's RDMA device",
    "`ip route get` with the address of the peer's RoCE interface must find a route. Give the RoCE "
    .. "interfaces of both hosts IPv4 addresses and routes." },
  { 0x030f0000, "NOINDIRECT", "the peer uses SMC-Rv2 through a gateway, but this host uses a direct route",
    "On both hosts, check `ip route get` with the address of the other RoCE interface, and the prefix "
    .. "lengths: both hosts must use a gateway, or neither." },
  { 0x04000000, "SYNCERR", "the hosts disagree about the link group that they share",
    "Try again: the link group is removed and created again. If the error comes back, close the connections "
    .. "between the two hosts." },
  { 0x05000000, "PEERDECL", "the peer declined SMC during the handshake",
    "The peer's reason is the second code that `smcss.lua` prints, `peer_fallback` of a record: follow its "
    .. "advice on the peer. If there is no second code, run `smcss.lua` on the peer." },
  { 0x09990000, "INTERR", "internal error", report },
  { 0x09990001, "ERR_RTOK", "internal error: the peer's RDMA memory keys could not be stored",
    "The link group may have no free keys: close connections between the two hosts. " .. report },
  { 0x09990002, "ERR_RDYLNK", "internal error: the RDMA link could not be made ready",
    "Check with `rdma link show` that the port is ACTIVE, and check the addresses and the MTU of its "
    .. "interface. " .. report },
  { 0x09990003, "ERR_REGBUF", "internal error: buffers could not be registered with the RDMA device",
    "Use smaller buffers (`sysctl net.smc.rmem net.smc.wmem`) or another type of memory (`sysctl "
    .. "net.smc.smcr_buf_type`). " .. report },
}
