---@meta
-- The types of the public modules for the Lua language server. `make meta` writes this file from the doc
-- comments of the sources: change those.

--- Linux Shared Memory Communications for Lua.
---@class smc
---@field _VERSION any The name and the version of this library: `"smc 0.1.0"`.
local smc = {}

--- Tests whether a connection uses SMC, with evidence, explains a fallback, and analyses a path.
---@class smc.check
---@field PORT any The port where servers start to look for a free one, as in smc_chk(8).
local smc_check = {}

---@class smc.check.Report
local smc_check_Report = {}

---@class smc.check.Server
local smc_check_Server = {}

---@class smc.check.connect.options
---@field family string|nil `"inet"`, `"inet6"`, or `"unspec"` for either, the default
---@field timeout number|nil seconds for all of the test, but for what `measure` takes, 10 by default
---@field probe boolean|nil whether to send the request, whatever the port
---@field measure boolean|number|nil whether to measure the path once SMC is proven, or for how many seconds, 5 by default: see below
---@field require string|nil `"SMC-D"`, `"SMC-R"`, or `"SMC"` for either: the mode that must be proven

--- Connects to a server and reports how the data travels.
---    local report = assert(check.connect("host10", 37373, { require = "SMC-D" }))
--- `tostring(report)` is its text, as `smc_chk.lua` prints it. The report always has `host`, `port` and
--- `verdict`; `success` is true for `"SMC"` only:
--- - `"SMC"`: the kernel's record of the socket says SMC-D or SMC-R while it is connected, and every step of
---   the proof holds.
--- - `"TCP"`: the connection fell back. `fallback` and `peer_fallback` are records of `smc.reason`: the reason
---   of this host, and that of the peer if the kernel or the peer says one. `findings` says what is wrong, and
---   `message` is present if the peer reports another mode.
--- - `"not proven"`: there was a connection, but a step of the proof is missing. `message` says which one;
---   `errno` is that of a failed query of the kernel. For example, the peer closed the connection, or it
---   reports another mode because a proxy terminates both connections.
--- - `"no connection"`: `message`, `findings`, and `errno` if the kernel reports one. An unknown host name
---   counts. `stage` is `"tcp"`, or `"handshake"` if the peer accepted TCP with SMC's option and then left the
---   handshake of SMC unanswered, as those do that replay TCP options, or if the connection ended in it.
--- `findings` is a list, most likely first. Each has `text`, `side` (`"local"`, `"peer"` or `"path"`) and
--- `evidence`, which file, record or counter shows it; `command`, if there is one, mends it on that side.
--- The text of a report has the first three.
--- A test that was made returns its report, whatever the verdict. With `require`, a test that does not meet
--- the requirement returns nil, a message, an errno and the report, whose `success` is false.
--- `addresses` lists those of the host. The report of a connection has `address`, `seconds` (until it was
--- connected), `mode` by the kernel's record, `local_address` and `local_port`. If the peer is a server of
--- this module, `peer` is its own view of the connection: `mode`, `host`, `device`, `dmb` or `link_group`,
--- `fallback` and `peer_fallback`; over TCP also `syn`: its `smc` says whether this host's SYN arrived there
--- with the option of SMC. `peer_mode` is that mode.
--- `proof` lists the steps of the proof that a connection over SMC went through; the last one may be the one
--- that failed. Each has `step`, `proven`, `text`, and `source`, where the fact comes from:
--- - `mode`: that of this very socket, by the kernel's record (`"sock_diag"`), before and after the test
--- - `peer`: the peer sees the same mode (`"peer"`)
--- - `path`: devices and memory; if the peer tells its own, both sides name the same GIDs and tokens
--- - `data`: random data of several sizes went both ways, and each side compared every byte (`"comparison"`)
--- - `cursors`: all bytes were written into the memory of the other side, by the kernels' cursors of the
---   rings
--- - `counters`: the kernel's counters of the network namespace rose by as much (`"SMC_GEN_NETLINK"`)
--- `evidence`, of a success, has the numbers: `bytes_sent`, `bytes_through_shared_memory` (absent if nothing
--- was sent), `bytes_received`, `bytes_received_through_shared_memory`, `counters`, `data` (`seed`, `sizes`,
--- and `bytes` each way), `device`, `inode`, `dmb` or `link_group`, and `peer_mode`. IBM's server never
--- answers: the proof then has neither `peer` nor `data`, and covers the connection up to its other end.
--- The check sends its request and the data to the ports 37373 to 37383, which belong to check servers, this
--- module's or IBM's. It sends nothing to any other port, because an unknown service could not interpret it:
--- the kernel's record is then the only proof, and `evidence.bytes_sent` is 0.
--- With `measure`, a success has `measurements`, a list with an entry for each size of messages from 64 bytes
--- to 1 MiB: `size`; `smc` and `tcp`, each with `round_trip` (seconds: `mean`, and the quantiles `p50`, `p90`,
--- `p99`, `p999`) and `throughput` (bytes per second); and `ratio`, SMC's of TCP's, of the median `round_trip`
--- and of `throughput`. A second connection, over TCP to the same server, is measured in turn with the first
--- one, so that what else the hosts do meets both. `measurements_message` says why there are none. A peer that
--- is too slow ends it after two minutes and four times the time that is wanted.
---@param host string name or address
---@param port number|string number, or name of a service
---@param options? smc.check.connect.options
---@return table|nil # report; if this kernel has no SMC, or the requirement is not met
---@return nil|string # message
---@return nil|integer # errno: EAFNOSUPPORT no SMC; for a requirement: EPROTONOSUPPORT another mode, EPROTO not proven, or the cause of "no connection"
---@return nil|table # report; if this kernel has no SMC, its `findings` say what mends that
function smc_check.connect(host, port, options) end

---@class smc.check.connect_all.options
---@field hosts string[] names or addresses
---@field port integer|string|nil of all of them, 37373 by default
---@field family string|nil as for `connect`, as are the next ones
---@field timeout number|nil
---@field probe boolean|nil
---@field require string|nil a report that does not meet it has no `success`
---@field measure boolean|number|nil the hosts are measured at the same time

--- Connects to many servers at once, and reports of each how the data travels.
--- It takes little longer than
--- the slowest of them alone, and a server of names that does not answer delays only what needs it.
---    for _, report in ipairs(assert(check.connect_all { hosts = { "host10", "host11" } })) do
---      print(report:summary())
---    end
---@param options smc.check.connect_all.options
---@return table[]|nil # a report for each host, in their order; if this kernel has no SMC
---@return nil|string # message
---@return nil|integer # errno
---@return nil|table[] # the reports, which say the same; their `findings` say what mends that
function smc_check.connect_all(options) end

--- Returns what a report says, in one line.
---@return string
function smc_check_Report:summary() end

---@class smc.check.server.options
---@field host string|nil address to listen on; by default all of IPv4, with `family = "inet6"` all of IPv6
---@field port integer|nil 37373 by default
---@field family string|nil `"inet"`, `"inet6"`, or `"unspec"` for either, the default
---@field max_clients integer|nil connections at once, 1024 by default. When one more connects, or when no descriptor is free (`ulimit -n`), the server closes the client that has done nothing of its test for the longest time
---@field idle_seconds number|nil what a client has for its request, and for its test, 60 by default; the server closes one that takes longer, and one that sends something else
---@field on_event function|nil called as `on_event(what, client)` on `"connected"`, `"probed"` and `"closed"`. `client` has `address` and `port`, and `info`, as `sock:info()` returns it, once it is known. Called once as `on_event("full", { message = … })` when no descriptor or memory is left for a client

--- Starts a server for checks, on the first free port from `port` on.
---@param options? smc.check.server.options
---@return smc.check.Server|nil # with `port` and `host`
---@return nil|string # message
---@return nil|integer # errno
function smc_check.server(options) end

--- Serves the clients that are ready, once.
---@param timeout? number seconds to wait for a client; one second by default
---@return boolean|nil # true
---@return nil|string # message
---@return nil|integer # errno: EBADF if the server is closed
function smc_check_Server:step(timeout) end

--- Serves until an error or an interrupt.
---@return nil
---@return string # message
---@return integer # errno
function smc_check_Server:serve() end

--- Closes the server and its clients.
--- `<close>` does the same, and closing twice is fine.
---@return boolean # true
function smc_check_Server:close() end

---@class smc.check.live.options
---@field timeout number|nil seconds for the test, 10 by default

--- Tests a connection of this host with itself, to an address of an interface: the live test of smc_chk(8).
---    print(assert(check.live "eth0").mode)                    --> SMC-D
---@param interface string name of an interface of this network namespace
---@param options? smc.check.live.options
---@return table|nil # report as of `connect`
---@return nil|string # message
---@return nil|integer # errno: EAFNOSUPPORT no SMC, ENODEV no such interface, EADDRNOTAVAIL it has no address other than a link-local one
function smc_check.live(interface, options) end

---@class smc.check.path.options
---@field host string|nil name or address of a peer: the interface is that of the kernel's route
---@field interface string|nil name of an interface of this network namespace
---@field family string|nil `"inet"`, `"inet6"`, or `"unspec"`, the default: addresses of a host

--- What of this host an SMC connection would use, without connecting: the static analysis of smc_chk(8), for
--- SMC-D and SMC-R.
---    local path = assert(check.path { host = "host10" })
---    print(path.interface.name, path.interface.pnetid, table.concat(path.modes, " "))
--- `tostring(path)` is its text. What could not be read is listed in `unread`, and its field is absent.
---@param options smc.check.path.options either `host` or `interface`
---@return smc.check.analysis|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT unknown host, ENETUNREACH no route, ENODEV no such interface
function smc_check.path(options) end

--- The interfaces of this network namespace that are up.
---@return string[]|nil # names
---@return nil|string # message
---@return nil|integer # errno
function smc_check.interfaces() end

--- What of this host decides about SMC connections over a path.
---@class smc.check.analysis
---@field host string|nil as given
---@field address string|nil of the peer
---@field source string|nil local address of the route
---@field gateway string|nil of the route
---@field is_local boolean|nil whether the address belongs to this host
---@field interface table `name`, `up`, `carrier`, `mtu`; `addresses`, such as `"192.168.0.12/24"`; `vlan`, if it or an interface below it is a VLAN; `pnetid`, `pnetid_source` and `pnetid_netdev`, if it has one
---@field modes string[] what this host can use on the path, if the peer can: `"SMC-Dv1"`, `"SMC-Dv2"`, `"SMC-Rv1"`, `"SMC-Rv2"`
---@field findings table[] what keeps this host from using any mode, as in a report of `connect`; empty if it can use one
---@field ism table[]|nil functions, those that are powered off included: `fid`, `pchid`, `pci_id`, `slot`, `power`, `pnetid`, `pnetid_source`; `usable`: SMC has it as a device; `v1`, `v2`: a client can use it for connections of the interface
---@field loopback_ism boolean|nil whether the kernel has loopback-ism
---@field roce table[]|nil ports of RDMA devices: `ibdev`, `ibport`, `state`, `netdev`, `pnetid`, `pnetid_source`; `belongs`: it is one for the interface; `usable`: and it is active; `v1`, `v2`: and it has GIDs for that version of SMC-R
---@field eids table|nil `ueids`, a list; `seid` and `seid_enabled`, if the machine has one
---@field hs_limitation boolean|nil whether handshakes are limited
---@field sysctls table|nil name, without `net.smc.`, and value
---@field kernel table|nil `release`; `loaded` and `present`: the module smc; `available`: this process can create SMC sockets; `message`: why not; `seccomp`: it has a filter; `blocked` and `blocked_by`: what keeps the module from being loaded; `boot_id`: that of the running kernel
---@field namespaces table|nil `net` and `user`, numbers; `initial_user`: only there SMC's settings can be changed
---@field unread table[] what could not be read: `what`, `message`, `errno`

--- Returns how many of the bytes that a connection has sent went through shared memory, by the kernel's
--- record.
---    local found = assert(check.evidence(sock, sent))
---    print(found.bytes_through_shared_memory == sent, found.path)
---@param sock socket connected, of `smc.socket`
---@param sent integer how many bytes were sent
---@return table|nil # `bytes_sent`: as given; `bytes_through_shared_memory`: how far the ring in the peer's memory was written, absent over TCP and after the kernel's count has wrapped; `path`: whose memory that is, in words, absent over TCP
---@return nil|string # message
---@return nil|integer # errno
function smc_check.evidence(sock, sent) end

--- The devices that SMC can use: ISM and similar devices for SMC-D, RDMA devices for SMC-R.
---@class smc.device
local smc_device = {}

--- A device.
--- What the kernel does not send is absent; FID, PCHID and PCI address are those of s390 and PCI,
--- and 0 or absent elsewhere.
---@class smc.device.entry
---@field type string `"SMC-D"` or `"SMC-R"`
---@field model string|nil `"ISM"`, `"RoCE_Express"`, `"RoCE_Express2"`, `"RoCE_Express3"`; absent for others
---@field fid integer|nil function ID, printed with `%04x`
---@field pchid integer|nil physical channel ID, printed with `%04x`
---@field pci_vendor integer|nil
---@field pci_device integer|nil
---@field pci_id string|nil PCI address
---@field critical boolean SMC-D: a link group uses it; SMC-R: removing it breaks connections, since a link group has no other link
---@field link_groups integer|nil SMC-D: how many link groups use it
---@field pnetid string|nil SMC-D
---@field pnetid_source string|nil SMC-D: `"hardware"`, or `"user"` for the table of `smc.pnet`
---@field dibs string|nil SMC-D, since Linux 6.18: name of the device of `dibs`
---@field ibdev string|nil SMC-R: name of the RDMA device
---@field ports smc.device.port[]|nil SMC-R

--- A port of an SMC-R device.
---@class smc.device.port
---@field ibport integer 1 or 2
---@field state string `"ACTIVE"` or `"INACTIVE"`; one of a later kernel in the form `0x2?`
---@field ifindex integer|nil of its network interface
---@field netdev string|nil its name; absent if this network namespace has none of that index
---@field links integer number of links that use it
---@field pnetid string|nil
---@field pnetid_source string|nil `"hardware"` or `"user"`

---@class smc.device.list.filter
---@field type string|nil `"SMC-D"` or `"SMC-R"`
---@field netdev string|nil SMC-R devices with a port of this network interface, and that port
---@field ibdev string|nil an SMC-R device's name
---@field fid integer|string|nil integer, or hex digits

--- Lists the devices, all of them or those that match every field of a filter.
---@param filter? smc.device.list.filter
---@return smc.device.entry[]|nil
---@return nil|string # message, which says what to do
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC, EINVAL for text that is not a FID
function smc_device.list(filter) end

--- Finds the first device that matches.
---@param which integer|string|table FID, name of an RDMA device, or a filter as for `list`
---@return smc.device.entry|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT if there is no such device, and as for `list`
function smc_device.find(which) end

--- Lists the devices of the kernel's direct internal buffer sharing layer (dibs), which includes ISM devices
--- and loopback since Linux 6.18.
---@return table[]|nil # each with `name`, such as `lo` and `ism32`; `gid`: a UUID; `fabric_id`: an integer, printed with `%04x`, the PCHID of an ISM device; `type`: `"ISM"` or `"loopback"`, absent for others; `loopback`: whether it connects this host only with itself; `pci_id`, only of a PCI function. Empty if the kernel has no dibs.
---@return nil|string # message
---@return nil|integer # errno
function smc_device.dibs() end

--- Lists the SMC sockets of this network namespace: state, addresses, mode, reasons of a fallback.
---@class smc.diag
local smc_diag = {}

---@class smc.diag.Watch
local smc_diag_Watch = {}

--- An SMC socket.
--- A field that the kernel does not send, or that has no meaning in the state of the
--- socket, is absent: there are no invented zeros.
---@class smc.diag.socket
---@field state string `ACTIVE`, `INIT`, `CLOSED`, `LISTEN`, `PEERCLOSEWAIT1`, `PEERCLOSEWAIT2`, `APPCLOSEWAIT1`, `APPCLOSEWAIT2`, `APPFINCLOSEWAIT`, `PEERFINCLOSEWAIT`, `PEERABORTWAIT` or `PROCESSABORT`; a state of a later kernel in the form `0x1c?`
---@field mode string|nil `"SMC-D"`, `"SMC-R"` or `"TCP"`: how the data is transferred. Absent while there is no connection, and after its link group was removed. Without the detail `link_group`, an SMC-R connection cannot be distinguished from one whose link group was removed.
---@field family string|nil `"inet"` or `"inet6"`; absent if there is no address
---@field local_address string|nil absent while unbound. For sockets of IPPROTO_SMC, and for listeners on all addresses, it is that of the TCP socket inside, from the kernel's `inet_diag`: absent if the ports are ambiguous, and `0.0.0.0` for IPv6 too if the family is not known. Filters do not use it.
---@field local_port integer|nil
---@field peer_address string|nil absent without a peer; for sockets of IPPROTO_SMC as above. IPv4 over an IPv6 socket is `::ffff:192.168.0.10`.
---@field peer_port integer|nil
---@field uid integer user of the socket
---@field inode integer as in `/proc/PID/fd`; 0 if the socket has no file any more, or not yet
---@field interface integer index of the interface that it is bound to with SO_BINDTODEVICE, or 0
---@field cookie integer number of the socket, unique until the next boot
---@field shutdown string|nil `"none"`, `"receive"`, `"send"` or `"both"`: directions shut down
---@field fallback table|nil in mode `"TCP"`: the reason, a record of `smc.reason`
---@field peer_fallback table|nil the reason why the peer declined SMC, a record of `smc.reason`
---@field processes smc.diag.process[]|nil that hold the socket, where the filter asks for them
---@field connection smc.diag.connection|nil of SMC-D and SMC-R connections
---@field link_group smc.diag.link_group|nil of SMC-R connections
---@field dmb smc.diag.dmb|nil of SMC-D connections

--- A process that holds a socket.
---@class smc.diag.process
---@field pid integer
---@field name string as ps(1) shows it: 15 bytes of the name of the program, or what it calls itself

--- Buffers and cursors of a connection.
--- A cursor is a table `{ wrap =, count = }`: how often it wrapped
--- around the buffer, and its offset in bytes. Flags are the unchanged bytes of the CDC message.
---@class smc.diag.connection
---@field token integer of the connection in its link group
---@field sndbuf_size integer bytes, as are the next two
---@field rmbe_size integer
---@field peer_rmbe_size integer
---@field rx_prod table how far the peer has written into the local buffer
---@field rx_cons table how far the peer has read out of its own
---@field tx_prod table how far the peer's buffer is written
---@field tx_cons table how far the local buffer is read
---@field tx_prep table send buffer: filled, and to be sent
---@field tx_sent table send buffer: sent
---@field tx_fin table send buffer: sent, and confirmed
---@field rx_prod_flags integer
---@field rx_conn_state_flags integer
---@field tx_prod_flags integer
---@field tx_conn_state_flags integer

--- The link group of an SMC-R connection, with the link that it uses.
---@class smc.diag.link_group
---@field role string `"client"` or `"server"`
---@field links table[] each `{ ibdev =, ibport =, link_id =, gid =, peer_gid = }`: RDMA device, its port, number of the link, and the GIDs as text

--- The direct memory buffers of an SMC-D connection.
--- GIDs and tokens have 64 bits, and are printed
--- with `%016x`.
---@class smc.diag.dmb
---@field linkid integer of the link group, printed with `%08x`
---@field peer_gid integer
---@field gid integer
---@field token integer of the local buffer
---@field peer_token integer of the peer's
---@field peer_gid_ext integer|nil the other half where GIDs have 128 bits, since Linux 6.8
---@field gid_ext integer|nil
---@field dibs string|nil since Linux 6.18: name of the device, as `smc.device.dibs` lists it

---@class smc.diag.sockets.filter
---@field mode string|nil `"SMC-D"`, `"SMC-R"` or `"TCP"`
---@field state string|nil as in `socket`
---@field local_address string|nil IPv4 or IPv6, in any spelling; IPv4 finds IPv4 over IPv6 too
---@field local_port integer|nil
---@field peer_address string|nil
---@field peer_port integer|nil
---@field uid integer|nil
---@field inode integer|nil
---@field pid integer|nil sockets that this process holds
---@field processes boolean|nil whether each record gets its `processes`
---@field details boolean|{string,...}|nil which of `connection`, `link_group` and `dmb` to request from the kernel: true (default): all; false: none, which is fastest; or a list of their names
---@field fields string[]|nil the iterator returns the values of these fields, nil if one is absent, and creates no table: several times as fast, for thousands of sockets. The first must be a field that is always present: `state`, `uid`, `inode`, `interface` or `cookie`. Besides the simple fields of `socket` there are `local_endpoint` and `peer_endpoint`, address and port as one string, and `fallback_code` and `peer_fallback_code`, to look up with `smc.reason.get`. By default without details. Cannot be combined with `pid` and `processes`.

--- Iterates over the SMC sockets, all of them or those that match every field of a filter.
--- Records are read one at a time, so the memory in use does not depend on their number. The netlink socket
--- is closed at the end of the loop, also after a `break` or an error. Outside a loop, call the iterator for
--- the next record, or nil at the end; `iterator:close()` ends it early.
--- Which process holds a socket is read from `/proc/PID/fd`, once, before the kernel is asked. A user may look
--- at its own processes; root, or who has CAP_SYS_PTRACE, at those of others. The list of processes is empty
--- for a socket whose processes may not be looked at or are in another PID namespace, and for one that no
--- process holds (any more).
---@param filter? smc.diag.sockets.filter
---@return function|nil # iterator, for `for s in assert(diag.sockets()) do`
---@return nil|string # message, which says what to do
---@return nil|integer # errno: ENOENT if `smc_diag` is not loaded; ESRCH if there is no process `pid`, and EACCES if this user may not look at it
function smc_diag.sockets(filter) end

--- Finds the socket with an inode, the number in `socket:[…]` of `/proc/PID/fd`.
--- Stops at the first match.
---@param inode integer
---@param options? table `details` and `processes`, as for `sockets`
---@return smc.diag.socket|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT if there is no such socket, or no `smc_diag`
function smc_diag.find(inode, options) end

--- Returns the next event of a watch; those of `watch` and of `smc.ism.watch` are of one class.
--- A watch is also an iterator, `for event in w do`. The loop ends when the watch is closed, continues after
--- lost events, and raises other errors. A `smc.poller` can wait for a watch, and `<close>` closes it.
---@param timeout? number seconds to wait; without it, forever
---@return table|nil # an event; its fields are those of the function that created the watch
---@return nil|string # message
---@return nil|integer # errno: ETIMEDOUT if nothing happened; ENOBUFS if events were lost because the caller was too slow; EBADF after `close`; another one if the kernel could not be queried: the next call queries it again
function smc_diag_Watch:next(timeout) end

--- Returns the descriptor, which is readable when there may be an event.
---@return integer # -1 after `close`
function smc_diag_Watch:getfd() end

--- Returns whether `next` has an event without waiting.
--- Pollers and `select` report such a watch as readable.
---@return boolean
function smc_diag_Watch:dirty() end

--- Closes the watch.
--- Closing twice is allowed.
---@return boolean # true
function smc_diag_Watch:close() end

---@class smc.diag.watch.filter
---@field interval number|nil seconds between two readings

--- Watches the SMC sockets: what is opened and closed, changes its mode or state, and moves bytes.
---    for event in assert(diag.watch { interval = 1, peer_port = 12345 }) do
---      print(event.event, event.socket.inode, event.received, event.sent)
---    end
--- An event has `event`, which is `"opened"`, `"closed"`, `"changed"` (mode or state) or `"moved"`; `socket`,
--- the record, which is the last one of a closed socket; `before`, the record of the reading before;
--- `received` and `sent`, the bytes written since then into the ring in this host's memory and into the one in
--- the peer's memory. These counts are right up to 65536 rings.
--- The kernel does not announce changes. The watch therefore reads the list at every interval, and may miss a
--- socket that lives for less than that. Events of one reading come in the order of the inodes.
---@param filter? smc.diag.watch.filter as for `sockets`, but `fields` and `pid`: a socket that does not match any more counts as closed. Bytes are counted with the detail `connection`, which is asked for unless told.
---@return smc.diag.Watch|nil
---@return nil|string # message
---@return nil|integer # errno as for `sockets`
function smc_diag.watch(filter) end

--- Enterprise IDs, which determine the hosts that can use SMC version 2 with each other.
---@class smc.eid
local smc_eid = {}

---@class smc.eid.list.filter
---@field ueid string|nil

--- The UEIDs, without the blanks that pad them to 32 characters; all, or those that match a filter.
---@param filter? smc.eid.list.filter
---@return string[]|nil # in the order in which they were added
---@return nil|string # message
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC
function smc_eid.list(filter) end

--- Finds a UEID.
---@param ueid string
---@return string|nil # the UEID
---@return nil|string # message
---@return nil|integer # errno: ENOENT if it is not defined, EAFNOSUPPORT if the kernel has no SMC
function smc_eid.find(ueid) end

--- Defines a UEID.
---@param ueid string 1 to 32 characters from A to Z, 0 to 9, `.` and `-`, beginning with a letter or a digit. Two consecutive dots are rejected, as by `smcd(8)`, although the kernel accepts them.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, EEXIST, EINVAL, ERANGE (there are already four), EAFNOSUPPORT (no SMC)
function smc_eid.add(ueid) end

--- Removes a UEID.
---@param ueid string
---@return true|nil
---@return string|nil # a note on s390, if this was the last UEID and the SEID is therefore enabled now; message
---@return nil|integer # errno: EPERM, ENOENT, EINVAL, EAFNOSUPPORT (no SMC)
function smc_eid.remove(ueid) end

--- Sees to it that a UEID is defined, or is not: looks, and adds or removes it only if that is needed.
--- If it
--- is not, no privilege is needed either; that another process did it meanwhile is a success.
---    assert(eid.ensure "SMCV2-PROD")
---    assert(eid.ensure("SMCV2-TEST", "absent"))
---@param ueid string as for `add`
---@param state? string `"present"` or `"absent"`
---@return true|nil
---@return boolean|string # whether something was changed; message
---@return string|nil|integer # the remark of `remove`; errno: EPERM, EINVAL, ERANGE (there are four of them), EAFNOSUPPORT (no SMC)
function smc_eid.ensure(ueid, state) end

--- Removes every UEID.
--- It succeeds if there are none. On s390 it enables the SEID.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, EAFNOSUPPORT (no SMC)
function smc_eid.flush() end

--- The SEID of the machine.
---@return table|nil # `seid`: 32 characters; `enabled`: whether the host offers it to peers
---@return nil|string # message
---@return nil|integer # errno: EOPNOTSUPP (this machine has none), ENODEV (there is no ISM device that supports SMC-D version 2), EAFNOSUPPORT (no SMC)
function smc_eid.seid() end

--- Enables the SEID: the host offers it to peers.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, EOPNOTSUPP (this machine has none), EAFNOSUPPORT (no SMC)
function smc_eid.enable_seid() end

--- Disables the SEID: the host offers only UEIDs.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, ENOENT (there is no UEID), EOPNOTSUPP (this machine has no SEID), EAFNOSUPPORT (no SMC)
function smc_eid.disable_seid() end

--- Error numbers by name: functions return one as their third value when they fail.
---@class smc.errno
local smc_errno = {}

--- The name of an error.
---@param number integer
---@return string|nil # such as `"ENOENT"`; nil if no error has this number. If an error has two names, this is the one that Linux uses: `"EAGAIN"`, not `"EWOULDBLOCK"`; `"EOPNOTSUPP"`, not `"ENOTSUP"`.
function smc_errno.name(number) end

--- The description of an error, from `strerror(3)`.
---@param number integer
---@return string # such as `"No such file or directory"`
function smc_errno.strerror(number) end

--- The handshake of an SMC connection: what each side offers, and what is declined.
---@class smc.handshake
local smc_handshake = {}

---@class smc.handshake.Recorder
local smc_handshake_Recorder = {}

--- A CLC message.
--- Identifiers that are zero, and fields that a message of its type and version does not have,
--- are absent. GIDs of RDMA ports and MAC addresses are text, GIDs of ISM devices are integers, as in
--- `smc.diag`.
---@class smc.handshake.message
---@field type string `"Proposal"`, `"Accept"`, `"Confirm"` or `"Decline"`
---@field version integer 1 or 2
---@field length integer bytes
---@field from string|nil `"client"` or `"server"`, in a handshake
---@field time number|nil seconds since the epoch, in a handshake
---@field peer_id string|nil the sender's, 16 hex digits: an instance number and a MAC address
---@field gid string|nil GID of the sender's RDMA port, for SMC-R; of a Proposal, for version 1
---@field mac string|nil its MAC address
---@field offers string[]|nil Proposal: of `"SMC-Dv1"`, `"SMC-Rv1"`, `"SMC-Dv2"` and `"SMC-Rv2"`
---@field ism table|nil Proposal, SMC-Dv1: `gid` and `chid` of the ISM device
---@field subnet string|nil Proposal, version 1 over IPv4: `"192.168.0.0/24"`
---@field ipv6_prefixes string[]|nil Proposal, version 1 over IPv6
---@field release integer|nil of version 2
---@field ueids string[]|nil Proposal, version 2: the UEIDs
---@field seid_enabled boolean|nil Proposal, version 2: whether the SEID counts
---@field seid string|nil Proposal, SMC-Dv2
---@field ism_devices table[]|nil Proposal, SMC-Dv2: `gid`, `gid_ext` and `chid` of each, without `ism`
---@field roce_gid string|nil Proposal, SMC-Rv2: GID of the RDMA port
---@field max_conns integer|nil SMC-Rv2: connections of a link group
---@field max_links integer|nil SMC-Rv2: links of a link group
---@field feature_mask integer|nil version 2
---@field vendor_oui string|nil Proposal, hex digits
---@field vendor_options string|nil hex digits
---@field mode string|nil Accept and Confirm: `"SMC-D"` or `"SMC-R"`
---@field first_contact boolean|nil Accept and Confirm: whether it makes a link group
---@field dmb table|nil Accept and Confirm, SMC-D: `gid`, `gid_ext`, `chid`, `token`, `index`, `linkid` and `size` in bytes
---@field rmb table|nil Accept and Confirm, SMC-R: `rkey`, `address`, `index`, `alert_token` and `size` in bytes
---@field qpn integer|nil Accept and Confirm, SMC-R: number of the queue pair
---@field psn integer|nil Accept and Confirm, SMC-R: first packet sequence number
---@field mtu integer|nil Accept and Confirm, SMC-R: bytes
---@field eid string|nil Accept and Confirm, version 2: the EID that both sides have
---@field os string|nil version 2, first contact and Decline: `"Linux"`, `"z/OS"`, `"AIX"`, or `"type N"`
---@field hostname string|nil first contact of version 2: the sender's name
---@field direct boolean|nil first contact of SMC-Rv2: whether no gateway is between the RDMA ports
---@field gids string[]|nil Confirm, first contact of SMC-Rv2: GIDs of the client
---@field diagnosis reason|nil Decline: why, a record of `smc.reason`
---@field further reason[]|nil Decline, version 2: more of them
---@field out_of_sync boolean|nil Decline: whether the link group ends as well

--- A handshake, so far.
---@class smc.handshake.handshake
---@field client table `address` and `port`
---@field server table `address` and `port`
---@field syn table|nil the client's SYN, if it was captured: `smc`, whether it has the SMC option, and `time`
---@field syn_ack table|nil the server's SYN/ACK
---@field messages smc.handshake.message[] in the order in which they were captured
---@field outcome string `"SMC-D"` or `"SMC-R"` if a Confirm was seen, and no Decline; `"declined"`; `"not offered"`: the SYN or the SYN/ACK has no SMC option; `"incomplete"`
---@field fault table|nil bytes that look like a CLC message and are not valid: `from` and `message`
---@field data string|nil `"client"` or `"server"`: who sent other data in place of a message
---@field ended table|nil `by`, a side, and `how`, `"closed"` or `"reset"`, if that ended it
---@field interface string|nil where its first packet was seen, for live captures
---@field vlan integer|nil VLAN ID of its first packet

--- Decodes a CLC message.
---    local message, length = assert(handshake.decode(bytes))
---@param bytes string that begin with the message
---@return smc.handshake.message|nil
---@return integer|string # its length in bytes; message
---@return nil|integer # errno: EBADMSG, if the bytes are not a complete and valid CLC message
function smc_handshake.decode(bytes) end

---@class smc.handshake.read.filter
---@field address string|nil of the client or the server
---@field port integer|nil of the client or the server
---@field client_port integer|nil
---@field plain boolean|nil also connections whose SYN has no SMC option; false by default

--- Reads the handshakes of a capture file: pcap, with times in microseconds or nanoseconds, or pcapng, of
--- Ethernet, Linux cooked (`tcpdump -i any`), raw IP or loopback.
---@param path string
---@param filter? smc.handshake.read.filter
---@return smc.handshake.handshake[]|nil # in the order in which they ended
---@return nil|string # message
---@return nil|integer # errno: ENOENT, EACCES, …; EBADMSG if the file is not a capture, or is damaged; EINVAL if the address is not one
function smc_handshake.read(path, filter) end

---@class smc.handshake.watch.options
---@field interface string|nil all of this network namespace by default
---@field file string|nil a capture file to read instead
---@field address string|nil of the client or the server
---@field port integer|nil of the client or the server
---@field client_port integer|nil
---@field plain boolean|nil also connections whose SYN has no SMC option; false by default

--- Watches for handshakes, on network interfaces (`packet(7)`, which requires CAP_NET_RAW) or in a capture
--- file.
--- An event has `event`, and `handshake`, the `handshake` that it belongs to, as it is by then:
--- - `"syn"`, `"syn_ack"`: one of the segments that carry the SMC option
--- - `"message"`: `message` is a CLC message
--- - `"fault"`: bytes that are not a valid CLC message; `message` says why
--- - `"finished"`: nothing more will come. The end shows itself late where both sides agree: a side may
---   still decline, and only seconds without that mean that it has not
--- - `"lost"`: the kernel dropped `packets` packets; without `handshake`
--- In a capture file, `next` returns ENODATA after the last event, and a loop ends.
---@param options? smc.handshake.watch.options
---@return smc.diag.Watch|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM without CAP_NET_RAW, ENODEV if there is no such interface, EINVAL if the address is not one; for a file as `read`
function smc_handshake.watch(options) end

---@class smc.handshake.recorder.options
---@field port integer|nil only connections from or to this port
---@field address string|nil only connections from or to this address
---@field interface string|nil all of this network namespace by default

--- Starts to record the packets of connections that are about to be made, by this process or by others.
--- It
--- requires CAP_NET_RAW.
---    local recorder <close> = handshake.recorder { port = 37373 }         -- nil without the privilege
---    local sock = assert(smc.connect("host10", 37373))
---    local record = recorder and recorder:take(select(2, sock:getsockname()))
--- The kernel keeps the packets until they are taken. Both connections over SMC and others are recorded.
---@param options? smc.handshake.recorder.options
---@return smc.handshake.Recorder|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM without CAP_NET_RAW, ENODEV if there is no such interface, EINVAL if the address is not one
function smc_handshake.recorder(options) end

--- Returns what was recorded of a connection so far.
---@param client_port integer the connection's port on the client's side
---@return smc.handshake.handshake|nil
---@return nil|string # message
---@return nil|integer # errno: ENODATA if no packet of it was seen, EBADF if the recorder is closed, and other errors of the kernel
function smc_handshake_Recorder:take(client_port) end

--- Ends the recording.
--- `<close>` does the same, and closing twice is fine.
---@return boolean # true
function smc_handshake_Recorder:close() end

--- What is known about one side of a handshake from elsewhere, for `conclusions`.
--- The client's EIDs,
--- devices and subnets are in its Proposal; a server does not say what it has, unless it is asked.
---@class smc.handshake.facts
---@field ueids string[]|nil its UEIDs, as `smc.eid.list` returns them; empty if there are none
---@field seid string|nil its SEID
---@field seid_enabled boolean|nil true by default
---@field subnets string[]|nil of the network interface, or its addresses with prefix lengths: `"10.2.0.10/24"`
---@field chids integer[]|nil PCHIDs of its SMC-D devices
---@field smc boolean|nil whether its socket is an SMC socket
---@field handshake smc.handshake.handshake|nil of the same connection, recorded on that side

--- A conclusion.
---@class smc.handshake.finding
---@field text string what is wrong, a sentence
---@field subject string `"option"`, `"fault"`, `"eids"`, `"subnets"`, `"devices"`, `"decline"`, `"silence"`, `"hidden"` or `"offers"`, in the order of the list
---@field side string `"local"` or `"peer"`; `"client"` or `"server"` where this host is neither; or `"path"`, for what both sides or the way between them have to do with
---@field evidence string how that is known
---@field command string|nil to look closer, or to mend it, on that side

---@class smc.handshake.conclusions.options
---@field here string|nil `"client"` or `"server"`: which side this host is. By default it is neither, as for a capture from elsewhere
---@field client smc.handshake.facts|nil
---@field server smc.handshake.facts|nil

--- Says in words what the offers of both sides mean: why a connection does not use SMC.
---    handshake.conclusions(record, { here = "client", server = { ueids = { "SMCV2-C" } } })
---    --> { { text = "The UEIDs differ: here SMCV2-A, SMCV2-B; there SMCV2-C.", side = "peer", … }, … }
--- What is certain comes first: the SMC option, EIDs, subnets, devices, then the code of a Decline, and last
--- what one side does not offer. Nothing is asked of the kernel: what this host knows about itself is passed
--- in `client` or `server`. Where the same connection was recorded on both sides, `handshake` in the facts of
--- the other side tells an option that was never sent from one that was taken out on the way.
---@param record smc.handshake.handshake
---@param options? smc.handshake.conclusions.options
---@return smc.handshake.finding[] # empty if the connection uses SMC
function smc_handshake.conclusions(record, options) end

--- PCI functions that SMC can use, ISM and RoCE: lists them, including those that are powered off, and powers them on and off.
---@class smc.ism
local smc_ism = {}

--- A PCI function, or a slot whose function is powered off or removed, which has only the first three fields.
--- Fields that the machine does not report are absent.
---@class smc.ism.pci_function
---@field fid integer|nil function ID, on s390; printed with `%x`
---@field power boolean|nil absent if the function is not in a slot
---@field slot string|nil name of its slot; on s390 the FID as `%08x`
---@field pci_id string|nil PCI address such as `0000:00:00.0`
---@field type string|nil `"ISM"`, `"RoCE_Express"`, `"RoCE_Express2"`, `"RoCE_Express3"`, `"Network_Express"`, or `"RDMA"` for another function with an RDMA device
---@field vendor integer|nil
---@field device integer|nil
---@field class integer|nil
---@field pchid integer|nil physical channel ID, printed with `%04x`; s390, as those that follow
---@field pft integer|nil physical function type, printed with `0x%02x`
---@field vf boolean|nil whether it is a virtual function
---@field vfn integer|nil number of the virtual function
---@field uid integer|nil user-defined ID
---@field port integer|nil of the adapter, from 1; 0 where that has no meaning
---@field driver string|nil
---@field guest boolean|nil true if the driver hands the function to a guest (VFIO: `ism-vfio-pci` and others): this host cannot use it
---@field dibs string|nil name of the SMC-D device that it is, since Linux 6.18: `ism32`
---@field ports smc.ism.port[]
---@field smcd table|nil for an ISM function that SMC uses: `link_groups`, their number, and `critical`

--- A port of a function.
---@class smc.ism.port
---@field index integer from 0
---@field pnetid string|nil PNET ID
---@field pnetid_source string|nil `"hardware"`, or `"user"` for the table of `smc.pnet`
---@field netdevs string[] network interfaces, of this network namespace
---@field ibdevs table[] RDMA devices: `ibdev`, the name, and `ibport`

---@class smc.ism.list.filter
---@field all boolean|nil every PCI function and slot
---@field type string|nil
---@field power boolean|nil
---@field fid integer|string|nil integer, or hex digits
---@field slot string|nil
---@field pci_id string|nil
---@field pchid integer|string|nil integer, or hex digits
---@field pnetid string|nil of some port
---@field netdev string|nil network interface of some port

--- Lists the functions that SMC can use, sorted by FID, including slots that are powered off; all of them, or
--- those that match every field of a filter.
---@param filter? smc.ism.list.filter
---@return smc.ism.pci_function[]|nil
---@return nil|string # message
---@return nil|integer # errno: EINVAL (not a valid FID or PCHID), and other errors of the kernel
function smc_ism.list(filter) end

--- Converts a string or a number to a FID.
---@param fid integer|string an integer, or 1 to 8 hex digits with or without `0x`
---@return integer|nil
---@return nil|string # message
---@return nil|integer # errno: EINVAL
function smc_ism.fid(fid) end

--- Finds a function, powered on or off, of any type.
---@param which integer|string|table FID, PCI address (only while it is powered on), or `{ slot = name }`
---@return smc.ism.pci_function|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT (no such function), EINVAL (not a valid FID)
function smc_ism.find(which) end

---@class smc.ism.power_on.options
---@field timeout number|nil seconds

--- Powers a function on, and waits until it is.
---@param which integer|string|table as for `find`
---@param options? smc.ism.power_on.options
---@return smc.ism.pci_function|nil # the function with its new fields: PCI address, ports, use by SMC-D
---@return nil|string # message
---@return nil|integer # errno: EALREADY (it is already on), ENOENT (no such function), EACCES (not root), EINVAL (not a valid FID), ENOTSUP (not in a slot), ETIMEDOUT, and other errors of the kernel
function smc_ism.power_on(which, options) end

--- Powers a function off, and waits until it is.
--- Its SMC-D connections break.
--- The kernel waits until programs have closed the sockets of the broken connections, and signals cannot
--- interrupt that; therefore a separate process makes the request. After the timeout that process continues to
--- wait, and the function is powered off as soon as the last of the sockets is closed. Kernels up to at least
--- 7.2 wait longer for connections that were being established, and forever if one broke before it was
--- accepted.
---@param which integer|string|table as for `find`
---@param options? table as for `power_on`
---@return smc.ism.pci_function|nil
---@return nil|string # message
---@return nil|integer # errno as for `power_on`
---@return nil|table[] # with ETIMEDOUT: the sockets of this network namespace that are still open, as `smc.diag` listed them before, with their `processes`; absent if the message says that they cannot be listed
function smc_ism.power_off(which, options) end

--- Sees to it that a function is powered on, or off: looks, and switches it only where it is not so.
--- If
--- nothing has to be switched, no privilege is needed; that another process did it meanwhile is a success.
---    local f, changed = assert(ism.ensure("32", "on"))
---@param which integer|string|table as for `find`
---@param state string `"on"` or `"off"`
---@param options? table as for `power_on`
---@return smc.ism.pci_function|nil
---@return boolean|string # whether it was switched; message
---@return nil|integer # errno as for `power_on`, but never EALREADY
---@return nil|table[] # as for `power_off`
function smc_ism.ensure(which, state, options) end

--- Watches for functions that are added and removed, of those that `list(filter)` returns.
--- It does not poll: it receives the kernel's uevents (NETLINK_KOBJECT_UEVENT of netlink(7)).
--- An event has `event`, `"added"` or `"removed"`, and `pci_function`, the function as it is or was. Since
--- Linux 6.18 an ISM function that was added can be used by SMC only once its dibs device is there: `"usable"`
--- and `"unusable"`.
---    for event in assert(ism.watch { type = "ISM" }) do
---      print(event.event, event.pci_function.pci_id)
---    end
---@param filter? table as for `list`
---@return smc.diag.Watch|nil
---@return nil|string # message
---@return nil|integer # errno
function smc_ism.watch(filter) end

--- Encodes the values of this API as JSON: every script uses the same schema.
---@class smc.json
local smc_json = {}

--- Encodes a value as JSON text.
--- An empty table becomes an empty list.
---@param value any any value of the API: records, arrays of them, reports
---@param compact? boolean on one line
---@return string
function smc_json.encode(value, compact) end

--- Link groups, which the SMC connections between two hosts share, and the links of SMC-R.
---@class smc.linkgroup
local smc_linkgroup = {}

--- A link group.
--- What the kernel does not send is absent.
---@class smc.linkgroup.group
---@field type string `"SMC-D"` or `"SMC-R"`
---@field id integer printed with `%08x`
---@field vlan_id integer its low 8 bits; the kernel reports no more
---@field conns_num integer connections
---@field pnetid string|nil
---@field version integer of SMC: 1, 2
---@field peer_release integer|nil release of SMCv2 of the peer, as are the next three of SMCv2 only
---@field peer_hostname string|nil
---@field peer_os string|nil `"ZOS"`, `"LINUX"`, `"AIX"`, or the kernel's number in the form `0x7?`
---@field eid string|nil the EID that both have
---@field sndbuf_alloc integer|nil bytes of send buffers, since Linux 6.10
---@field gid integer|nil SMC-D: GID of the device, printed with `%016x`, as are the next three
---@field peer_gid integer|nil
---@field gid_ext integer|nil the other half where GIDs have 128 bits, since Linux 6.8
---@field peer_gid_ext integer|nil
---@field pchid integer|nil SMC-D: physical channel of the ISM device
---@field dibs string|nil SMC-D, since Linux 6.18: name of the device, as `smc.device.dibs` lists it
---@field dmb_alloc integer|nil SMC-D: bytes of DMBs, since Linux 6.10
---@field role string|nil SMC-R: `"client"` or `"server"`
---@field lgr_type string|nil SMC-R: `"NONE"`, `"SINGLE"`, `"SYM"`, `"ASYMP"` or `"ASYML"`
---@field buf_type string|nil SMC-R: memory of the buffers, `"physical"`, `"virtual"` or `"mixed"`
---@field net_cookie integer|nil SMC-R: number of the network namespace
---@field direct boolean|nil SMC-Rv2: the peer is reached without a gateway
---@field max_conns integer|nil SMC-Rv2, since Linux 6.8: maximum number of connections
---@field max_links integer|nil SMC-Rv2, since Linux 6.8
---@field rmb_alloc integer|nil SMC-R: bytes of RMBs, since Linux 6.10
---@field links smc.linkgroup.link[]|nil SMC-R

--- A link of an SMC-R link group.
---@class smc.linkgroup.link
---@field link_id integer
---@field state string `"UNUSED"`, `"INACTIVE"`, `"ACTIVATING"` or `"ACTIVE"`
---@field conns_num integer connections that use it
---@field ibdev string RDMA device
---@field ibport integer
---@field ifindex integer|nil of the network interface
---@field netdev string|nil its name; absent if this network namespace has none of that index
---@field gid string as text
---@field peer_gid string
---@field link_uid integer printed with `%08x`
---@field peer_link_uid integer

---@class smc.linkgroup.list.filter
---@field type string|nil `"SMC-D"` or `"SMC-R"`
---@field id integer|string|nil integer, or hex digits
---@field netdev string|nil SMC-R link groups with links over this network interface, and those links
---@field ibdev string|nil the same for an RDMA device

--- Lists the link groups, all of them or those that match every field of a filter.
---@param filter? smc.linkgroup.list.filter
---@return smc.linkgroup.group[]|nil
---@return nil|string # message, which says what to do
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC, EINVAL for text that is not an ID
function smc_linkgroup.list(filter) end

--- Finds the first link group that matches.
---@param which integer|string|table ID, or a filter as for `list`
---@return smc.linkgroup.group|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT if there is no such link group, and as for `list`
function smc_linkgroup.find(which) end

--- PNET IDs: which network interface, RDMA device and ISM device are on the same physical network.
---@class smc.pnet
local smc_pnet = {}

--- An entry of the table.
--- It belongs to an interface (`netdev`), or to an RDMA or ISM device (`ibdev` and
--- `ibport`). The argument of `add` may have both, which creates two entries.
---@class smc.pnet.entry
---@field pnetid string the PNET ID
---@field netdev string|nil network interface; it need not exist (yet)
---@field ibdev string|nil RDMA device such as `mlx5_0`, or the PCI address of an ISM device
---@field ibport integer|nil port of the RDMA device; meaningless for ISM devices, where it is 1

---@class smc.pnet.list.filter
---@field pnetid string|nil
---@field netdev string|nil
---@field ibdev string|nil
---@field ibport integer|nil

--- Lists the entries of the table, all of them or those that match every field of a filter.
---@param filter? smc.pnet.list.filter
---@return smc.pnet.entry[]|nil # in the order in which they were added
---@return nil|string # message
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC, EINVAL not a PNET ID
function smc_pnet.list(filter) end

--- Finds the first entry with a PNET ID, or the first that matches a filter.
--- Several devices can have the
--- same PNET ID: `list` returns all entries.
---@param which string|table PNET ID, or a filter as for `list`
---@return smc.pnet.entry|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT if the table does not have it, EINVAL not a PNET ID, EAFNOSUPPORT
function smc_pnet.find(which) end

---@class smc.pnet.add.entry
---@field pnetid string 1 to 16 characters from A to Z and 0 to 9; lower case becomes upper case
---@field netdev string|nil interface
---@field ibdev string|nil device; requires the initial network namespace
---@field ibport integer|nil port of the device: 1 or 2

--- Assigns a PNET ID to an interface, a port of an RDMA device, or an ISM device; or to an interface and a
--- device at once.
--- The device need not exist: it gets the PNET ID when it is created. A device that has a hardware PNET ID or
--- is already in the table cannot be added. The table has only one port of an RDMA device: adding the other
--- port fails, although kernels up to at least 6.12 assign the PNET ID to that port anyway, until it is
--- removed. Requires CAP_NET_ADMIN in the initial user namespace.
---@param entry smc.pnet.add.entry
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, EEXIST (also if only one of two was added), EINVAL, EAFNOSUPPORT (no SMC)
function smc_pnet.add(entry) end

--- Removes all entries with a PNET ID.
--- Requires CAP_NET_ADMIN in the initial user namespace.
---@param pnetid string
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, ENOENT, EINVAL, EAFNOSUPPORT (no SMC)
function smc_pnet.remove(pnetid) end

--- Removes every PNET ID from the table.
--- It succeeds if the table is empty. Requires CAP_NET_ADMIN in the
--- initial user namespace.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, EAFNOSUPPORT (no SMC)
function smc_pnet.flush() end

--- Sees to it that the table has an entry, or does not have a PNET ID: looks, and changes only what has to be
--- changed.
--- If nothing has, no privilege is needed; that another process did it meanwhile is a success.
---    assert(pnet.ensure { pnetid = "NET25", netdev = "eth0" })
---    assert(pnet.ensure({ pnetid = "NET26" }, "absent"))
---@param entry table as for `add`; a hardware PNET ID of an interface counts. With `"absent"`, only `pnetid`: the kernel removes all entries with a PNET ID
---@param state? string `"present"` or `"absent"`
---@return true|nil
---@return boolean|string # whether something was changed; message
---@return nil|integer # errno: EPERM, EINVAL, EAFNOSUPPORT (no SMC), and EEXIST if the device has another PNET ID; with an interface and a device, the interface may have been added already
function smc_pnet.ensure(entry, state) end

--- The PNET ID of a port in `util_string`, the attribute of PCI functions and channel paths in the sysfs
--- of s390: four fields of 16 characters in EBCDIC.
---@param bytes string contents of the attribute
---@param port? integer index of the field, from 0
---@return string|nil # PNET ID; nil if the port has none
function smc_pnet.from_util_string(bytes, port) end

--- The PNET ID of an interface: the hardware PNET ID, or else the one in the table.
--- For a bond or a VLAN, it is that of the first physical interface below it, as in the kernel; only SMC-R
--- also checks the table for the upper interface itself. The interface must be in this network namespace, and
--- `/sys` must be mounted in it: `ip netns exec` does this, `unshare -n` alone does not.
---@param interface string its name; alternative names are not supported
---@return table|nil # `pnetid`; `pnetid_source`: `"hardware"` or `"user"`; `netdev`: the interface that has it
---@return nil|string # message
---@return nil|integer # errno: ENODEV (no such interface), ENODATA (no PNET ID), EINVAL (not a valid interface name), EAFNOSUPPORT (no hardware PNET ID, and no SMC, so that there is no table)
function smc_pnet.of_interface(interface) end

--- Lists every PNET ID of this host with all interfaces and devices that have it, from the hardware or from
--- the table.
---@return table[]|nil # in the order of the PNET IDs, each with `pnetid` and three lists, possibly empty: `netdevs`, interfaces of this network namespace: `netdev`; `ibdevs`, ports of RDMA devices: `ibdev`, `ibport`, `state`; `ism`, ISM devices: `pci_id`, `fid`, `pchid`. Each entry of these has `pnetid_source`, `"hardware"` or `"user"`, and `absent`, true if the table has it but this host, or SMC, does not
---@return nil|string # message
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC
function smc_pnet.devices() end

--- Waits for many sockets at once: epoll(7), without a limit on descriptors.
---@class smc.poller
local smc_poller = {}

---@class smc.poller.Signals
local smc_poller_Signals = {}

---@class smc.poller.Poller
local smc_poller_Poller = {}

--- Creates a poller: epoll_create1(2).
---@return smc.poller.Poller|nil
---@return nil|string # message
---@return nil|integer # errno
function smc_poller.new() end

--- Blocks signals and creates an object with which a poller can wait for them: signalfd(2).
--- They no longer end the program until the object is closed.
---@param ... string names: `"HUP"`, `"INT"`, `"TERM"`, `"USR1"`, `"USR2"`
---@return smc.poller.Signals|nil
---@return nil|string # message
---@return nil|integer # errno
function smc_poller.signals(...) end

--- Returns the next signal.
--- `for name in signals do` waits without a limit, and ends when the
--- object is closed.
---@param seconds? number how long to wait for one; default: without limit. 0 does not wait
---@return string|nil # its name, as `"TERM"`
---@return nil|string # message
---@return nil|integer # errno: ETIMEDOUT where none has arrived, EBADF where the object is closed
function smc_poller_Signals:next(seconds) end

--- Returns the descriptor, for a poller.
---@return integer # -1 when the object is closed
function smc_poller_Signals:getfd() end

--- Closes the descriptor and restores the former effect of the signals.
--- Closing twice is allowed.
---@return boolean # true
function smc_poller_Signals:close() end

--- Reads the available bytes from a descriptor, like read(2); `io.read` waits until it has all of them.
---@param fd integer
---@param max integer bytes, 64 KiB at most
---@return string|nil # `""` at the end of the file
---@return nil|string # message
---@return nil|integer # errno
function smc_poller.read(fd, max) end

--- Registers a socket.
---@param sock table|userdata anything with a method `getfd`
---@param events string `"r"`, `"w"` or `"rw"`
---@param edge? boolean report changes only (EPOLLET)
---@return boolean|nil # true
---@return nil|string # message
---@return nil|integer # errno
function smc_poller_Poller:add(sock, events, edge) end

--- Changes the events of a socket.
---@param sock table|userdata
---@param events string `"r"`, `"w"` or `"rw"`
---@param edge? boolean report changes only (EPOLLET)
---@return boolean|nil # true
---@return nil|string # message
---@return nil|integer # errno: ENOENT if the socket is not registered
function smc_poller_Poller:modify(sock, events, edge) end

--- Removes a socket.
--- Closing a socket removes it too.
---@param sock table|userdata
---@return boolean|nil # true
---@return nil|string # message
---@return nil|integer # errno: ENOENT if the socket is not registered
function smc_poller_Poller:remove(sock) end

--- Waits until some socket is ready.
--- A signal ends the wait without any socket.
---@param timeout? number seconds; nil, a negative number and `math.huge` wait without limit
---@return function|nil # an iterator of socket and `"r"`, `"w"`, `"rw"` or `"e"` (error or hang-up)
---@return nil|string # message
---@return nil|integer # errno
function smc_poller_Poller:wait(timeout) end

--- Closes the poller; the sockets stay open.
--- `<close>` does the same, and closing twice is fine.
---@return boolean|nil # true
---@return nil|string # message
---@return nil|integer # errno
function smc_poller_Poller:close() end

--- Starts programs, waits for them and sends them signals.
---@class smc.process
local smc_process = {}

---@class smc.process.Process
local smc_process_Process = {}

--- Starts a program.
---@param argv table the program (its path or a name to search for in PATH) and its arguments
---@param options? table `env`: its environment, `{ NAME = "value" }`, default that of this process; `stdin`, `stdout`, `stderr`: `"inherit"` (default), `"null"` or `"pipe"`
---@return smc.process.Process|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT if there is no such program, ENOEXEC for a script without #! line
function smc_process.spawn(argv, options) end

--- Waits for the end of the program.
--- Read its pipes first: a program that blocks on a full pipe does not end.
---@param seconds? number how long to wait; default: until it ends
---@return string|nil # "exit" or "signal"; further calls return the same
---@return integer|string # its exit status, or the number of the signal that ended it; "timeout", or another message
---@return nil|integer # errno: ETIMEDOUT if it is still running
function smc_process_Process:wait(seconds) end

--- Returns a descriptor that is readable once the program has ended, for a poller: pidfd_open(2).
--- It is closed when `wait` has told the end.
---@return integer|nil # -1 where the end is known already
---@return nil|string # message
---@return nil|integer # errno
function smc_process_Process:getfd() end

--- Sends the program a signal.
---@param signal? string|integer a name (HUP, INT, QUIT, KILL, USR1, USR2, PIPE, ALRM, TERM, CONT, STOP) or a number
---@return boolean|nil # true
---@return nil|string # message
---@return nil|integer # errno: ESRCH if it has ended
function smc_process_Process:kill(signal) end

--- Ends the program if it is still running, and closes the pipes.
--- Closing twice is allowed.
---@return boolean|nil # true
---@return nil|string # message: the program could not be ended
---@return nil|integer # errno: ETIMEDOUT if it does not end
function smc_process_Process:close() end

--- Why a connection fell back to TCP: name, meaning and remedy for every reason code of the kernel.
---@class smc.reason
local smc_reason = {}

--- A reason.
---@class smc.reason.reason
---@field code integer
---@field name string|nil absent for a code that the kernel does not define
---@field meaning string
---@field advice string what to do about it

--- Looks up a reason by its code or its name.
---@param which integer|string|nil `0x03030008`, or text: `"NOUEID"`, `"0x03030008"`
---@return smc.reason.reason|nil # for any code; that for an unknown code has no name; for a name that does not exist, and for nil, which means that there was no fallback
---@return nil|string # message
---@return nil|integer # errno: ENOENT
function smc_reason.get(which) end

--- A reason in one line: `0x03030008 NOUEID: the peer sent no UEID, and no SEID`.
---@param code integer
---@return string
function smc_reason.describe(code) end

--- Iterates over every reason, in the order of the codes.
---@return function # iterator, for `for r in reason.all() do`
function smc_reason.all() end

--- Runs any program with its TCP sockets turned into SMC sockets, as smc_run(8) does.
---@class smc.run
local smc_run = {}

--- Converts a buffer size to a number of bytes.
---@param size string|integer bytes, or a number with suffix k (KiB) or m (MiB), upper or lower case: "64k", 65536, "1M"
---@return integer|nil # bytes, from 8192 to 536870912
---@return nil|string # message
---@return nil|integer # errno
function smc_run.size(size) end

--- The absolute path of the library to preload.
--- It is searched for in `package.cpath`, as the module `smc.preload`.
---@return string|nil # path
---@return nil|string # message
---@return nil|integer # errno
function smc_run.library() end

--- The environment in which programs use SMC, for callers that start them by other means.
--- It is a copy of the initial environment `env` with the variables that the options set; the library is
--- appended to `LD_PRELOAD`.
---@param options? table see above
---@return table|nil # a complete environment, `{ NAME = "value" }`, with `LD_PRELOAD` and, if the options set them, `SMC_DEBUG`, `SMC_RCVBUF`, `SMC_SNDBUF`, `SMC_FALLBACK`, `SMC_PROTOCOL`
---@return nil|string # message
---@return nil|integer # errno
function smc_run.environment(options) end

--- Whether the sockets of this program can be converted.
--- Scripts are followed to their interpreter, and if that is env(1), to the command that it starts, as the
--- kernel and GNU env(1) do. If the command is the dynamic linker, the result is that for the program which
--- it loads. The result is true for a program that may be executed but not read, and for a script without a
--- #! line, which the shell runs.
---@param name string the program's path, or a name to search for in PATH
---@return boolean|nil # true; false: its sockets stay TCP; the program cannot be executed, or its file cannot be read
---@return nil|string # the reason, such as "busybox is a static program: its sockets stay TCP"; message
---@return nil|integer # errno
function smc_run.convertible(name) end

--- Whether a program started by this process gets the buffer sizes of the options.
--- Sizes above `net.core.rmem_max` and `net.core.wmem_max` require CAP_NET_ADMIN. (smc_run(8) raises these
--- limits for the whole system; this module does not change them.)
---@param options? table see above
---@return boolean|nil # true; false
---@return nil|string # the reason, and what to do; message
---@return nil|integer # errno: EINVAL where a size is none
function smc_run.attainable(options) end

--- Whether every user that a program started by this process may change to can load the library.
--- A program that changes its user and then starts others, as `su` and many servers do, starts them over TCP
--- if their user cannot read the library: the dynamic linker ignores it then. Only a process with CAP_SETUID
--- can change its user; for others the result is true. Access control lists are not considered.
---@param command? string what is going to be started: the result is true if it is not known to run other programs as another user, as `su` and `sshd` are
---@return boolean|nil # true; false
---@return nil|string # the reason, and what to do; message
---@return nil|integer # errno
function smc_run.loadable_by_all(command) end

--- Replaces this process with a program that uses SMC: it keeps the process ID and the terminal, and the exit
--- status is that of the program.
--- Lua's buffered output is written first; files that Lua has opened stay open in the program; Lua objects are
--- not finalized (no `__gc`, no `__close`).
---@param argv table the program (its path or a name to search for in PATH) and its arguments
---@param options? table see above
---@return nil
---@return string # message: it returns only if it fails
---@return integer # errno: ENOENT if there is no such program
function smc_run.exec(argv, options) end

--- Starts a program that uses SMC.
---@param argv table the program (its path or a name to search for in PATH) and its arguments
---@param options? table see above, and `stdin`, `stdout`, `stderr`: `"inherit"` (default), `"null"` or `"pipe"`
---@return Process|nil # see `smc.process`
---@return nil|string # message
---@return nil|integer # errno: ENOENT if there is no such program, ENOEXEC for a script without #! line
function smc_run.spawn(argv, options) end

--- Stream sockets over shared memory, with the methods of LuaSocket's TCP object.
---@class smc.socket
---@field _SETSIZE any The kernel's limit on the descriptors of a process; `select` has no limit of its own.
---@field _SOCKETINVALID any The value of an invalid descriptor, as `sock:getfd()` returns it for a closed socket.
---@field BLOCKSIZE any The number of bytes that LTN12 sources read at once.
---@field dns any The resolver: `smc.socket.dns`.
local smc_socket = {}

---@class smc.socket.sock
local smc_socket_sock = {}

---@class smc.socket.tcp.options
---@field fallback string|nil `"tcp"`: accept a plain TCP socket if this kernel has no SMC
---@field protocol string|nil `"smc"` (default): a socket of the family AF_SMC; `"inet"`: of the protocol IPPROTO_SMC of AF_INET and AF_INET6, which filters that know only families let pass (Linux 6.11); `"auto"`: `"smc"`, or `"inet"` where AF_SMC is denied to this process

--- Creates a socket that becomes IPv4 or IPv6 at its first bind or connect.
---@param options? smc.socket.tcp.options
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.tcp(options) end

--- Creates an IPv4 socket.
---@param options? table as of `tcp`
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.tcp4(options) end

--- Creates a socket for IPv6 only.
---@param options? table as of `tcp`
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.tcp6(options) end

--- Connects to a host; tries every address of its name in turn.
---    smc.connect("host10", 12345, { fallback = "tcp" })
---@param host string name or address
---@param port number|string 1 to 65535 or the name of a service
---@param local_address? string to bind to first
---@param local_port? number|string
---@param family? string `"inet"`, `"inet6"` or `"unspec"`
---@param options? table as of `tcp`; they may follow any of the arguments from `port` on
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.connect(host, port, local_address, local_port, family, options) end

--- Like `connect`, but uses only the host's IPv4 addresses.
---@param host string
---@param port number|string
---@param local_address? string
---@param local_port? number|string
---@param options? table
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.connect4(host, port, local_address, local_port, options) end

--- Like `connect`, but uses only the host's IPv6 addresses.
---@param host string
---@param port number|string
---@param local_address? string
---@param local_port? number|string
---@param options? table
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.connect6(host, port, local_address, local_port, options) end

--- Creates a socket that listens on an address.
---@param host string name or address; `"*"` is 0.0.0.0, `"::"` accepts IPv6 and IPv4
---@param port number|string 0 lets the kernel choose
---@param backlog? integer
---@param options? table as of `tcp`; they may follow the port
---@return smc.socket.sock|nil
---@return nil|string # message
function smc_socket.bind(host, port, backlog, options) end

--- Returns what the kernel knows of this socket: the record of `smc.diag`.
--- The function finds the socket by its inode in the kernel's list of SMC sockets. That list needs the kernel
--- module smc_diag; if the kernel cannot load it, the message says what to do. The record of a plain TCP
--- socket (`fallback = "tcp"`) has `state`, `note`, and `mode` once it is connected.
---@return table|nil # as `smc.diag.sockets` returns it
---@return nil|string # message
---@return nil|integer # errno
function smc_socket_sock:info() end

--- Returns the mode of a connection, from the kernel's list of SMC sockets, as `info` does.
---@return string|nil # `"SMC-D"`, `"SMC-R"` or `"TCP"`
---@return nil|string # message
---@return nil|integer # errno: ENOTCONN while the socket is not connected
function smc_socket_sock:mode() end

--- Returns the modes of many connections.
--- It reads the kernel's list once; `sock:mode()` reads it each time.
---@param sockets smc.socket.sock[]
---@return table|nil # `modes[sock]`, as `sock:mode()` returns it; absent for a socket without a mode
---@return nil|string # message
---@return nil|integer # errno
function smc_socket.modes(sockets) end

--- Returns the time in seconds since the epoch.
---@return number
function smc_socket.gettime() end

--- Returns the seconds of a clock that is never set: CLOCK_MONOTONIC of clock_gettime(2).
---@return number
function smc_socket.monotonic() end

--- Sleeps.
--- A signal does not end the sleep.
---@param seconds number
---@return nil
function smc_socket.sleep(seconds) end

--- Waits until some of the sockets are ready: poll(2).
--- There is no limit on their number or descriptors.
---@param receivers? table an array of sockets to read from, or anything else with `getfd`, and `dirty` where it buffers
---@param senders? table an array of sockets to write to
---@param timeout? number seconds; nil, a negative number and `math.huge` wait without limit
---@return table # the receivers that are ready: `ready[i] = sock`, `ready[sock] = i`
---@return table # the senders that are ready
---@return string|nil # `"timeout"` if none is ready
function smc_socket.select(receivers, senders, timeout) end

--- Returns its arguments without the first ones.
---@param count integer how many to leave out
---@param ... any
---@return any # ...
function smc_socket.skip(count, ...) end

--- Returns a host's addresses as text, in the order in which `connect` tries them.
---@param host string
---@param family? string `"inet"`, `"inet6"` or `"unspec"`
---@return string[]|nil
---@return nil|string # message
---@return nil|integer # errno: ENOENT (no such host), EAGAIN (no name server responds)
function smc_socket.resolve(host, family) end

--- Creates a poller for many sockets: `smc.poller.new`.
---@return smc.poller.Poller|nil
---@return nil|string # message
---@return nil|integer # errno
function smc_socket.poller() end

--- Returns its arguments, or raises the second one for an enclosing `protect` if the first is false or nil.
--- A script without a `protect` ends with that message, without the traceback that `assert` leads to.
---@param ... any
---@return any # ...
function smc_socket.try(...) end

--- Closes the socket.
--- Closing twice is allowed. See close(2).
--- Over SMC it may wait up to two seconds, as long as sent bytes have not reached the peer; a socket
--- that is garbage collected does not wait. Also called at the end of the scope of a `local sock
--- <close>`.
---@return integer # 1
function smc_socket_sock:close() end

--- Connects to a peer.
--- See connect(2).
--- The addresses of a name are tried in turn, each within the timeout; with a timeout of zero only
--- one of them. The object becomes a client, also when this fails. After a timeout the attempt continues:
--- the next call with the same address returns its result, a call with another address abandons it. After a
--- failure, `connect` may be called again.
---@param address string a name, or an IPv4 or IPv6 address
---@param port integer|string 1 to 65535, or the name of a service
---@return integer|nil # 1
---@return nil|string # message: `"timeout"`, `"connection refused"`, `"already connected"`, or other words
function smc_socket_sock:connect(address, port) end

--- Returns the descriptor, for poll(2) and the like.
--- Other code may now wait for the descriptor or use it; from now on, methods never block in the kernel.
---@return integer # descriptor, -1 when there is none
function smc_socket_sock:getfd() end

--- Takes over a descriptor.
--- The old one is neither closed nor kept.
--- When the socket gives a descriptor away by this, as LuaSec needs it, the program ignores SIGPIPE
--- from now on, unless it handles that signal.
---@param descriptor integer -1 for none
function smc_socket_sock:setfd(descriptor) end

--- Returns what the last operation had to wait for.
--- cqueues calls it.
---@return string # `"r"` for input, `"w"` for output
function smc_socket_sock:events() end

--- Returns nil: event loops keep time themselves.
--- cqueues calls it.
---@return nil
function smc_socket_sock:timeout() end

--- Returns the address family.
---@return string # `"inet4"`, `"inet6"`, or `"unspec"` for a socket that can become either, before its first bind or connect
function smc_socket_sock:getfamily() end

--- Returns the local address.
--- See getsockname(2).
--- For a connected socket it is the address at the time of connection: to ask the kernel later may crash it if
--- the device was removed (net/smc/af_smc.c, smc_getname).
---@return string|nil # address
---@return integer|string # port; message
---@return string|nil # family `"inet"` or `"inet6"`
function smc_socket_sock:getsockname() end

--- Returns the address of the peer at the time of connection.
--- See getpeername(2).
---@return string|nil # address
---@return integer|string # port; message
---@return string|nil # family `"inet"` or `"inet6"`
function smc_socket_sock:getpeername() end

--- Returns the descriptor, as `getfd`.
--- cqueues calls it.
---@return integer # descriptor, -1 when there is none
function smc_socket_sock:pollfd() end

--- Connects to a peer: another name of `connect`.
---@param address string
---@param port integer|string
---@return integer|nil # 1
---@return nil|string # message
function smc_socket_sock:setpeername(address, port) end

--- Binds the socket to a local address: another name of `bind`.
---@param address string
---@param port integer|string
---@return integer|nil # 1
---@return nil|string # message
function smc_socket_sock:setsockname(address, port) end

--- Sets an option.
--- See setsockopt(2), socket(7), tcp(7), ipv6(7) and af_smc(7).
--- LuaSocket's names and more: `bindtodevice`, `ipv6-v6only`, `keepalive`, `limit-smc-hs`, `linger`,
--- `mark`, `priority`, `recv-buffer-size`, `reuseaddr`, `reuseport`, `send-buffer-size`, `tcp-cork`,
--- `tcp-defer-accept`, `tcp-fastopen`, `tcp-fastopen-connect`, `tcp-keepcnt`, `tcp-keepidle`,
--- `tcp-keepintvl`, `tcp-nodelay`, `tcp-quickack`, `tcp-user-timeout`.
--- Until the socket is connected, it also remembers the option, and sets it on each descriptor that it
--- creates. `tcp-fastopen` and `tcp-fastopen-connect` turn the connection into TCP, so only a socket
--- with `fallback = "tcp"` accepts them.
---@param name string
---@param value boolean|integer|string|table a boolean for an option that is on or off; an integer for sizes, counts, seconds (milliseconds for `tcp-user-timeout`) and `mark`; the name of an interface for `bindtodevice`; `{ on = boolean, timeout = seconds }` for `linger`
---@return integer|nil # 1
---@return nil|string # message
function smc_socket_sock:setoption(name, value) end

--- Returns the value of an option.
--- See getsockopt(2).
--- Before the first bind or connect, it returns the value that was set. In addition to the names of
--- `setoption` there is `error`: the message of the pending error of the socket (SO_ERROR), which is cleared;
--- nil if there is none.
---@param name string
---@return nil # value, of the type that `setoption` expects
---@return nil|string # message
function smc_socket_sock:getoption(name) end

--- Receives a line, a number of bytes, or everything until the peer closes.
--- See recv(2).
---@param pattern? string|integer what to receive: with `"l"` a line without its end (carriage returns are left out), with `"L"` a line with its end, with `"a"` everything until the peer closes, or so many bytes, those of the prefix included. As in LuaSocket, an asterisk may stand before the letter.
---@param prefix? string what the data begins with: the partial result of an earlier call
---@param maxsize? integer how many bytes the data may have; when there are more, the message is `"oversized"`, and what follows stays unread
---@return string|nil # data, which begins with the prefix
---@return nil|string # message: `"timeout"`, `"closed"`, `"oversized"`, or other words
---@return nil|string # partial data, which begins with the prefix
function smc_socket_sock:receive(pattern, prefix, maxsize) end

--- Receives what has arrived; waits only if there is nothing.
--- See recv(2).
---@param max integer the number of bytes at most, which must be positive
---@return string|nil # data
---@return nil|string # message: `"timeout"`, `"closed"`, or other words
---@return nil|string # partial data, always `""`
function smc_socket_sock:receiveany(max) end

--- Whether the object holds received bytes, which poll(2) does not see.
---@return boolean
function smc_socket_sock:dirty() end

--- Sends a string, or a part of it.
--- See send(2).
--- It returns when the kernel has taken all bytes, or at the end of the timeout. If the peer has closed the
--- connection, it returns an error; there is no SIGPIPE.
---@param data string
---@param i? integer index of the first byte to send, as in `string.sub`
---@param j? integer index of the last byte to send
---@return integer|nil # index of the last byte sent
---@return nil|string # message: `"timeout"`, `"closed"`, or other words
---@return nil|integer # index of the last byte sent; send the rest from the next one on
function smc_socket_sock:send(data, i, j) end

--- Returns how much was transferred.
---@return integer # number of bytes received, as the program consumed them
---@return integer # number of bytes sent
---@return number # age of the object in seconds
function smc_socket_sock:getstats() end

--- Sets what `getstats` returns.
--- As in LuaSocket, a value that is left out or nil stays as it is.
---@param received? integer number of bytes
---@param sent? integer number of bytes
---@param age? number in seconds
---@return integer # 1
function smc_socket_sock:setstats(received, sent, age) end

--- Binds the socket to a local address.
--- See bind(2).
---@param address string a name or an address of this host; `"*"` is 0.0.0.0, `"::"` every address
---@param port integer|string 0 to 65535, where 0 lets the kernel choose, or the name of a service
---@return integer|nil # 1
---@return nil|string # message: `"address already in use"`, `"permission denied"`, or other words
function smc_socket_sock:bind(address, port) end

--- Makes a bound socket listen for connections: the object becomes a server.
--- See listen(2).
---@param backlog? integer how many connections may wait to be accepted. The kernel's own limit, net.core.somaxconn, also stands for a negative number.
---@return integer|nil # 1
---@return nil|string # message
function smc_socket_sock:listen(backlog) end

--- Accepts a connection; waits for one within the timeout.
--- See accept4(2).
---@return smc.socket.sock|nil # client, a new object without a timeout
---@return nil|string # message: `"timeout"`, `"closed"`, or other words
function smc_socket_sock:accept() end

--- Ends one direction of a connection, or both.
--- See shutdown(2).
---@param how? string `"send"`, `"receive"` or `"both"`
---@return integer # 1
function smc_socket_sock:shutdown(how) end

--- Limits how long each operation may wait.
--- There is no limit until one is set.
--- The shorter of the two limits applies, from the start of each operation. A call of receive or send has one
--- limit, even if it transfers the bytes in several steps.
---@param seconds number|nil nil, a negative number and `math.huge` mean no limit; 0 never waits
---@param mode? string the limit to set: `"b"`, or `"t"` (also `"r"`), the total limit of LuaSocket
---@return integer # 1
function smc_socket_sock:settimeout(seconds, mode) end

--- Returns the limits that `settimeout` has set.
---@return number # seconds of the limit `"b"`; -1 if there is none
---@return number # seconds of the limit `"t"`; -1 if there is none
function smc_socket_sock:gettimeout() end

--- Counters of SMC: connections, bytes, requests, buffers, fallbacks by reason.
---@class smc.stats
local smc_stats = {}

--- A snapshot.
--- What the kernel does not send is absent.
---@class smc.stats.snapshot
---@field time number seconds since boot
---@field boot string|nil ID of this boot
---@field namespace string|nil the network namespace, `net:[4026531840]`
---@field smcd smc.stats.technology
---@field smcr smc.stats.technology
---@field handshake_errors table `client` and `server`: how often each role failed, with either technology
---@field fallback smc.stats.fallback

--- Counters of SMC-D or SMC-R.
--- Connections that fell back to TCP are not included.
---@class smc.stats.technology
---@field client_v1 integer connections made, with version 1
---@field client_v2 integer
---@field server_v1 integer connections accepted
---@field server_v2 integer
---@field rx_bytes integer
---@field tx_bytes integer
---@field rx_requests integer calls such as recv(2)
---@field tx_requests integer
---@field rx_rmb_usage integer|nil bytes of buffers currently in use (not a counter); since Linux 6.10
---@field tx_rmb_usage integer|nil
---@field rx_sizes table requests by their size: up to `8K`, `16K`, `32K`, `64K`, `128K`, `256K`, `512K`, `1024K`, and `more`
---@field tx_sizes table
---@field rx_rmb_sizes table buffers by their size, in the same way
---@field tx_rmb_sizes table
---@field rx_rmb table events of buffers: `full`, `full_peer`, `small`, `small_peer` (the buffer of this host or of the peer was full, or smaller than the request), `alloc`, `reuse`, and `downgrade` (allocated smaller than requested because of low memory)
---@field tx_rmb table
---@field cork integer special socket calls, as are the next four
---@field nodelay integer
---@field sendpage integer
---@field splice integer
---@field urgent_data integer

--- Connections that fell back to TCP.
---@class smc.stats.fallback
---@field client integer connections that this host made
---@field server integer connections that it accepted
---@field reasons table[] `code`, see `smc.reason`, and how often it occurred as a `client` and as a `server`: 16-bit counters, which wrap to 0 after 65535; the most frequent reason first

--- All counters of this network namespace.
---@return smc.stats.snapshot|nil
---@return nil|string # message, which says what to do
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC
function smc_stats.get() end

--- The difference between the counters and a snapshot.
--- The counts of reasons are correct as long as no reason occurred 65536 times in between. If the snapshot is
--- from another boot or another network namespace, or smc was unloaded in between, the result is the current
--- counters.
---@param before smc.stats.snapshot
---@param now? smc.stats.snapshot a later snapshot; by default a new one
---@return table|nil # a `snapshot` of the differences; levels are the current ones. `time` is absent; `seconds`: the time between the snapshots, absent if it is not known; `restarted`: whether the result is the current counters
---@return nil|string # message
---@return nil|integer # errno
function smc_stats.since(before, now) end

--- The differences per second.
---@param change table result of `since`
---@return table|nil # the same with numbers per second; levels and codes are unchanged
---@return nil|string # message: the time between the snapshots is not known or zero
---@return nil|integer # errno: ENODATA
function smc_stats.rates(change) end

--- The SMC capabilities of this kernel and its hardware, and the settings of SMC.
---@class smc.system
local smc_system = {}

--- The release of the running kernel, from uname(2).
---@return string
function smc_system.release() end

---@class smc.system.available.options
---@field protocol string|nil which sockets: `"smc"` (default), those of AF_SMC; `"inet"`, those of IPPROTO_SMC; `"auto"`, one of the two

--- Whether this process can create SMC sockets.
--- It tries socket(2), which loads the kernel module if that is
--- allowed; the message explains a failure: a kernel without SMC and the option that it lacks, a
--- module that is not installed, not loaded or blacklisted and where, or a filter that denies AF_SMC to this
--- process.
---@param options? smc.system.available.options
---@return true|nil
---@return string|nil # warning if netlink is missing: the SMC module is not the kernel's own and has no SMC_GEN_NETLINK, or a filter denies netlink to this process; message, which says what to do
---@return nil|integer # errno: EAFNOSUPPORT (no SMC), EPROTONOSUPPORT (no IPPROTO_SMC), EPERM or EACCES (denied to this process)
function smc_system.available(options) end

--- The capabilities of the kernel and the hardware.
---@return table|nil # `version` and `release` of SMC in this kernel; `hostname`, as peers see it; `smcd`, `smcr`: versions that the kernel supports, `ism`, `roce`: versions that the devices support, each a list such as `{ "v1", "v2" }`, which may be empty; `seid`: absent if the machine has none. `version`, `release` and `hostname` are absent if the kernel does not report them.
---@return nil|string # message, which says what to do
---@return nil|integer # errno: EAFNOSUPPORT if the kernel has no SMC
function smc_system.info() end

--- Whether this network namespace limits SMC handshakes: when many connections arrive at once, some of them
--- use TCP instead of waiting for an SMC handshake.
---@return boolean|nil
---@return nil|string # message
---@return nil|integer # errno: EOPNOTSUPP (before Linux 5.19), EAFNOSUPPORT (no SMC)
function smc_system.hs_limitation() end

--- Limits SMC handshakes in this network namespace.
--- Requires CAP_NET_ADMIN in the initial user namespace.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno: EPERM, EOPNOTSUPP, EAFNOSUPPORT
function smc_system.enable_hs_limitation() end

--- Stops limiting SMC handshakes.
--- Requires CAP_NET_ADMIN in the initial user namespace.
---@return true|nil
---@return nil|string # message
---@return nil|integer # errno, as for `enable_hs_limitation`
function smc_system.disable_hs_limitation() end

--- The `net.smc` sysctls that this kernel has, in this network namespace.
---@return table[]|nil # each with `name`, without `net.smc.`; `value`; `unit`: `"bytes"`, `"seconds"`, or absent; `min`, `max` and `default` of the kernel; `meaning`. Those of a vendor's kernel, of which this module does not know more, have a `name` and a `value` only.
---@return nil|string # message
---@return nil|integer # errno: ENOENT if SMC is not loaded
function smc_system.sysctls() end

--- A `net.smc` sysctl.
---@param name string
---@return table|nil # as in `sysctls`
---@return nil|string # message
---@return nil|integer # errno: ENOENT if this kernel does not have it
function smc_system.sysctl(name) end

--- Sets a `net.smc` sysctl of this network namespace.
--- It applies to sockets and link groups created later.
--- `limit_smc_hs` is set by netlink where its file has no effect, as on s390 (see the page of `smc`).
---@param name string
---@param value integer|string for `hs_ctrl` a string, of at most 15 bytes; an empty one clears it
---@return true|nil
---@return nil|string # message, which says what the kernel accepts
---@return nil|integer # errno: ENOENT (not in this kernel), EACCES (not root), EINVAL (value not accepted; for `hs_ctrl`: no such BPF program), EBUSY (the BPF program is being removed)
function smc_system.set_sysctl(name, value) end

--- The version of this library: the module is a string.
---@class smc.version
local smc_version = {}

-- What `smc` loads on first use.
smc.check = smc_check
smc.device = smc_device
smc.diag = smc_diag
smc.eid = smc_eid
smc.errno = smc_errno
smc.handshake = smc_handshake
smc.ism = smc_ism
smc.json = smc_json
smc.linkgroup = smc_linkgroup
smc.pnet = smc_pnet
smc.poller = smc_poller
smc.process = smc_process
smc.reason = smc_reason
smc.run = smc_run
smc.socket = smc_socket
smc.stats = smc_stats
smc.system = smc_system
smc.version = smc_version

return smc
