--- Tests whether a connection uses SMC, with evidence, explains a fallback, and analyses a path.
--
-- One host serves, and the other connects:
--
--    assert(smc.check.server{}):serve()                       -- host10
--    local report = smc.check.connect("host10", 37373)        -- host12
--    print(report.success, report.mode)                       --> true  SMC-D
--
-- Each side also works with the client and the server of IBM's smc_chk(8).
-- @module smc.check

local require = require "smc.internal.load"
local check = {}

--- The port where servers start to look for a free one, as in smc_chk(8).
check.PORT = require "smc.check.port"

--- Connects to a server and reports how the data travels.
--
--    local report = assert(check.connect("host10", 37373, { require = "SMC-D" }))
--
-- `tostring(report)` is its text, as `smc_chk.lua` prints it. The report always has `host`, `port` and
-- `verdict`; `success` is true for `"SMC"` only:
--
-- - `"SMC"`: the kernel's record of the socket says SMC-D or SMC-R while it is connected, and every step of
--   the proof holds.
-- - `"TCP"`: the connection fell back. `fallback` and `peer_fallback` are records of `smc.reason`: the reason
--   of this host, and that of the peer if the kernel or the peer says one. `findings` says what is wrong, and
--   `message` is present if the peer reports another mode.
-- - `"not proven"`: there was a connection, but a step of the proof is missing. `message` says which one;
--   `errno` is that of a failed query of the kernel. For example, the peer closed the connection, or it
--   reports another mode because a proxy terminates both connections.
-- - `"no connection"`: `message`, `findings`, and `errno` if the kernel reports one. An unknown host name
--   counts. `stage` is `"tcp"`, or `"handshake"` if the peer accepted TCP with SMC's option and then left the
--   handshake of SMC unanswered, as those do that replay TCP options, or if the connection ended in it.
--
-- `findings` is a list, most likely first. Each has `text`, `side` (`"local"`, `"peer"` or `"path"`) and
-- `evidence`, which file, record or counter shows it; `command`, if there is one, mends it on that side.
-- The text of a report has the first three.
--
-- A test that was made returns its report, whatever the verdict. With `require`, a test that does not meet
-- the requirement returns nil, a message, an errno and the report, whose `success` is false.
--
-- `addresses` lists those of the host. The report of a connection has `address`, `seconds` (until it was
-- connected), `mode` by the kernel's record, `local_address` and `local_port`. If the peer is a server of
-- this module, `peer` is its own view of the connection: `mode`, `host`, `device`, `dmb` or `link_group`,
-- `fallback` and `peer_fallback`; over TCP also `syn`: its `smc` says whether this host's SYN arrived there
-- with the option of SMC. `peer_mode` is that mode.
--
-- `proof` lists the steps of the proof that a connection over SMC went through; the last one may be the one
-- that failed. Each has `step`, `proven`, `text`, and `source`, where the fact comes from:
--
-- - `mode`: that of this very socket, by the kernel's record (`"sock_diag"`), before and after the test
-- - `peer`: the peer sees the same mode (`"peer"`)
-- - `path`: devices and memory; if the peer tells its own, both sides name the same GIDs and tokens
-- - `data`: random data of several sizes went both ways, and each side compared every byte (`"comparison"`)
-- - `cursors`: all bytes were written into the memory of the other side, by the kernels' cursors of the
--   rings
-- - `counters`: the kernel's counters of the network namespace rose by as much (`"SMC_GEN_NETLINK"`)
--
-- `evidence`, of a success, has the numbers: `bytes_sent`, `bytes_through_shared_memory` (absent if nothing
-- was sent), `bytes_received`, `bytes_received_through_shared_memory`, `counters`, `data` (`seed`, `sizes`,
-- and `bytes` each way), `device`, `inode`, `dmb` or `link_group`, and `peer_mode`. IBM's server never
-- answers: the proof then has neither `peer` nor `data`, and covers the connection up to its other end.
--
-- The check sends its request and the data to the ports 37373 to 37383, which belong to check servers, this
-- module's or IBM's. It sends nothing to any other port, because an unknown service could not interpret it:
-- the kernel's record is then the only proof, and `evidence.bytes_sent` is 0.
--
-- With `measure`, a success has `measurements`, a list with an entry for each size of messages from 64 bytes
-- to 1 MiB: `size`; `smc` and `tcp`, each with `round_trip` (seconds: `mean`, and the quantiles `p50`, `p90`,
-- `p99`, `p999`) and `throughput` (bytes per second); and `ratio`, SMC's of TCP's, of the median `round_trip`
-- and of `throughput`. A second connection, over TCP to the same server, is measured in turn with the first
-- one, so that what else the hosts do meets both. `measurements_message` says why there are none. A peer that
-- is too slow ends it after two minutes and four times the time that is wanted.
-- @function connect
-- @tparam string host name or address
-- @tparam number|string port number, or name of a service
-- @tparam[opt] table options
-- @tparam ?string options.family `"inet"`, `"inet6"`, or `"unspec"` for either, the default
-- @tparam ?number options.timeout seconds for all of the test, but for what `measure` takes, 10 by default
-- @tparam ?boolean options.probe whether to send the request, whatever the port
-- @tparam ?boolean|number options.measure whether to measure the path once SMC is proven, or for how many
--   seconds, 5 by default: see below
-- @tparam ?string options.require `"SMC-D"`, `"SMC-R"`, or `"SMC"` for either: the mode that must be proven
-- @treturn[1] table report
-- @treturn[2] nil if this kernel has no SMC, or the requirement is not met
-- @treturn[2] string message
-- @treturn[2] integer errno: EAFNOSUPPORT no SMC; for a requirement: EPROTONOSUPPORT another mode, EPROTO not
--   proven, or the cause of "no connection"
-- @treturn[2] table report; if this kernel has no SMC, its `findings` say what mends that
-- @raise for a bad argument or option
function check.connect(host, port, options)
  return require "smc.check.client".connect(host, port, options)
end

--- Connects to many servers at once, and reports of each how the data travels. It takes little longer than
-- the slowest of them alone, and a server of names that does not answer delays only what needs it.
--
--    for _, report in ipairs(assert(check.connect_all { hosts = { "host10", "host11" } })) do
--      print(report:summary())
--    end
--
-- @tparam table options
-- @tparam {string,...} options.hosts names or addresses
-- @tparam ?integer|string options.port of all of them, 37373 by default
-- @tparam ?string options.family as for `connect`, as are the next ones
-- @tparam ?number options.timeout
-- @tparam ?boolean options.probe
-- @tparam ?string options.require a report that does not meet it has no `success`
-- @tparam ?boolean|number options.measure the hosts are measured at the same time
-- @treturn[1] {table,...} a report for each host, in their order
-- @treturn[2] nil if this kernel has no SMC
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @treturn[2] {table,...} the reports, which say the same; their `findings` say what mends that
-- @raise for a bad option
function check.connect_all(options)
  return require "smc.check.client".connect_all(options)
end

--- Returns what a report says, in one line.
-- @function Report:summary
-- @treturn string

--- Starts a server for checks, on the first free port from `port` on.
-- @function server
-- @tparam[opt] table options
-- @tparam ?string options.host address to listen on; by default all of IPv4, with `family = "inet6"` all of
--   IPv6
-- @tparam ?integer options.port 37373 by default
-- @tparam ?string options.family `"inet"`, `"inet6"`, or `"unspec"` for either, the default
-- @tparam ?integer options.max_clients connections at once, 1024 by default. When one more connects, or when
--   no descriptor is free (`ulimit -n`), the server closes the client that has done nothing of its test for
--   the longest time
-- @tparam ?number options.idle_seconds what a client has for its request, and for its test, 60 by default;
--   the server closes one that takes longer, and one that sends something else
-- @tparam ?function options.on_event called as `on_event(what, client)` on `"connected"`, `"probed"` and
--   `"closed"`. `client` has `address` and `port`, and `info`, as `sock:info()` returns it, once it is known.
--   Called once as `on_event("full", { message = … })` when no descriptor or memory is left for a client
-- @treturn[1] Server with `port` and `host`
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for a bad option

--- Serves the clients that are ready, once.
-- @function Server:step
-- @tparam[opt] number timeout seconds to wait for a client; one second by default
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EBADF if the server is closed
-- @raise for an argument of the wrong type

--- Serves until an error or an interrupt.
-- @function Server:serve
-- @treturn nil
-- @treturn string message
-- @treturn integer errno

--- Closes the server and its clients. `<close>` does the same, and closing twice is fine.
-- @function Server:close
-- @treturn boolean true

function check.server(options)
  return require "smc.check.server".new(options)
end

--- Tests a connection of this host with itself, to an address of an interface: the live test of smc_chk(8).
--
--    print(assert(check.live "eth0").mode)                    --> SMC-D
--
-- @tparam string interface name of an interface of this network namespace
-- @tparam[opt] table options
-- @tparam ?number options.timeout seconds for the test, 10 by default
-- @treturn[1] table report as of @{connect}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: EAFNOSUPPORT no SMC, ENODEV no such interface, EADDRNOTAVAIL it has no address
--   other than a link-local one
-- @raise for a bad argument or option
function check.live(interface, options)
  return require "smc.check.live".test(interface, options)
end

--- What of this host an SMC connection would use, without connecting: the static analysis of smc_chk(8), for
-- SMC-D and SMC-R.
--
--    local path = assert(check.path { host = "host10" })
--    print(path.interface.name, path.interface.pnetid, table.concat(path.modes, " "))
--
-- `tostring(path)` is its text. What could not be read is listed in `unread`, and its field is absent.
--
-- @tparam table options either `host` or `interface`
-- @tparam ?string options.host name or address of a peer: the interface is that of the kernel's route
-- @tparam ?string options.interface name of an interface of this network namespace
-- @tparam ?string options.family `"inet"`, `"inet6"`, or `"unspec"`, the default: addresses of a host
-- @treturn[1] analysis
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT unknown host, ENETUNREACH no route, ENODEV no such interface
-- @raise for a bad option
function check.path(options)
  return require "smc.check.path".of(options)
end

--- The interfaces of this network namespace that are up.
-- @treturn[1] {string,...} names
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function check.interfaces()
  return require "smc.check.path".interfaces()
end

--- What of this host decides about SMC connections over a path.
--
-- @table analysis
-- @tfield ?string host as given
-- @tfield ?string address of the peer
-- @tfield ?string source local address of the route
-- @tfield ?string gateway of the route
-- @tfield ?boolean is_local whether the address belongs to this host
-- @tfield table interface `name`, `up`, `carrier`, `mtu`; `addresses`, such as `"192.168.0.12/24"`; `vlan`,
--   if it or an interface below it is a VLAN; `pnetid`, `pnetid_source` and `pnetid_netdev`, if it has one
-- @tfield {string,...} modes what this host can use on the path, if the peer can: `"SMC-Dv1"`, `"SMC-Dv2"`,
--   `"SMC-Rv1"`, `"SMC-Rv2"`
-- @tfield {table,...} findings what keeps this host from using any mode, as in a report of @{connect}; empty
--   if it can use one
-- @tfield ?{table,...} ism functions, those that are powered off included: `fid`, `pchid`, `pci_id`, `slot`,
--   `power`, `pnetid`, `pnetid_source`; `usable`: SMC has it as a device; `v1`, `v2`: a client can use it for
--   connections of the interface
-- @tfield ?boolean loopback_ism whether the kernel has loopback-ism
-- @tfield ?{table,...} roce ports of RDMA devices: `ibdev`, `ibport`, `state`, `netdev`, `pnetid`,
--   `pnetid_source`; `belongs`: it is one for the interface; `usable`: and it is active;
--   `v1`, `v2`: and it has GIDs for that version of SMC-R
-- @tfield ?table eids `ueids`, a list; `seid` and `seid_enabled`, if the machine has one
-- @tfield ?boolean hs_limitation whether handshakes are limited
-- @tfield ?table sysctls name, without `net.smc.`, and value
-- @tfield ?table kernel `release`; `loaded` and `present`: the module smc; `available`: this process can
--   create SMC sockets; `message`: why not; `seccomp`: it has a filter; `blocked` and `blocked_by`: what
--   keeps the module from being loaded; `boot_id`: that of the running kernel
-- @tfield ?table namespaces `net` and `user`, numbers; `initial_user`: only there SMC's settings can be
--   changed
-- @tfield {table,...} unread what could not be read: `what`, `message`, `errno`

local SOCKET <const> = {
  words = "tcp{any}",
  has = function(value)
    local metatable = type(value) == "userdata" and getmetatable(value)
    return type(metatable) == "table" and type(metatable.__index) == "table" and metatable.__index.info ~= nil
  end,
}

--- Returns how many of the bytes that a connection has sent went through shared memory, by the kernel's
-- record.
--
--    local found = assert(check.evidence(sock, sent))
--    print(found.bytes_through_shared_memory == sent, found.path)
--
-- @tparam socket sock connected, of `smc.socket`
-- @tparam integer sent how many bytes were sent
-- @treturn[1] table `bytes_sent`: as given; `bytes_through_shared_memory`: how far the ring in the peer's
--   memory was written, absent over TCP and after the kernel's count has wrapped; `path`: whose memory that
--   is, in words, absent over TCP
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for an argument of the wrong type
function check.evidence(sock, sent)
  local args = require "smc.internal.args"
  args.check("evidence", 1, sock, SOCKET)
  args.check("evidence", 2, sent, args.range(0))
  local info, message, errno = sock:info()
  if not info then return nil, message, errno end
  return require "smc.check.evidence".of(info, sent)
end

return check
