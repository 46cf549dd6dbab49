-- What smc.core.netlink reads of this kernel, against what LuaSocket and /proc say of the same TCP
-- sockets; and what a list leaves behind.
local luasocket = require "socket"
local netlink = require "smc.core.netlink"
local support = require "support"

local own_pid = require "smc.core.process".getpid()

-- Where no other process has sockets that come and go meanwhile.
local OWN_HOST <const> = ("127.77.%d.%d"):format(own_pid >> 8 & 0xff, own_pid & 0xff)

-- Local port, peer port, local address, peer address of each socket, as lines.
local function listed(inet6, listening)
  local lines = {}
  for port, peer_port, address, peer_address in assert(netlink.inet_diag(inet6, listening)) do
    lines[("%s %d %s %d"):format(address, port, peer_address, peer_port)] = true
  end
  return lines
end

local function line_of(address, port, peer_address, peer_port)
  return ("%s %d %s %d"):format(address, port, peer_address, peer_port)
end

-- A listener, a client and what was accepted, of LuaSocket.
local function three(host)
  local server = assert(luasocket.bind(host, 0))
  local client = assert(luasocket.connect(host, (select(2, server:getsockname()))))
  return server, client, assert(server:accept())
end

local function close_all(...)
  for _, sock in ipairs { ... } do sock:close() end
end

describe("the TCP sockets of this host", function()
  for host, any in pairs { [OWN_HOST] = "0.0.0.0", ["::1"] = "::" } do
    it("have their own names and those of their peers: " .. any, function()
      local server, client, accepted = three(host)
      local connections, listeners = listed(any == "::", false), listed(any == "::", true)
      local others = listed(any ~= "::", false)
      for _, sock in ipairs { client, accepted } do
        local address, port = sock:getsockname()
        local line = line_of(address, tonumber(port), sock:getpeername())
        assert.is_true(connections[line], line)
        assert.is_nil(listeners[line])
        assert.is_nil(others[line])
      end
      local address, port = server:getsockname()
      local line = line_of(address, tonumber(port), any, 0)
      assert.is_true(listeners[line], line)
      assert.is_nil(connections[line])
      close_all(server, client, accepted)
    end)
  end

  -- An address as /proc/net/tcp has it, four bytes in the order of this machine.
  local function dotted(hex)
    local bytes = string.pack("=I4", tonumber(hex, 16))
    return ("%d.%d.%d.%d"):format(bytes:byte(1, 4))
  end

  it("are those that /proc/net/tcp has", function()
    local server, client, accepted = three(OWN_HOST)
    local ours, seen = { ["0A"] = listed(false, true), ["01"] = listed(false, false) }, {}
    for text in io.lines "/proc/net/tcp" do
      local address, port, peer, peer_port, state = text:match "^%s*%d+: (%x+):(%x+) (%x+):(%x+) (%x+)"
      if address and ours[state] and dotted(address) == OWN_HOST then
        local line = line_of(OWN_HOST, tonumber(port, 16), dotted(peer), tonumber(peer_port, 16))
        seen[state] = true
        assert.is_true(ours[state][line], line)
      end
    end
    assert.same({ ["0A"] = true, ["01"] = true }, seen)
    close_all(server, client, accepted)
  end)
end)

describe("a list of the kernel's", function()
  it("holds no socket when it has ended, was left, or was closed", function()
    local kept = {}
    for how, go in pairs {
      ended = function(list) for _ in list do end end, -- luacheck: ignore 542
      left = function(list, ...) for _ in list, ... do break end end, -- luacheck: ignore 512
      closed = function(list) list:close() end,
    } do
      assert.equal(0, support.descriptors_left_by(function()
        local list, state, control, closing = assert(netlink.inet_diag(false, true))
        kept[#kept + 1] = list
        go(list, state, control, closing)
      end, 10), how)
    end
    for _, list in ipairs(kept) do assert.is_nil(list()) end -- and has nothing more
  end)

  it("gives its memory back, though nobody collects it #native", function()
    if os.getenv "SMC_BUILD" == "build/sanitize" then return end -- whose allocator keeps freed memory
    local servers, kept = {}, {}
    for i = 1, 60 do servers[i] = assert(luasocket.bind("127.0.0.1", 0)) end
    local function list_all()
      local list = assert(netlink.inet_diag(false, true))
      local count = 0
      for _ in list do count = count + 1 end
      assert.is_true(count >= #servers)
      kept[#kept + 1] = list
    end
    for _ = 1, 20 do list_all() end
    local before = support.resident()
    for _ = 1, 1000 do list_all() end
    assert.is_true(support.resident() - before < 2000)
    close_all(table.unpack(servers))
  end)
end)
