-- Messages of other processes that pretend to be the kernel's: netlink has no other guard than the sender's
-- number. Root may send them; so may whoever has CAP_NET_ADMIN in a container.
local check = require "smc.check"
local core = require "smc.core.netlink"
local device = require "smc.device"
local diag = require "smc.diag"
local ism = require "smc.ism"
local getpid = require "smc.core.process".getpid
local m = require "fuzz.messages"
local socket = require "smc.socket"
local support = require "support"
local sysfs = require "smc.core.sysfs"

local SOCK_DIAG <const>, UEVENT <const> = 4, 15 -- families of netlink
local FORGED_INODE <const> = 0x666

-- Sends a message to a netlink socket of this process, or to a group.
local function send(family, port, group, bytes)
  local hex = bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  local done = support.run { "python3", "-c", [[
import socket, sys
family, port, group, data = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), bytes.fromhex(sys.argv[4])
sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family)
sock.bind((0, 0))
sock.sendto(data, (port, group))
]], tostring(family), tostring(port), tostring(group), hex }
  assert.equal("", done.stderr)
end

-- The number of this process's only netlink socket of a family.
local function port_of(family)
  local found
  for line in io.lines "/proc/net/netlink" do
    local its_family, port = line:match("^%x+ +(%d+) +(%d+)")
    if tonumber(its_family) == family and tonumber(port) & 0x3fffff == getpid() then
      assert.is_nil(found)
      found = tonumber(port)
    end
  end
  return assert(found)
end

describe("a list of sockets", function()
  it("has none that another process has sent", function()
    local socks = {}
    for i = 1, 500 do socks[i] = assert(socket.tcp4()) end -- more than one datagram
    finally(function() for _, sock in ipairs(socks) do sock:close() end end)
    local iterator <close> = assert(diag.sockets())
    assert(iterator())
    -- libnl counts requests from the time on.
    local forged, now = {}, os.time()
    for seq = now - 60, now + 60 do
      local one = m.socket { inode = FORGED_INODE, state = "ACTIVE", mode = "smcd", cookie = seq }
      forged[#forged + 1] = one:sub(1, 8) .. string.pack("=I4", seq) .. one:sub(13)
    end
    send(SOCK_DIAG, port_of(SOCK_DIAG), 0, table.concat(forged))
    local count = 0
    for record in iterator do
      count = count + 1
      assert.not_equal(FORGED_INODE, record.inode)
    end
    assert.is_true(count >= 499)
  end)

  it("holds no descriptor when it has ended, or was left", function()
    local one <close> = assert(socket.tcp4())
    local other <close> = assert(socket.tcp4())
    assert(one and other)
    for what, call in pairs {
      ["the end"] = function() for _ in assert(diag.sockets()) do end end, -- luacheck: ignore 542
      ["left"] = function() for _ in assert(diag.sockets()) do break end end, -- luacheck: ignore 512
      ["found"] = function() assert(diag.find(one:info().inode)) end,
      ["a list"] = function() assert(device.list()) end,
      ["a watch"] = function() assert(diag.watch()):close() end,
      ["a check"] = function() assert(not assert(check.connect("127.0.0.1", 1)).success) end,
    } do
      assert.equal(0, support.descriptors_left_by(call, 10), what)
    end
  end)
end)

describe("an event of a device", function()
  local FORGED <const> = "remove@/devices/x\0ACTION=remove\0SUBSYSTEM=pci\0PCI_SLOT_NAME=%s\0"

  it("is the kernel's, and no other process's #ism", function()
    local watch <close> = assert(ism.watch())
    local there = assert(ism.list())[1]
    local uevents = assert(sysfs.uevents())
    finally(function() uevents:close() end)
    send(UEVENT, 0, 1, FORGED:format(there.pci_id))
    assert.same({}, uevents:receive(support.HANG)) -- it has arrived, and is nothing
    local event, _, errno = watch:next(0.1)
    assert.is_nil(event)
    assert.equal(require "smc.errno".ETIMEDOUT, errno)
    assert.equal(there.pci_id, assert(ism.list())[1].pci_id)
  end)
end)

describe("addresses that inet_diag has", function()
  it("are those of both ends, of connections or of listeners", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0))
    local port = select(2, server:getsockname())
    local client <close> = assert(socket.connect("127.0.0.1", port, "127.0.0.2", 0))
    local own = select(2, client:getsockname())
    local function find(listening)
      local found = {}
      local iterator <close> = assert(core.inet_diag(false, listening))
      for here, there, address, peer in iterator do
        if here == port or there == port then
          found[#found + 1] = ("%d %d %s %s"):format(here, there, address, peer)
        end
      end
      table.sort(found)
      return found
    end
    local expected = { ("%d %d 127.0.0.1 127.0.0.2"):format(port, own),
      ("%d %d 127.0.0.2 127.0.0.1"):format(own, port) }
    table.sort(expected)
    assert.same(expected, find(false))
    assert.same({ ("%d 0 127.0.0.1 0.0.0.0"):format(port) }, find(true))
  end)
end)
