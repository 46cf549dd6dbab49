local check = require "smc.check"
local errno = require "smc.errno"
local ism = require "smc.ism"
local json = require "dkjson"
local process = require "smc.process"
local smc = require "smc"
local socket = require "smc.socket"
local support = require "support"

local PORT <const>, STRANGE <const> = 37380, 40001 -- a port of servers for checks, and one that is none

-- smc.check's server in a process of its own.
local function serve(...)
  local server = support.start("smc_chk.lua", "-S", ...)
  local line = server.stdout:read()
  return server, tonumber(line:match("^Server started on port (%d+)$"))
end

local function lua_environment()
  return "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath
end

local function start_lua(...)
  local path, cpath = lua_environment()
  return assert(process.spawn({ "env", path, cpath, "lua5.4", ... }, { stdin = "pipe", stdout = "pipe" }))
end

-- One of the peers of programs/peer.lua, which listens.
local function peer(kind, port, ...)
  local p = start_lua("spec/kernel/programs/peer.lua", kind, tostring(port), ...)
  assert.equal("ready", p.stdout:read())
  return p
end

-- Servers and clients of other makes, as IBM's smc_chk has them: Python, converted.
local function start_python(program)
  return assert(smc.run.spawn({ "python3", "-c", program }, { stdin = "pipe", stdout = "pipe" }))
end

local function connect(port, options)
  return assert(check.connect("127.0.0.1", port, options))
end

describe("smc.check", function()
  it("proves that a path uses SMC", function()
    local server <close>, port = serve()
    local report = connect(port)
    assert.same({ "SMC", true, "SMC-D", "SMC-D" },
      { report.verdict, report.success, report.mode, report.peer_mode })
    assert.same({ 4096, 4096 }, { report.evidence.bytes_sent, report.evidence.bytes_through_shared_memory })
    assert.is_table(report.evidence.dmb)
    assert.is_nil(report.message)
    assert.is_number(server.pid)
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

  it("explains a fallback with the reasons of both sides and what to do", function()
    local server <close>, port = serve()
    assert(ism.power_off("32"))
    finally(function() assert(ism.power_on("32")) end)
    local report = connect(port)
    assert.same({ "TCP", false, "TCP", "TCP" },
      { report.verdict, report.success, report.mode, report.peer_mode })
    assert.equal("NOSMCDEV", report.fallback.name)
    assert.equal("PEERDECL", report.peer_fallback.name)
    assert.matches("power on FID 32", report.advice, 1, true)
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
    assert.matches("Success, using SMC%-D\n     Evidence: nothing was sent; the kernel's record", done.stdout)
    assert.equal(0, tonumber(stranger.stdout:read()))
    done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(STRANGE), "--probe")
    assert.matches("Evidence: 4096 of 4096 bytes", done.stdout)
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

describe("a check that proves nothing", function()
  -- What the peer does; whether the port is one where servers for checks are; what is said.
  local PEERS <const> = {
    { "closes", PORT, nil, "the peer closed the connection" },
    { "closes", STRANGE, nil, "the peer closed the connection" },
    { "resets", PORT, nil, "the peer closed the connection" },
    { "resets", STRANGE, nil, "the peer closed the connection" },
    { "says", PORT, "smc-check answer 1 TCP 0x03010000 0x00000000 -",
      "this side sees SMC-D, the peer sees TCP" },
    { "says", PORT, "smc-check answer 1 SMC-R 0x00000000 0x00000000 fe80::1",
      "this side sees SMC-D, the peer sees SMC-R" },
    { "says", PORT, "smc-check answer 1 unknown 0x00000000 0x00000000 -", "cannot tell" },
    { "says", PORT, "smc-check answer 1 SMC-D 0x00000000 0x00000000 000000000000002a",
      "both sides see SMC-D, but" },
  }

  for _, case in ipairs(PEERS) do
    local kind, port, word, message = table.unpack(case, 1, 4)
    it(("says so: port %d %s %s"):format(port, kind, word or ""), function()
      local other <close> = peer(kind, port, word)
      local report = connect(port)
      assert.same({ "not proven", false }, { report.verdict, report.success })
      assert.truthy(report.message:find(message, 1, true), report.message)
      assert.is_nil(report.evidence)
      local done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port))
      assert.equal(3, done.status)
      assert.matches("\n     Not proven: ", done.stdout)
      assert.not_matches("Success", done.stdout)
      done = support.script("smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port), "--json")
      assert.equal(3, done.status)
      local value = assert(json.decode(done.stdout))
      assert.same({ "not proven", false }, { value.verdict, value.success })
      assert.truthy(value.message:find(message, 1, true), value.message)
      assert.is_number(other.pid)
    end)
  end

  it("takes no other line for an answer", function()
    local other <close> = peer("says", PORT, "smc-check answer 1 TCP")
    local report = connect(PORT)
    assert.same({ "SMC" }, { report.verdict, report.peer_mode })
    assert.is_number(other.pid)
  end)

  it("says so behind a relay that goes on over TCP", function()
    local server <close>, port = serve()
    local relay <close> = peer("relays", PORT, tostring(port))
    local report = connect(PORT)
    assert.same({ "not proven", "SMC-D", "TCP" }, { report.verdict, report.mode, report.peer_mode })
    assert.matches("this side sees SMC-D, the peer sees TCP", report.message, 1, true)
    assert.is_number(server.pid + relay.pid)
  end)

  it("says so behind a relay that goes on over SMC", function()
    local server <close>, port = serve()
    local relay <close> = peer("relays", PORT, tostring(port), "smc.socket")
    local report = connect(PORT)
    assert.same({ "not proven", "SMC-D", "SMC-D" }, { report.verdict, report.mode, report.peer_mode })
    assert.matches("both sides see SMC-D, but of the peer's memory", report.message, 1, true)
    assert.is_number(server.pid + relay.pid)
  end)

  -- Every system call of a check fails once, the first, the second and so on. What comes of it is a success
  -- that has its whole proof, or none; never a success with less.
  local function check_with(inject, port)
    local path, cpath = lua_environment()
    return support.run { "strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null",
      "-e", "trace=" .. inject:match("^%a+"), "-e", "inject=" .. inject, "env", path, cpath,
      "lua5.4", "examples/smc_chk.lua", "-C", "127.0.0.1", "-p", tostring(port), "--json" }
  end

  local function is_whole(report)
    local e = report.evidence
    return report.success == true and report.mode == "SMC-D" and e.bytes_sent == 4096
      and e.bytes_through_shared_memory == 4096
  end

  local STATUS <const> = { SMC = 0, ["no connection"] = 2, ["not proven"] = 3 }
  local CALLS <const> = { socket = "EMFILE", sendmsg = "ENOBUFS", recvmsg = "ENOMEM", sendto = "EIO",
    recvfrom = "EIO", fstat = "EIO", newfstatat = "EIO", bind = "ENOMEM" }

  it("says so when a look at the kernel fails, whichever it is", function()
    local server <close>, port = serve()
    local verdicts, messages = {}, {}
    for call, failure in pairs(CALLS) do
      for at = 1, 6 do
        local done = check_with(("%s:error=%s:when=%d"):format(call, failure, at), port)
        local report = json.decode(done.stdout)
        local where = ("%s %d: %s %s"):format(call, at, done.stdout, done.stderr)
        if report then
          verdicts[report.verdict] = (verdicts[report.verdict] or 0) + 1
          messages[#messages + 1] = report.message
          if report.verdict == "SMC" then assert.is_true(is_whole(report), where) end
          assert.equal(report.verdict == "SMC", report.success, where)
          assert.truthy(report.success or report.message, where)
          assert.equal(STATUS[report.verdict], done.status, where)
        else
          assert.not_equal(0, done.status, where) -- the script itself could not be read
        end
      end
    end
    messages = table.concat(messages, "\n")
    assert.is_true(verdicts.SMC > 0 and verdicts["not proven"] > 0 and verdicts["no connection"] > 0)
    assert.matches("record of the connection could not be read: ", messages)
    assert.matches("record of the connection could not be read a second time: ", messages)
    assert.matches("the probe could not be sent", messages)
    assert.is_number(server.pid)
  end)
end)

describe("a check without a connection", function()
  -- What is said of it by the API, as text, and as JSON.
  local function expect(host, port, expected)
    local report = assert(check.connect(host, port, { timeout = expected.timeout }))
    assert.same({ "no connection", false, expected.errno }, { report.verdict, report.success, report.errno })
    assert.matches(expected.message, report.message)
    if expected.advice then assert.matches(expected.advice, report.advice) end
    local words = { "smc_chk.lua", "-C", host, "-p", tostring(port), "-t", tostring(expected.timeout or 10) }
    local done = support.script(table.unpack(words))
    assert.equal(2, done.status)
    assert.matches("     Failed, no connection\n", done.stdout, 1, true)
    assert.matches("^smc_chk.lua: .*" .. expected.message, done.stderr)
    if expected.advice then assert.matches("\n     What to do:\n", done.stdout) end
    words[#words + 1] = "--json"
    done = support.script(table.unpack(words))
    assert.equal(2, done.status)
    assert.matches("^smc_chk.lua: .*" .. expected.message, done.stderr)
    local value = assert(json.decode(done.stdout))
    assert.same({ "no connection", false, expected.errno }, { value.verdict, value.success, value.errno })
    assert.matches(expected.message, value.message)
    assert.equal(report.advice, value.advice)
  end

  it("says that nobody listens, and that a firewall may look the same", function()
    expect("127.0.0.1", 4444, { errno = errno.ECONNREFUSED, message = "connection refused",
      advice = "Nothing listens on port 4444 of 127%.0%.0%.1, or a firewall rejects" })
  end)

  it("says that a host's name is unknown", function()
    expect("no.such.host.invalid", 37373, { message = 'unknown destination "no%.such%.host%.invalid"' })
  end)

  it("says that there is no way to the host", function()
    local errors <const> = {
      prohibit = errno.EACCES, unreachable = errno.EHOSTUNREACH, blackhole = errno.EINVAL,
    }
    for kind, number in pairs(errors) do
      assert.equal(0, support.run({ "ip", "route", "add", kind, "203.0.113.99" }).status)
      finally(function() support.run { "ip", "route", "del", kind, "203.0.113.99" } end)
      expect("203.0.113.99", 37373, { errno = number, message = "no connection to 203.0.113.99 port 37373: ",
        advice = "No packet gets there" })
      support.run { "ip", "route", "del", kind, "203.0.113.99" }
    end
  end)

  it("gives a port as a number, and takes names of services", function()
    assert.equal(4444, check.connect("127.0.0.1", "4444").port)
    local report = connect("no.such.service")
    assert.same({ "no connection", "no.such.service" }, { report.verdict, report.port })
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
        advice = "Nothing has answered: .* drops" })
      assert.is_true(socket.monotonic() - started < 60) -- the kernel gives up after two minutes
    end)

    it("tries the other addresses of a name", function()
      local server <close>, port = serve()
      local hosts <close> = support.tree { ["hosts"] = DEAD .. " twofold\n127.0.0.1 twofold\n" }
      local path, cpath = lua_environment()
      local done = support.run { "unshare", "--mount", "sh", "-c",
        'mount --bind "$1" /etc/hosts && shift && exec env "$@"', "sh", hosts.root .. "/hosts", path, cpath,
        "lua5.4", "examples/smc_chk.lua", "-C", "twofold", "-p", tostring(port), "-t", "2", "--json" }
      local report = assert(json.decode(done.stdout))
      assert.same({ "SMC", "127.0.0.1", 0 }, { report.verdict, report.address, done.status })
      assert.is_number(server.pid)
    end)
  end)
end)

describe("a server for checks", function()
  -- A process that holds so many connections, and says nothing on them; of SMC unless told otherwise.
  local function idle(port, count, module)
    local p = start_lua("-e", ([[
      local socket, held = require "%s", {}
      for i = 1, %d do held[i] = assert(socket.connect("127.0.0.1", %d)) end
      print(#held)
      io.read()]]):format(module or "smc.socket", count, port))
    assert.equal(tostring(count), p.stdout:read())
    return p
  end

  -- A server of Lua code, which prints its port first, in a process with so many descriptors.
  local function start_limited(descriptors, code)
    local path, cpath = lua_environment()
    local p = assert(process.spawn({ "sh", "-c", 'ulimit -n "$1"; shift; exec env "$@"', "sh",
      tostring(descriptors), path, cpath, "lua5.4", "-e", code }, { stdin = "pipe", stdout = "pipe" }))
    return p, tonumber(p.stdout:read())
  end

  local SERVE <const> = [[
    local server = assert(require "smc.check".server { max_clients = %s })
    io.stdout:setvbuf "line"
    print(server.port)
    server:serve()]]

  local function processor_ticks(pid)
    local file <close> = assert(io.open(("/proc/%d/stat"):format(pid)))
    local fields = {}
    for field in file:read("a"):match(".*%)(.*)"):gmatch("%S+") do fields[#fields + 1] = field end
    return tonumber(fields[12]) + tonumber(fields[13]) -- utime, stime
  end

  local function expect_served(port)
    local report = connect(port)
    assert.same({ "SMC", "SMC-D" }, { report.verdict, report.peer_mode })
  end

  it("serves a check beside a thousand clients that say nothing", function()
    local server <close>, port = serve()
    local first <close> = idle(port, 500)
    local second <close> = idle(port, 500, "socket") -- a function of ISM has no buffers for all of them
    for _ = 1, 3 do expect_served(port) end
    assert.is_number(server.pid + first.pid + second.pid)
  end)

  it("closes the client that was silent longest for one too many", function()
    local server <close>, port = start_limited(1000, SERVE:format "3")
    local crowd <close> = idle(port, 10)
    for _ = 1, 3 do expect_served(port) end
    assert.is_number(server.pid + crowd.pid)
  end)

  it("serves a check when descriptors run out, and does not spin", function()
    local server <close>, port = start_limited(24, SERVE:format "nil")
    local crowd <close> = idle(port, 60)
    for _ = 1, 3 do expect_served(port) end
    local before = processor_ticks(server.pid)
    socket.sleep(2)
    assert.is_true(processor_ticks(server.pid) - before < 100) -- 200 are all that there were
    assert.is_number(crowd.pid)
  end)

  it("waits for descriptors when it has none and no client to close, and does not spin", function()
    local server <close>, port = start_limited(64, [[
      local socket = require "smc.socket"
      local server = assert(require "smc.check".server {})
      io.stdout:setvbuf "line"
      print(server.port)
      local taken = {}
      for file in function() return io.open("/dev/null") end do taken[#taken + 1] = file end
      io.read()
      local ends, steps = socket.monotonic() + 2, 0
      while socket.monotonic() < ends do
        assert(server:step(0.1))
        steps = steps + 1
      end
      print(steps)
      for _, file in ipairs(taken) do file:close() end
      server:serve()]])
    local client <close> = assert(socket.connect("127.0.0.1", port))
    server.stdin:write("go\n")
    assert.is_true(tonumber(server.stdout:read()) < 100) -- 20 and a few
    expect_served(port)
    assert.is_truthy(client)
  end)
end)
