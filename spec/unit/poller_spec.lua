local socket = require "smc.socket"
local support = require "support"

local function server()
  local sock = assert(socket.tcp { fallback = "tcp" })
  assert(sock:bind("127.0.0.1", 0))
  assert(sock:listen())
  return sock, select(2, sock:getsockname())
end

local function ready(poller, timeout)
  local found = {}
  for sock, events in assert(poller:wait(timeout)) do found[sock] = events end
  return found
end

describe("smc.poller", function()
  it("tells who is ready for what", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    assert(poller:add(listener, "r"))
    assert.same({}, ready(poller, 0))
    local client <close> = assert(socket.tcp { fallback = "tcp" })
    assert(client:connect("127.0.0.1", port))
    assert.same({ [listener] = "r" }, ready(poller, 1))
    local accepted <close> = assert(listener:accept())
    assert(poller:add(accepted, "rw"))
    assert.same({ [accepted] = "w" }, ready(poller, 1))
    client:send("x")
    assert.same({ [accepted] = "rw" }, ready(poller, 1))
    assert(poller:modify(accepted, "r"))
    assert.same({ [accepted] = "r" }, ready(poller, 1))
    assert.equal(2, poller.count)
    assert(poller:remove(accepted))
    assert.same({}, ready(poller, 0))
  end)

  it("reports a change once in edge mode", function()
    local poller <close> = assert(socket.poller())
    local listener <close>, port = server()
    local client <close> = assert(socket.tcp { fallback = "tcp" })
    assert(client:connect("127.0.0.1", port))
    assert(listener:accept()):close()
    assert(poller:add(client, "w", true))
    assert.same({ [client] = "w" }, ready(poller, 1))
    assert.same({}, ready(poller, 0))
  end)

  it("forgets a socket that was closed", function()
    local poller <close> = assert(socket.poller())
    local listener = server()
    assert(poller:add(listener, "r"))
    listener:close()
    assert.same({}, ready(poller, 0))
  end)

  it("explains what it cannot do", function()
    local poller <close> = assert(socket.poller())
    local closed = assert(socket.tcp { fallback = "tcp" })
    local ok, message, errno = poller:add(closed, "r")
    assert.is_nil(ok)
    assert.matches("epoll_ctl", message)
    assert.equal(9, errno) -- EBADF
    assert.has_error(function() poller:add(closed, "x") end)
  end)

  it("leaves no descriptor behind", function()
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 100 do socket.poller() end
    collectgarbage()
    collectgarbage()
    assert.equal(before, support.descriptors())
  end)
end)
