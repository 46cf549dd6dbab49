-- smc.pnet.of_interface on any machine: trees of sysfs made by hand, and the EBCDIC in them.

local E = require "smc.errno"
local pnet = require "smc.pnet"
local support = require "support"

local ENODEV <const>, ENODATA <const>, EAFNOSUPPORT <const> = E.ENODEV, E.ENODATA, E.EAFNOSUPPORT

-- NET25 and NET1 in EBCDIC, and a port that has none.
local NET25 <const> = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11)
local NET1 <const> = "\xd5\xc5\xe3\xf1" .. ("\x40"):rep(12)
local NONE <const> = ("\0"):rep(16)

-- of_interface on such a tree, with sys and proc in it, and on a table of the kernel's.
local function lookup(interface, files, entries)
  local made <close> = support.tree(files)
  local module = support.on_answers("smc.pnet", { pnet_list = { entries or {} } })
  return support.with_paths(made.root, module.of_interface, interface)
end

describe("util_string", function()
  it("holds a PNET ID a port, in EBCDIC", function()
    local bytes = NET25 .. NONE .. NET1 .. NONE
    assert.equal("NET25", pnet.from_util_string(bytes))
    assert.equal("NET25", pnet.from_util_string(bytes, 0))
    assert.is_nil(pnet.from_util_string(bytes, 1))
    assert.equal("NET1", pnet.from_util_string(bytes, 2))
    assert.is_nil(pnet.from_util_string(bytes, 3))
  end)

  it("holds none where it is blank, cut short, or there is no such port", function()
    assert.is_nil(pnet.from_util_string(("\x40"):rep(64)))
    assert.is_nil(pnet.from_util_string(""))
    assert.is_nil(pnet.from_util_string(NET25, 1))
    assert.is_nil(pnet.from_util_string(NET25, 4))
  end)

  it("can be full", function()
    assert.equal("A123456789BCDEFZ", pnet.from_util_string(
      "\xc1\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xc2\xc3\xc4\xc5\xc6\xe9" .. NET25))
  end)
end)

describe("EBCDIC", function()
  it("becomes ASCII as far as ASCII goes", function()
    local decode = require("smc.internal.ebcdic").decode
    assert.equal("", decode(""))
    assert.equal("AIJRSZ az 09", decode("\xc1\xc9\xd1\xd9\xe2\xe9\x40\x81\xa9\x40\xf0\xf9"))
    assert.equal("?[?]^\0", decode("\x41\xad\xff\xbd\x5f\0"))
  end)
end)

describe("the PNET ID of an interface", function()
  local PCI <const> = "sys/devices/pci0001:00/0001:00:00.0/util_string"
  local function nic(files)
    files["sys/class/net/eth0/device"] = { "../../../devices/pci0001:00/0001:00:00.0" }
    return files
  end

  it("is that of the PCI function", function()
    assert.same({ pnetid = "NET25", pnetid_source = "hardware", netdev = "eth0" },
      lookup("eth0", nic { [PCI] = NET25 .. NONE:rep(3), ["sys/class/net/eth0/dev_port"] = "0\n" }))
  end)

  it("goes by the port", function()
    local files = nic { [PCI] = NET25 .. NET1 .. NONE:rep(2), ["sys/class/net/eth0/dev_port"] = "1\n" }
    assert.equal("NET1", lookup("eth0", files).pnetid)
  end)

  it("is that of port 0 where the kernel names none", function()
    assert.equal("NET25", lookup("eth0", nic { [PCI] = NET25 .. NONE:rep(3) }).pnetid)
  end)

  it("is that of the channel path, by the port of the adapter", function()
    assert.same({ pnetid = "NET1", pnetid_source = "hardware", netdev = "enc1000" }, lookup("enc1000", {
      ["sys/class/net/enc1000/device/chpid"] = "B4\n",
      ["sys/class/net/enc1000/device/portno"] = "1\n",
      ["sys/class/net/enc1000/dev_port"] = "0\n",
      ["sys/devices/css0/chp0.b4/util_string"] = NET25 .. NET1 .. NONE:rep(2),
    }))
  end)

  it("is that of the channel path 05, whose name has two digits", function()
    assert.equal("NET25", lookup("enc1000", {
      ["sys/class/net/enc1000/device/chpid"] = "5\n",
      ["sys/devices/css0/chp0.05/util_string"] = NET25 .. NONE:rep(3),
    }).pnetid)
  end)

  it("is that in the table where the hardware has none", function()
    local entries = { { pnetid = "A", ibdev = "eth0", ibport = 1 }, { pnetid = "B", netdev = "eth1" },
      { pnetid = "USER", netdev = "eth0" } }
    assert.same({ pnetid = "USER", pnetid_source = "user", netdev = "eth0" },
      lookup("eth0", nic { [PCI] = NONE:rep(4) }, entries))
    assert.equal("user", lookup("eth0", { ["sys/class/net/eth0/dev_port"] = "0\n" }, entries).pnetid_source)
  end)

  it("is that of the hardware where the table has one too", function()
    local entries = { { pnetid = "A", netdev = "eth0" } }
    assert.equal("hardware", lookup("eth0", nic { [PCI] = NET25 }, entries).pnetid_source)
  end)

  it("is that of the interface at the bottom, for a bond and a VLAN on it", function()
    local files = nic {
      [PCI] = NET25,
      ["sys/class/net/bond0/bonding/slaves"] = "eth0 eth1\n",
      ["sys/class/net/bond0.7/lower_bond0"] = { "../bond0" },
      ["proc/net/dev"] = "Inter-|   Receive\n face |bytes\n    lo: 0 0\n bond0: 0 0\nbond0.7: 0 0\n",
    }
    assert.same({ pnetid = "NET25", pnetid_source = "hardware", netdev = "eth0" }, lookup("bond0", files))
    assert.same({ pnetid = "NET25", pnetid_source = "hardware", netdev = "eth0" }, lookup("bond0.7", files))
  end)

  it("in the table is that of the interface at the bottom, or else its own", function()
    local files = {
      ["sys/class/net/eth0/dev_port"] = "0\n",
      ["sys/class/net/vlan7/lower_eth0"] = { "../eth0" },
      ["proc/net/dev"] = "  eth0: 0 0\n vlan7: 0 0\n",
    }
    local own, bottom = { pnetid = "OWN", netdev = "vlan7" }, { pnetid = "BOTTOM", netdev = "eth0" }
    assert.same({ pnetid = "OWN", pnetid_source = "user", netdev = "vlan7" }, lookup("vlan7", files, { own }))
    assert.same({ pnetid = "BOTTOM", pnetid_source = "user", netdev = "eth0" },
      lookup("vlan7", files, { own, bottom }))
  end)

  it("does not loop where interfaces seem to stand on each other", function()
    local files = {
      ["sys/class/net/a/lower_b"] = { "../b" }, ["sys/class/net/b/lower_a"] = { "../a" },
      ["proc/net/dev"] = "a: 0\nb: 0\n",
    }
    assert.equal(ENODATA, select(3, lookup("a", files)))
  end)

  it("is asked for an interface that is not there", function()
    support.fails("there is no interface eth1 in .*/sys/class/net", ENODEV,
      lookup("eth1", nic { [PCI] = NET25 }, { { pnetid = "A", netdev = "eth1" } }))
  end)

  it("is that of an interface of this network namespace, not of another's that sysfs shows", function()
    local files = { ["sys/class/net/eth0/dev_port"] = "0\n", ["proc/net/dev"] = "lo: 0\neth1: 0\n" }
    local found, message, errno = lookup("eth0", files, { { pnetid = "A", netdev = "eth0" } })
    assert.is_nil(found)
    assert.equal("there is no interface eth0 in this network namespace", message)
    assert.equal(ENODEV, errno)
    found, message, errno = lookup("eth1", files, { { pnetid = "A", netdev = "eth1" } })
    assert.is_nil(found)
    assert.matches("no interface eth1 in .*/sys/class/net: .*/sys belongs to another network", message)
    assert.equal(ENODEV, errno)
  end)

  it("is asked for an interface that has none, which says what to do", function()
    support.fails('eth0 has no PNET ID.*smc.pnet.add { pnetid = "…", netdev = "eth0" }', ENODATA,
      lookup("eth0", nic { [PCI] = NONE:rep(4) }))
  end)

  it("says why the table cannot be read", function()
    local module = support.on_answers("smc.pnet", { pnet_list = { nil, "cannot list: Words", EAFNOSUPPORT } })
    local made <close> = support.tree { ["sys/class/net/eth0/dev_port"] = "0\n" }
    support.fails("cannot be read: cannot list: Words", EAFNOSUPPORT,
      support.with_paths(made.root, module.of_interface, "eth0"))
  end)
end)
