-- smc.run where the kernel has SMC: what programs of all sorts get from socket().

local E = require "smc.errno"
local diag = require "smc.diag"
local process = require "smc.core.process"
local run = require "smc.run"

local AF_SMC <const> = 43
local PYTHON <const> = "/usr/bin/python3"

local folder

local sh = require "support".sh

-- Runs a program to its end: stdout, stderr, status.
local function finish(argv, options, env)
  options = options or {}
  options.stdout, options.stderr = "pipe", "pipe"
  options.env = process.environ()
  for name, value in pairs(env or {}) do
    options.env[name] = value
  end
  local p <close> = assert(run.spawn(argv, options))
  local out, err = p.stdout:read("a"), p.stderr:read("a")
  local ending, status = p:wait(60)
  return out, err, ending == "exit" and status or ending
end

-- What the program does when nothing is preloaded.
local function plain(argv)
  local pipe <close> = assert(io.popen(table.concat(argv, " ")))
  return pipe:read("a")
end

local function program(name)
  return folder .. "/" .. name
end

-- A server on a port of its own that says the port, accepts once, and echoes until the client's end. Both
-- sides say which domain their socket is of.
local ECHO_SERVER <const> = [[
import socket, sys
host = sys.argv[1]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
s = socket.socket(family, socket.SOCK_STREAM)
s.bind((host, 0)); s.listen()
print(s.getsockname()[1], flush=True)
c, peer = s.accept()
print(c.getsockopt(socket.SOL_SOCKET, 39), flush=True)
while True:
    data = c.recv(4096)
    if not data: break
    c.sendall(data)
]]

local CLIENT <const> = [[
import socket, sys
c = socket.create_connection((sys.argv[1], int(sys.argv[2])))
c.sendall(b"hello")
print(c.recv(5).decode(), c.getsockopt(socket.SOL_SOCKET, 39), flush=True)
sys.stdin.read()
]]

local function start(code, options, ...)
  local all = { stdin = "pipe", stdout = "pipe" }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  return assert(run.spawn({ PYTHON, "-c", code, ... }, all))
end

-- The modes and rings of the sockets of a connection to the port.
local function connection(port)
  local found = {}
  for s in assert(diag.sockets()) do
    if s.state == "ACTIVE" and (s.local_port == port or s.peer_port == port) then
      local side = s.local_port == port and "server" or "client"
      found[side] = { mode = s.mode, receive = s.connection and s.connection.rmbe_size,
        send = s.connection and s.connection.sndbuf_size }
    end
  end
  return found
end

-- An echo between two Python programs, both with the options: the domain of each side's socket, and the
-- connection as the kernel sees it.
local function echo(host, options)
  local server <close> = start(ECHO_SERVER, options, host)
  local port = assert(server.stdout:read("n", "l"))
  local client <close> = start(CLIENT, options, host, tostring(port))
  local text, domain = client.stdout:read("l"):match("^(%S+) (%d+)$")
  assert.equal("hello", text)
  return { server = server.stdout:read("n"), client = tonumber(domain) }, connection(port)
end

describe("smc.run, with SMC in the kernel", function()
  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    sh("mkdir %s", folder)
    for _, name in ipairs { "sockets", "threads", "signals", "chain" } do
      sh("cc -O1 -pthread -o %s/%s spec/kernel/programs/%s.c", folder, name, name)
      sh("musl-gcc -O1 -pthread -o %s/musl_%s spec/kernel/programs/%s.c", folder, name, name)
    end
    sh("cc -o %s/forbid spec/kernel/programs/forbid.c", folder)
    sh("cc -static -o %s/static_sockets spec/kernel/programs/sockets.c", folder)
    sh("cc -shared -fPIC -o %s/wrapper.so spec/kernel/programs/wrapper.c", folder)
    sh("cc -shared -fPIC -o %s/libearly.so spec/kernel/programs/early.c", folder)
    sh("cc -o %s/early spec/kernel/programs/early_main.c -L%s -learly -Wl,-rpath,%s", folder, folder, folder)
    assert.matches("^socket " .. AF_SMC, plain { program "sockets", "43,1,0" }, nil, "this kernel has no SMC")
  end)

  teardown(function()
    sh("rm -rf %s", folder)
  end)

  for libc, prefix in pairs { glibc = "", musl = "musl_" } do
    describe("programs with " .. libc, function()
      local function named(name) return program(prefix .. name) end

      it("get AF_SMC for TCP, IPv4 and IPv6", function()
        local out, err = finish { named "sockets", "2,1,0", "2,1,6", "10,1,0", "10,1,6" }
        local domains = {}
        for domain, kind, protocol in out:gmatch("socket (%d+) (%d+) (%d+)") do
          domains[#domains + 1] = domain .. " " .. kind .. " " .. protocol
        end
        assert.same({ "43 1 0", "43 1 0", "43 1 1", "43 1 1" }, domains)
        assert.equal("", err)
      end)

      it("get the flags that they asked for, and keep errno", function()
        local NONBLOCK <const>, CLOEXEC <const> = 2048, 524288
        for _, family in ipairs { 2, 10 } do
          for nonblock = 0, 1 do
            for cloexec = 0, 1 do
              local kind = 1 + nonblock * NONBLOCK + cloexec * CLOEXEC
              local out = finish { named "sockets", ("%d,%d,6"):format(family, kind) }
              local pattern = "^socket 43 1 %%d nonblock=%d cloexec=%d .* errno=77\n$"
              assert.matches(pattern:format(nonblock, cloexec), out)
            end
          end
        end
        assert.equal(plain { named "sockets", "2,4097,0" }, (finish { named "sockets", "2,4097,0" }))
      end)

      it("keep all other sockets: UDP, raw, MPTCP, SCTP, SMC, Unix, netlink", function()
        local argv = {
          named "sockets", "2,2,0", "10,2,17", "2,3,1", "2,1,262", "10,1,262", "2,1,132", "2,1,256", "43,1,0",
          "43,1,1", "1,1,0", "1,2,0", "16,3,0", "2,1,99", "99,1,0",
        }
        local expected = plain(argv)
        assert.matches("socket 2 1 262", expected)
        assert.equal(expected, (finish(argv, { receive_buffer = "8k", send_buffer = "8k" })))
      end)

      it("may call from 8 threads at once, from the first call on", function()
        for _ = 1, 5 do
          assert.equal("800\n", (finish { named "threads" }))
        end
      end)

      it("may call from signal handlers", function()
        local log = program "log" -- more than a pipe holds
        local out = finish({ "sh", "-c", named "signals" .. " 2>" .. log }, { debug = true })
        assert.equal("200\n", out)
        for line in io.lines(log) do
          assert.matches("^smc: pid %d+: socket%(AF_INET, SOCK_STREAM%) = %d+ is now AF_SMC$", line)
        end
      end)

      it("pass it on through fork, vfork and exec", function()
        assert.equal(("43\n"):rep(9), (finish { named "chain", "5" }))
      end)
    end)
  end

  it("converts sockets that a library opens before main()", function()
    assert.equal("43\n", (finish { program "early" }))
  end)

  it("keeps the caller's LD_PRELOAD working, before the library and after it", function()
    local argv = { program "sockets", "2,1,0" }
    local before = finish(argv, {}, { LD_PRELOAD = program "wrapper.so" })
    assert.matches("^wrapper: domain 2\nsocket 43 1 0 ", before)
    local after = finish(argv, {}, { LD_PRELOAD = run.library() .. " " .. program "wrapper.so" })
    assert.matches("^wrapper: domain 43\nsocket 43 1 0 ", after)
  end)

  it("refuses static programs; allowed, their sockets stay TCP", function()
    local argv = { program "static_sockets", "2,1,0" }
    local p, message = run.spawn(argv)
    assert.is_nil(p)
    assert.matches("is a static program: its sockets stay TCP", message)
    assert.matches("^socket 2 1 6 ", (finish(argv, { unreachable = "run" })))
  end)

  it("tells of each socket in debug mode", function()
    local _, err = finish({ program "sockets", "2,1,0", "10,526337,0", "2,1,262", "2,2,0" }, { debug = true })
    local pid = err:match("^smc: pid (%d+): ")
    assert.equal(([[
smc: pid %d: socket(AF_INET, SOCK_STREAM) = 3 is now AF_SMC
smc: pid %d: socket(AF_INET6, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC) = 4 is now AF_SMC
smc: pid %d: socket(AF_INET, SOCK_STREAM, 262) is left alone: MPTCP is not TCP
]]):format(pid, pid, pid), err)
  end)

  it("tells in debug mode with which error a filter forbids what the kernel has #family_filter", function()
    local EAFNOSUPPORT <const> = tostring(E.EAFNOSUPPORT)
    local out, err = finish({ program "forbid", EAFNOSUPPORT, program "sockets", "2,1,0" }, { debug = true })
    assert.equal("error " .. EAFNOSUPPORT .. "\n", out)
    assert.matches(" = -1: AF_SMC fails with EAFNOSUPPORT, and ", err, 1, true)
  end)

  it("writes no debug text into a connection that has taken the place of standard error", function()
    local server <close> = start(ECHO_SERVER, nil, "127.0.0.1")
    local out = finish({ PYTHON, "-c", [[
import os, socket, sys
os.close(2)
c = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
socket.socket()
c.sendall(b"hello")
c.shutdown(socket.SHUT_WR)
print(c.fileno(), c.makefile().read())
]], tostring(server.stdout:read("n", "l")) }, { debug = true })
    assert.equal("2 hello\n", out)
  end)

  describe("buffer sizes", function()
    local function buffers(argv, options)
      local out, err = finish(argv, options)
      return { out:match("rcvbuf=(%d+) sndbuf=(%d+)") }, err
    end

    it("are set on converted sockets, above the limit where that is allowed, which stays", function()
      local limit = plain { "cat", "/proc/sys/net/core/rmem_max", "/proc/sys/net/core/wmem_max" }
      for size, doubled in pairs { ["8k"] = 16384, ["64k"] = 131072, ["512k"] = 1048576, ["1m"] = 2097152 } do
        local options = { receive_buffer = size, send_buffer = size, debug = true }
        assert.is_true(run.attainable(options))
        local got, err = buffers({ program "sockets", "2,1,0" }, options)
        assert.same({ tostring(doubled), tostring(doubled) }, got)
        assert.is_nil(err:find("limit"))
      end
      assert.equal(limit, plain { "cat", "/proc/sys/net/core/rmem_max", "/proc/sys/net/core/wmem_max" })
    end)

    it("end at the limit without CAP_NET_ADMIN, which debug mode and smc_run.lua tell", function()
      local user = { "setpriv", "--bounding-set=-net_admin" }
      local limit = plain { "cat", "/proc/sys/net/core/rmem_max" } + 0
      local function by_user(...)
        return table.move({ ... }, 1, select("#", ...), #user + 1, { table.unpack(user) })
      end
      local got, err = buffers(by_user(program "sockets", "2,1,0"), { receive_buffer = "1m", debug = true })
      assert.equal(tostring(2 * limit), got[1])
      local expected = "SO_RCVBUF of socket 3 is %d bytes, not 1048576: net.core.rmem_max is the limit"
      assert.matches(expected:format(limit), err, 1, true)

      local _, message = finish(by_user("lua5.4", "examples/smc_run.lua", "-t", "1m", "true"), {},
        { LUA_PATH = package.path, LUA_CPATH = package.cpath })
      assert.matches("smc_run.lua: a buffer of 1m requires CAP_NET_ADMIN", message, 1, true)
    end)

    it("make the rings that the documentation says #smcd", function()
      for size, ring in pairs {
        ["8k"] = 16, ["16k"] = 16, ["24k"] = 32, ["200k"] = 256, ["256k"] = 256, ["1m"] = 1024,
      } do
        local _, seen = echo("127.0.0.1", { receive_buffer = size, send_buffer = size })
        for _, side in ipairs { "server", "client" } do
          assert.equal("SMC-D", seen[side].mode)
          -- Of a ring that an ISM device writes to, 32 bytes are the protocol's own.
          assert.equal(ring * 1024 - 32, seen[side].receive, size)
          assert.equal(ring * 1024, seen[side].send, size)
        end
      end
    end)
  end)

  describe("Python programs", function()
    it("talk over SMC-D, by IPv4 and IPv6 #smcd", function()
      for _, host in ipairs { "127.0.0.1", "::1" } do
        local domains, seen = echo(host)
        assert.same({ server = AF_SMC, client = AF_SMC }, domains)
        assert.equal("SMC-D", seen.server.mode)
        assert.equal("SMC-D", seen.client.mode)
      end
    end)

    it("still serve clients that know only TCP", function()
      local server <close> = start(ECHO_SERVER, nil, "127.0.0.1")
      local port = server.stdout:read("n", "l")
      assert.equal("hello 2\n", plain { PYTHON, "-c", "'" .. CLIENT .. "'", "127.0.0.1", port, "</dev/null" })
      -- The fallback puts the kernel's own TCP socket in the place of the SMC socket.
      assert.equal(2, server.stdout:read("n"))
      assert.same({ "exit", 0 }, { server:wait(60) })
    end)
  end)

  describe("smc_run.lua", function()
    it("becomes the command", function()
      local argv = { "lua5.4", "examples/smc_run.lua", "-d", program "sockets", "2,1,0" }
      local out, err, status = finish(argv, {}, { LUA_PATH = package.path, LUA_CPATH = package.cpath })
      assert.matches("^socket 43 1 0 ", out)
      assert.matches("^smc: pid %d+: socket%(AF_INET, SOCK_STREAM%) = 3 is now AF_SMC\n$", err)
      assert.equal(0, status)
    end)
  end)
end)
