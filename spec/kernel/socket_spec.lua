local smc = require "smc"
local socket = require "smc.socket"
local support = require "support"

local function pair(...) return support.pair(nil, ...) end

-- A server of the plain kind: its clients get TCP.
local function plain_server()
  local port_file = os.tmpname()
  local pid = smc.run and require("smc.core.process").spawn({ "python3", "-c", [[
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0)); s.listen()
open(sys.argv[1], "w").write(str(s.getsockname()[1]) + "\n")
c, _ = s.accept(); c.sendall(c.recv(100)); c.recv(1)]], port_file })
  local port
  repeat
    socket.sleep(0.02)
    for line in io.lines(port_file) do port = line end
  until port
  os.remove(port_file)
  return tonumber(port), pid
end

describe("smc.socket over SMC", function()
  it("is SMC-D on both ends, and tells what the kernel knows #smcd", function()
    local client, server <close> = pair()
    local _ <close> = client
    assert.equal("SMC-D", client:mode())
    assert.equal("SMC-D", server:mode())
    local info, other = client:info(), server:info()
    assert.equal("ACTIVE", info.state)
    assert.equal(info.dmb.token, other.dmb.peer_token)
    assert.equal(info.dmb.gid, other.dmb.peer_gid)
    assert.same({ info.local_address, info.local_port, info.family }, { client:getsockname() })
    assert.same({ info.peer_address, info.peer_port, info.family }, { client:getpeername() })
    assert.is_nil(info.fallback)
  end)

  it("speaks IPv6, and IPv4 to a server of both #smcd", function()
    for _, host in ipairs { "::1", "127.0.0.1" } do
      local client, server <close> = pair("::", host)
      local _ <close> = client
      assert.equal("SMC-D", client:mode())
      assert.equal("SMC-D", server:mode())
      assert.equal(host, (client:getpeername()))
    end
  end)

  it("carries data whole, in both directions at once", function()
    local client, server <close> = pair()
    local _ <close> = client
    local random = assert(io.open("/dev/urandom", "rb"))
    local data = random:read(4 << 20)
    random:close()
    client:settimeout(0)
    server:settimeout(0)
    local sent = { [client] = 0, [server] = 0 }
    local got = { [client] = {}, [server] = {} }
    local function pump(from, to)
      if sent[from] < #data then
        local last, message, partial = from:send(data, sent[from] + 1)
        assert(last or message == "timeout", message)
        sent[from] = last or partial
      end
      local piece, message = to:receiveany(math.random(1, 1 << 18))
      assert(piece or message == "timeout", message)
      got[to][#got[to] + 1] = piece
      return #table.concat(got[to]) < #data
    end
    local there, back = true, true
    while there or back do
      there = there and pump(client, server)
      back = back and pump(server, client)
    end
    assert.is_true(table.concat(got[server]) == data)
    assert.is_true(table.concat(got[client]) == data)
  end)

  it("falls back to TCP by the kernel's decision, and says why", function()
    local port, pid = plain_server()
    local client <close> = assert(socket.connect("127.0.0.1", port))
    assert.equal("TCP", client:mode())
    local info = client:info()
    assert.equal("PEERNOSMC", info.fallback.name)
    assert.is_string(info.fallback.advice)
    client:send("over TCP\n")
    assert.equal("over TCP", client:receive())
    client:close()
    require("smc.core.process").wait(pid)
  end)

  it("connects without waiting, and learns the end #smcd", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    local client <close> = assert(socket.tcp())
    client:settimeout(0)
    assert.same({ nil, "timeout" }, { client:connect("127.0.0.1", port) })
    local poller <close> = assert(socket.poller())
    assert(poller:add(client, "w"))
    local accepted <close> = assert(server:accept())
    for _, events in assert(poller:wait(60)) do assert.matches("w", events) end
    local ok, message = client:connect("127.0.0.1", port)
    assert.is_true(ok == 1 or message == "already connected")
    assert.same({ nil, "already connected" }, { client:connect("127.0.0.1", port) }) -- it is told once
    assert.equal("SMC-D", client:mode())
    assert.equal("SMC-D", accepted:mode())
  end)

  it("tells a refused connection, waiting and not", function()
    local client <close> = assert(socket.tcp())
    assert.same({ nil, "connection refused" }, { client:connect("127.0.0.1", 4444) })
    local other <close> = assert(socket.tcp())
    other:settimeout(0)
    local _, message = other:connect("127.0.0.1", 4444)
    if message == "timeout" then
      other:settimeout(60)
      message = select(2, other:connect("127.0.0.1", 4444))
    end
    assert.equal("connection refused", message)
  end)

  it("makes another attempt after an error that was asked for", function()
    local sock <close> = assert(socket.tcp())
    sock:settimeout(0)
    sock:connect("127.0.0.1", 4444)
    support.await(function() return sock:getoption "error" == "connection refused" end)
    local server <close> = assert(socket.bind("127.0.0.1", 4444))
    sock:settimeout(60)
    assert.equal(1, sock:connect("127.0.0.1", 4444))
    assert.equal("127.0.0.1", (server:accept():getpeername()))
  end)

  it("tells that the peer has gone, and keeps its name #smcd", function()
    local client, server <close> = pair()
    local name = { server:getpeername() }
    client:send("last words")
    client:close()
    assert.equal("last words", server:receive("*a"))
    assert.same({ nil, "closed", "" }, { server:receive(1) })
    assert.same({ nil, "closed", 0 }, { server:send("anybody?") })
    assert.same(name, { server:getpeername() })
    assert.is_string((server:getsockname()))
  end)

  it("closes one direction", function()
    local client, server <close> = pair()
    local _ <close> = client
    client:send("question")
    client:shutdown("send")
    assert.equal("question", server:receive("*a"))
    server:send("answer")
    server:shutdown("send")
    assert.equal("answer", client:receive("*a"))
  end)

  it("does not accept forever", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0))
    server:settimeout(0.05)
    assert.same({ nil, "timeout" }, { server:accept() })
    local same, message = socket.bind("127.0.0.1", (select(2, server:getsockname())))
    assert.is_nil(same)
    assert.equal("address already in use", message)
  end)
end)
