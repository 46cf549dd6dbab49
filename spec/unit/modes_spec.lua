-- What a socket answers to mode(), info() and modes{} in every state of its life. The answers are those of
-- SMC sockets: a TCP socket in their place, where this kernel has no SMC, gives the same.
local E = require "smc.errno"
local socket = require "smc.socket"
local support = require "support"

local fallback <const> = { fallback = "tcp" }

local function bound()
  local sock = assert(socket.tcp(fallback))
  assert(sock:bind("127.0.0.1", 0))
  return sock
end

local function pair() return support.pair(fallback) end

-- The state, a socket in it, and what goes with it.
local STATES <const> = {
  { "INIT", "a new socket", function() return socket.tcp(fallback) end },
  { "INIT", "a new IPv4 socket", function() return socket.tcp4(fallback) end },
  { "INIT", "a new IPv6 socket", function() return socket.tcp6(fallback) end },
  { "INIT", "a new socket with an option", function()
    local sock = assert(socket.tcp(fallback))
    sock:setoption("keepalive", true)
    return sock
  end },
  { "INIT", "a bound socket", bound },
  { "LISTEN", "a listening socket", function()
    local sock = bound()
    assert(sock:listen())
    return sock
  end },
  { "ACTIVE", "a client", function() return pair() end },
  { "ACTIVE", "an accepted socket", function()
    local client, accepted = pair()
    return accepted, client -- which the garbage collector would close, were it dropped here
  end },
}

describe("mode, info and modes of", function()
  for _, case in ipairs(STATES) do
    local state, name, make = table.unpack(case)
    it(name, function()
      local sock <close>, other = make()
      local mode, message, errno = sock:mode()
      assert.equal(state, sock:info().state)
      assert.equal(mode, sock:info().mode)
      assert.equal(mode, assert(socket.modes { sock })[sock])
      if state == "ACTIVE" then
        assert.is_true(mode == "TCP" or mode == "SMC-D")
      else
        assert.same({ nil, "not connected yet: the mode is decided on connection", E.ENOTCONN },
          { mode, message, errno })
      end
      if other then other:close() end
    end)
  end

  it("a closed socket", function()
    for _, case in ipairs(STATES) do
      local sock, other = case[3]()
      sock:close()
      assert.same({ nil, "closed", E.EBADF }, { sock:mode() })
      assert.same({ nil, "closed", E.EBADF }, { sock:info() })
      assert.same({}, socket.modes { sock })
      if other then other:close() end
    end
  end)

  it("a connection that both sides have ended, which had one", function()
    local client, accepted = pair()
    local mode = client:mode()
    client:shutdown()
    accepted:shutdown()
    assert.equal("", (select(3, accepted:receive(1))))
    assert.equal("", (select(3, client:receive(1))))
    assert.equal(mode, client:mode())
    assert.equal(mode, client:info().mode)
    assert.equal(mode, socket.modes({ client })[client])
    client:close()
    accepted:close()
  end)

  it("a socket whose attempt to connect was refused", function()
    for _, make in ipairs { socket.tcp, socket.tcp4 } do
      local sock <close> = assert(make(fallback))
      assert.same({ nil, "connection refused" }, { sock:connect("127.0.0.1", 1) })
      assert.is_nil((sock:mode()))
      assert.same({}, socket.modes { sock })
    end
  end)

  it("a socket that connects without waiting", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0, fallback))
    local sock <close> = assert(socket.tcp(fallback))
    sock:settimeout(0)
    sock:connect("127.0.0.1", (select(2, server:getsockname())))
    local accepted <close> = assert(server:accept())
    assert.equal(sock, select(2, socket.select(nil, { sock }, 60))[1])
    assert.equal(accepted:mode(), sock:mode())
  end)
end)
