-- An object in any state of its life is asked to connect. Data never goes to a peer that the last
-- successful connect did not name, getpeername never says what is not so, and after a failure the
-- object can be connected.
local plain = require "socket"
local silent = require "silent"

-- The resolver's words: with and without a name server.
local NO_SUCH_HOST <const> = {
  ["host or service not provided, or not known"] = true, ["temporary failure in name resolution"] = true,
}

-- Where LuaSocket itself does not keep to this: an object whose family is settled, also by a timeout of 0,
-- keeps its descriptor, with which the kernel goes on connecting to the address before.
local function luasocket_mixes(state, ask, seconds)
  return state.under_way or ask == "silent" and (state.keeps or seconds == 0)
end

return function(peer)
  if peer.collector then return end
  local socket, ours = peer.module, peer.ours
  local quiet

  local function address(variable)
    local host, port = peer.remote(("return table.concat({ %s:getsockname() }, ' ', 1, 2)"):format(variable))
      :match("(%S+) (%d+)")
    return { host = host, port = math.tointeger(tonumber(port)) }
  end

  -- Nobody listens there. It is no port that the kernel gives to those who ask for any: a socket that had it,
  -- too, would be connected to itself.
  local function refused()
    local port, sock = 20000
    repeat
      port = port + 1
      sock = plain.bind("127.0.0.1", port)
    until sock
    sock:close()
    return { host = "127.0.0.1", port = port }
  end

  local function connect(sock, to) return sock:connect(to.host, to.port) end

  -- A connection to the peer's server, whose other end is the peer's `data`.
  local function connected(sock)
    peer.later "accept()"
    sock:settimeout(20)
    assert.equal(1, sock:connect(peer.host, peer.port))
    peer.remote "return data:getpeername()" -- accepted by now
    return sock
  end

  local function under_way(sock, seconds)
    sock:settimeout(seconds)
    assert.same({ nil, "timeout" }, { connect(sock, quiet) })
    return sock
  end

  local function after_refusal(sock)
    sock:settimeout(20)
    assert.same({ nil, "connection refused" }, { connect(sock, refused()) })
    return sock
  end

  local function bound()
    local sock = assert(socket.tcp())
    assert.equal(1, sock:bind("*", 0))
    return sock
  end

  local function give(from)
    local sock = assert(socket.tcp4())
    sock:close()
    sock:setfd(from:getfd())
    from:setfd(-1)
    return sock
  end

  local function readable(sock)
    assert.equal(sock, socket.select({ sock }, nil, 20)[1])
    return sock
  end

  -- keeps: LuaSocket keeps the descriptor for the next attempt; connected, gone: what there is to lose
  local STATES <const> = {
    { "fresh", function() return assert(socket.tcp()) end },
    { "of IPv4", function() return assert(socket.tcp4()) end, keeps = true },
    { "bound", bound, keeps = true },
    { "with options", function()
      local sock = assert(ours and socket.tcp() or socket.tcp4())
      assert.equal(1, sock:setoption("keepalive", true))
      return sock
    end, keeps = true, check = function(sock) assert.is_true(sock:getoption("keepalive")) end },
    { "under way", function() return under_way(assert(socket.tcp()), 0) end, under_way = true },
    { "bound and under way", function() return under_way(bound(), 0) end, under_way = true, keeps = true },
    { "timed out", function() return under_way(assert(socket.tcp()), 0.1) end },
    { "refused", function() return after_refusal(assert(socket.tcp())) end },
    { "bound and refused", function() return after_refusal(bound()) end, keeps = true },
    { "asked for an unknown host", function()
      local sock = assert(socket.tcp())
      assert.is_true(NO_SUCH_HOST[select(2, sock:connect("host.is.invalid", 80))])
      assert.same({ nil, "closed", 0 }, { sock:send("x") })
      return sock
    end },
    { "closed", function()
      local sock = connected(assert(socket.tcp()))
      sock:close()
      return sock
    end, keeps = true },
    { "given a descriptor", function() return give(assert(socket.tcp4())) end, keeps = true },
    { "listening", function() return assert(socket.bind("127.0.0.1", 0)) end, listening = true },
    { "connected", function() return connected(assert(socket.tcp())) end, connected = true },
    { "connected without blocking", function()
      local sock = assert(socket.tcp())
      peer.later "accept()"
      sock:settimeout(0)
      sock:connect(peer.host, peer.port)
      assert.equal(sock, select(2, socket.select(nil, { sock }, 20))[1])
      peer.remote "return data:getpeername()"
      return sock
    end, under_way = true },
    { "given a connected descriptor", function()
      return give(connected(assert(socket.tcp())))
    end, connected = true },
    { "connected to a peer that has closed", function()
      local sock = connected(assert(socket.tcp()))
      peer.remote "data:send('bye') data:close() data = nil"
      return readable(sock)
    end, connected = true, gone = true },
    { "connected to a peer that has reset", function()
      local sock = connected(assert(socket.tcp()))
      sock:send("unread")
      peer.remote "data:setoption('linger', { on = true, timeout = 0 }) data:close() data = nil"
      return readable(sock)
    end, connected = true, gone = true },
  }

  local function delivers(sock, variable)
    sock:settimeout(20)
    assert.equal(5, sock:send("hello"))
    assert.equal("hello", peer.remote(("%s:settimeout(20) return %s:receive(5)"):format(variable, variable)))
  end

  local function is_connected_to(sock, to)
    local host, port = sock:getpeername()
    assert.same({ to.host, to.port }, { host, math.tointeger(tonumber(port)) })
    peer.remote "got = assert(other:accept())"
    delivers(sock, "got")
    peer.remote "got:close()"
  end

  -- Asks until there is an answer, as programs do that wait by select.
  local function answer(sock, to, seconds, patience)
    sock:settimeout(seconds)
    local ok, message = connect(sock, to)
    while seconds == 0 and (message == "timeout" or message == "Operation already in progress") do
      if select(3, socket.select(nil, { sock }, patience)) then break end
      ok, message = connect(sock, to)
    end
    return ok, message
  end

  local ASKS <const> = {
    live = function(sock, seconds, live)
      local ok = answer(sock, live, seconds and seconds > 0 and 20 or seconds, 20)
      if not ours and not ok then ok = answer(sock, live, 20) end -- LuaSocket: "closed", once
      assert.equal(1, ok)
      is_connected_to(sock, live)
      return true
    end,
    refused = function(sock, seconds)
      local ok, message = answer(sock, refused(), seconds and seconds > 0 and 20 or seconds, 20)
      assert.is_nil(ok)
      if ours then assert.equal("connection refused", message) end
    end,
    silent = function(sock, seconds)
      local ok, message = answer(sock, quiet, seconds or 0.2, 0.1)
      assert.is_nil(ok)
      if ours then
        assert.is_true(message == "timeout" or message == "Operation already in progress")
      end
    end,
    unknown = function(sock, seconds)
      local ok, message = answer(sock, { host = "host.is.invalid", port = 80 }, seconds, 20)
      assert.is_nil(ok)
      assert.is_true(NO_SUCH_HOST[message])
    end,
  }

  local function ask(state, name, seconds, live)
    local sock <close> = setmetatable({}, { __close = function(self) self[1]:close() end })
    sock[1] = state[2]()
    local object = sock[1]
    local done = ASKS[name](object, seconds, live)
    if not done then
      assert.is_nil((object:getpeername()))
      if not ours and (luasocket_mixes(state, name, seconds) or state[1] == "closed") then return end
      object:settimeout(20)
      local ok = connect(object, live)
      if not ours and not ok then ok = connect(object, live) end -- LuaSocket: "closed", once
      assert.equal(1, ok)
      is_connected_to(object, live)
    end
    if state.check then state.check(object) end
  end

  -- What is connected stays connected, to the same peer; and nothing else becomes of a listener.
  local function ask_in_vain(state, seconds, live)
    local object = state[2]()
    for _, to in ipairs { live, refused(), { host = "host.is.invalid", port = 80 } } do
      object:settimeout(seconds)
      local ok, message = connect(object, to)
      if ours then assert.is_nil(ok) end
      if ours and to.port ~= 80 then assert.equal("already connected", message) end
      if state.listening then
        assert.is_nil((object:getpeername()))
      elseif not state.gone then
        assert.equal(peer.port, math.tointeger(tonumber((select(2, object:getpeername())))))
        delivers(object, "data")
      end
    end
    object:close()
  end

  describe("asked to connect, an object", function()
    local live

    setup(function()
      quiet = silent("127.0.0.1")
      peer.remote(("other = assert(socket.bind('%s', 0))"):format(peer.host))
      live = address("other")
    end)

    teardown(function()
      quiet:close()
      peer.remote "other:close() other = nil"
    end)

    for _, state in ipairs(STATES) do
      for _, seconds in ipairs { false, 0.1, 0 } do
        it(("%s, %s"):format(state[1], seconds and "within " .. seconds .. " s" or "blocking"), function()
          if state.connected or state.listening then
            return ask_in_vain(state, seconds or nil, live)
          end
          for _, name in ipairs { "live", "refused", "silent", "unknown" } do
            if ours or not state.under_way then ask(state, name, seconds or nil, live) end
          end
        end)
      end
    end

    it("that learns late of its connection has it", function()
      local late <close> = silent("127.0.0.1")
      local sock = assert(socket.tcp())
      sock:settimeout(0)
      assert.same({ nil, "timeout" }, { connect(sock, late) })
      assert.is_nil((sock:getpeername()))
      late:drain()
      assert.equal(sock, select(2, socket.select(nil, { sock }, 20))[1])
      assert.equal("127.0.0.1", (sock:getpeername()))
      assert.equal(1, connect(sock, late))
      assert.equal(5, sock:send("hello"))
      local accepted = assert(late.listener:accept())
      assert.equal("hello", accepted:receive(5))
      accepted:close()
      sock:close()
    end)

    if ours then
      it("that is asked for an unknown host while one is under way sends nothing to the first", function()
        local late <close> = silent("127.0.0.1")
        local sock = assert(socket.tcp())
        sock:settimeout(0.1)
        assert.same({ nil, "timeout" }, { connect(sock, late) })
        assert.is_nil((sock:connect("host.is.invalid", 80)))
        late:drain()
        assert.same({ nil, "closed", 0 }, { sock:send("hello") })
        assert.is_nil((sock:getpeername()))
        sock:close()
      end)
    end

    it("that is asked for another address while one is under way sends nothing to the first", function()
      local late <close> = silent("127.0.0.1")
      local sock = assert(socket.tcp())
      sock:settimeout(0.1)
      assert.same({ nil, "timeout" }, { connect(sock, late) })
      late:drain()
      sock:settimeout(20)
      assert.equal(1, connect(sock, live))
      is_connected_to(sock, live)
      late.listener:settimeout(1.5)
      local accepted = late.listener:accept()
      if accepted then
        accepted:settimeout(5)
        assert.same({ nil, "closed", "" }, { accepted:receive(1) })
        accepted:close()
      end
      sock:close()
    end)
  end)
end
