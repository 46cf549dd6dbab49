--- Ways in which every public function, and every method of the public objects, fails for real on a machine
-- without SMC. What is LuaSocket's is left out: it answers as LuaSocket does.
--
-- A way is a function that gives what the failing call answers, and the name of the errno; `false` for that
-- where the machine decides.

local check = require "smc.check"
local device = require "smc.device"
local diag = require "smc.diag"
local eid = require "smc.eid"
local handshake = require "smc.handshake"
local ism = require "smc.ism"
local linkgroup = require "smc.linkgroup"
local pnet = require "smc.pnet"
local poller = require "smc.poller"
local process = require "smc.process"
local reason = require "smc.reason"
local run = require "smc.run"
local socket = require "smc.socket"
local stats = require "smc.stats"
local support = require "support"
local system = require "smc.system"

local TCP <const> = { fallback = "tcp" }
local LONG <const> = ("x"):rep(100)

-- A way: the answer of f to these arguments. `direct`: nothing else of the machine is needed for it.
local function way(name, f, ...)
  local given = table.pack(...)
  return { name, function() return f(table.unpack(given, 1, given.n)) end, direct = true }
end

-- One whose fourth answer is the report of a check.
local function with_report(...)
  local found = way(...)
  found.report = true
  return found
end

-- One whose fourth answer is a list of reports.
local function with_reports(...)
  local found = with_report(...)
  local f = found[2]
  found[2] = function()
    local failed, message, errno, reports = f()
    return failed, message, errno, reports[1]
  end
  return found
end

-- One that fails for want of a descriptor alone: spec/faults/descriptors.lua makes it.
local function short(f, ...)
  local one = way("EMFILE", f, ...)
  one.short = true
  return one
end

-- The same where the kernel's file systems are empty.
local function empty(name, f, ...)
  return way(name, support.with_paths, "/nonexistent", f, ...)
end

-- The same where a file is one that cannot be read: a link to itself, a directory, or forbidden.
local function unreadable(name, path, f, ...)
  local given = table.pack(...)
  return { name, function()
    local made <close> = support.tree { [path] = { path:match("[^/]*$") } }
    return support.with_paths(made.root, f, table.unpack(given, 1, given.n))
  end }
end

-- The answer of a method of an object, which is closed before, or whatever else is done to it.
local function after(name, what, make, method, ...)
  local given = table.pack(...)
  return { name, function()
    local object <close> = assert(make())
    what(object)
    return object[method](object, table.unpack(given, 1, given.n))
  end }
end

local function close(object) object:close() end
local function nothing() end

local function listener() return socket.bind("127.0.0.1", 0, TCP) end
local function sleeping() return process.spawn { "sleep", "600" } end
local function ended()
  local one = assert(process.spawn { "true" })
  assert(one:wait(support.HANG))
  return one
end

local function lost()
  local one = assert(process.spawn { "true" })
  assert(require "smc.core.process".wait(one.pid, support.HANG)) -- somebody else waits for it
  return one
end

local shared = assert(listener())
local unconnected <const> = function() return socket.tcp4(TCP) end
local PNETID <const> = { pnetid = "NET1", netdev = "lo" }

local COUNTERS <const> = { fallback = { client = 0, server = 0, reasons = {} } }

local failures = {}

--- Those that cannot fail, and why.
failures.never = {
  ["check.evidence"] = "words for a report that succeeded",
  ["errno.name"] = "nil is its answer: no error has this number",
  ["errno.strerror"] = "there are words for every number",
  ["json.encode"] = "what it cannot encode is a caller's mistake",
  ["pnet.from_util_string"] = "nil is its answer: it has no PNET ID",
  ["handshake.conclusions"] = "words about a table",
  ["reason.all"] = "an iterator over a table",
  ["reason.describe"] = "there are words for every code",
  ["socket.monotonic"] = "a clock",
  ["system.release"] = "uname(2)",
}

failures.of_functions = {
  ["check.connect"] = {
    with_report("EAFNOSUPPORT", check.connect, "localhost", 1),
    with_report("EAFNOSUPPORT", check.connect, "localhost", 1, { require = "SMC-D" }),
  },
  ["check.interfaces"] = { short(check.interfaces) },
  ["check.live"] = { way("EAFNOSUPPORT", check.live, "lo"), way("EAFNOSUPPORT", check.live, "nosuch0") },
  ["check.path"] = {
    way("ENODEV", check.path, { interface = "nosuch0" }), way("ENOENT", check.path, { host = "" }),
    short(check.path, { interface = "lo" }), short(check.path, { host = "127.0.0.1" }),
  },
  ["check.connect_all"] = {
    with_reports("EAFNOSUPPORT", check.connect_all, { hosts = { "localhost" }, port = 1 }),
  },
  ["check.server"] = { way("EAFNOSUPPORT", check.server) },
  ["device.dibs"] = { unreadable("ELOOP", "sys/class/dibs", device.dibs) },
  ["device.find"] = {
    way("EAFNOSUPPORT", device.find, 0x32), way("EINVAL", device.find, { fid = "zz" }), short(device.find, 1),
  },
  ["device.list"] = { way("EAFNOSUPPORT", device.list), short(device.list) },
  ["diag.find"] = { way("ENOENT", diag.find, 1), short(diag.find, 1) },
  ["diag.sockets"] = { way("ENOENT", diag.sockets), short(diag.sockets) },
  ["diag.watch"] = { way("ENOENT", diag.watch), short(diag.watch) },
  ["eid.add"] = { way("EAFNOSUPPORT", eid.add, "UEID"), way("EINVAL", eid.add, LONG) },
  ["eid.disable_seid"] = { way("EAFNOSUPPORT", eid.disable_seid) },
  ["eid.enable_seid"] = { way("EAFNOSUPPORT", eid.enable_seid) },
  ["eid.ensure"] = { way("EAFNOSUPPORT", eid.ensure, "UEID"), way("EINVAL", eid.ensure, LONG) },
  ["eid.find"] = { way("EAFNOSUPPORT", eid.find, "UEID"), short(eid.find, "UEID") },
  ["eid.flush"] = { way("EAFNOSUPPORT", eid.flush), short(eid.flush) },
  ["eid.list"] = { way("EAFNOSUPPORT", eid.list), short(eid.list) },
  ["eid.remove"] = { way("EAFNOSUPPORT", eid.remove, "UEID"), way("EINVAL", eid.remove, LONG) },
  ["eid.seid"] = { way("EAFNOSUPPORT", eid.seid) },
  ["handshake.decode"] = { way("EBADMSG", handshake.decode, ""), way("EBADMSG", handshake.decode, LONG) },
  ["handshake.read"] = {
    way("ENOENT", handshake.read, "/nonexistent"), way("EISDIR", handshake.read, "/"),
    way("EBADMSG", handshake.read, "/etc/passwd"),
    way("EINVAL", handshake.read, "/etc/passwd", { address = "x" }), short(handshake.read, "/etc/passwd"),
  },
  -- Without privileges it is EPERM.
  ["handshake.recorder"] = {
    way("EINVAL", handshake.recorder, { address = "x" }),
    way(false, handshake.recorder, { interface = "nonexistent0" }),
  },
  ["handshake.watch"] = {
    way("EINVAL", handshake.watch, { address = "1.2.3" }),
    way("ENOENT", handshake.watch, { file = "/nonexistent" }),
    way("EBADMSG", handshake.watch, { file = "/etc/passwd" }),
    way(false, handshake.watch, { interface = "nonexistent0" }),
  },
  ["ism.ensure"] = { way("EINVAL", ism.ensure, "zz", "on"), way("ENOENT", ism.ensure, "fffffff0", "off") },
  ["ism.fid"] = { way("EINVAL", ism.fid, "zz") },
  ["ism.find"] = { way("EINVAL", ism.find, "zz"), empty("ENOENT", ism.find, "32") },
  ["ism.list"] = { unreadable("ELOOP", "sys/bus/pci/devices", ism.list), short(ism.list) },
  ["ism.power_off"] = { way("EINVAL", ism.power_off, "zz"), empty("ENOENT", ism.power_off, "32") },
  ["ism.power_on"] = { way("EINVAL", ism.power_on, "zz"), empty("ENOENT", ism.power_on, "32") },
  ["ism.watch"] = { unreadable("ELOOP", "sys/bus/pci/devices", ism.watch), short(ism.watch) },
  ["linkgroup.find"] = {
    way("EAFNOSUPPORT", linkgroup.find, 1), way("EINVAL", linkgroup.find, "zz"), short(linkgroup.find, 1),
  },
  ["linkgroup.list"] = { way("EAFNOSUPPORT", linkgroup.list), short(linkgroup.list) },
  ["pnet.add"] = {
    way("EAFNOSUPPORT", pnet.add, PNETID), way("EINVAL", pnet.add, { pnetid = LONG, netdev = "lo" }),
  },
  ["pnet.devices"] = { way("EAFNOSUPPORT", pnet.devices), short(pnet.devices) },
  ["pnet.ensure"] = { way("EAFNOSUPPORT", pnet.ensure, PNETID) },
  ["pnet.find"] = { way("EAFNOSUPPORT", pnet.find, "NET1") },
  ["pnet.flush"] = { way("EAFNOSUPPORT", pnet.flush) },
  ["pnet.list"] = { way("EAFNOSUPPORT", pnet.list), short(pnet.list) },
  ["pnet.of_interface"] = {
    way("EAFNOSUPPORT", pnet.of_interface, "lo"), empty("ENODEV", pnet.of_interface, "nonexistent0"),
  },
  ["pnet.remove"] = { way("EAFNOSUPPORT", pnet.remove, "NET1"), way("EINVAL", pnet.remove, LONG) },
  -- These fail where descriptors have run out.
  ["poller.new"] = { short(poller.new) }, ["poller.signals"] = { short(poller.signals, "USR2") },
  ["socket.poller"] = { short(socket.poller) },
  ["poller.read"] = { way("EBADF", poller.read, -1, 1), { "EAGAIN", function()
    local signals <close> = assert(poller.signals "USR2")
    return poller.read(signals:getfd(), 128)
  end } },
  ["process.spawn"] = {
    way("ENOENT", process.spawn, { "/nonexistent" }), way("ENOENT", process.spawn, { "no-such-program" }),
    way("EACCES", process.spawn, { "/" }), way("EACCES", process.spawn, { "/etc/passwd" }),
    way("ENAMETOOLONG", process.spawn, { "/" .. ("x"):rep(300) }),
    way("E2BIG", process.spawn, { "true", ("x"):rep(1 << 20) }),
    short(process.spawn, { "true" }, { stdout = "pipe" }),
  },
  ["reason.get"] = { way("ENOENT", reason.get, "NOSUCH") },
  ["run.attainable"] = { way("EINVAL", run.attainable, { receive_buffer = "x" }),
    unreadable("ELOOP", "proc/self/status", run.attainable), short(run.attainable) },
  ["run.convertible"] = { way("ENOENT", run.convertible, "/nonexistent"), way("EACCES", run.convertible, "/"),
    short(run.convertible, "true") },
  ["run.environment"] = { way("EINVAL", run.environment, { send_buffer = "2000m" }) },
  ["run.exec"] = {
    way("ENOENT", run.exec, { "/nonexistent" }), way("EACCES", run.exec, { "/" }),
    way("EINVAL", run.exec, { "true" }, { receive_buffer = 1 }), way("EINVAL", run.exec, { "busybox" }),
    way("ENOENT", run.exec, { "/nonexistent" }, { fallback = "tcp" }),
  },
  ["run.library"] = { way("ENOENT", function()
    local cpath <const> = package.cpath
    package.cpath = "/nonexistent/?.so"
    local path, message, errno = run.library()
    package.cpath = cpath
    return path, message, errno
  end) },
  ["run.loadable_by_all"] = { unreadable("ELOOP", "proc/self/status", run.loadable_by_all),
    short(run.loadable_by_all) },
  ["run.size"] = {
    way("EINVAL", run.size, "x"), way("EINVAL", run.size, 0), way("EINVAL", run.size, "2000m"),
    way("EINVAL", run.size, -1), way("EINVAL", run.size, ("9"):rep(400)),
  },
  ["run.spawn"] = {
    way("ENOENT", run.spawn, { "/nonexistent" }), way("EACCES", run.spawn, { "/" }),
    way("EINVAL", run.spawn, { "true" }, { send_buffer = "2000m" }), way("EINVAL", run.spawn, { "busybox" }),
    way("ENOENT", run.spawn, { "/nonexistent" }, { fallback = "tcp" }), short(run.spawn, { "true" }),
  },
  ["socket.modes"] = {}, -- of SMC sockets alone: in spec/faults/netlink.lua
  ["socket.resolve"] = {
    way(false, socket.resolve, "no.such.host.invalid"), way("ENOENT", socket.resolve, "::1", "inet"),
  },
  ["stats.get"] = { way("EAFNOSUPPORT", stats.get), short(stats.get) },
  ["stats.rates"] = { way("ENODATA", stats.rates, COUNTERS),
    way("ENODATA", stats.rates, { fallback = COUNTERS.fallback, seconds = 0 }) },
  ["stats.since"] = { way("EAFNOSUPPORT", stats.since, COUNTERS) },
  ["system.available"] = { way("EAFNOSUPPORT", system.available) },
  ["system.disable_hs_limitation"] = { way("EAFNOSUPPORT", system.disable_hs_limitation) },
  ["system.enable_hs_limitation"] = { way("EAFNOSUPPORT", system.enable_hs_limitation) },
  ["system.hs_limitation"] = { way("EAFNOSUPPORT", system.hs_limitation) },
  ["system.info"] = { way("EAFNOSUPPORT", system.info), short(system.info) },
  ["system.set_sysctl"] = {
    way("ENOENT", system.set_sysctl, "rmem", 65536), way("EINVAL", system.set_sysctl, "rmem", 1),
    empty("ENOENT", system.set_sysctl, "rmem", 65536),
    unreadable("ELOOP", "proc/sys/net/smc/rmem", system.set_sysctl, "rmem", 65536),
  },
  ["system.sysctl"] = { way("ENOENT", system.sysctl, "rmem"), empty("ENOENT", system.sysctl, "rmem"),
    unreadable("ELOOP", "proc/sys/net/smc/rmem", system.sysctl, "rmem"), short(system.sysctl, "rmem") },
  ["system.sysctls"] = { empty("ENOENT", system.sysctls),
    unreadable("ELOOP", "proc/sys/net/smc/wmem", system.sysctls), short(system.sysctls) },
}

failures.of_methods = {
  ["Poller:add"] = {
    after("EBADF", close, poller.new, "add", assert(listener()), "r"),
    after("EBADF", nothing, poller.new, "add", assert(socket.tcp(TCP)), "r"),
    after("EEXIST", function(p) assert(p:add(shared, "r")) end, poller.new, "add", shared, "r"),
  },
  ["Poller:modify"] = {
    after("EBADF", close, poller.new, "modify", assert(listener()), "r"),
    after("ENOENT", nothing, poller.new, "modify", assert(listener()), "r"),
  },
  ["Poller:remove"] = {
    after("EBADF", close, poller.new, "remove", assert(listener())),
    after("ENOENT", nothing, poller.new, "remove", assert(listener())),
  },
  ["Poller:wait"] = { after("EBADF", close, poller.new, "wait", 0) },
  ["Signals:next"] = {
    after("ETIMEDOUT", nothing, function() return poller.signals "USR2" end, "next", 0),
    after("EBADF", close, function() return poller.signals "USR2" end, "next"),
    after("EBADF", close, function() return poller.signals "USR2" end, "next", 0),
  },
  ["Process:wait"] = {
    after("ETIMEDOUT", nothing, sleeping, "wait", 0),
    after("ETIMEDOUT", nothing, sleeping, "wait", 0.01),
    after("ECHILD", nothing, lost, "wait"), after("ECHILD", nothing, lost, "wait", 0),
  },
  ["Process:kill"] = { after("ESRCH", nothing, ended, "kill"), after("ESRCH", nothing, lost, "kill") },
  ["Process:getfd"] = { after("ESRCH", nothing, lost, "getfd") },
  ["ism.Watch:next"] = {
    after("ETIMEDOUT", nothing, ism.watch, "next", 0), after("EBADF", close, ism.watch, "next"),
    after("EBADF", close, ism.watch, "next", 0),
  },
  ["socket:info"] = {
    after("EBADF", close, unconnected, "info"), after("EBADF", close, listener, "info"),
  },
  ["socket:mode"] = {
    after("ENOTCONN", nothing, unconnected, "mode"), after("ENOTCONN", nothing, listener, "mode"),
    after("ENOTCONN", nothing, function() return socket.tcp(TCP) end, "mode"),
    after("EBADF", close, unconnected, "mode"), after("EBADF", close, listener, "mode"),
  },
}
return failures
