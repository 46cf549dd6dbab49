--- Lists the SMC sockets of this network namespace: state, addresses, mode, reasons of a fallback.
--
--    local diag = require "smc.diag"
--    for s in assert(diag.sockets { mode = "TCP" }) do
--      print(s.inode, s.peer_address, s.fallback.meaning)
--    end
--
-- The data and the names are those of the kernel's `smc_diag` (`net/smc/smc_diag.c`, netlink
-- `sock_diag(7)`). Any user may read them. The kernel sends the sockets in several messages: a socket that
-- is created or closed while they are read may be missing. A socket that it sends twice is returned once.
--
-- @module smc.diag

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local E = require "smc.errno"
local iterate = require "smc.internal.iterate"
local look = require "smc.internal.look"
local netlink = require "smc.core.netlink"

local diag = {}

-- The filters, and the attributes for further details: SMC_DIAG_CONNINFO, _LGRINFO and _DMBINFO of
-- <linux/smc_diag.h>, as bits.
local filters = {
  mode = "text", state = "text", local_address = "text", local_port = "integer", peer_address = "text",
  peer_port = "integer", uid = "integer", inode = "integer",
}
local extensions = { connection = 1, link_group = 2, dmb = 8 }
local EXTENSION_NAMES <const> = { "connection", "link_group", "dmb" }
local every_extension = 1 | 2 | 8

--- An SMC socket. A field that the kernel does not send, or that has no meaning in the state of the
-- socket, is absent: there are no invented zeros.
--
-- @table socket
-- @tfield string state `ACTIVE`, `INIT`, `CLOSED`, `LISTEN`, `PEERCLOSEWAIT1`, `PEERCLOSEWAIT2`,
--   `APPCLOSEWAIT1`, `APPCLOSEWAIT2`, `APPFINCLOSEWAIT`, `PEERFINCLOSEWAIT`, `PEERABORTWAIT` or
--   `PROCESSABORT`; a state of a later kernel in the form `0x1c?`
-- @tfield ?string mode `"SMC-D"`, `"SMC-R"` or `"TCP"`: how the data is transferred. Absent while there is no
--   connection, and after its link group was removed. Without the detail `link_group`, an SMC-R connection
--   cannot be distinguished from one whose link group was removed.
-- @tfield ?string family `"inet"` or `"inet6"`; absent if there is no address
-- @tfield ?string local_address absent while unbound. For sockets of IPPROTO_SMC, and for listeners on all
--   addresses, it is that of the TCP socket inside, from the kernel's `inet_diag`: absent if the ports are
--   ambiguous, and `0.0.0.0` for IPv6 too if the family is not known. Filters do not use it.
-- @tfield ?integer local_port
-- @tfield ?string peer_address absent without a peer; for sockets of IPPROTO_SMC as above. IPv4 over an IPv6
--   socket is `::ffff:192.168.0.10`.
-- @tfield ?integer peer_port
-- @tfield integer uid user of the socket
-- @tfield integer inode as in `/proc/PID/fd`; 0 if the socket has no file any more, or not yet
-- @tfield integer interface index of the interface that it is bound to with SO_BINDTODEVICE, or 0
-- @tfield integer cookie number of the socket, unique until the next boot
-- @tfield ?string shutdown `"none"`, `"receive"`, `"send"` or `"both"`: directions shut down
-- @tfield ?table fallback in mode `"TCP"`: the reason, a record of `smc.reason`
-- @tfield ?table peer_fallback the reason why the peer declined SMC, a record of `smc.reason`
-- @tfield ?{process,...} processes that hold the socket, where the filter asks for them
-- @tfield ?connection connection of SMC-D and SMC-R connections
-- @tfield ?link_group link_group of SMC-R connections
-- @tfield ?dmb dmb of SMC-D connections

--- A process that holds a socket.
--
-- @table process
-- @tfield integer pid
-- @tfield string name as ps(1) shows it: 15 bytes of the name of the program, or what it calls itself

--- Buffers and cursors of a connection. A cursor is a table `{ wrap =, count = }`: how often it wrapped
-- around the buffer, and its offset in bytes. Flags are the unchanged bytes of the CDC message.
--
-- @table connection
-- @tfield integer token of the connection in its link group
-- @tfield integer sndbuf_size bytes, as are the next two
-- @tfield integer rmbe_size
-- @tfield integer peer_rmbe_size
-- @tfield table rx_prod how far the peer has written into the local buffer
-- @tfield table rx_cons how far the peer has read out of its own
-- @tfield table tx_prod how far the peer's buffer is written
-- @tfield table tx_cons how far the local buffer is read
-- @tfield table tx_prep send buffer: filled, and to be sent
-- @tfield table tx_sent send buffer: sent
-- @tfield table tx_fin send buffer: sent, and confirmed
-- @tfield integer rx_prod_flags
-- @tfield integer rx_conn_state_flags
-- @tfield integer tx_prod_flags
-- @tfield integer tx_conn_state_flags

--- The link group of an SMC-R connection, with the link that it uses.
--
-- @table link_group
-- @tfield string role `"client"` or `"server"`
-- @tfield {table,...} links each `{ ibdev =, ibport =, link_id =, gid =, peer_gid = }`: RDMA device, its
--   port, number of the link, and the GIDs as text

--- The direct memory buffers of an SMC-D connection. GIDs and tokens have 64 bits, and are printed
-- with `%016x`.
--
-- @table dmb
-- @tfield integer linkid of the link group, printed with `%08x`
-- @tfield integer peer_gid
-- @tfield integer gid
-- @tfield integer token of the local buffer
-- @tfield integer peer_token of the peer's
-- @tfield ?integer peer_gid_ext the other half where GIDs have 128 bits, since Linux 6.8
-- @tfield ?integer gid_ext
-- @tfield ?string dibs since Linux 6.18: name of the device, as @{smc.device.dibs} lists it

local INTERVAL <const> = 1 -- second, between two readings of a watch

local SOCKETS_OPTIONS <const> = { details = "boolean or table", fields = "table", pid = args.range(1),
  processes = "boolean" }
local WATCH_OPTIONS <const> = { details = "boolean or table", interval = "seconds", processes = "boolean" }
local FIND_OPTIONS <const> = { details = "boolean or table", processes = "boolean" }
for name, wanted in pairs(filters) do
  SOCKETS_OPTIONS[name], WATCH_OPTIONS[name] = wanted, wanted
end

-- The bits for `details`: a boolean, or a list of names.
local function extension_bits(details)
  if details == nil or details == true then
    return every_extension
  elseif details == false then
    return 0
  end
  local bits = 0
  for _, name in ipairs(args.option_list("details", details, EXTENSION_NAMES)) do
    bits = bits | extensions[name]
  end
  return bits
end

-- Replaces the codes of a fallback by records of smc.reason.
local function explain(record)
  local reason = require "smc.reason"
  record.fallback = reason.get(record.fallback_code)
  record.peer_fallback = reason.get(record.peer_fallback_code)
  record.fallback_code, record.peer_fallback_code = nil, nil
end

-- Returns a function that adds the device's name to a record of SMC-D, or nil, message, errno.
local device_namer = look.protect(function()
  local name_of = require "smc.internal.dibs".namer()
  return function(record) record.dmb.dibs = name_of(record.dmb.gid, record.dmb.gid_ext) end
end)

local WILDCARDS <const> = { ["0.0.0.0"] = true, ["::"] = true }

-- Whether smc_diag left out the address of a socket, or which wildcard address it has.
local function is_address_missing(record)
  local address = record.local_address
  return record.local_port ~= nil and (not address or WILDCARDS[address] == true)
end

-- Returns the function that completes the records of a query. It returns true, or nil, message, errno.
local function completer()
  local add_address, add_device
  return function(record)
    if record.fallback_code or record.peer_fallback_code then explain(record) end
    if record.dmb then
      local message, errno
      if not add_device then add_device, message, errno = device_namer() end
      if not add_device then return nil, message, errno end
      add_device(record)
    end
    if not is_address_missing(record) then return true end
    add_address = add_address or require "smc.internal.addresses".completer()
    return add_address(record)
  end
end

local NO_NETLINK <const> = { [E.EPERM] = true, [E.EACCES] = true, [E.EAFNOSUPPORT] = true }

-- Adds to a message why smc_diag is missing, or cannot be asked.
local function explained(message, errno)
  if errno ~= E.ENOENT and not NO_NETLINK[errno] then return message end
  local kernel_module = require "smc.internal.kernel_module"
  local why = errno == E.ENOENT and kernel_module.why("the kernel module smc_diag, which lists them, is not "
    .. "loaded: run \"modprobe smc_diag\" as root") or kernel_module.no_netlink()
  return ("%s: %s"):format(message, why)
end

-- Queries the kernel. smc.core.netlink checks the values of filters.
local function ask(filter, complete)
  local fields, details = filter.fields, filter.details
  if fields then args.option_list("fields", fields, "text") end
  if details == nil and fields then details = false end
  local iterator, message, errno, closing =
    args.passed(pcall(netlink.smc_diag, extension_bits(details), filter, fields, complete))
  if not iterator then message = explained(message, errno) end
  return iterator, message, errno, closing
end

-- Asks the kernel, and /proc where the filter is about processes.
local function query(filter, complete)
  if not (filter.pid or filter.processes) then return ask(filter, complete) end
  return require "smc.diag.processes".sockets(filter, function() return ask(filter, complete) end)
end

--- Iterates over the SMC sockets, all of them or those that match every field of a filter.
--
-- Records are read one at a time, so the memory in use does not depend on their number. The netlink socket
-- is closed at the end of the loop, also after a `break` or an error. Outside a loop, call the iterator for
-- the next record, or nil at the end; `iterator:close()` ends it early.
--
-- Which process holds a socket is read from `/proc/PID/fd`, once, before the kernel is asked. A user may look
-- at its own processes; root, or who has CAP_SYS_PTRACE, at those of others. The list of processes is empty
-- for a socket whose processes may not be looked at or are in another PID namespace, and for one that no
-- process holds (any more).
--
-- @tparam[opt] table filter
-- @tparam ?string filter.mode `"SMC-D"`, `"SMC-R"` or `"TCP"`
-- @tparam ?string filter.state as in @{socket}
-- @tparam ?string filter.local_address IPv4 or IPv6, in any spelling; IPv4 finds IPv4 over IPv6 too
-- @tparam ?integer filter.local_port
-- @tparam ?string filter.peer_address
-- @tparam ?integer filter.peer_port
-- @tparam ?integer filter.uid
-- @tparam ?integer filter.inode
-- @tparam ?integer filter.pid sockets that this process holds
-- @tparam ?boolean filter.processes whether each record gets its `processes`
-- @tparam ?boolean|{string,...} filter.details which of `connection`, `link_group` and `dmb` to request from
--   the kernel: true (default): all; false: none, which is fastest; or a list of their names
-- @tparam ?{string,...} filter.fields the iterator returns the values of these fields, nil if one is absent,
--   and creates no table: several times as fast, for thousands of sockets. The first must be a field that is
--   always present: `state`, `uid`, `inode`, `interface` or `cookie`. Besides the simple fields of @{socket}
--   there are `local_endpoint` and `peer_endpoint`, address and port as one string, and `fallback_code` and
--   `peer_fallback_code`, to look up with `smc.reason.get`. By default without details. Cannot be combined
--   with `pid` and `processes`.
-- @treturn[1] function iterator, for `for s in assert(diag.sockets()) do`
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno: ENOENT if `smc_diag` is not loaded; ESRCH if there is no process `pid`, and
--   EACCES if this user may not look at it
-- @raise for an unknown filter or a value it cannot have; and in the middle of a loop if the kernel's reply
--   ends with an error, since nil would look like the normal end
function diag.sockets(filter)
  filter = args.options("sockets", 1, filter, SOCKETS_OPTIONS)
  if filter.fields and (filter.pid or filter.processes) then
    args.refuse_option("fields", "it cannot be combined with 'pid' and 'processes'")
  end
  return query(filter, not filter.fields and completer() or nil)
end

--- Finds the socket with an inode, the number in `socket:[…]` of `/proc/PID/fd`. Stops at the first match.
--
-- @tparam integer inode
-- @tparam[opt] table options `details` and `processes`, as for @{sockets}
-- @treturn[1] socket
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ENOENT if there is no such socket, or no `smc_diag`
-- @raise for an argument of the wrong type, and an unknown option
function diag.find(inode, options)
  args.check("find", 1, inode, args.range(0))
  options = args.options("find", 2, options, FIND_OPTIONS)
  local wanted = { inode = inode, details = options.details, processes = options.processes }
  local iterator <close>, message, errno = query(wanted, completer())
  if not iterator then return nil, message, errno end
  local found, ok
  ok, message, errno = iterate.each(iterator, function(record)
    found = record
    return true
  end)
  if not ok then return nil, message, errno end
  if not found then return nil, ("no SMC socket has the inode %d"):format(inode), E.ENOENT end
  return found
end

--- Returns the next event of a watch; those of @{watch} and of `smc.ism.watch` are of one class.
-- A watch is also an iterator, `for event in w do`. The loop ends when the watch is closed, continues after
-- lost events, and raises other errors. A `smc.poller` can wait for a watch, and `<close>` closes it.
-- @function Watch:next
-- @tparam[opt] number timeout seconds to wait; without it, forever
-- @treturn[1] table an event; its fields are those of the function that created the watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: ETIMEDOUT if nothing happened; ENOBUFS if events were lost because the caller
--   was too slow; EBADF after `close`; another one if the kernel could not be queried: the next call queries
--   it again
-- @raise for an argument of the wrong type

--- Returns the descriptor, which is readable when there may be an event.
-- @function Watch:getfd
-- @treturn integer -1 after `close`

--- Returns whether `next` has an event without waiting. Pollers and `select` report such a watch as readable.
-- @function Watch:dirty
-- @treturn boolean

--- Closes the watch. Closing twice is allowed.
-- @function Watch:close
-- @treturn boolean true

--- Watches the SMC sockets: what is opened and closed, changes its mode or state, and moves bytes.
--
--    for event in assert(diag.watch { interval = 1, peer_port = 12345 }) do
--      print(event.event, event.socket.inode, event.received, event.sent)
--    end
--
-- An event has `event`, which is `"opened"`, `"closed"`, `"changed"` (mode or state) or `"moved"`; `socket`,
-- the record, which is the last one of a closed socket; `before`, the record of the reading before;
-- `received` and `sent`, the bytes written since then into the ring in this host's memory and into the one in
-- the peer's memory. These counts are right up to 65536 rings.
--
-- The kernel does not announce changes. The watch therefore reads the list at every interval, and may miss a
-- socket that lives for less than that. Events of one reading come in the order of the inodes.
--
-- @tparam[opt] table filter as for @{sockets}, but `fields` and `pid`: a socket that does not match any more
--   counts as closed. Bytes are counted with the detail `connection`, which is asked for unless told.
-- @tparam[opt=1] ?number filter.interval seconds between two readings
-- @treturn[1] Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno as for @{sockets}
-- @raise for an unknown filter or a value it cannot have
function diag.watch(filter)
  local wanted = {}
  for name, value in pairs(args.options("watch", 1, filter, WATCH_OPTIONS)) do wanted[name] = value end
  local interval = wanted.interval or INTERVAL
  wanted.interval = nil
  if wanted.details == nil then wanted.details = { "connection", "link_group" } end
  return require "smc.diag.watch".watch(function() return query(wanted, completer()) end, interval)
end

return diag
