-- What a socket is after something has happened to it: what it waits for, what its last errno was, whether it
-- blocks, and what is left of a time limit.
local E = require "smc.errno"
local core = require "smc.core.socket"
local luasocket = require "socket"
local poller = require "smc.poller"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local FALLBACK <const> = { fallback = "tcp" }

-- A connection to LuaSocket's server: ours, and theirs.
local function pair()
  local server = assert(luasocket.bind("127.0.0.1", 0))
  local client = assert(socket.connect("127.0.0.1", (select(2, server:getsockname())), FALLBACK))
  local accepted = assert(server:accept())
  server:close()
  return client, accepted
end

-- Plain TCP, also where there is SMC.
local function tcp_pair()
  local server = assert(luasocket.bind("127.0.0.1", 0))
  local client = core.new(0, false, "tcp")
  assert(client:connect("127.0.0.1", (select(2, server:getsockname()))))
  local accepted = assert(server:accept())
  server:close()
  return client, accepted
end

describe("a socket", function()
  it("tells event loops what its last operation waited for", function()
    local client <close>, peer = pair()
    client:settimeout(0)
    for _ = 1, 2 do
      assert.same({ nil, "timeout", "" }, { client:receive(1) })
      assert.equal("r", client:events())
      local message
      repeat message = select(2, client:send(("x"):rep(1 << 20))) until message
      assert.equal("timeout", message)
      assert.equal("w", client:events())
    end
    peer:close()
  end)

  it("gives way to a poller that is garbage, and to one that is closed", function()
    local client <close>, peer = pair()
    local alive = setmetatable({}, { __mode = "k" })
    do
      local waiting = assert(poller.new())
      assert(waiting:add(client, "rw"))
      alive[waiting] = true
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil((next(alive)))
    peer:close()
  end)

  it("tells a poller of its end, also after a collection", function()
    local client, peer = pair()
    local waiting <close> = assert(poller.new())
    assert(waiting:add(client, "r"))
    for _ = 1, 2 do collectgarbage() end
    client:close()
    assert.is_nil((next(waiting.entries)))
    peer:close()
  end)

  it("knows the errno of its last bind, listen or connect, and none of success", function()
    local taken = assert(luasocket.bind("127.0.0.1", 0))
    local _, port = taken:getsockname()
    local sock <close> = core.new(0, false, "tcp")
    assert.is_nil(core.last_errno(sock))
    sock:bind("127.0.0.1", port)
    assert.equal(E.EADDRINUSE, core.last_errno(sock))
    assert(sock:bind("127.0.0.1", 0))
    assert.is_nil(core.last_errno(sock))
    local client <close> = core.new(0, false, "tcp")
    client:connect("127.0.0.1", 1)
    assert.equal(E.ECONNREFUSED, core.last_errno(client))
    assert(client:connect("127.0.0.1", port))
    assert.is_nil(core.last_errno(client))
    taken:close()
  end)

  it("was connected, and has the state of TCP, also after a reset", function()
    local client <close>, peer = tcp_pair()
    assert.same({ "ACTIVE", true }, { select(2, core.identity(client)) })
    peer:setoption("linger", { on = true, timeout = 0 })
    peer:close()
    client:settimeout(support.HANG)
    assert.equal("closed", (select(2, client:receive(1))))
    assert.same({ "CLOSED", true }, { select(2, core.identity(client)) })
    local never <close> = core.new(4, false, "tcp")
    assert(never:bind("127.0.0.1", 0))
    assert.same({ "INIT", false }, { select(2, core.identity(never)) })
    never:connect("127.0.0.1", 1)
    assert.same({ "CLOSED", false }, { select(2, core.identity(never)) })
  end)

  it("keeps the SYN that opened it, once; a closed one has none", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 1, FALLBACK))
    assert.is_true(core.save_syns(server))
    local client <close> = assert(socket.connect("127.0.0.1", select(2, server:getsockname()), FALLBACK))
    local accepted = assert(server:accept())
    local ports = string.pack(">I2I2", select(2, client:getsockname()), select(2, server:getsockname()))
    assert.equal(21, core.saved_syn(accepted):find(ports, 1, true)) -- behind an IP header
    assert.equal("", core.saved_syn(accepted))
    accepted:close()
    server:close()
    assert.equal(E.EBADF, select(3, core.saved_syn(accepted)))
    assert.equal(E.EBADF, select(3, core.save_syns(server)))
  end)

  it("keeps a limit that is set after it has waited without one", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, 1, FALLBACK))
    local other <close> = assert(process.spawn { "python3", "-c", ([[
import socket, time
sock = socket.create_connection(("127.0.0.1", %d))
time.sleep(0.2)
sock.send(b"x")
time.sleep(%d) # whoever waits without a limit gets the next byte after that
sock.send(b"y")
sock.recv(1)]]):format((select(2, server:getsockname())), support.HANG) })
    local sock <close> = assert(server:accept())
    assert.equal("x", sock:receive(1))
    sock:settimeout(0.05)
    assert.same({ nil, "timeout", "" }, { sock:receive(1) })
    assert(other:kill "TERM")
  end)

  it("has a limit of the whole call, though bytes are there all the time", function()
    local client <close>, peer = pair()
    local total <const> = 300000
    client:setoption("recv-buffer-size", 1 << 20)
    peer:settimeout(0)
    local sent = 0
    local deadline = socket.monotonic() + support.HANG
    while sent < total and socket.monotonic() < deadline do
      local last, _, partial = peer:send(("x"):rep(total - sent))
      sent = sent + (last or partial)
      if not last and sent > total // 2 then break end -- as many as there is room for
    end
    client:settimeout(1e-6)
    local data, message, partial = client:receive "*a"
    assert.same({ nil, "timeout" }, { data, message })
    assert.is_true(#partial < sent, #partial)
    peer:close()
  end)

  it("leaves a handler of SIGPIPE to the program", function()
    local library = os.tmpname()
    local compiler = assert(io.popen(("cc -shared -fPIC -x c -o %s -"):format(library), "w"))
    compiler:write [[
      #include <signal.h>
      static void handle(int number) { (void)number; }
      int begin(void *L) { (void)L; signal(SIGPIPE, handle); return 0; } /* a function of Lua */
    ]]
    assert(compiler:close())
    local out = support.run_by({}, ("local library = %q\n"):format(library) .. [[
      assert(package.loadlib(library, "begin"))()
      local sock = assert(require "smc.core.socket".new(4, false, "tcp"))
      assert(sock:bind("127.0.0.1", 0))
      sock:setfd(-1)
      for line in io.lines "/proc/self/status" do
        local name, mask = line:match "^(Sig%a%a%a):%s*(%x+)"
        if name == "SigIgn" or name == "SigCgt" then print(name, tonumber(mask, 16) >> 12 & 1) end
      end
    ]])
    os.remove(library)
    assert.equal("SigIgn\t0\nSigCgt\t1\n", out)
  end)
end)
