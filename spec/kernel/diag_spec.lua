-- smc.diag against a kernel with SMC: the sockets of this process, in all their states.
local diag = require "smc.diag"
local getpid = require "smc.core.process".getpid
local E = require "smc.errno"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

-- What a spec opened, for it to be closed behind it.
local opened = {}

local function keep(sock)
  opened[#opened + 1] = assert(sock)
  return sock
end

-- A listener on a free port.
local function listener(host)
  local server = keep(socket.bind(host, 0))
  local _, port = server:getsockname()
  return server, tonumber(port)
end

-- Two connected sockets, and the port of the second.
local function pair(host)
  local server <close>, port = listener(host)
  local client = keep(socket.connect(host, port))
  return client, keep(server:accept()), port
end

-- The records that match, in a list.
local function list(filter)
  local found = {}
  for s in assert(diag.sockets(filter)) do
    found[#found + 1] = s
  end
  return found
end

local function find_one(filter)
  local found = list(filter)
  assert.equal(1, #found)
  return found[1]
end

describe("smc.diag", function()
  after_each(function()
    for i = #opened, 1, -1 do
      table.remove(opened, i):close()
    end
  end)

  it("shows a listener", function()
    local server, port = listener("127.0.0.1")
    local s = find_one { local_port = port, state = "LISTEN" }
    assert.equal("127.0.0.1", s.local_address)
    assert.equal("inet", s.family)
    assert.equal(port, s.local_port)
    assert.is_true(s.inode > 0)
    for _, absent in ipairs { "mode", "peer_address", "peer_port", "connection", "dmb", "fallback" } do
      assert.is_nil(s[absent])
    end
    server:close()
    assert.same({}, list { local_port = port, state = "LISTEN" })
  end)

  it("shows a listener on every address", function()
    local _, port = listener("0.0.0.0")
    assert.equal("0.0.0.0", find_one({ local_port = port }).local_address)
  end)

  it("shows both ends of an SMC-D connection, which name each other's buffers #smcd", function()
    local _, _, port = pair("127.0.0.1")
    local c = find_one { peer_port = port, state = "ACTIVE" }
    local s = find_one { local_port = port, state = "ACTIVE" }
    for _, one in ipairs { c, s } do
      assert.equal("SMC-D", one.mode)
      assert.equal("none", one.shutdown)
      assert.is_nil(one.fallback)
      assert.is_nil(one.link_group)
      assert.is_true(one.connection.rmbe_size >= 16384 - 32)
    end
    assert.equal(c.dmb.token, s.dmb.peer_token)
    assert.equal(s.dmb.token, c.dmb.peer_token)
    assert.equal(c.dmb.gid, s.dmb.peer_gid)
    assert.equal(c.local_port, s.peer_port)
    assert.not_equal(c.cookie, s.cookie)
  end)

  it("shows how far the data went #smcd", function()
    local client, peer, port = pair("127.0.0.1")
    assert(client:send(("x"):rep(10000)))
    assert.equal(4000, #peer:receive(4000))
    local s = find_one { local_port = port, state = "ACTIVE" }
    assert.equal(10000, s.connection.rx_prod.count)
    assert.equal(10000, find_one({ peer_port = port }).connection.tx_prod.count)
    assert.equal(0, s.connection.rx_prod.wrap)
  end)

  it("shows IPv6 #smcd", function()
    local _, _, port = pair("::1")
    local c = find_one { peer_port = port, peer_address = "0:0::1" }
    assert.equal("inet6", c.family)
    assert.equal("::1", c.local_address)
  end)

  it("shows the directions that were shut down #smcd", function()
    local client, _, port = pair("127.0.0.1")
    client:shutdown("send")
    local c = find_one { peer_port = port }
    assert.equal("send", c.shutdown)
    assert.equal("PEERCLOSEWAIT1", c.state)
    local peer
    support.await(function() -- the kernel tells the other end a little later
      peer = find_one { local_port = port, peer_port = c.local_port }
      return peer.state ~= "ACTIVE"
    end)
    assert.equal("APPCLOSEWAIT1", peer.state)
  end)

  it("shows a fallback with its reason", function()
    -- Fast Open is what SMC does without, whatever its peer.
    local server, port = listener("127.0.0.1")
    local client = keep(socket.tcp4 { fallback = "tcp" })
    assert(client:setoption("tcp-fastopen-connect", 1))
    assert(client:connect("127.0.0.1", port))
    client:send("x")
    keep(server:accept())
    local c = find_one { peer_port = port, mode = "TCP" }
    assert.equal(0x03060000, c.fallback.code)
    assert.is_nil(c.connection)
    assert.is_nil(c.dmb)
  end)

  it("asks the kernel for less without details #smcd", function()
    local _, _, port = pair("127.0.0.1")
    local s = find_one { peer_port = port, details = false }
    assert.is_nil(s.connection)
    assert.is_nil(s.dmb)
    assert.equal("SMC-D", s.mode)
    s = find_one { peer_port = port, details = { "dmb" } }
    assert.is_nil(s.connection)
    assert.is_table(s.dmb)
  end)

  it("finds a socket by its inode", function()
    local _, _, port = pair("127.0.0.1")
    local c = find_one { peer_port = port }
    assert.same(c, diag.find(c.inode))
    assert.is_nil(diag.find(c.inode, { details = false }).connection)
    local found, message, errno = diag.find(1 << 50)
    assert.is_nil(found)
    assert.equal("no SMC socket has the inode 1125899906842624", message)
    assert.equal(require("smc.errno").ENOENT, errno)
  end)

  it("leaves no descriptor behind when a loop is left early, by break or by error", function()
    pair("127.0.0.1")
    local function next_descriptor()
      local probe <close> = assert(socket.tcp4())
      return probe:getfd()
    end
    collectgarbage()
    collectgarbage("stop")
    local before = next_descriptor()
    for _ = 1, 1000 do
      for s in assert(diag.sockets()) do -- luacheck: ignore 512
        assert.is_table(s)
        break
      end
    end
    for _ = 1, 100 do
      pcall(function()
        for _ in assert(diag.sockets()) do
          error("left")
        end
      end)
      diag.find(1)
    end
    assert.equal(before, next_descriptor())
    collectgarbage("restart")
  end)

  it("tells the wildcard of IPv6 from that of IPv4", function()
    local _, port4 = listener("0.0.0.0")
    local _, port6 = listener("::")
    assert.equal("0.0.0.0", find_one { local_port = port4, state = "LISTEN" }.local_address)
    local six = find_one { local_port = port6, state = "LISTEN" }
    assert.same({ "::", "inet6" }, { six.local_address, six.family })
  end)

  it("knows the addresses of sockets of IPPROTO_SMC #inet_protocol", function()
    local program <close> = assert(process.spawn({ "python3", "-u", "-c", [[
import socket, sys
a = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 256)
a.bind(("127.0.0.1", 0)); a.listen(5)
b = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 256)
b.connect(a.getsockname()); c = a.accept()
print(a.getsockname()[1]); sys.stdin.read()]] }, { stdin = "pipe", stdout = "pipe" }))
    local port = program.stdout:read("n")
    local found = list { peer_port = port }
    program.stdin:close()
    assert.equal(1, #found)
    assert.same({ "127.0.0.1", "127.0.0.1", "inet" },
      { found[1].local_address, found[1].peer_address, found[1].family })
  end)

  it("finds the sockets of a process, and the processes of sockets", function()
    local client, server = pair("127.0.0.1")
    local mine, name = getpid(), support.run({ "cat", ("/proc/%d/comm"):format(getpid()) }).stdout
    local process_here = { pid = mine, name = (name:gsub("\n", "")) }
    local other <close> = assert(process.spawn({ "sleep", "60" }, { stdin = "null" }))
    local inodes = {}
    for s in assert(diag.sockets { pid = mine, processes = true }) do
      inodes[s.inode] = true
      assert.same(process_here, s.processes[1])
    end
    assert.same({ true, true }, { inodes[client:info().inode], inodes[server:info().inode] })
    assert.same({}, list { pid = other.pid })
    assert.same({ process_here }, assert(diag.find(client:info().inode, { processes = true })).processes)
    assert.is_nil(find_one { inode = client:info().inode }.processes)
  end)

  it("says that there is no such process, or that it is not this user's", function()
    local gone = assert(process.spawn { "true" })
    gone:wait()
    local iterator, message, errno = diag.sockets { pid = gone.pid }
    assert.same({ nil, ("there is no process %d"):format(gone.pid), E.ESRCH }, { iterator, message, errno })
    assert.equal("nil\tcannot read which sockets process 1 has: /proc/1/fd: Permission denied\t" .. E.EACCES
      .. "\n0\n", support.run_by(support.as_user(), [[
        local diag = require "smc.diag"
        print(diag.sockets { pid = 1 })
        local found = 0
        for s in assert(diag.sockets { processes = true }) do found = found + #s.processes end
        print(found)]]))
  end)

  it("watches what is opened, moves, and is closed #smcd", function()
    local watch <close> = assert(diag.watch { interval = 0.01 })
    local client, server = pair("127.0.0.1")
    assert.equal("opened", assert(watch:next(support.HANG)).event)
    assert(client:send(("x"):rep(1234)))
    server:receive(1234)
    for event in watch do
      if event.event == "moved" and event.received == 1234 then break end
    end
    client:close()
    for event in watch do
      if event.event == "closed" or event.event == "changed" then watch:close() end
    end
    assert.same({ nil, "the watch is closed", E.EBADF }, { watch:next() })
  end)

  it("is watched by a poller, event by event #smcd", function()
    local watch <close> = assert(diag.watch { interval = 0.01, mode = "SMC-D" })
    local poller <close> = assert(require "smc.poller".new())
    assert(poller:add(watch, "r"))
    assert.equal(E.ETIMEDOUT, select(3, watch:next(0)))
    pair("127.0.0.1")
    local events = {}
    support.await(function()
      for ready in assert(poller:wait(support.HANG)) do
        assert.equal(watch, ready)
        local event, message, errno = ready:next(0)
        events[#events + 1] = event
        assert.is_true(event ~= nil or errno == E.ETIMEDOUT, message)
      end
      return #events == 2 -- both ends
    end)
    assert.same({ "opened", "opened", "SMC-D" }, { events[1].event, events[2].event, events[2].socket.mode })
  end)

  it("takes the same memory for many sockets as for few", function()
    for _ = 1, 800 do
      keep(socket.tcp4())
    end
    collectgarbage()
    local before, most, count = collectgarbage("count"), 0, 0
    for _ in assert(diag.sockets()) do
      count = count + 1
      if count % 100 == 0 then
        collectgarbage() -- what is alive counts, not what is not collected yet
        most = math.max(most, collectgarbage("count"))
      end
    end
    assert.is_true(count >= 800)
    assert.is_true(most - before < 32, ("%.0f KiB more"):format(most - before))
  end)
end)
