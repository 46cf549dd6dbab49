local check = require "smc.check"
local ism = require "smc.ism"
local process = require "smc.core.process"
local smc = require "smc"
local socket = require "smc.socket"
local support = require "support"

local PORT <const> = 37373

-- smc.check's server in a process of its own.
local function serve(...)
  local server = support.start("smc_chk.lua", "-S", ...)
  local line = server.stdout:read()
  return server, tonumber(line:match("^Server started on port (%d+)$"))
end

-- Servers and clients of other makes, as IBM's smc_chk has them: Python, converted.
local function start_python(program)
  return assert(smc.run.spawn({ "python3", "-c", program }, { stdout = "pipe" }))
end

describe("smc.check", function()
  it("proves that a path uses SMC", function()
    local server <close>, port = serve()
    local report = assert(check.connect("127.0.0.1", port))
    assert.is_true(report.success)
    assert.equal("SMC-D", report.mode)
    assert.equal("SMC-D", report.peer_mode)
    assert.equal(4096, report.evidence.bytes_sent)
    assert.equal(4096, report.evidence.bytes_through_shared_memory)
    assert.is_table(report.evidence.dmb)
    assert.is_number(server.pid)
  end)

  it("takes the next free port, IPv6 as well", function()
    local first <close>, port = serve("-6")
    local second <close>, next_port = serve("-6")
    assert.is_true(next_port > port and first.pid ~= second.pid)
    local report = assert(check.connect("::1", next_port, { family = "inet6" }))
    assert.equal("SMC-D", report.mode)
  end)

  it("works with a server that never answers", function()
    local python <close> = start_python([[
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 40001)); s.listen(1); print("ready", flush=True)
while True:
  c, _ = s.accept()
  while c.recv(1024): pass
  c.close()]])
    python.stdout:read()
    local started = socket.monotonic()
    local report = assert(check.connect("127.0.0.1", 40001))
    assert.equal("SMC-D", report.mode)
    assert.is_nil(report.peer_mode)
    assert.equal(4096, report.evidence.bytes_through_shared_memory)
    assert.is_true(socket.monotonic() - started < 0.6)
  end)

  it("serves a client that never sends", function()
    local server <close>, port = serve()
    local python <close> = start_python(([[
import socket
s = socket.socket(); s.connect(("127.0.0.1", %d)); print("connected", flush=True); input()]]):format(port))
    assert.equal("connected", python.stdout:read())
    assert.equal("SMC-D", assert(check.connect("127.0.0.1", port)).mode)
    assert.is_number(server.pid)
  end)

  it("says at once that nobody listens", function()
    local started = socket.monotonic()
    local report, message = check.connect("127.0.0.1", 4444)
    assert.is_nil(report)
    assert.matches("connection refused", message)
    assert.is_true(socket.monotonic() - started < 0.5)
  end)

  it("does not wait for ever for a dead peer", function()
    -- A blackhole in the guest: what goes there is dropped without a word.
    assert.equal(0, support.run({ "ip", "address", "add", "198.51.100.1/24", "dev", "lo" }).status)
    assert.equal(0, support.run({ "ip", "link", "add", "dead0", "type", "veth" }).status)
    support.run({ "ip", "link", "set", "dead0", "up" })
    support.run({ "ip", "link", "set", "veth0", "up" })
    support.run({ "ip", "address", "add", "203.0.113.1/24", "dev", "dead0" })
    support.run({ "ip", "neigh", "add", "203.0.113.9", "lladdr", "02:00:00:00:00:09", "dev", "dead0" })
    local started = socket.monotonic()
    local report, message = check.connect("203.0.113.9", PORT, { timeout = 0.5 })
    assert.is_nil(report)
    assert.matches("timeout", message)
    assert.is_true(socket.monotonic() - started < 2)
    support.run({ "ip", "link", "del", "dead0" })
  end)

  it("explains a fallback with the reasons of both sides and what to do", function()
    local server <close>, port = serve()
    assert(ism.power_off("32"))
    finally(function() assert(ism.power_on("32")) end)
    local report = assert(check.connect("127.0.0.1", port))
    assert.is_false(report.success)
    assert.equal("TCP", report.mode)
    assert.equal("TCP", report.peer_mode)
    assert.equal("NOSMCDEV", report.fallback.name)
    assert.equal("PEERDECL", report.peer_fallback.name)
    assert.matches("power on FID 32", report.advice, 1, true)
    assert.is_nil(report.evidence)
    assert.is_number(server.pid)
  end)

  it("explains a peer that has no SMC", function()
    local plain = process.spawn({ "python3", "-c", [[
import socket
s = socket.socket(); s.bind(("127.0.0.1", 40002)); s.listen(1)
c, _ = s.accept(); c.recv(1)]] })
    local report
    for _ = 1, 100 do
      report = check.connect("127.0.0.1", 40002)
      if report then break end
      socket.sleep(0.05)
    end
    process.wait(plain)
    assert.is_false(report.success)
    assert.equal("PEERNOSMC", report.fallback.name)
    assert.is_nil(report.peer_fallback)
  end)

  it("survives clients that send rubbish, nothing, or reset", function()
    local server <close>, port = serve()
    for _, data in ipairs { "GET / HTTP/1.0\r\n\r\n", ("\0"):rep(100000), "smc-check", "" } do
      local sock <close> = assert(socket.connect("127.0.0.1", port))
      sock:settimeout(0.2)
      sock:send(data)
      sock:setoption("linger", { on = true, timeout = 0 })
    end
    assert.equal("SMC-D", assert(check.connect("127.0.0.1", port)).mode)
    assert.is_number(server.pid)
  end)

  it("leaves no descriptor behind", function()
    local server <close>, port = serve()
    assert(check.connect("127.0.0.1", port))
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 20 do
      assert(check.connect("127.0.0.1", port))
      check.connect("127.0.0.1", 4444)
      check.connect("no.such.host.invalid", 4444)
      check.connect("127.0.0.1", 70000)
      check.server { port = 70000 }
    end
    local own <close> = assert(check.server {})
    own:close()
    collectgarbage()
    collectgarbage()
    assert.equal(before, support.descriptors())
    assert.is_number(server.pid)
  end)
end)
