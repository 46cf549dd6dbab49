-- smc.handshake and smc_clc.lua on a kernel with SMC: what packet sockets see of connections over SMC-D,
-- against the kernel's own record of the same sockets.

local check = require "smc.check"
local E = require "smc.errno"
local handshake = require "smc.handshake"
local json = require "dkjson"
local luasocket = require "socket"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

-- Makes a connection and gives it to f, with the ports of the server and the client.
local function connected(host, f, listen)
  local server = assert((listen or socket.bind)(host, 0))
  local port = math.tointeger(tonumber((select(2, server:getsockname()))))
  local recorder <close> = assert(handshake.recorder { port = port })
  local client = assert(socket.connect(host, port))
  local peer = assert(server:accept())
  local client_port = math.tointeger(tonumber((select(2, client:getsockname()))))
  local results = table.pack(pcall(f, assert(recorder:take(client_port)), client, peer))
  for _, sock in ipairs { client, peer, server } do sock:close() end
  assert(results[1], results[2])
end

local function types(h)
  local found = {}
  for i, message in ipairs(h.messages) do found[i] = message.from .. " " .. message.type end
  return found
end

describe("a recorder", function()
  for _, host in ipairs { "127.0.0.1", "::1" } do
    it("sees what the kernel agreed on over " .. host .. " #smcd", function()
      connected(host, function(h, client, peer)
        assert.same({ "client Proposal", "server Accept", "client Confirm" }, types(h))
        assert.equal("SMC-D", h.outcome)
        assert.same({ host, host, "lo" }, { h.client.address, h.server.address, h.interface })
        local info, other = assert(client:info()), assert(peer:info())
        local accept, confirm = h.messages[2].dmb, h.messages[3].dmb
        assert.same({ info.dmb.peer_token, info.dmb.peer_gid }, { accept.token, accept.gid })
        assert.same({ info.dmb.token, info.dmb.gid }, { confirm.token, confirm.gid })
        assert.same({ other.dmb.token, other.dmb.peer_token }, { accept.token, confirm.token })
        assert.same({}, handshake.conclusions(h))
      end)
    end)
  end

  it("sees that a server has no SMC", function()
    connected("127.0.0.1", function(h)
      assert.is_true(h.syn.smc)
      assert.is_false(h.syn_ack.smc)
      assert.equal("not offered", h.outcome)
      local first = handshake.conclusions(h, { here = "client" })[1]
      assert.same({ "option", "peer" }, { first.subject, first.side })
    end, luasocket.bind)
  end)
end)

describe("a check of a server without SMC", function()
  it("reads the handshake, and says where the user may not", function()
    local server = assert(luasocket.bind("127.0.0.1", 0))
    finally(function() server:close() end)
    local port = math.tointeger(tonumber((select(2, server:getsockname()))))
    local report = assert(check.connect("127.0.0.1", port))
    assert.same({ "TCP", "PEERNOSMC" }, { report.verdict, report.fallback.name })
    assert.is_nil(report.unread)
    local done = support.run(support.as_user("lua5.4", "examples/smc_chk.lua", "-C", "127.0.0.1", "-p",
      tostring(port), "--json"))
    assert.equal(1, done.status)
    local unread = json.decode(done.stdout).unread[1]
    assert.same({ "handshake", E.EPERM }, { unread.what, unread.errno })
  end)
end)

describe("a packet", function()
  local bpf, packets_core = require "smc.handshake.bpf", require "smc.core.packet"
  local O_CLOEXEC <const> = 0x80000

  it("has its time, and the VLAN ID of its tag without a priority", function()
    support.sh [[ip link add tagged type veth peer name void && ip link set void up &&
      ip link set tagged up &&
      ip link add link tagged name tagged.5 type vlan id 5 egress-qos-map 0:3 &&
      ip link set tagged.5 up && ip address add 10.99.5.1/24 dev tagged.5 &&
      ip neigh add 10.99.5.2 lladdr 02:00:00:00:00:02 dev tagged.5]]
    local packets <close> = assert(packets_core.open("tagged", bpf.program()))
    local sock, before = assert(luasocket.tcp()), socket.gettime()
    finally(function()
      sock:close()
      support.sh "ip link del tagged"
    end)
    sock:settimeout(0)
    sock:connect("10.99.5.2", 9)
    local bytes, protocol, _, time, vlan = packets:receive(support.HANG)
    assert.same({ 0x45, 0x0800, 5 }, { bytes:byte(), protocol, vlan })
    assert.is_true(time >= before - 0.1 and time <= socket.gettime() + 0.1)
    assert.is_true(support.flags(packets:getfd()) & O_CLOEXEC ~= 0)
  end)
end)

-- The number of packet sockets of this network namespace.
local function packet_sockets()
  local count = -1
  for _ in io.lines "/proc/net/packet" do count = count + 1 end
  return count
end

describe("smc_clc.lua", function()
  -- What it prints of a connection, until it is told to end.
  local function watch(...)
    local before = packet_sockets()
    local p <close> = assert(process.spawn({ "lua5.4", "examples/smc_clc.lua", ... }, { stdout = "pipe" }))
    support.await(function() return packet_sockets() > before end)
    connected("127.0.0.1", function() end)
    connected("127.0.0.1", function() end, luasocket.bind)
    local line = p.stdout:read("L")
    p:kill "INT"
    local rest = p.stdout:read("a")
    local how, status = p:wait()
    assert.same({ "exit", 0 }, { how, status })
    return line .. rest
  end

  it("shows handshakes as they are made, and ends with Ctrl-C #smcd", function()
    local text = watch("-i", "lo")
    assert.matches("127%.0%.0%.1 port %d+ to 127%.0%.0%.1 port %d+ on lo, ", text)
    assert.matches("client  Proposal  version 2.-server  Accept .-client  Confirm ", text)
    assert.matches("DMB%s+%x+ of", text)
  end)

  it("prints them as JSON #smcd", function()
    local first = json.decode(watch("-i", "any", "--json", "-a"):match("[^\n]+"))
    assert.equal("SMC-D", first.outcome)
    assert.equal("Proposal", first.messages[1].type)
    assert.matches("^%x+$", first.messages[2].dmb.token)
  end)

  it("says what a user without privileges lacks", function()
    local result = support.run(support.as_user("lua5.4", "examples/smc_clc.lua", "-i", "lo"))
    assert.equal(1, result.status)
    assert.matches("requires root or the capability CAP_NET_RAW", result.stderr)
  end)
end)
