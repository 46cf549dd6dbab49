-- What a check says where it has a proof, and where there is no connection.
local at_hand = require "kernel_at_hand"
local check = require "smc.check"
local check_support = require "check_support"
local errno = require "smc.errno"
local ism = require "smc.ism"
local json = require "dkjson"
local process = require "smc.process"
local smc = require "smc"
local socket = require "smc.socket"
local support = require "support"

local PORT <const>, STRANGE <const> = check_support.PORT, check_support.STRANGE
local connect, peer, serve = check_support.connect, check_support.peer, check_support.serve

-- Servers and clients of other makes, as IBM's smc_chk has them: Python, converted.
local function start_python(program)
  return assert(smc.run.spawn({ "python3", "-c", program }, { stdin = "pipe", stdout = "pipe" }))
end

describe("smc.check #smcd", function()
  it("proves that a path uses SMC", function()
    local server <close>, port = serve()
    local report = connect(port)
    assert.same({ "SMC", true, "SMC-D", "SMC-D" },
      { report.verdict, report.success, report.mode, report.peer_mode })
    assert.is_true(check_support.is_whole(report))
    assert.is_nil(report.message)
    -- The peer's view is that of the other end.
    local own, other = report.evidence.dmb, report.peer.dmb
    assert.same({ own.gid, own.peer_gid, own.token, own.peer_token },
      { other.peer_gid, other.gid, other.peer_token, other.token })
    assert.equal(at_hand.has_ism() and "ISM 0000:00:00.0" or "loopback-ism", report.evidence.device)
    assert.equal(report.evidence.device, report.peer.device)
    local steps = {}
    for i, step in ipairs(report.proof) do steps[i] = step.proven and step.step end
    assert.same({ "mode", "peer", "path", "data", "cursors", "counters" }, steps)
    assert.is_number(server.pid)
  end)

  it("holds the path against what is required of it", function()
    local server <close>, port = serve()
    for _, required in ipairs { "SMC", "SMC-D" } do
      assert.equal("SMC-D", connect(port, { require = required }).mode)
    end
    local report, message, number, failed = check.connect("127.0.0.1", port, { require = "SMC-R" })
    assert.same({ nil, errno.EPROTONOSUPPORT, false, "SMC-D", message },
      { report, number, failed.success, failed.mode, failed.message })
    assert.equal(("SMC-R is required: the connection to 127.0.0.1 port %d uses SMC-D"):format(port), message)
    local done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port), "--require", "SMC-R")
    assert.equal(1, done.status)
    assert.matches("     Failed, using SMC%-D\n     SMC%-R is required: ", done.stdout)
    done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port), "--require", "SMC-D")
    assert.equal(0, done.status)
    assert.matches("Success, using SMC-D", done.stdout, 1, true)
    assert.is_number(server.pid)
  end)

  it("holds a fallback against what is required of it #ism", function()
    local server <close>, port = serve()
    assert(ism.power_off("32"))
    finally(function() assert(ism.power_on("32")) end)
    local report, message, number, failed = check.connect("127.0.0.1", port, { require = "SMC-D" })
    assert.same({ nil, errno.EPROTONOSUPPORT, "TCP" }, { report, number, failed.verdict })
    assert.matches("^SMC%-D is required: .* fell back to TCP: this host says 0x03030000 NOSMCDEV: .*; "
      .. "its peer says 0x05000000 PEERDECL: ", message)
    assert.is_number(server.pid)
  end)

  it("measures the path, over SMC and over TCP in turn", function()
    local server <close>, port = serve()
    local report = connect(port, { measure = 0.5 })
    assert.is_true(check_support.is_whole(report))
    assert.is_nil(report.measurements_message)
    local sizes = {}
    for i, row in ipairs(report.measurements) do
      sizes[i] = row.size
      for _, path in ipairs { row.smc, row.tcp } do
        local times = path.round_trip
        assert.is_true(times.p50 > 0 and times.p50 <= times.p90)
        assert.is_true(times.p90 <= times.p99 and times.p99 <= times.p999)
        assert.is_true(times.mean > 0 and path.throughput > 0)
      end
      assert.equal(row.smc.round_trip.p50 / row.tcp.round_trip.p50, row.ratio.round_trip)
      assert.equal(row.smc.throughput / row.tcp.throughput, row.ratio.throughput)
    end
    assert.same({ 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576 }, sizes)
    assert.is_number(server.pid)
  end)

  it("measures nothing where there is nothing to compare", function()
    local stranger <close> = peer("listens", PORT)
    local report = connect(PORT, { measure = 0.5 })
    assert.same({ "SMC", "the peer is not a server of this module" },
      { report.verdict, report.measurements_message })
    assert.is_nil(report.measurements)
    assert.is_number(stranger.pid)
  end)

  it("takes the next free port, IPv6 as well", function()
    local first <close>, port = serve("-6")
    local second <close>, next_port = serve("-6")
    assert.is_true(next_port > port and first.pid ~= second.pid)
    local report = assert(check.connect("::1", next_port, { family = "inet6" }))
    assert.same({ "SMC", "SMC-D" }, { report.verdict, report.mode })
  end)

  it("works with a server that never answers", function()
    local python <close> = start_python(([[
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", %d)); s.listen(1); print("ready", flush=True)
while True:
  c, _ = s.accept()
  while c.recv(1024): pass
  c.close()]]):format(PORT))
    assert.equal("ready", python.stdout:read())
    local report = connect(PORT)
    assert.same({ "SMC", "SMC-D" }, { report.verdict, report.mode })
    assert.is_nil(report.peer_mode)
    assert.equal(4096, report.evidence.bytes_through_shared_memory)
  end)

  it("serves a client that never sends", function()
    local server <close>, port = serve()
    local python <close> = start_python(([[
import socket, time
s = socket.socket(); s.connect(("127.0.0.1", %d)); print("connected", flush=True)
time.sleep(600)]]):format(port))
    assert.equal("connected", python.stdout:read())
    assert.equal("SMC-D", connect(port).peer_mode)
    assert.is_number(server.pid)
  end)

  it("explains a fallback with the reasons of both sides and what to do #ism", function()
    local server <close>, port = serve()
    assert(ism.power_off("32"))
    finally(function() assert(ism.power_on("32")) end)
    local report = connect(port)
    assert.same({ "TCP", false, "TCP", "TCP" },
      { report.verdict, report.success, report.mode, report.peer_mode })
    assert.equal("NOSMCDEV", report.fallback.name)
    assert.equal("PEERDECL", report.peer_fallback.name)
    assert.same({ "local", "smc_rnics.lua -e 32" }, { report.findings[1].side, report.findings[1].command })
    assert.is_nil(report.evidence)
    assert.is_number(server.pid)
  end)

  it("explains a peer that has no SMC", function()
    local plain <close> = assert(process.spawn({ "python3", "-c", ([[
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", %d)); s.listen(1); print("ready", flush=True)
c, _ = s.accept(); c.recv(1)]]):format(PORT) }, { stdout = "pipe" }))
    assert.equal("ready", plain.stdout:read())
    local report = connect(PORT)
    assert.same({ "TCP", false }, { report.verdict, report.success })
    assert.equal("PEERNOSMC", report.fallback.name)
    assert.is_nil(report.peer_fallback)
  end)

  it("sends nothing to strangers, says so, and sends where it is asked to", function()
    local stranger <close> = peer("listens", STRANGE)
    -- The options; bytes by the kernel's cursor; bytes that have come.
    for _, case in ipairs { { {}, nil, 0 }, { { probe = false }, nil, 0 }, { { probe = true }, 4096, 4096 } }
    do
      local report = connect(STRANGE, case[1])
      assert.same({ "SMC", "SMC-D" }, { report.verdict, report.mode })
      assert.same({ case[3], case[2] },
        { report.evidence.bytes_sent, report.evidence.bytes_through_shared_memory })
      assert.is_table(report.evidence.dmb)
      assert.equal(case[3], tonumber(stranger.stdout:read()))
    end
    local done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(STRANGE))
    assert.equal(0, done.status)
    assert.matches("Success, using SMC%-D\n     Evidence:\n.* nothing was sent, for this port", done.stdout)
    assert.equal(0, tonumber(stranger.stdout:read()))
    done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(STRANGE), "--probe")
    assert.matches("cursors: 4096 of 4096 bytes", done.stdout)
    assert.equal(4096, tonumber(stranger.stdout:read()))
  end)

  it("takes a stranger that speaks first for what it is", function()
    local stranger <close> = peer("greets", STRANGE, "220 ready")
    assert.same({ "SMC", 0 }, { connect(STRANGE).verdict, connect(STRANGE).evidence.bytes_sent })
    assert.is_number(stranger.pid)
  end)

  it("survives clients that send rubbish, nothing, or reset", function()
    local server <close>, port = serve()
    for _, data in ipairs { "GET / HTTP/1.0\r\n\r\n", ("\0"):rep(100000), "smc-check", "" } do
      local sock <close> = assert(socket.connect("127.0.0.1", port))
      sock:settimeout(0.2)
      sock:send(data)
      sock:setoption("linger", { on = true, timeout = 0 })
    end
    assert.equal("SMC-D", connect(port).peer_mode)
    assert.is_number(server.pid)
  end)

  it("leaves no descriptor behind", function()
    local server <close>, port = serve()
    connect(port)
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 20 do
      connect(port)
      check.connect("127.0.0.1", 4444)
      check.connect("no.such.host.invalid", 4444)
    end
    local own <close> = assert(check.server {})
    own:close()
    collectgarbage()
    collectgarbage()
    assert.equal(before, support.descriptors())
    assert.is_number(server.pid)
  end)
end)

describe("a live test", function()
  it("leaves its caller's options as they are #smcd", function()
    local options <const> = { timeout = 20 }
    assert.equal("SMC", assert(check.live("lo", options)).verdict)
    assert.same({ timeout = 20 }, options)
  end)

  it("sends data, whatever port is free for its server #smcd", function()
    local taken = {}
    for port = 37373, 37383 do taken[port] = socket.bind("127.0.0.1", port) end
    local report = assert(check.live "lo")
    for _, one in pairs(taken) do one:close() end
    assert.same({ "SMC", true, 37384 }, { report.verdict, report.evidence.bytes_sent > 0, report.port })
  end)
end)

describe("a check without a connection", function()
  -- What is said of it by the API, as text, and as JSON.
  local function expect(host, port, expected)
    local report = assert(check.connect(host, port, { timeout = expected.timeout }))
    assert.same({ "no connection", false, expected.errno }, { report.verdict, report.success, report.errno })
    assert.matches(expected.message, report.message)
    local found = report.findings[1]
    if expected.finding then assert.matches(expected.finding, found.text) end
    local words = { "smc_chk.lua", "-C", host, "-p", tostring(port), "-t", tostring(expected.timeout or 10) }
    local done = support.script(table.unpack(words))
    assert.equal(2, done.status)
    assert.matches("     Failed, no connection\n", done.stdout, 1, true)
    assert.matches("^smc_chk.lua: .*" .. expected.message, done.stderr)
    assert.matches("\n     What is wrong:\n", done.stdout, 1, true)
    words[#words + 1] = "--json"
    done = support.script(table.unpack(words))
    assert.equal(2, done.status)
    assert.matches("^smc_chk.lua: .*" .. expected.message, done.stderr)
    local value = assert(json.decode(done.stdout))
    assert.same({ "no connection", false, expected.errno }, { value.verdict, value.success, value.errno })
    assert.matches(expected.message, value.message)
    assert.same(found, value.findings[1])
  end

  it("says that nobody listens, and that a firewall may look the same", function()
    expect("127.0.0.1", 4444, { errno = errno.ECONNREFUSED, message = "connection refused",
      finding = "^Nothing listens on port 4444 of the host, or a firewall rejects" })
  end)

  it("says that a host's name is unknown", function()
    expect("no.such.host.invalid", 37373, { errno = errno.EAGAIN, -- no server of names answers a guest
      message = 'unknown destination "no%.such%.host%.invalid"' })
  end)

  it("says what is wrong with an address", function()
    expect("fe80::1%nosuch0", 37373, { errno = errno.ENOENT, message = "unknown destination",
      finding = "names an interface that this host does not have" })
    expect("fe80::1", 37373, { errno = errno.EINVAL, message = "no connection to fe80::1 port 37373: ",
      finding = "is link%-local: .* does not say which" })
    local report = assert(check.connect("127.0.0.1", 37373, { family = "inet6" }))
    assert.matches("is an address of IPv4, and only IPv6 is asked for", report.findings[1].text)
  end)

  it("says that there is no way to the host", function()
    local errors <const> = {
      prohibit = errno.EACCES, unreachable = errno.EHOSTUNREACH, blackhole = errno.EINVAL,
    }
    for kind, number in pairs(errors) do
      assert.equal(0, support.run({ "ip", "route", "add", kind, "203.0.113.99" }).status)
      finally(function() support.run { "ip", "route", "del", kind, "203.0.113.99" } end)
      expect("203.0.113.99", 37373, { errno = number, message = "no connection to 203.0.113.99 port 37373: ",
        finding = "^The host cannot be reached" })
      support.run { "ip", "route", "del", kind, "203.0.113.99" }
    end
  end)

  it("gives a port as a number, and takes names of services", function()
    assert.equal(4444, check.connect("127.0.0.1", "4444").port)
    local report = connect("no.such.service")
    assert.same({ "no connection", "no.such.service" }, { report.verdict, report.port })
  end)

  it("lets a server of names that does not answer delay only what needs it", function()
    local file = os.tmpname()
    support.write(file, "nameserver 127.0.0.1\n")
    finally(function() os.remove(file) end)
    -- It answers when the other host is connected.
    local slow <close> = assert(process.spawn({ "python3", "spec/kernel/programs/slow_names.py",
      tostring(STRANGE) }, { stdout = "pipe" }))
    assert.equal("ready", slow.stdout:read())
    local said = support.run_by({ "unshare", "-m", "sh", "-c",
      ('mount --bind %s /etc/resolv.conf && exec "$@"'):format(file), "-" }, ([[
      for _, report in ipairs(assert(require "smc.check".connect_all {
        hosts = { "slow.test", "127.0.0.1" }, port = %d, timeout = 60 })) do
        print(report.verdict, report.address)
      end]]):format(STRANGE))
    assert.equal("TCP\t127.0.0.1\nTCP\t127.0.0.1\n", said)
  end)

  it("says that a peer replays TCP options, and leaves the handshake hanging #smcd", function()
    for _, words in ipairs {
      "link add replay0 type veth peer name replay1", "link set replay0 up", "link set replay1 up",
      "address add 198.51.100.1/24 dev replay0",
      "neigh add 198.51.100.77 lladdr 02:00:00:00:00:77 dev replay0",
    } do assert.equal(0, support.run({ "sh", "-c", "ip " .. words }).status, words) end
    finally(function() support.run { "ip", "link", "del", "replay0" } end)
    local replaying <close> = assert(process.spawn({ "python3", "spec/kernel/programs/replays.py", "replay1",
      "198.51.100.77" }, { stdout = "pipe" }))
    assert.equal("ready", replaying.stdout:read())
    -- The first time is enough but on a slow machine; the kernel's own is six seconds.
    local report
    for _, timeout in ipairs { 0.5, 60 } do
      report = assert(check.connect("198.51.100.77", 37373, { timeout = timeout }))
      if report.stage == "handshake" then break end
    end
    assert.same({ "no connection", "handshake", errno.ETIMEDOUT },
      { report.verdict, report.stage, report.errno })
    assert.matches("nothing answers the handshake of SMC: .* replays TCP options", report.message)
    assert.matches("^The TCP connection is made, .* but nothing answers", report.findings[1].text)
    assert.equal("path", report.findings[1].side)
  end)

  describe("with a peer that is dead", function()
    -- A blackhole in the guest: what goes there is dropped without a word.
    local DEAD <const> = "203.0.113.9"

    local function ip(...)
      local done = support.run { "ip", ... }
      assert.equal(0, done.status, done.stderr)
    end

    setup(function()
      ip("link", "add", "dead0", "type", "dummy")
      ip("link", "set", "dead0", "up")
      ip("address", "add", "203.0.113.1/24", "dev", "dead0")
      ip("neigh", "add", DEAD, "lladdr", "02:00:00:00:00:09", "dev", "dead0")
    end)

    teardown(function() ip("link", "del", "dead0") end)

    it("does not wait longer than it is told to", function()
      local started = socket.monotonic()
      expect(DEAD, 37373, { timeout = 0.5, errno = errno.ETIMEDOUT, message = "timeout",
        finding = "^The host did not answer: .* drops" })
      assert.is_true(socket.monotonic() - started < 60) -- the kernel gives up after two minutes
    end)

    it("tests many hosts in the time of one #smcd", function()
      local server <close>, port = serve()
      local hosts = { "127.0.0.1" }
      for i = 9, 18 do hosts[#hosts + 1] = "203.0.113." .. i end
      for i = 10, 18 do
        ip("neigh", "add", "203.0.113." .. i, "lladdr", "02:00:00:00:00:09", "dev", "dead0")
      end
      local started = socket.monotonic()
      local reports = assert(check.connect_all { hosts = hosts, port = port, timeout = 3 })
      assert.is_true(socket.monotonic() - started < 15) -- one after the other, they take 30
      assert.is_true(check_support.is_whole(reports[1]))
      for i = 2, 11 do
        assert.same({ hosts[i], "no connection", errno.ETIMEDOUT },
          { reports[i].host, reports[i].verdict, reports[i].errno })
      end
      local done = support.script("smc_chk.lua", "-C", "127.0.0.1", DEAD, "127.0.0.1", "-p", tostring(port),
        "-t", "1")
      assert.equal("127.0.0.1: Success, using SMC-D\n"
        .. ("%s: Failed, no connection: no connection to %s port %d: timeout\n"):format(DEAD, DEAD, port)
        .. "127.0.0.1: Success, using SMC-D\n", done.stdout)
      assert.equal(2, done.status)
      assert.is_number(server.pid)
    end)

    it("tries the other addresses of a name #smcd", function()
      local server <close>, port = serve()
      local hosts <close> = support.tree { ["hosts"] = DEAD .. " twofold\n127.0.0.1 twofold\n" }
      local done = support.run({ "unshare", "--mount", "sh", "-c",
        'mount --bind "$1" /etc/hosts && shift && exec "$@"', "sh", hosts.root .. "/hosts",
        "lua5.4", "examples/smc_chk.lua", "-C", "twofold", "-p", tostring(port), "-t", "2", "--json" },
        nil, support.environment())
      local report = assert(json.decode(done.stdout))
      assert.same({ "SMC", "127.0.0.1", 0 }, { report.verdict, report.address, done.status })
      assert.is_number(server.pid)
    end)
  end)
end)
