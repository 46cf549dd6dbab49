-- The route to a peer and the interfaces of this machine, compared with ip(8); what a path says if there is
-- no SMC; and malformed messages of rtnetlink.
local check = require "smc.check"
local E = require "smc.errno"
local json = require "dkjson"
local netlink = require "smc.core.netlink"
local support = require "support"

-- ip(8) copies a string onto itself, which ends it under the AddressSanitizer that specs are run with.
local function run_ip(...)
  return support.run { "env", "-u", "LD_PRELOAD", "ip", "-json", ... }
end

local function ip(...)
  local done = run_ip(...)
  assert.equal(0, done.status, done.stderr)
  return assert(json.decode(done.stdout))
end

describe("the kernel's route", function()
  for _, address in ipairs { "127.0.0.1", "::1", "192.0.2.77", "2001:db8::77" } do
    it("is the one that ip route get shows: " .. address, function()
      local done = run_ip("route", "get", address)
      local found, message, errno = netlink.route(address)
      if done.status ~= 0 then
        assert.is_nil(found)
        assert.matches("^cannot find the route: ", message)
        assert.equal("integer", math.type(errno))
        return
      end
      local expected = json.decode(done.stdout)[1]
      assert.same({ expected.dev, expected.prefsrc, expected.gateway, expected.type == "local" },
        { netlink.interface_name(found[1].ifindex), found[1].source, found[1].gateway, found[1].is_local })
    end)
  end

  it("is for addresses alone", function()
    for _, wrong in ipairs { "", "localhost", "1.2.3", "fe80::1%lo", "1.2.3.4\0" } do
      assert.has_error(function() netlink.route(wrong) end)
    end
  end)
end)

describe("the interfaces", function()
  it("are those of ip link, with their states", function()
    local found = {}
    for i, link in ipairs(assert(netlink.links())) do
      found[i] = { link.name, link.ifindex, link.mtu, link.up }
    end
    for i, link in ipairs(ip "link") do
      assert.same({ link.ifname, link.ifindex, link.mtu, (" %s "):format(table.concat(link.flags, " "))
        :find(" UP ", 1, true) ~= nil }, found[i])
    end
  end)

  it("have the addresses of ip address", function()
    local found, expected = {}, {}
    for i, one in ipairs(assert(netlink.addresses())) do
      found[i] = ("%d %s/%d"):format(one.ifindex, one.address or one.peer, one.prefix)
    end
    for _, link in ipairs(ip "address") do
      for _, one in ipairs(link.addr_info) do
        expected[#expected + 1] = ("%d %s/%d"):format(link.ifindex, one["local"], one.prefixlen)
      end
    end
    table.sort(found)
    table.sort(expected)
    assert.same(expected, found)
  end)

  it("that are up are listed by name", function()
    local expected = {}
    for _, link in ipairs(ip("link", "show", "up")) do expected[#expected + 1] = link.ifname end
    assert.same(expected, check.interfaces())
  end)
end)

-- Messages made by hand, in the byte order of this host.
local RTM_NEWLINK <const>, RTM_NEWADDR <const>, RTM_NEWROUTE <const> = 16, 20, 24
local LINK <const> = string.pack("=BBI2i4I4I4", 0, 0, 1, 7, 1, 0)

local function attribute(kind, bytes)
  local text = string.pack("=I2I2", 4 + #bytes, kind) .. bytes
  return text .. ("\0"):rep(-#text % 4)
end

local function message(kind, payload)
  return string.pack("=I4I2I2I4I4", 16 + #payload, kind, 2, 0, 0) .. payload
end

local function vlan_data(kind, bytes)
  return message(RTM_NEWLINK, LINK .. attribute(3, "v5\0")
    .. attribute(18, attribute(1, kind .. "\0") .. attribute(2, attribute(1, bytes))))
end

describe("a message of rtnetlink", function()
  it("has a VLAN ID for a VLAN only", function()
    -- The kind, and the first attribute of its own.
    for _, case in ipairs { { "vlan", "\5\0", string.unpack("=I2", "\5\0") }, { "veth", ("x"):rep(20), nil },
      { "vlan", "xyz", nil }, { "vla", "\5\0", nil } } do
      local found = assert(netlink.links(vlan_data(case[1], case[2])))
      assert.same({ { ifindex = 7, name = "v5", up = true, loopback = false, vlan = case[3] } }, found)
    end
  end)

  it("names the interface below, not the one that it is a part of", function()
    local name <const>, master <const> = attribute(3, "v5\0"), attribute(10, string.pack("=I4", 9))
    local found = assert(netlink.links(message(RTM_NEWLINK, LINK .. name .. attribute(5,
      string.pack("=I4", 3)) .. master)))
    assert.equal(3, found[1].lower)
    assert.is_nil(assert(netlink.links(message(RTM_NEWLINK, LINK .. name .. master)))[1].lower)
  end)

  it("tells whether an interface is up, whatever else it is", function()
    local UP <const>, LOOPBACK <const>, RUNNING <const>, LOWER_UP <const> = 1, 8, 0x40, 0x10000
    for _, flags in ipairs { 0, UP, RUNNING | LOWER_UP, LOOPBACK, UP | LOOPBACK, 0x1043 } do
      local found = assert(netlink.links(message(RTM_NEWLINK,
        string.pack("=BBI2i4I4I4", 0, 0, 1, 7, flags, 0) .. attribute(3, "v5\0"))))[1]
      assert.same({ flags & UP ~= 0, flags & LOOPBACK ~= 0 }, { found.up, found.loopback }, flags)
    end
  end)

  it("tells the routes to this host, and the addresses of a link, from all others", function()
    local UNICAST <const>, LOCAL <const>, LINK_SCOPE <const> = 1, 2, 253
    for kind = UNICAST, 9 do
      local route = message(RTM_NEWROUTE, string.pack("=BBBBBBBBI4", 2, 32, 0, 0, 254, 0, 0, kind, 0)
        .. attribute(4, string.pack("=I4", 1)))
      assert.equal(kind == LOCAL, netlink.route("127.0.0.1", route)[1].is_local, kind)
    end
    for _, scope in ipairs { 0, 200, LINK_SCOPE, 254, 255 } do
      local address = message(RTM_NEWADDR, string.pack("=BBBBI4", 2, 24, 0, scope, 7)
        .. attribute(2, "\10\0\0\1"))
      assert.same({ { ifindex = 7, prefix = 24, address = "10.0.0.1", link_local = scope == LINK_SCOPE } },
        netlink.addresses(address))
    end
  end)

  it("of the wrong type, or cut short, is an error", function()
    for _, bytes in ipairs { message(RTM_NEWADDR, LINK .. attribute(3, "v5\0")), message(RTM_NEWLINK, "abc"),
      message(RTM_NEWLINK, LINK .. "\255\0\3\0x"), "x" } do
      assert.equal(E.EBADMSG, select(3, netlink.links(bytes)))
    end
    local route = message(RTM_NEWROUTE, ("\0"):rep(12) .. attribute(5, "abc"))
    assert.equal(E.EBADMSG, select(3, netlink.route("127.0.0.1", route)))
  end)

  it("that is changed at random is a list or an error", function()
    math.randomseed(7)
    for _ = 1, 3000 do
      local bytes = vlan_data("vlan", "\5\0")
      for _ = 1, math.random(1, 6) do
        local at = math.random(1, #bytes)
        bytes = bytes:sub(1, at - 1) .. string.char(math.random(0, 255)) .. bytes:sub(at + 1)
      end
      for _, read in ipairs { netlink.links, netlink.addresses } do
        local found, _, errno = read(bytes:sub(1, math.random(1, #bytes)))
        assert.is_truthy(found or math.type(errno) == "integer")
      end
    end
  end)
end)

describe("a path", function()
  it("is that of the route to a host, or that of an interface", function()
    local path = assert(check.path { host = "127.0.0.1" })
    assert.same({ "127.0.0.1", "127.0.0.1", true, "lo", true },
      { path.host, path.address, path.is_local, path.interface.name, path.interface.up })
    assert.same({ "127.0.0.1/8" }, { path.interface.addresses[1] })
    assert.equal("lo", assert(check.path { interface = "lo" }).interface.name)
    assert.equal("lo", assert(check.path { host = "::1", family = "inet6" }).interface.name)
    assert.matches("\n     Interface:          lo, up, ", "\n" .. tostring(path))
    assert.equal("string", type(require "smc.json".encode(path)))
  end)

  it("has the host's kernel and namespaces, and none of the modes if there is no SMC", function()
    local path = assert(check.path { interface = "lo" })
    local ok, why = require "smc.system".available()
    assert.same({ ok == true, why }, { path.kernel.available, path.kernel.message })
    local net = support.run({ "readlink", "/proc/self/ns/net" }).stdout
    assert.equal(("net:[%d]\n"):format(path.namespaces.net), net)
    if ok then return end
    assert.same({ {}, {} }, { path.modes, path.unread })
    assert.matches("Configuration:      no mode of SMC", tostring(path))
  end)

  it("without an interface or with two is a mistake of the caller", function()
    for _, options in ipairs { {}, { host = "localhost", interface = "lo" } } do
      assert.has_error(function() check.path(options) end)
    end
  end)
end)

describe("an RDMA port", function()
  local MAPPED <const> = "0000:0000:0000:0000:0000:ffff:0a01:000c\n"
  local LINK_LOCAL <const> = "fe80:0000:0000:0000:0000:00ff:feab:cdef\n"

  it("is one for its interface, by PNET ID first, in the versions of RoCE that its GIDs have", function()
    local gids <const>, types <const> = "/ports/1/gids/", "/ports/1/gid_attrs/types/"
    local a <const>, b <const> = "sys/class/infiniband/a", "sys/class/infiniband/b"
    local made <close> = support.tree {
      [a .. gids .. 0] = LINK_LOCAL, [a .. types .. 0] = "IB/RoCE v1\n",
      [a .. gids .. 1] = LINK_LOCAL, [a .. types .. 1] = "RoCE v2\n",
      [b .. gids .. 0] = MAPPED, [b .. types .. 0] = "RoCE v2\n",
    }
    local ports <const> = {
      { ibdev = "a", ibport = 1, state = "ACTIVE", netdev = "eth0", pnetid = "NETA", pnetid_source = "user" },
      { ibdev = "b", ibport = 1, state = "ACTIVE", netdev = "eth1", pnetid = "NETA" },
      { ibdev = "c", ibport = 1, state = "INACTIVE", netdev = "eth2", pnetid = "NETA" },
      { ibdev = "d", ibport = 2, state = "ACTIVE", netdev = "eth0" },
    }
    local devices = support.load_with("smc.check.path.devices", { ["smc.device"] = { list = function()
      local found = {}
      for i, port in ipairs(ports) do found[i] = { ibdev = port.ibdev, ports = { port } } end
      return found
    end } })
    local function versions(interface)
      local shown = {}
      for i, port in ipairs(support.with_paths(made.root, devices.roce, interface)) do
        shown[i] = ("%s %s %s %s %s"):format(port.ibdev, port.belongs, port.usable, port.v1, port.v2)
      end
      return shown
    end
    assert.same({ "a true true true false", "b true true false true", "c true false false false",
      "d false false false false" }, versions { name = "eth0", pnetid = "NETA" })
    assert.same({ "a true true true false", "b false false false false", "c false false false false",
      "d true true true true" }, versions { name = "eth0" })
  end)
end)
