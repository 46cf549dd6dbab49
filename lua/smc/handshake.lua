--- The handshake of an SMC connection: what each side offers, and what is declined.
--
-- Before the first byte of a connection, both kernels say in TCP's SYN and SYN/ACK that they have SMC, and
-- then exchange CLC messages: the client's Proposal, the server's Accept, the client's Confirm, or a Decline
-- by either. A fallback code is the verdict; the handshake is its evidence.
--
--    for event in assert(handshake.watch { interface = "eth0" }) do        -- CAP_NET_RAW
--      if event.event == "message" then print(event.message.from, event.message.type) end
--    end
--
--    for _, h in ipairs(assert(handshake.read "trace.pcap")) do            -- no privilege
--      print(h.client.address, h.server.address, h.outcome)
--      for _, finding in ipairs(handshake.conclusions(h)) do print(finding.text) end
--    end
--
-- The messages are those of RFC 7609, of "IBM Shared Memory Communications Version 2 (Third Edition)", and of
-- `net/smc/smc_clc.h` in the kernel's source.
--
-- @module smc.handshake

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local E = require "smc.errno"

local handshake = {}

--- A CLC message. Identifiers that are zero, and fields that a message of its type and version does not have,
-- are absent. GIDs of RDMA ports and MAC addresses are text, GIDs of ISM devices are integers, as in
-- @{smc.diag}.
--
-- @table message
-- @tfield string type `"Proposal"`, `"Accept"`, `"Confirm"` or `"Decline"`
-- @tfield integer version 1 or 2
-- @tfield integer length bytes
-- @tfield ?string from `"client"` or `"server"`, in a handshake
-- @tfield ?number time seconds since the epoch, in a handshake
-- @tfield ?string peer_id the sender's, 16 hex digits: an instance number and a MAC address
-- @tfield ?string gid GID of the sender's RDMA port, for SMC-R; of a Proposal, for version 1
-- @tfield ?string mac its MAC address
-- @tfield ?{string,...} offers Proposal: of `"SMC-Dv1"`, `"SMC-Rv1"`, `"SMC-Dv2"` and `"SMC-Rv2"`
-- @tfield ?table ism Proposal, SMC-Dv1: `gid` and `chid` of the ISM device
-- @tfield ?string subnet Proposal, version 1 over IPv4: `"192.168.0.0/24"`
-- @tfield ?{string,...} ipv6_prefixes Proposal, version 1 over IPv6
-- @tfield ?integer release of version 2
-- @tfield ?{string,...} ueids Proposal, version 2: the UEIDs
-- @tfield ?boolean seid_enabled Proposal, version 2: whether the SEID counts
-- @tfield ?string seid Proposal, SMC-Dv2
-- @tfield ?{table,...} ism_devices Proposal, SMC-Dv2: `gid`, `gid_ext` and `chid` of each, without `ism`
-- @tfield ?string roce_gid Proposal, SMC-Rv2: GID of the RDMA port
-- @tfield ?integer max_conns SMC-Rv2: connections of a link group
-- @tfield ?integer max_links SMC-Rv2: links of a link group
-- @tfield ?integer feature_mask version 2
-- @tfield ?string vendor_oui Proposal, hex digits
-- @tfield ?string vendor_options hex digits
-- @tfield ?string mode Accept and Confirm: `"SMC-D"` or `"SMC-R"`
-- @tfield ?boolean first_contact Accept and Confirm: whether it makes a link group
-- @tfield ?table dmb Accept and Confirm, SMC-D: `gid`, `gid_ext`, `chid`, `token`, `index`, `linkid` and
--   `size` in bytes
-- @tfield ?table rmb Accept and Confirm, SMC-R: `rkey`, `address`, `index`, `alert_token` and `size` in bytes
-- @tfield ?integer qpn Accept and Confirm, SMC-R: number of the queue pair
-- @tfield ?integer psn Accept and Confirm, SMC-R: first packet sequence number
-- @tfield ?integer mtu Accept and Confirm, SMC-R: bytes
-- @tfield ?string eid Accept and Confirm, version 2: the EID that both sides have
-- @tfield ?string os version 2, first contact and Decline: `"Linux"`, `"z/OS"`, `"AIX"`, or `"type N"`
-- @tfield ?string hostname first contact of version 2: the sender's name
-- @tfield ?boolean direct first contact of SMC-Rv2: whether no gateway is between the RDMA ports
-- @tfield ?{string,...} gids Confirm, first contact of SMC-Rv2: GIDs of the client
-- @tfield ?reason diagnosis Decline: why, a record of @{smc.reason}
-- @tfield ?{reason,...} further Decline, version 2: more of them
-- @tfield ?boolean out_of_sync Decline: whether the link group ends as well

--- A handshake, so far.
--
-- @table handshake
-- @tfield table client `address` and `port`
-- @tfield table server `address` and `port`
-- @tfield ?table syn the client's SYN, if it was captured: `smc`, whether it has the SMC option, and `time`
-- @tfield ?table syn_ack the server's SYN/ACK
-- @tfield {message,...} messages in the order in which they were captured
-- @tfield string outcome `"SMC-D"` or `"SMC-R"` if a Confirm was seen, and no Decline; `"declined"`;
--   `"not offered"`: the SYN or the SYN/ACK has no SMC option; `"incomplete"`
-- @tfield ?table fault bytes that look like a CLC message and are not valid: `from` and `message`
-- @tfield ?string data `"client"` or `"server"`: who sent other data in place of a message
-- @tfield ?table ended `by`, a side, and `how`, `"closed"` or `"reset"`, if that ended it
-- @tfield ?string interface where its first packet was seen, for live captures
-- @tfield ?integer vlan VLAN ID of its first packet

--- Decodes a CLC message.
--
--    local message, length = assert(handshake.decode(bytes))
--
-- @tparam string bytes that begin with the message
-- @treturn[1] message
-- @treturn[1] integer its length in bytes
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EBADMSG, if the bytes are not a complete and valid CLC message
-- @raise for an argument of the wrong type
function handshake.decode(bytes)
  args.check("decode", 1, bytes, "string")
  return require "smc.handshake.clc".decode(bytes)
end

local PORT <const> = args.range(1, 65535)
local FILTER <const> = { address = "text", port = PORT, client_port = PORT, plain = "boolean" }
local WATCHED <const> = { file = "text", interface = "text" }
local RECORDED <const> = { address = "text", interface = "text", port = PORT }

for name, kind in pairs(FILTER) do WATCHED[name] = kind end

-- Checks options; returns them, or nil, message, errno if the address is not one.
local function check_options(called, position, options, types)
  options = args.options(called, position, options, types)
  local address = options.address
  if not address or require "smc.internal.ip".bytes(address) then return options end
  return nil, ("%s is not an IPv4 or IPv6 address"):format(require "smc.internal.text".quoted(address)),
    E.EINVAL
end

--- Reads the handshakes of a capture file: pcap, with times in microseconds or nanoseconds, or pcapng, of
-- Ethernet, Linux cooked (`tcpdump -i any`), raw IP or loopback.
--
-- @tparam string path
-- @tparam[opt] table filter
-- @tparam ?string filter.address of the client or the server
-- @tparam ?integer filter.port of the client or the server
-- @tparam ?integer filter.client_port
-- @tparam ?boolean filter.plain also connections whose SYN has no SMC option; false by default
-- @treturn[1] {handshake,...} in the order in which they ended
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT, EACCES, …; EBADMSG if the file is not a capture, or is damaged; EINVAL
--   if the address is not one
-- @raise for an argument of the wrong type or an unknown field
function handshake.read(path, filter)
  args.check("read", 1, path, "text")
  local checked, message, errno = check_options("read", 2, filter, FILTER)
  if not checked then return nil, message, errno end
  local options = { file = path }
  for name, value in pairs(checked) do options[name] = value end
  local watch
  watch, message, errno = require "smc.handshake.sources".watch(options)
  if not watch then return nil, message, errno end
  local _ <close>, found = watch, {}
  local event
  repeat
    event, message, errno = watch:next()
    if event and event.event == "finished" then found[#found + 1] = event.handshake end
  until not event
  if errno ~= E.ENODATA then return nil, message, errno end
  return found
end

--- Watches for handshakes, on network interfaces (`packet(7)`, which requires CAP_NET_RAW) or in a capture
-- file.
--
-- An event has `event`, and `handshake`, the @{handshake} that it belongs to, as it is by then:
--
-- - `"syn"`, `"syn_ack"`: one of the segments that carry the SMC option
-- - `"message"`: `message` is a CLC message
-- - `"fault"`: bytes that are not a valid CLC message; `message` says why
-- - `"finished"`: nothing more will come. The end shows itself late where both sides agree: a side may
--   still decline, and only seconds without that mean that it has not
-- - `"lost"`: the kernel dropped `packets` packets; without `handshake`
--
-- In a capture file, `next` returns ENODATA after the last event, and a loop ends.
-- @tparam[opt] table options
-- @tparam ?string options.interface all of this network namespace by default
-- @tparam ?string options.file a capture file to read instead
-- @tparam ?string options.address of the client or the server
-- @tparam ?integer options.port of the client or the server
-- @tparam ?integer options.client_port
-- @tparam ?boolean options.plain also connections whose SYN has no SMC option; false by default
-- @treturn[1] smc.diag.Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM without CAP_NET_RAW, ENODEV if there is no such interface, EINVAL if the
--   address is not one; for a file as @{read}
-- @raise for an option that is unknown or of the wrong type
function handshake.watch(options)
  local message, errno
  options, message, errno = check_options("watch", 1, options, WATCHED)
  if not options then return nil, message, errno end
  if options.file and options.interface then
    args.refuse_option("interface", "nothing expected together with 'file'")
  end
  return require "smc.handshake.sources".watch(options)
end

--- Starts to record the packets of connections that are about to be made, by this process or by others. It
-- requires CAP_NET_RAW.
--
--    local recorder <close> = handshake.recorder { port = 37373 }         -- nil without the privilege
--    local sock = assert(smc.connect("host10", 37373))
--    local record = recorder and recorder:take(select(2, sock:getsockname()))
--
-- The kernel keeps the packets until they are taken. Both connections over SMC and others are recorded.
-- @tparam[opt] table options
-- @tparam ?integer options.port only connections from or to this port
-- @tparam ?string options.address only connections from or to this address
-- @tparam ?string options.interface all of this network namespace by default
-- @treturn[1] Recorder
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EPERM without CAP_NET_RAW, ENODEV if there is no such interface, EINVAL if the
--   address is not one
-- @raise for an option that is unknown or of the wrong type
function handshake.recorder(options)
  local message, errno
  options, message, errno = check_options("recorder", 1, options, RECORDED)
  if not options then return nil, message, errno end
  return require "smc.handshake.recorder".new(options)
end

--- Returns what was recorded of a connection so far.
-- @function Recorder:take
-- @tparam integer client_port the connection's port on the client's side
-- @treturn[1] handshake
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENODATA if no packet of it was seen, EBADF if the recorder is closed, and other
--   errors of the kernel
-- @raise for an argument of the wrong type

--- Ends the recording. `<close>` does the same, and closing twice is fine.
-- @function Recorder:close
-- @treturn boolean true

--- What is known about one side of a handshake from elsewhere, for @{conclusions}. The client's EIDs,
-- devices and subnets are in its Proposal; a server does not say what it has, unless it is asked.
--
-- @table facts
-- @tfield ?{string,...} ueids its UEIDs, as `smc.eid.list` returns them; empty if there are none
-- @tfield ?string seid its SEID
-- @tfield ?boolean seid_enabled true by default
-- @tfield ?{string,...} subnets of the network interface, or its addresses with prefix lengths:
--   `"10.2.0.10/24"`
-- @tfield ?{integer,...} chids PCHIDs of its SMC-D devices
-- @tfield ?boolean smc whether its socket is an SMC socket
-- @tfield ?handshake handshake of the same connection, recorded on that side

--- A conclusion.
--
-- @table finding
-- @tfield string text what is wrong, a sentence
-- @tfield string subject `"option"`, `"fault"`, `"eids"`, `"subnets"`, `"devices"`, `"decline"`, `"silence"`,
--   `"hidden"` or `"offers"`, in the order of the list
-- @tfield string side `"local"` or `"peer"`; `"client"` or `"server"` where this host is neither; or
--   `"path"`, for what both sides or the way between them have to do with
-- @tfield string evidence how that is known
-- @tfield ?string command to look closer, or to mend it, on that side

local FACTS <const> = {
  ueids = "table", seid = "string", seid_enabled = "boolean", subnets = "table", chids = "table",
  smc = "boolean", handshake = "table",
}

--- Says in words what the offers of both sides mean: why a connection does not use SMC.
--
--    handshake.conclusions(record, { here = "client", server = { ueids = { "SMCV2-C" } } })
--    --> { { text = "The UEIDs differ: here SMCV2-A, SMCV2-B; there SMCV2-C.", side = "peer", … }, … }
--
-- What is certain comes first: the SMC option, EIDs, subnets, devices, then the code of a Decline, and last
-- what one side does not offer. Nothing is asked of the kernel: what this host knows about itself is passed
-- in `client` or `server`. Where the same connection was recorded on both sides, `handshake` in the facts of
-- the other side tells an option that was never sent from one that was taken out on the way.
-- @tparam handshake record
-- @tparam[opt] table options
-- @tparam ?string options.here `"client"` or `"server"`: which side this host is. By default it is neither,
--   as for a capture from elsewhere
-- @tparam ?facts options.client
-- @tparam ?facts options.server
-- @treturn {finding,...} empty if the connection uses SMC
-- @raise for an argument of the wrong type or an unknown option
function handshake.conclusions(record, options)
  args.check("conclusions", 1, record, "table")
  if type(record.messages) ~= "table" or type(record.outcome) ~= "string" then
    args.refuse("conclusions", 1, "a handshake expected, as this module returns it")
  end
  options = args.options("conclusions", 2, options,
    { here = { "client", "server" }, client = "table", server = "table" })
  for _, side in ipairs { "client", "server" } do args.options("conclusions", 2, options[side], FACTS) end
  return require "smc.handshake.conclusions".of(record, options)
end

return handshake
