-- A peer that vanishes because the network in between is cut.
package.path = "spec/contract/?.lua;" .. package.path
local world = require "world"

local sh = require "support".sh

describe("a network that is cut", function()
  local peer

  -- To a peer in a network namespace, at the other end of a cable.
  local function connect(mode, module)
    peer = world.peer { mode = mode, peer = module, host = "10.99.0.2", namespace = "far" }
    peer.open()
    local sock = peer.connect()
    assert.equal(mode, sock:mode())
    return sock
  end

  setup(function()
    sh [[ip netns add far && ip link add near type veth peer name far netns far &&
      ip address add 10.99.0.1/24 dev near && ip link set near up &&
      ip -n far link set lo up && ip -n far address add 10.99.0.2/24 dev far && ip -n far link set far up]]
  end)

  teardown(function() sh "ip link del near && ip netns del far" end)

  after_each(function()
    sh "ip link set near up"
    peer.close()
  end)

  it("does not hold up an SMC-D connection, nor hide its end", function()
    local sock <close> = connect("SMC-D", "smc.socket")
    peer.later "for _ = 1, 3 do data:send(data:receive(100000)) end socket.sleep(0.5) data:close()"
    sh "ip link set near down"
    sock:settimeout(60)
    local block = ("smc"):rep(33333) .. "!"
    for _ = 1, 3 do
      assert.equal(#block, sock:send(block))
      assert.is_true(sock:receive(#block) == block)
    end
    assert.same({ nil, "closed", "" }, { sock:receive(1) })
  end)

  it("is a timeout over TCP, and nothing is lost when it is mended", function()
    local sock <close> = connect("TCP", "socket")
    sh "ip link set near down"
    sock:settimeout(0.5)
    local message, last
    peer.takes(0.5, function() assert.same({ nil, "timeout", "" }, { sock:receive(1) }) end)
    local data = ("0123456789abcdef"):rep(1 << 20)
    peer.takes(0.5, function() message, last = select(2, sock:send(data)) end)
    assert.equal("timeout", message)
    sh "ip link set near up"
    peer.later(("data:send(tostring(data:receive(%d) == ('0123456789abcdef'):rep(1 << 20)))"):format(#data))
    sock:settimeout(60)
    assert.equal(#data, sock:send(data, last + 1))
    assert.equal("true", sock:receive(4))
  end)

  it("is the end over TCP where the connection has a limit", function()
    local sock <close> = connect("TCP", "socket")
    assert.equal(1, sock:setoption("tcp-user-timeout", 1000))
    sh "ip link set near down"
    assert.equal(1, sock:send("x")) -- without a timeout of ours: the kernel's is the one
    peer.takes(0.9, function() assert.equal("timeout", (select(2, sock:receive(1)))) end)
  end)
end)

for _, peer in ipairs(world.paths()) do
  if peer.mode == "SMC-R" then
    describe("a network that is cut under SMC-R", function()
      before_each(peer.open)
      after_each(peer.close)

      -- Both sides' connections end; afterwards there are new ones.
      local function cut(name, operation)
        it("ends a " .. name .. " before its timeout, and connections come again", function()
          local sock <close> = peer.connect()
          assert.equal("SMC-R", sock:mode())
          peer.later [[
            os.execute("ip link set eth0 down") data:settimeout(60)
            message = select(2, data:receive(1))
            socket.sleep(5) os.execute("ip link set eth0 up")]]
          sock:settimeout(60)
          operation(sock)
          assert.equal(peer.port, (select(2, sock:getpeername())))
          peer.takes(0, function() sock:close() end)
          assert.not_equal("timeout", peer.remote "return message")
          local again <close> = peer.connect()
          assert.equal("SMC-R", again:mode())
          peer.later "data:send(data:receive(5))"
          again:send("hello")
          assert.equal("hello", again:receive(5))
        end)
      end

      cut("read", function(sock)
        for _ = 1, 2 do
          local data, message, part = sock:receive(1)
          assert.same({ nil, "" }, { data, part })
          -- The kernel's word is ENOTCONN here, not the ECONNABORTED of a send.
          assert.equal("closed", message)
        end
      end)

      cut("write", function(sock)
        local _, message, last = sock:send(("x"):rep(64 << 20))
        assert.equal("closed", message)
        assert.is_true(last < 64 << 20)
      end)
    end)
  end
end

