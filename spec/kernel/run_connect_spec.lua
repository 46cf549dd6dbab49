-- smc.run: what a program learns that connects without blocking. TCP's own answer, of the same program with
-- nothing preloaded, is what it shall learn over SMC.

local E = require "smc.errno"
local at_hand = require "kernel_at_hand"
local process = require "smc.process"
local run = require "smc.run"

local PYTHON <const> = "/usr/bin/python3"

local folder

local sh = require "support".sh

-- What a program says on standard output and standard error.
local function finish(program)
  local p <close> = program
  return p.stdout:read("a"), p.stderr:read("a")
end

local PIPES <const> = { stdout = "pipe", stderr = "pipe" }

-- What the program says with nothing preloaded, and what it says converted. Both run at the same time, since
-- some have to wait.
local function both(argv)
  local plain, converted = assert(process.spawn(argv, PIPES)), assert(run.spawn(argv, PIPES))
  local expected = finish(plain)
  return expected, finish(converted)
end

-- Accepts connections until it is closed; converted or not.
local SERVER <const> = [[
import socket, sys
host = sys.argv[1]
s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
s.bind((host, 0)); s.listen()
print(s.getsockname()[1], flush=True)
kept = []
while True: kept.append(s.accept()[0])
]]

-- The server, and its port; `spawn` is that of smc.run, or of smc.process for one that knows only TCP.
local function serve(host, spawn)
  local server = assert(spawn({ PYTHON, "-c", SERVER, host }, { stdout = "pipe" }))
  return server, assert(server.stdout:read("n", "l"))
end

-- A port that nobody listens on.
local function closed_port()
  local server, port = serve("127.0.0.1", process.spawn)
  server:close()
  return tostring(port)
end

-- 10.97.0.2 is the neighbour `far`, a router that says of 10.97.1 that it is unreachable, of 10.97.2 that it
-- is prohibited, and nothing of 10.97.3. Nobody has 10.97.0.99.
local NETWORK <const> = [[
ip netns add far && ip link add near type veth peer name eth0 netns far &&
ip link set near up && ip -n far link set eth0 up && ip -n far link set lo up &&
ip address add 10.97.0.1/24 dev near && ip -n far address add 10.97.0.2/24 dev eth0 &&
ip address add fd97::1/64 dev near nodad && ip -n far address add fd97::2/64 dev eth0 nodad &&
ip netns exec far sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 &&
ip -n far route add unreachable 10.97.1.0/24 && ip -n far route add prohibit 10.97.2.0/24 &&
ip -n far route add blackhole 10.97.3.0/24 &&
for family in ipv4 ipv6; do sysctl -qw net.$family.neigh.near.retrans_time_ms=100; done &&
for i in 1 2 3; do ip route add 10.97.$i.0/24 via 10.97.0.2 || exit; done]]

local FAILURES <const> = {
  { "an address that no host has", "10.97.0.99", E.EHOSTUNREACH },
  { "an IPv6 address that no host has", "fd97::99", E.EHOSTUNREACH },
  { "a network that a router calls unreachable", "10.97.1.1", E.EHOSTUNREACH },
  { "a network that a router forbids, as a firewall's REJECT does", "10.97.2.1", E.EHOSTUNREACH },
  { "a network that swallows everything", "10.97.3.1", E.ETIMEDOUT, retries = "1" },
  { "a host that refuses", "10.97.0.2", E.ECONNREFUSED },
  { "this host, where nobody listens", "127.0.0.1", E.ECONNREFUSED },
}

describe("smc.run, a program that connects without blocking", function()
  local port

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    sh("mkdir %s", folder)
    for libc, compiler in pairs { glibc = "cc", musl = "musl-gcc" } do
      sh("%s -o %s/%s spec/kernel/programs/connecting.c", compiler, folder, libc)
      sh("%s -o %s/ends_%s spec/kernel/programs/ends.c", compiler, folder, libc)
    end
    sh("%s", NETWORK)
    port = closed_port()
  end)

  teardown(function()
    sh("ip link del near; ip netns del far; rm -r %s", folder)
  end)

  for libc, failures in pairs { glibc = FAILURES, musl = { FAILURES[3] } } do
    describe("with " .. libc, function()
      for _, case in ipairs(failures) do
        local what, address, errno = table.unpack(case)

        it("gets the error of TCP for " .. what, function()
          local argv = { folder .. "/" .. libc, address, port, case.retries }
          local tcp, out, err = both(argv)
          assert.matches("\nthen " .. errno .. "\nagain 0\n", tcp, nil, "of TCP")
          assert.equal(("fresh 0\n%sthen %d\nagain %d\nshort 0 0\nerrno 77\nconnected no\n"):format(
            case.retries and "under way 0\n" or "", errno, errno), out)
          assert.equal("", err)
        end)
      end

      for what, spawn in pairs { SMC = run.spawn, TCP = process.spawn } do
        for _, host in ipairs { "127.0.0.1", "::1" } do
          it(("is connected to a server of %s at %s"):format(what, host), function()
            local server <close>, listening = serve(host, spawn)
            assert.equal("fresh 0\nthen 0\nagain 0\nshort 0 0\nerrno 77\nconnected yes\n",
              (finish(run.spawn({ folder .. "/" .. libc, host, tostring(listening) }, PIPES))))
            server:close()
          end)
        end
      end

      it("finds the errors of connections that were made as the kernel has them", function()
        local ends = folder .. "/ends_" .. libc
        local expected = finish(process.spawn({ ends, "43" }, PIPES))
        assert.matches("\nno socket %-1 %-1\n$", expected)
        local out, err = finish(run.spawn({ ends, "2" }, PIPES))
        assert.equal(expected, out)
        assert.equal("", err)
      end)

      for protocol, made in pairs { smc = "AF_SMC", inet = "IPPROTO_SMC #inet_protocol" } do
        it("says so in debug mode, of " .. made, function()
          local _, err = finish(run.spawn({ folder .. "/" .. libc, "10.97.1.1", port },
            { debug = true, protocol = protocol, stdout = "pipe", stderr = "pipe" }))
          -- A kernel that reports the error does so once.
          local line = "smc: pid %d+: SO_ERROR of socket 3 is set to EHOSTUNREACH: its connect%(%) failed, "
            .. "but SMC does not report it\n"
          assert.matches("^smc: pid %d+: socket%([^\n]* is now " .. made:match("%S+") .. "\n"
            .. line:rep(at_hand.since "7.2.13" and 1 or 2) .. "$", err)
        end)
      end
    end)
  end

  -- Connects to one address after the other, and says what came of it.
  for name, code in pairs {
    ["Python's settimeout()"] = [[
import socket, sys
for address, port in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        print(socket.create_connection((address, int(port)), timeout=60).getpeername()[0])
    except Exception as e: print(repr(e))]],
    ["Python's asyncio"] = [[
import asyncio, sys
async def main():
    for address, port in zip(sys.argv[1::2], sys.argv[2::2]):
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(address, int(port)), 60)
            print(writer.get_extra_info("peername")[0])
        except Exception as e: print(repr(e))
asyncio.run(main())]],
  } do
    it(("is right about it by %s"):format(name), function()
      local server <close>, listening = serve("127.0.0.1", run.spawn)
      local tcp, out = both { PYTHON, "-c", code, "10.97.0.99", port, "10.97.1.1", port, "10.97.0.2", port,
        "127.0.0.1", tostring(listening) }
      assert.matches("^[^\n]*Error[^\n]*\n[^\n]*Error[^\n]*\n[^\n]*Error[^\n]*\n127%.0%.0%.1\n$", tcp)
      assert.equal(tcp, out)
      server:close()
    end)
  end
end)
