-- Addresses that no connection can be made to. The kernel tells an asynchronous connect over AF_SMC hardly
-- any of it; a blocking connect of Python, over TCP in the same guest, hears why.
local core = require "smc.core.socket"
local errno = require "smc.errno"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local UNEXPLAINED <const> = "no connection, the kernel does not say why"
local PORT <const> = 12345

-- `wire` leads to a router, the network namespace `beyond`, behind which is 203.0.113.0/24.
local SET_UP <const> = [[
  ip netns add beyond
  ip link add wire type veth peer name wire netns beyond
  ip address add 198.51.100.1/24 dev wire
  ip address add 2001:db8::1/64 dev wire nodad
  ip link set wire up
  ip route add 203.0.113.0/24 via 198.51.100.2
  echo 100 >/proc/sys/net/ipv4/neigh/wire/retrans_time_ms
  echo 100 >/proc/sys/net/ipv6/neigh/wire/retrans_time_ms
  ip -n beyond address add 198.51.100.2/24 dev wire
  ip -n beyond address add 203.0.113.5/32 dev lo
  ip -n beyond link set lo up
  ip -n beyond link set wire up
  ip -n beyond route add unreachable 203.0.113.9
  ip -n beyond route add prohibit 203.0.113.10
  ip netns exec beyond sh -c '
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
]]

local function shell(command)
  assert.same({ status = 0, stdout = "", stderr = "" }, support.run { "sh", "-ec", command })
end

-- An echo server beyond the router.
local function serve()
  local server = assert(process.spawn({ "ip", "netns", "exec", "beyond", "lua5.4", "-e", ([[
    local server = assert(require "socket".bind("203.0.113.5", %d))
    print "ready" io.stdout:flush()
    while true do
      local client = server:accept()
      local line = client:receive()
      if line then client:send(line .. "\n") end
      client:close()
    end]]):format(PORT) }, { stdin = "null", stdout = "pipe" }))
  assert.equal("ready", server.stdout:read())
  return server
end

local TARGETS <const> = {
  { "an address that no host has", "198.51.100.99", errno = errno.EHOSTUNREACH,
    words = "No route to host" },
  { "an IPv6 address that no host has", "2001:db8::99", errno = errno.EHOSTUNREACH,
    words = "No route to host" },
  { "a host that the router calls unreachable", "203.0.113.9", errno = errno.EHOSTUNREACH,
    words = "No route to host" },
  { "a host that the router prohibits", "203.0.113.10", errno = errno.EHOSTUNREACH,
    words = "No route to host" },
  { "a port where nobody listens", "203.0.113.5", 12346, errno = errno.ECONNREFUSED,
    words = "connection refused" },
}

describe("a connection that cannot be made:", function()
  local server

  setup(function()
    shell(SET_UP)
    server = serve()
    shell [[cat /etc/hosts >/run/hosts
            echo '203.0.113.9 second-lives' >>/run/hosts
            echo '203.0.113.5 second-lives' >>/run/hosts
            mount --bind /run/hosts /etc/hosts]]
  end)

  teardown(function()
    server:close()
    shell "umount /etc/hosts; rm /run/hosts; ip link del wire; ip netns del beyond"
  end)

  for _, target in ipairs(TARGETS) do
    local name, address, port = target[1], target[2], target[3] or PORT

    for _, seconds in ipairs { false, 60 } do
      it(("%s, %s"):format(name, seconds and "within a time limit" or "without one"), function()
        local sock <close> = assert(socket.tcp())
        sock:settimeout(seconds or nil)
        assert.same({ nil, target.words }, { sock:connect(address, port) })
        assert.equal(target.errno, core.last_errno(sock))
        assert.is_nil((sock:getpeername()))
        assert.is_nil((sock:mode()))
        assert.same({ nil, "closed", 0 }, { sock:send("x") })
        assert.same({ nil, "closed", "" }, { sock:receive(1) })
        assert.equal(1, sock:connect("203.0.113.5", PORT))
        assert.equal("203.0.113.5", (sock:getpeername()))
      end)
    end

    it(name .. ", asked by Python over TCP", function()
      local result = support.run { "python3", "-c", [[
import socket, sys
print(socket.create_connection((sys.argv[1], sys.argv[2])))]], address, tostring(port) }
      assert.matches(("[Errno %d]"):format(target.errno), result.stderr, 1, true)
    end)

    it(name .. ", while the program waits by select", function()
      local sock <close> = assert(socket.tcp())
      sock:settimeout(0)
      assert.same({ nil, "timeout" }, { sock:connect(address, port) })
      assert.is_nil((sock:getpeername()))
      assert.equal(sock, select(2, socket.select(nil, { sock }, 60))[1])
      local ok, message = sock:connect(address, port)
      assert.is_nil(ok)
      assert.is_true(message == target.words or message == UNEXPLAINED, message)
      assert.is_nil((sock:getpeername()))
      assert.same({ nil, "closed", 0 }, { sock:send("x") })
    end)

    it(name .. ", while the program waits by select and asks for the error", function()
      local sock <close> = assert(socket.tcp())
      sock:settimeout(0)
      sock:connect(address, port)
      assert.equal(sock, select(2, socket.select(nil, { sock }, 60))[1])
      assert.is_string((sock:getoption("error")))
    end)
  end

  it("smc.connect says so too", function()
    assert.same({ nil, "No route to host" }, { socket.connect("203.0.113.9", PORT) })
  end)

  it("a name whose first address is dead leads to the second", function()
    assert.same({ "203.0.113.9", "203.0.113.5" }, socket.resolve("second-lives"))
    for _, kind in ipairs { "tcp", "tcp4", "bound" } do
      local sock <close> = assert(socket[kind == "tcp4" and "tcp4" or "tcp"]())
      if kind == "bound" then assert.equal(1, sock:bind("198.51.100.1", 0)) end
      local _, own = sock:getsockname()
      assert.equal(1, sock:connect("second-lives", PORT))
      assert.equal("203.0.113.5", (sock:getpeername()))
      assert.equal(6, sock:send("hello\n"))
      assert.equal("hello", sock:receive())
      if kind == "bound" then assert.same({ "198.51.100.1", own, "inet" }, { sock:getsockname() }) end
    end
  end)
end)
