-- smc.pnet on any machine: arguments, recorded or hand-made trees of sysfs, the kernel's answers.

local pnet = require "smc.pnet"

local EPERM <const>, ENOENT <const>, EEXIST <const>, ENODEV <const>, EINVAL <const> = 1, 2, 17, 19, 22
local ENODATA <const>, EAFNOSUPPORT <const> = 61, 97

-- NET25 and NET1 in EBCDIC, and a port that has none.
local NET25 <const> = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11)
local NET1 <const> = "\xd5\xc5\xe3\xf1" .. ("\x40"):rep(12)
local NONE <const> = ("\0"):rep(16)

-- The module on a boundary that answers what the spec says: { function's name = its results }.
local function on(answers)
  local asked = {}
  local boundary = setmetatable({}, { __index = function(_, name)
    return function(...)
      asked[#asked + 1] = { name, ... }
      return table.unpack(answers[name], 1, 3)
    end
  end })
  local real = package.loaded["smc.core.netlink"]
  package.loaded["smc.core.netlink"], package.loaded["smc.pnet"] = boundary, nil
  local module = require "smc.pnet"
  package.loaded["smc.core.netlink"], package.loaded["smc.pnet"] = real, pnet
  return module, asked
end

-- A folder with the files given: path → what it holds; or a table of one string, a symbolic link.
local function tree(files)
  local root = os.tmpname()
  os.remove(root)
  for path, content in pairs(files) do
    local full = root .. "/" .. path
    assert(os.execute(("mkdir -p '%s'"):format(full:match("^(.*)/"))))
    if type(content) == "table" then
      assert(os.execute(("ln -s '%s' '%s'"):format(content[1], full)))
    else
      local file <close> = assert(io.open(full, "wb"))
      file:write(content)
    end
  end
  return root
end

local roots = {}

-- of_interface on such a tree, with sys and proc in it.
local function lookup(interface, files, entries)
  local root = tree(files)
  roots[#roots + 1] = root
  return pnet.of_interface(interface,
    { sysfs = root .. "/sys", proc = root .. "/proc", table = entries or {} })
end

teardown(function()
  for _, root in ipairs(roots) do os.execute(("rm -r '%s'"):format(root)) end
end)

describe("smc.pnet refuses", function()
  local module, asked = on {}

  for _, name in ipairs { "", "A B", "A-B", "A.B", ("A"):rep(17), "A\0", "\xc4", " A" } do
    it(("the PNET ID %q"):format(name), function()
      for _, call in ipairs {
        function() return module.add { name = name, netdev = "eth0" } end,
        function() return module.remove(name) end,
        function() return module.get(name) end,
      } do
        local ok, message, errno = call()
        assert.is_nil(ok)
        assert.matches("is no PNET ID", message)
        assert.equal(EINVAL, errno)
      end
      assert.same({}, asked)
    end)
  end

  for _, name in ipairs { "", ".", "..", "../lo", "a/b", "/", "a b", "a:1", "a\n", "a\0", ("a"):rep(16) } do
    it(("the interface %q"):format(name), function()
      for _, call in ipairs {
        function() return module.of_interface(name, { sysfs = "/nowhere", table = {} }) end,
        function() return module.add { name = "A", netdev = name } end,
      } do
        local ok, message, errno = call()
        assert.is_nil(ok)
        assert.matches("is no name of an interface", message)
        assert.equal(EINVAL, errno)
      end
      assert.same({}, asked)
    end)
  end

  it("devices and ports that cannot be", function()
    for _, entry in ipairs {
      { ibdev = "" }, { ibdev = "a b" }, { ibdev = "a/b" }, { ibdev = ("a"):rep(64) },
      { ibdev = "mlx5_0", ibport = 0 }, { ibdev = "mlx5_0", ibport = 3 }, { ibdev = "mlx5_0", ibport = -1 },
    } do
      entry.name = "A"
      local ok, message, errno = module.add(entry)
      assert.is_nil(ok)
      assert.is_string(message)
      assert.equal(EINVAL, errno)
    end
    assert.same({}, asked)
  end)

  it("a caller's mistake by throwing at the caller", function()
    for _, call in ipairs {
      function() module.add() end,
      function() module.add { netdev = "eth0" } end,
      function() module.add { name = "A" } end,
      function() module.add { name = "A", netdev = "eth0", ibdev = "mlx5_0" } end,
      function() module.add { name = "A", netdev = "eth0", ibport = 1 } end,
      function() module.add { name = "A", ibdev = "mlx5_0", ibport = 1.5 } end,
      function() module.add { name = "A", ibdev = "mlx5_0", ibport = "1" } end,
      function() module.add { name = 7, netdev = "eth0" } end,
      function() module.add { name = "A", device = "eth0" } end,
      function() module.remove() end,
      function() module.remove(7) end,
      function() module.get() end,
      function() module.list { nam = "A" } end,
      function() module.list { name = 7 } end,
      function() module.list "A" end,
      function() module.of_interface() end,
      function() module.of_interface(7) end,
      function() module.of_interface("lo", { sys = "/sys" }) end,
      function() module.of_interface("lo", { table = true }) end,
    } do
      local ok, message = pcall(call)
      assert.is_false(ok)
      assert.matches("pnet_spec.lua:%d+: ", message)
    end
    assert.same({}, asked)
  end)
end)

describe("smc.pnet asks the kernel", function()
  it("in upper case, which removing needs", function()
    local module, asked = on { pnet_add = { true }, pnet_remove = { true } }
    assert.is_true(module.add { name = "netA1", netdev = "eth0" })
    assert.is_true(module.remove("netA1"))
    assert.same({ { "pnet_add", "NETA1", "eth0" }, { "pnet_remove", "NETA1" } }, asked)
  end)

  it("for port 1 of a device unless it is told another", function()
    local module, asked = on { pnet_add = { true } }
    assert.is_true(module.add { name = "A", ibdev = "mlx5_0" })
    assert.is_true(module.add { name = "A", ibdev = "0001:00:00.0", ibport = 2 })
    assert.same({ { "pnet_add", "A", nil, "mlx5_0", 1 }, { "pnet_add", "A", nil, "0001:00:00.0", 2 } }, asked)
  end)
end)

describe("smc.pnet lists", function()
  local entries = {
    { name = "A", netdev = "eth0" },
    { name = "A", ibdev = "mlx5_0", ibport = 2 },
    { name = "B", netdev = "eth1" },
  }
  local module = on { pnet_list = { entries } }

  it("every entry", function()
    assert.same(entries, module.list())
  end)

  it("those that match every field of a filter", function()
    assert.same({ entries[1], entries[2] }, module.list { name = "a" })
    assert.same({ entries[2] }, module.list { name = "A", ibport = 2 })
    assert.same({ entries[3] }, module.list { netdev = "eth1" })
    assert.same({}, module.list { netdev = "eth1", name = "A" })
  end)

  it("what has a PNET ID, and says when nothing has", function()
    assert.same({ entries[3] }, module.get("b"))
    local found, message, errno = module.get("C")
    assert.is_nil(found)
    assert.matches("no PNET ID C", message)
    assert.equal(ENOENT, errno)
  end)

  it("nothing where the kernel refuses", function()
    local other = on { pnet_list = { nil, "cannot list: Words", EPERM } }
    assert.same({ nil, "cannot list: Words", EPERM }, { other.list() })
    assert.same({ nil, "cannot list: Words", EPERM }, { other.get("A") })
  end)
end)

describe("smc.pnet says what the kernel's answers mean:", function()
  local function add(entry, entries)
    local module = on { pnet_add = { nil, "cannot add: Exists", EEXIST }, pnet_list = { entries } }
    local ok, message, errno = module.add(entry)
    assert.is_nil(ok)
    assert.equal(EEXIST, errno)
    assert.equal(1, (message:find("cannot add: Exists: ", 1, true)))
    return message
  end

  it("an interface that is in the table", function()
    local message = add({ name = "A", netdev = "eth0" }, { { name = "OLD", netdev = "eth0" } })
    assert.matches('eth0 is in the table with OLD: remove that first, with smc.pnet.remove%("OLD"%)', message)
  end)

  it("an interface that is not", function()
    assert.matches("eth0 has a PNET ID of its hardware", add({ name = "A", netdev = "eth0" }, {}))
  end)

  it("a device that is not", function()
    local message = add({ name = "A", ibdev = "mlx5_0" }, { { name = "A", netdev = "mlx5_0" } })
    assert.matches("of its hardware.* or this is not the initial network namespace", message)
  end)

  it("a device that is in the table with its other port", function()
    local message = add({ name = "A", ibdev = "mlx5_0" }, { { name = "OLD", ibdev = "mlx5_0", ibport = 2 } })
    assert.matches("mlx5_0 is in the table with OLD for port 2", message)
  end)

  it("a PNET ID that nothing has", function()
    local module = on { pnet_remove = { nil, "cannot remove: Words", ENOENT } }
    local ok, message, errno = module.remove("A")
    assert.is_nil(ok)
    assert.equal("cannot remove: Words: the table of this network namespace has no PNET ID A", message)
    assert.equal(ENOENT, errno)
  end)

  it("what the boundary explains is left as it is", function()
    local answer = { nil, "cannot: Words: advice", EPERM }
    local module = on { pnet_add = answer, pnet_remove = answer, pnet_flush = answer }
    assert.same(answer, { module.add { name = "A", netdev = "eth0" } })
    assert.same(answer, { module.remove("A") })
    assert.same(answer, { module.flush() })
  end)
end)

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
    local decode = require("smc.ebcdic").decode
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
    assert.same({ name = "NET25", source = "hardware", netdev = "eth0" },
      lookup("eth0", nic { [PCI] = NET25 .. NONE:rep(3), ["sys/class/net/eth0/dev_port"] = "0\n" }))
  end)

  it("goes by the port", function()
    local files = nic { [PCI] = NET25 .. NET1 .. NONE:rep(2), ["sys/class/net/eth0/dev_port"] = "1\n" }
    assert.equal("NET1", lookup("eth0", files).name)
  end)

  it("is that of port 0 where the kernel names none", function()
    assert.equal("NET25", lookup("eth0", nic { [PCI] = NET25 .. NONE:rep(3) }).name)
  end)

  it("is that of the channel path, by the port of the adapter", function()
    assert.same({ name = "NET1", source = "hardware", netdev = "enc1000" }, lookup("enc1000", {
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
    }).name)
  end)

  it("is that in the table where the hardware has none", function()
    local entries = { { name = "A", ibdev = "eth0", ibport = 1 }, { name = "B", netdev = "eth1" },
      { name = "USER", netdev = "eth0" } }
    assert.same({ name = "USER", source = "user", netdev = "eth0" },
      lookup("eth0", nic { [PCI] = NONE:rep(4) }, entries))
    assert.equal("user", lookup("eth0", { ["sys/class/net/eth0/dev_port"] = "0\n" }, entries).source)
  end)

  it("is that of the hardware where the table has one too", function()
    local entries = { { name = "A", netdev = "eth0" } }
    assert.equal("hardware", lookup("eth0", nic { [PCI] = NET25 }, entries).source)
  end)

  it("is that of the interface at the bottom, for a bond and a VLAN on it", function()
    local files = nic {
      [PCI] = NET25,
      ["sys/class/net/bond0/bonding/slaves"] = "eth0 eth1\n",
      ["sys/class/net/bond0.7/lower_bond0"] = { "../bond0" },
      ["proc/net/dev"] = "Inter-|   Receive\n face |bytes\n    lo: 0 0\n bond0: 0 0\nbond0.7: 0 0\n",
    }
    assert.same({ name = "NET25", source = "hardware", netdev = "eth0" }, lookup("bond0", files))
    assert.same({ name = "NET25", source = "hardware", netdev = "eth0" }, lookup("bond0.7", files))
  end)

  it("in the table is that of the interface at the bottom, or else its own", function()
    local files = {
      ["sys/class/net/eth0/dev_port"] = "0\n",
      ["sys/class/net/vlan7/lower_eth0"] = { "../eth0" },
      ["proc/net/dev"] = "  eth0: 0 0\n vlan7: 0 0\n",
    }
    local own, bottom = { name = "OWN", netdev = "vlan7" }, { name = "BOTTOM", netdev = "eth0" }
    assert.same({ name = "OWN", source = "user", netdev = "vlan7" }, lookup("vlan7", files, { own }))
    assert.same({ name = "BOTTOM", source = "user", netdev = "eth0" },
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
    local found, message, errno = lookup("eth1", nic { [PCI] = NET25 }, { { name = "A", netdev = "eth1" } })
    assert.is_nil(found)
    assert.matches("there is no interface eth1 in .*/sys/class/net", message)
    assert.equal(ENODEV, errno)
  end)

  it("is that of an interface of this network namespace, not of another's that sysfs shows", function()
    local files = { ["sys/class/net/eth0/dev_port"] = "0\n", ["proc/net/dev"] = "lo: 0\neth1: 0\n" }
    local found, message, errno = lookup("eth0", files, { { name = "A", netdev = "eth0" } })
    assert.is_nil(found)
    assert.equal("there is no interface eth0 in this network namespace", message)
    assert.equal(ENODEV, errno)
    found, message, errno = lookup("eth1", files, { { name = "A", netdev = "eth1" } })
    assert.is_nil(found)
    assert.matches("no interface eth1 in .*/sys/class/net: .*/sys is of another network", message)
    assert.equal(ENODEV, errno)
  end)

  it("is asked for an interface that has none, which says what to do", function()
    local found, message, errno = lookup("eth0", nic { [PCI] = NONE:rep(4) })
    assert.is_nil(found)
    assert.matches('eth0 has no PNET ID.*smc.pnet.add { name = "…", netdev = "eth0" }', message)
    assert.equal(ENODATA, errno)
  end)

  it("says why the table cannot be read", function()
    local module = on { pnet_list = { nil, "cannot list: Words", EAFNOSUPPORT } }
    local root = tree { ["sys/class/net/eth0/dev_port"] = "0\n" }
    roots[#roots + 1] = root
    local found, message, errno = module.of_interface("eth0",
      { sysfs = root .. "/sys", proc = root .. "/proc" })
    assert.is_nil(found)
    assert.matches("cannot be read: cannot list: Words", message)
    assert.equal(EAFNOSUPPORT, errno)
  end)
end)

describe("smc.pnet on this machine", function()
  it("answers, or says what to do where the kernel has no SMC", function()
    for _, call in ipairs { pnet.list, function() return pnet.of_interface("lo") end } do
      local found, message, errno = call()
      if found then
        assert.is_table(found)
      elseif errno == EAFNOSUPPORT then
        assert.truthy(message:find('SMC is not in this kernel: load it with "modprobe smc"', 1, true))
      else
        assert.equal(ENODATA, errno)
      end
    end
  end)
end)

describe("the boundary of smc.pnet", function()
  local netlink = require "smc.core.netlink"

  it("checks its arguments", function()
    for _, call in ipairs {
      function() netlink.pnet_add() end,
      function() netlink.pnet_add("A") end,
      function() netlink.pnet_add({}, "eth0") end,
      function() netlink.pnet_add("A", nil, "mlx5_0") end,
      function() netlink.pnet_add("A", nil, {}, 1) end,
      function() netlink.pnet_remove() end,
    } do
      assert.has_error(call)
    end
  end)
end)
