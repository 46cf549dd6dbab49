-- A caller's mistake throws, in one form, and blames the caller's own line. A row for every public function
-- and method says what its arguments and options may be; a function without a row fails.
local process = require "smc.process"
local public_functions = require "public_functions"
local smc = require "smc"
local socket = require "smc.socket"

local NAN <const> = 0 / 0

local endless <const> = {} -- a table that contains itself
endless[1] = endless

-- What is wrong for an argument of a kind. Functions in C take numbers for strings, and the other way round.
local WRONG <const> = {
  string = { 7, true, {} },
  integer = { "x", 1.5, NAN, {}, true },
  number = { "x", NAN, {}, true },
  seconds = { "x", -1, NAN, {}, true },
  boolean = { 1, "yes", {} },
  switch_or_seconds = { "x", -1, NAN, {} },
  table = { 7, "x", true },
  ["function"] = { 7, "x", {} },
  name = { "nonsense", 7, true, {}, "" }, -- one of a list
  file = { "no/name", 7, true, {}, "" }, -- the name of a file
  identifier = { 1.5, NAN, true }, -- an integer or a string
  object = { 7, "x", true, {} },
  details = { 7, "x", { "bogus" }, { 1 } },
  json = { print, { print }, { a = io.stdout }, endless },
  letter = { "nonsense", true, {} }, -- the first letters of a string count
  signal = { "nonsense", "", 1.5, -1, 65, math.maxinteger, true, {} },
  counters = { 7, "x", true, {}, { fallback = {} }, { fallback = { client = 0, server = 0 } },
    { fallback = { client = 0, server = 0, reasons = {} }, seconds = "z" } },
  port_index = { "x", 1.5, -1, {}, true },
  code = { 1.5, NAN, true, {}, -1, 1 << 32 },
  bytes = { 7, true, {} },
  c_string = { true, {} },
  c_data = { true, {} },
  c_integer = { "x", 1.5, {}, true },
  c_number = { "x", {}, true },
  c_seconds = { "x", NAN, {}, true },
  c_boolean = { 7, "x", {} },
  c_port = { {}, true },
}

-- An argument that is needed, and one that may be left out: a value that does no harm, and its kind.
local function need(valid, kind)
  return { valid = valid, wrong = WRONG[kind], kind = kind, needed = true }
end

local function may(valid, kind)
  return { valid = valid, wrong = WRONG[kind], kind = kind }
end

-- A table of options.
local function options(kinds)
  return { valid = {}, wrong = WRONG.table, kind = "table", options = kinds }
end

local nothing <const> = {}
local BYTES <const> = ""
local SOCKETS <const> = {
  mode = "name", state = "name", local_address = "name", peer_address = "name", local_port = "integer",
  peer_port = "integer", uid = "integer", inode = "integer", details = "details", fields = "table",
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

local function with(kinds, more)
  local all = {}
  for _, part in ipairs { kinds, more } do
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

local FUNCTIONS_OF_MODULES <const> = {
  ["check.connect"] = { host, port, options { family = "name", timeout = "seconds", probe = "boolean",
    require = "name", measure = "switch_or_seconds" } },
  ["check.connect_all"] = { { valid = { hosts = { "localhost" }, port = 1 }, needed = true,
    wrong = WRONG.table, options = { hosts = "table", port = "identifier", family = "name",
      timeout = "seconds", probe = "boolean", require = "name" } } },
  ["check.evidence"] = { need(socket.tcp4 { fallback = "tcp" }, "object"), need(1, "integer") },
  ["check.interfaces"] = nothing,
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
  ["process.spawn"] = { need({ "/nosuch" }, "table"), options(with(STREAMS, { env = "table" })) },
  ["reason.all"] = nothing,
  ["reason.describe"] = { need(1, "integer") },
  ["reason.get"] = { may(1, "code") },
  ["run.attainable"] = { options(RUN) },
  ["run.convertible"] = { need("/nosuch", "string") },
  ["run.environment"] = { options(RUN) },
  ["run.exec"] = { need({ "/nosuch" }, "table"), options(RUN) },
  ["run.library"] = nothing,
  ["run.loadable_by_all"] = nothing,
  ["run.size"] = { need(65536, "identifier") },
  ["run.spawn"] = { need({ "/nosuch" }, "table"), options(with(RUN, STREAMS)) },
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
  ["socket.modes"] = { need({}, "table") },
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

local LTN12 <const> = {
  ["socket.sink"] = true, ["socket.sinkt"] = true, ["socket.source"] = true, ["socket.sourcet"] = true,
}

-- === objects ===

local function connected()
  local server = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
  local _, number = server:getsockname()
  local client = assert(socket.connect("127.0.0.1", number, { fallback = "tcp" }))
  client:settimeout(0)
  server:settimeout(0)
  return client, server
end

local address = { some_host, some_port }
local SOCKET_METHODS <const> = {
  accept = nothing, close = nothing, dirty = nothing, events = nothing, getfamily = nothing, getfd = nothing,
  getpeername = nothing, getsockname = nothing, getstats = nothing, gettimeout = nothing, info = nothing,
  mode = nothing, pollfd = nothing, timeout = nothing,
  bind = address, connect = address, setpeername = address, setsockname = address,
  getoption = { need("keepalive", "name") },
  listen = { may(1, "c_number") },
  receive = { may("*l", "letter"), may("", "c_data") },
  receiveany = { need(1, "c_number") },
  send = { need("", "c_data"), may(1, "c_number"), may(1, "c_number") },
  setfd = { need(-1, "c_integer") },
  setoption = { need("keepalive", "name"), need(true, "c_boolean") },
  setstats = { may(0, "c_number"), may(0, "c_number") },
  settimeout = { may(0, "c_seconds"), may("b", "letter") },
  shutdown = { may("both", "name") },
}

local OBJECTS <const> = {
  ["smc.process.Process"] = {
    new = function() return assert(process.spawn({ "sleep", "60" })) end,
    methods = { wait = { may(0, "seconds") }, kill = { may("CONT", "signal") }, getfd = nothing,
      close = nothing },
  },
  ["smc.poller"] = {
    new = function() return assert(smc.poller.new()) end,
    methods = {
      add = { need(socket.tcp4 { fallback = "tcp" }, "object"), need("r", "name"), may(false, "boolean") },
      modify = { need(socket.tcp4 { fallback = "tcp" }, "object"), need("r", "name"), may(false, "boolean") },
      remove = { need(socket.tcp4 { fallback = "tcp" }, "object") },
      wait = { may(0, "number") },
      close = nothing,
    },
  },
  ["smc.poller.signals"] = {
    new = function() return assert(smc.poller.signals("USR2")) end,
    methods = { getfd = nothing, next = { may(0, "c_seconds") }, close = nothing },
  },
  ["smc.Watch"] = {
    new = function() return assert(smc.ism.watch()) end,
    methods = { next = { may(0, "seconds") }, getfd = nothing, dirty = nothing, close = nothing },
  },
  ["tcp{master}"] = {
    new = function() return assert(socket.tcp { fallback = "tcp" }) end, methods = SOCKET_METHODS,
  },
  ["tcp{client}"] = { new = function() return (connected()) end, methods = SOCKET_METHODS },
  ["tcp{server}"] = { new = function() return (select(2, connected())) end, methods = SOCKET_METHODS },
}

local recorder = smc.handshake.recorder() -- it needs CAP_NET_RAW
if recorder then
  OBJECTS["smc.handshake.Recorder"] = {
    new = function() return assert(smc.handshake.recorder()) end,
    methods = { take = { need(1, "integer") }, close = nothing },
  }
  recorder:close()
end

if smc.system.available() then
  OBJECTS["smc.check.server"] = {
    new = function() return assert(smc.check.server { host = "127.0.0.1" }) end,
    methods = { step = { may(0, "number") }, serve = nothing, close = nothing },
  }
end

-- === the cases of a row ===

-- The arguments before one that is wrong are right.
local function arguments(row, position, value)
  local list = { n = position }
  for i = 1, position - 1 do list[i] = row[i].valid end
  list[position] = value
  return list
end

local function zero_byte(kind)
  return kind == "string" or kind == "name" or kind == "identifier" or kind == "c_string"
end

-- Where the options stand, if any: a table may take the place of what may be left out before them.
local function position_of_options(row)
  for position, argument in ipairs(row) do
    if argument.options then return position end
  end
  return 0
end

-- Adds the cases of one argument: { arguments, what the message says is bad, lenient }. A string with a
-- zero byte may be answered with an error too; it is never taken for a shorter one.
local function add_argument(cases, row, position)
  local argument, fault = row[position], "argument #" .. position
  local may_be_options = not argument.needed and position < position_of_options(row)
  for _, value in ipairs(argument.wrong) do
    if not (may_be_options and type(value) == "table") then
      cases[#cases + 1] = { arguments(row, position, value), fault }
    end
  end
  if may_be_options then
    cases[#cases + 1] = { arguments(row, position, { fidd = 1 }), "option 'fidd'" }
    local more = arguments(row, position + 1, "x")
    more[position] = {}
    cases[#cases + 1] = { more, "argument #" .. position + 1 }
  end
  if argument.needed then cases[#cases + 1] = { arguments(row, position, nil), fault } end
  if zero_byte(argument.kind) then
    cases[#cases + 1] = { arguments(row, position, tostring(argument.valid) .. "\0x"), fault, true }
  end
end

local function add_options(cases, row, position)
  local function add(name, value, lenient)
    local given = {}
    for key, valid in pairs(row[position].valid) do given[key] = valid end
    given[name] = value
    cases[#cases + 1] = { arguments(row, position, given), ("option '%s'"):format(name), lenient }
  end
  add("fidd", 1)
  add(1, "x")
  for name, kind in pairs(row[position].options) do
    for _, value in ipairs(WRONG[kind]) do add(name, value) end
    if zero_byte(kind) then add(name, "x\0x", true) end
  end
end

local function cases_of(row)
  local cases = {}
  for position = 1, #row do
    add_argument(cases, row, position)
    if row[position].options then add_options(cases, row, position) end
  end
  return cases
end

-- === calling ===

-- A function that calls as people do: by the name, from the line 1 of a chunk called "caller".
local function caller(code, ...)
  local chunk = ("local subject = ... return function(...) return (%s(...)) end"):format(code)
  return assert(load(chunk, "=caller"))(...)
end

local function shown(list)
  local words = {}
  for i = 1, list.n do
    words[i] = type(list[i]) == "string" and ("%q"):format(list[i]) or tostring(list[i])
  end
  return table.concat(words, ", ")
end

local function check(name, call, case)
  local given, fault, lenient = case[1], case[2], case[3]
  local where = ("%s(%s)"):format(name, shown(given))
  local ok, value = pcall(call, table.unpack(given, 1, given.n))
  local called = name:match("[^.:]*$")
  -- A socket of another class than the method's has no arguments that could be wrong.
  if name:find("^tcp") and not ok and value:find("calling '" .. called .. "' on bad self", 1, true) then
    return
  end
  if lenient then
    assert.is_falsy(ok and value, where)
    assert.is_truthy(ok or value:find("^caller:1: bad %a+ "), value)
    return
  end
  assert.is_false(ok, where .. " does not throw")
  local to = fault:find("^arg") and (" to '%s'"):format(called) or ""
  assert.equal(("caller:1: bad %s%s (…)"):format(fault, to), (value:gsub(" %(.+%)$", " (…)")), where)
end

-- A method that is called by a dot; of those in C, the object counts as an argument then.
local function check_object(name, call)
  for _, value in ipairs { 7, {}, io.stdout } do
    local ok, message = pcall(call, value)
    assert.is_false(ok, name)
    local form = message:find("calling") and "calling '%s' on bad self (…)" or "bad argument #1 to '%s' (…)"
    assert.equal("caller:1: " .. form:format(name), (message:gsub(" %(.+%)$", " (…)")))
  end
end

describe("a caller's mistake in a call of", function()
  local found = public_functions()

  for name, row in pairs(FUNCTIONS_OF_MODULES) do
    it(name, function()
      assert.is_function(found[name])
      local path = name:gsub("[^.]+", function(part) return ("[%q]"):format(part) end):gsub("%.", "")
      local call = caller("subject" .. path, smc)
      for _, case in ipairs(cases_of(row)) do check(name, call, case) end
    end)
  end

  it("every function: each has a row", function()
    for name in pairs(found) do
      assert.is_truthy(FUNCTIONS_OF_MODULES[name] or LTN12[name:match("^[^.]+%.[^.]+")], name)
    end
  end)

  it("the sources and sinks of LTN12, whose names are keys of tables", function()
    for name in pairs(LTN12) do
      local list = socket[name:match("%.(.*)")]
      if type(list) == "function" then
        local ok, message = pcall(caller("subject", list), "nonsense")
        assert.same({ false, "caller:1: unknown key (nonsense)" }, { ok, message })
        list = { list }
      end
      for _, made in pairs(list) do
        for _, value in ipairs { 7, "default", true } do
          local ok, message = pcall(caller("subject", made), value)
          assert.is_false(ok)
          assert.matches("^caller:1: bad argument #1 to '[%a-]+' %(object with methods expected", message)
        end
      end
    end
  end)

  it("a sink", function()
    for _, make in pairs(socket.sinkt) do
      local sink = make(connected())
      for _, value in ipairs { true, {} } do
        local ok, message = pcall(caller("subject", sink), value)
        assert.is_false(ok)
        assert.matches("^caller:1: bad argument #1 to 'sink' %(string or number expected", message)
      end
    end
  end)

  for name, class in pairs(OBJECTS) do
    it(name .. ", by every method", function()
      local methods = getmetatable(class.new()).__index
      for method, value in pairs(methods) do
        if type(value) == "function" and not method:find("^__") and not (class.private or {})[method] then
          local row = class.methods[method]
          assert.is_table(row, method)
          local object <close> = class.new()
          check_object(method, caller("subject." .. method, methods))
          local call = caller("subject:" .. method, object)
          for _, case in ipairs(cases_of(row)) do check(name .. ":" .. method, call, case) end
        end
      end
      for method in pairs(class.methods) do assert.is_function(methods[method]) end
    end)
  end
end)
