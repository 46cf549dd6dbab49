-- The buffers of sockets: who has one, how large it is, and that nobody keeps one that is not needed.
local core = require "smc.core.socket"
local poller = require "smc.poller"
local socket = require "smc.socket"
local support = require "support"

local BUFFER <const> = 65536
local SANITIZED <const> = os.getenv "SMC_BUILD" == "build/sanitize" -- whose allocator keeps freed memory

local function pair() return support.pair { fallback = "tcp" } end

-- Sends, and waits until it is there.
local function send(from, to, data)
  assert.equal(#data, from:send(data))
  assert.equal(to, socket.select({ to }, nil, 60)[1])
end

-- The kilobytes of data that this process has from the kernel, whether they are touched or not.
local function data_size()
  for line in io.lines "/proc/self/status" do
    local kilobytes = line:match("^VmData:%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

describe("a buffer", function()
  it("is counted as long as there are bytes in it", function()
    local client, server <close> = pair()
    local _ <close> = client
    assert.equal(0, core.buffered())
    send(client, server, "ab\ncd")
    assert.equal("ab", server:receive())
    assert.equal(1, core.buffered())
    assert.equal("cd", server:receive(2))
    assert.equal(0, core.buffered())
    send(client, server, "ef")
    assert.equal("e", server:receive(1))
    server:close()
    assert.equal(0, core.buffered())
  end)

  it("keeps the bytes that were not asked for, whoever else reads meanwhile", function()
    local clients, servers = {}, {}
    for i = 1, 3 do clients[i], servers[i] = pair() end
    send(clients[1], servers[1], "line\nrest")
    assert.equal("line", servers[1]:receive()) -- "rest" waits in a block of its own size
    local large = ("x"):rep(BUFFER // 2) .. "\n"
    send(clients[2], servers[2], large .. "more")
    assert.equal(#large - 1, #servers[2]:receive())
    assert.equal("rest", servers[1]:receive(4)) -- and its block is no spare for the next
    send(clients[3], servers[3], large .. large)
    assert.equal(#large - 1, #servers[3]:receive())
    assert.equal("more", servers[2]:receive(4))
    assert.equal(#large - 1, #servers[3]:receive())
    for i = 1, 3 do
      clients[i]:close()
      assert.same({ nil, "closed", "" }, { servers[i]:receive() })
      servers[i]:close()
    end
  end)

  for what, sent in pairs { count = "ab", line = "a\nb" } do
    it("is not as large as it was, where few bytes are left after a " .. what, function()
      if SANITIZED then return end -- the specs run without it, too
      local socks, before = {}, data_size()
      for i = 1, 200 do
        local from, to = pair()
        send(from, to, sent)
        assert.equal("a", to:receive(what == "count" and 1 or "*l"))
        socks[i] = { from, to }
      end
      assert.is_true(data_size() - before < 200 * BUFFER // 1024 // 2)
      assert.equal(200, core.buffered())
      for _, two in ipairs(socks) do
        assert.equal("b", two[2]:receive(1))
        two[1]:close()
        two[2]:close()
      end
      assert.equal(0, core.buffered())
    end)
  end

  it("is given back, however many sockets have had one #native", function()
    if SANITIZED then return end
    local client, server <close> = pair()
    local other, second <close> = pair()
    local _ <close> = client
    local _ <close> = other
    local data <const> = ("x"):rep(10000) -- so many that the whole buffer is kept
    local function turn()
      for from, to in pairs { [client] = server, [other] = second } do send(from, to, data) end
      for _, count in ipairs { 1, #data - 1 } do
        for _, to in ipairs { server, second } do assert.equal(count, #to:receive(count)) end
      end
    end
    for _ = 1, 10 do turn() end
    local before = data_size()
    for _ = 1, 300 do turn() end
    assert.is_true(data_size() - before < 100 * BUFFER // 1024)
  end)
end)

describe("an object of another class", function()
  it("is no socket, whatever its size", function()
    local loop <close> = assert(poller.new())
    local sock <close> = assert(socket.tcp { fallback = "tcp" })
    for _, other in ipairs { loop.epoll, io.stdout, {}, "x", 5 } do
      for _, method in ipairs { "getfd", "close", "dirty", "settimeout", "getoption" } do
        assert.error_matches(function() sock[method](other, 1) end, "tcp{any} expected")
      end
    end
  end)
end)
