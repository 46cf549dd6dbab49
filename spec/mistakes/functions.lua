--- What the arguments and options of every public function may be: a row for each, a list of its arguments.
-- For spec/unit/mistakes_spec.lua.

local kinds = require "mistakes.kinds"
local socket = require "smc.socket"

local need, may, options, WRONG <const> = kinds.need, kinds.may, kinds.options, kinds.wrong

local nothing <const> = {}
local BYTES <const> = ""
local SOCKETS <const> = {
  mode = "name", state = "name", local_address = "name", peer_address = "name", local_port = "integer",
  peer_port = "integer", uid = "integer", inode = "integer", details = "details", fields = "list",
  pid = "integer", processes = "boolean",
}
local FUNCTIONS <const> = {
  all = "boolean", type = "string", power = "boolean", fid = "identifier", slot = "string", pci_id = "string",
  pchid = "identifier", pnetid = "string", netdev = "string",
}
local RUN <const> = {
  receive_buffer = "identifier", send_buffer = "identifier", debug = "boolean", fallback = "name",
  protocol = "name", unreachable = "name", env = "table",
}
local PNETIDS <const> = { pnetid = "string", netdev = "string", ibdev = "string", ibport = "integer" }
local CONNECTIONS <const> = {
  address = "string", port = "integer", client_port = "integer", plain = "boolean",
}
local FALLBACK <const> = { fallback = "name", protocol = "name" }

local function with(some, more)
  local all = {}
  for _, part in ipairs { some, more } do
    for name, kind in pairs(part) do all[name] = kind or nil end
  end
  return all
end

local COUNTERS <const> = { fallback = { client = 0, server = 0, reasons = {} } }
local STREAMS <const> = { stdin = "name", stdout = "name", stderr = "name" }
local host, port = need("localhost", "string"), need(1, "identifier")
local some_host, some_port = need("localhost", "c_string"), need(1, "c_port")
local fid = need("zz", "identifier") -- it is not one: nothing is switched
local switching = options { timeout = "seconds" }

return {
  ["check.connect"] = { host, port, options { family = "name", timeout = "seconds", probe = "boolean",
    require = "name", measure = "switch_or_seconds" } },
  ["check.connect_all"] = { { valid = { hosts = { "localhost" }, port = 1 }, needed = true,
    wrong = WRONG.table, options = { hosts = "list", port = "identifier", family = "name",
      timeout = "seconds", probe = "boolean", require = "name", measure = "switch_or_seconds" } } },
  ["check.evidence"] = { need(socket.tcp4 { fallback = "tcp" }, "object"), need(1, "integer") },
  ["check.interfaces"] = nothing,
  ["check.live"] = { need("nosuch0", "string"), options { timeout = "seconds" } },
  ["check.path"] = { { valid = { interface = "lo" }, needed = true, wrong = { 7, "x", true, {} },
    options = { host = "string", interface = "string", family = "name" } } },
  ["check.server"] = { options { host = "string", port = "integer", family = "name", on_event = "function",
    max_clients = "integer", idle_seconds = "seconds" } },
  ["device.dibs"] = nothing,
  ["device.find"] = { { valid = { ibdev = "nosuch" }, needed = true, wrong = { 1.5, true },
    options = { type = "name", netdev = "string", ibdev = "string", fid = "identifier" } } },
  ["device.list"] = { options { type = "name", netdev = "string", ibdev = "string", fid = "identifier" } },
  ["diag.find"] = { need(1, "integer"), options { details = "details", processes = "boolean" } },
  ["diag.sockets"] = { options(SOCKETS) },
  ["diag.watch"] = { options(with(SOCKETS, { interval = "seconds", fields = false, pid = false })) },
  ["eid.add"] = { need("-", "string") },
  ["eid.disable_seid"] = nothing,
  ["eid.enable_seid"] = nothing,
  ["eid.ensure"] = { need("-", "string"), may("present", "name") },
  ["eid.find"] = { need("-", "string") },
  ["eid.flush"] = nothing,
  ["eid.list"] = { options { ueid = "string" } },
  ["eid.remove"] = { need("-", "string") },
  ["eid.seid"] = nothing,
  ["errno.name"] = { need(1, "integer") },
  ["errno.strerror"] = { need(1, "integer") },
  ["handshake.conclusions"] = { need({ messages = {}, outcome = "declined" }, "table"),
    options { here = "name", client = "table", server = "table" } },
  ["handshake.decode"] = { need(BYTES, "bytes") },
  ["handshake.read"] = { need("/nosuch", "string"), options(CONNECTIONS) },
  ["handshake.recorder"] = { options { address = "string", interface = "string", port = "integer" } },
  ["handshake.watch"] = { options(with(CONNECTIONS, { file = "string", interface = "string" })) },
  ["ism.fid"] = { need(1, "identifier") },
  ["ism.ensure"] = { fid, need("off", "name"), switching },
  ["ism.find"] = { fid },
  ["ism.list"] = { options(FUNCTIONS) },
  ["ism.power_off"] = { fid, switching },
  ["ism.power_on"] = { fid, switching },
  ["ism.watch"] = { options(FUNCTIONS) },
  ["json.encode"] = { may({}, "json"), may(true, "boolean") },
  ["linkgroup.find"] = { { valid = { id = 1 }, needed = true, wrong = { 1.5, true },
    options = { type = "name", id = "identifier", netdev = "string", ibdev = "string" } } },
  ["linkgroup.list"] = { options { type = "name", id = "identifier", netdev = "string", ibdev = "string" } },
  ["pnet.add"] = { { valid = { pnetid = "-", netdev = "lo" }, needed = true, wrong = WRONG.table,
     options = PNETIDS } },
  ["pnet.devices"] = nothing,
  ["pnet.ensure"] = { { valid = { pnetid = "-", netdev = "lo" }, needed = true, wrong = WRONG.table,
     options = PNETIDS }, may("present", "name") },
  ["pnet.find"] = { { valid = { pnetid = "-" }, needed = true, wrong = { 7, true }, options = PNETIDS } },
  ["pnet.flush"] = nothing,
  ["pnet.from_util_string"] = { need(BYTES, "string"), may(0, "port_index") },
  ["pnet.list"] = { options(PNETIDS) },
  ["pnet.of_interface"] = { need("lo", "string") },
  ["pnet.remove"] = { need("-", "string") },
  ["poller.new"] = nothing,
  ["poller.read"] = { need(0, "c_integer"), need(1, "c_integer") },
  ["poller.signals"] = { need("USR1", "name") },
  ["process.spawn"] = { need({ "/nosuch" }, "list"), options(with(STREAMS, { env = "table" })) },
  ["reason.all"] = nothing,
  ["reason.describe"] = { need(1, "integer") },
  ["reason.get"] = { may(1, "code") },
  ["run.attainable"] = { options(RUN) },
  ["run.convertible"] = { need("/nosuch", "string") },
  ["run.environment"] = { options(RUN) },
  ["run.exec"] = { need({ "/nosuch" }, "list"), options(RUN) },
  ["run.library"] = nothing,
  ["run.loadable_by_all"] = { may("true", "string") },
  ["run.size"] = { need(65536, "identifier") },
  ["run.spawn"] = { need({ "/nosuch" }, "list"), options(with(RUN, STREAMS)) },
  ["socket.bind"] = { some_host, need(0, "c_port"), may(1, "c_number"), options(FALLBACK) },
  ["socket.choose"] = { need({}, "table") },
  ["socket.connect"] = { some_host, some_port, may("localhost", "c_string"), may(0, "c_port"),
    may("inet", "name"), options(FALLBACK) },
  ["socket.connect4"] = { some_host, some_port, may("localhost", "c_string"), may(0, "c_port"),
    options(FALLBACK) },
  ["socket.connect6"] = { some_host, some_port, may("localhost", "c_string"), may(0, "c_port"),
    options(FALLBACK) },
  ["socket.dns.getaddrinfo"] = { need("localhost", "c_string") },
  ["socket.dns.gethostname"] = nothing,
  ["socket.dns.getnameinfo"] = { need("localhost", "c_string"), may("http", "c_string") },
  ["socket.dns.tohostname"] = { need("localhost", "c_string") },
  ["socket.dns.toip"] = { need("localhost", "c_string") },
  ["socket.gettime"] = nothing,
  ["socket.modes"] = { need({}, "list") },
  ["socket.monotonic"] = nothing,
  ["socket.newtry"] = { may(print, "function") },
  ["socket.poller"] = nothing,
  ["socket.protect"] = { need(print, "function") },
  ["socket.resolve"] = { need("localhost", "string"), may("inet", "name") },
  ["socket.select"] = { may({}, "table"), may({}, "table"), may(0, "c_seconds") },
  ["socket.skip"] = { need(0, "integer") },
  ["socket.sleep"] = { need(0, "c_seconds") },
  ["socket.tcp"] = { options(FALLBACK) },
  ["socket.tcp4"] = { options(FALLBACK) },
  ["socket.tcp6"] = { options(FALLBACK) },
  ["socket.try"] = nothing, -- its first argument may be anything
  ["stats.get"] = nothing,
  ["stats.rates"] = { need(COUNTERS, "counters") },
  ["stats.since"] = { need(COUNTERS, "counters"), may(COUNTERS, "counters") },
  ["system.available"] = { options { protocol = "name" } },
  ["system.disable_hs_limitation"] = nothing,
  ["system.enable_hs_limitation"] = nothing,
  ["system.hs_limitation"] = nothing,
  ["system.info"] = nothing,
  ["system.release"] = nothing,
  ["system.set_sysctl"] = { need("hs_ctrl", "file"), need("", "string") },
  ["system.sysctl"] = { need("rmem", "file") },
  ["system.sysctls"] = nothing,
}
