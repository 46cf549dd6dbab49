-- smc.pnet on any machine: what it refuses before it asks the kernel, and what it makes of the answers.

local E = require "smc.errno"
local pnet = require "smc.pnet"
local support = require "support"

local EPERM <const>, ENOENT <const>, EEXIST <const>, EINVAL <const> = E.EPERM, E.ENOENT, E.EEXIST, E.EINVAL
local ENODATA <const>, EAFNOSUPPORT <const> = E.ENODATA, E.EAFNOSUPPORT

-- The module on a boundary that answers what the spec says: { function's name = its results }.
local function on(answers)
  return support.on_answers("smc.pnet", answers)
end

describe("smc.pnet refuses", function()
  local module, asked = on {}

  for _, name in ipairs { "", "A B", "A-B", "A.B", ("A"):rep(17), "A\0", "\xc4", " A" } do
    it(("the PNET ID %q"):format(name), function()
      for _, call in ipairs {
        function() return module.add { pnetid = name, netdev = "eth0" } end,
        function() return module.remove(name) end,
        function() return module.find(name) end,
        function() return module.list { pnetid = name } end,
      } do
        support.fails("is not a valid PNET ID", EINVAL, call())
      end
      assert.same({}, asked)
    end)
  end

  for _, name in ipairs { "", ".", "..", "../lo", "a/b", "/", "a b", "a:1", "a\n", "a\0", ("a"):rep(16) } do
    it(("the interface %q"):format(name), function()
      for _, call in ipairs {
        function() return module.of_interface(name) end,
        function() return module.add { pnetid = "A", netdev = name } end,
      } do
        support.fails("is not a valid interface name", EINVAL, call())
      end
      assert.same({}, asked)
    end)
  end

  it("devices and ports that cannot be", function()
    for _, entry in ipairs {
      { ibdev = "" }, { ibdev = "a b" }, { ibdev = "a/b" }, { ibdev = ("a"):rep(64) },
      { ibdev = "mlx5_0", ibport = 0 }, { ibdev = "mlx5_0", ibport = 3 }, { ibdev = "mlx5_0", ibport = -1 },
    } do
      entry.pnetid = "A"
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
      function() module.add { pnetid = "A" } end,
      function() module.add { pnetid = "A", netdev = "eth0", ibport = 1 } end,
      function() module.add { pnetid = "A", ibdev = "mlx5_0", ibport = 1.5 } end,
      function() module.add { pnetid = "A", ibdev = "mlx5_0", ibport = "1" } end,
      function() module.add { pnetid = 7, netdev = "eth0" } end,
      function() module.add { name = "A", device = "eth0" } end,
      function() module.remove() end,
      function() module.remove(7) end,
      function() module.find() end,
      function() module.find { name = "A" } end,
      function() module.ensure() end,
      function() module.ensure { pnetid = "A" } end,
      function() module.ensure({ pnetid = "A", netdev = "eth0" }, "absent") end,
      function() module.ensure({ pnetid = "A", netdev = "eth0" }, "gone") end,
      function() module.list { name = "A" } end,
      function() module.list { pnetid = 7 } end,
      function() module.list "A" end,
      function() module.of_interface() end,
      function() module.of_interface(7) end,
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
    assert.is_true(module.add { pnetid = "netA1", netdev = "eth0" })
    assert.is_true(module.remove("netA1"))
    assert.same({ { "pnet_add", "NETA1", "eth0" }, { "pnet_remove", "NETA1" } }, asked)
  end)

  it("for port 1 of a device unless it is told another", function()
    local module, asked = on { pnet_add = { true } }
    assert.is_true(module.add { pnetid = "A", ibdev = "mlx5_0" })
    assert.is_true(module.add { pnetid = "A", ibdev = "0001:00:00.0", ibport = 2 })
    assert.same({ { "pnet_add", "A", nil, "mlx5_0", 1 }, { "pnet_add", "A", nil, "0001:00:00.0", 2 } }, asked)
  end)
end)

describe("smc.pnet adds an interface and a device at once", function()
  local both <const> = { pnetid = "a", netdev = "eth0", ibdev = "mlx5_9", ibport = 2 }

  it("by one call of the kernel", function()
    local module, asked = on { pnet_add = { true }, pnet_list = { { { pnetid = "A", netdev = "eth0" },
      { pnetid = "A", ibdev = "mlx5_9", ibport = 2 } } } }
    assert.is_true(module.add(both))
    assert.same({ "pnet_add", "A", "eth0", "mlx5_9", 2 }, asked[1])
  end)

  it("and says which of them the kernel left out", function()
    local eth, ib, old = { pnetid = "A", netdev = "eth0" }, { pnetid = "A", ibdev = "mlx5_9", ibport = 2 },
      { pnetid = "OLD", netdev = "eth0" }
    for _, case in ipairs {
      { { eth }, "eth0 has the PNET ID A now, .*: mlx5_9 has a hardware PNET ID" },
      { { old, ib }, "mlx5_9 has the PNET ID A now, .*: eth0 is in the table with OLD" },
    } do
      local module = on { pnet_add = { true }, pnet_list = { case[1] } }
      support.fails(case[2], EEXIST, module.add(both))
    end
    local refusing = on { pnet_add = { nil, "cannot add", EEXIST }, pnet_list = { { old } } }
    assert.matches("eth0 is in the table with OLD", (select(2, refusing.add(both))))
    local module = on { pnet_add = { true }, pnet_list = { nil, "cannot list", 5 } }
    assert.same({ nil, "cannot list", 5 }, { module.add(both) })
  end)
end)

describe("smc.pnet lists", function()
  local entries = {
    { pnetid = "A", netdev = "eth0" },
    { pnetid = "A", ibdev = "mlx5_0", ibport = 2 },
    { pnetid = "B", netdev = "eth1" },
  }
  local module = on { pnet_list = { entries } }

  it("every entry", function()
    assert.same(entries, module.list())
  end)

  it("those that match every field of a filter", function()
    assert.same({ entries[1], entries[2] }, module.list { pnetid = "a" })
    assert.same({ entries[2] }, module.list { pnetid = "A", ibport = 2 })
    assert.same({ entries[3] }, module.list { netdev = "eth1" })
    assert.same({}, module.list { netdev = "eth1", pnetid = "A" })
  end)

  it("what has a PNET ID, and says when nothing has", function()
    assert.same(entries[3], module.find("b"))
    assert.same(entries[2], module.find { ibport = 2 })
    support.fails("no PNET ID C", ENOENT, module.find("C"))
  end)

  it("nothing where the kernel refuses", function()
    local other = on { pnet_list = { nil, "cannot list: Words", EPERM } }
    assert.same({ nil, "cannot list: Words", EPERM }, { other.list() })
    assert.same({ nil, "cannot list: Words", EPERM }, { other.find("A") })
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
    local message = add({ pnetid = "A", netdev = "eth0" }, { { pnetid = "OLD", netdev = "eth0" } })
    assert.matches('eth0 is in the table with OLD: remove that first, with smc.pnet.remove%("OLD"%)', message)
  end)

  it("an interface that is not", function()
    assert.matches("eth0 has a hardware PNET ID", add({ pnetid = "A", netdev = "eth0" }, {}))
  end)

  it("a device that is not", function()
    local message = add({ pnetid = "A", ibdev = "mlx5_0" }, { { pnetid = "A", netdev = "mlx5_0" } })
    assert.matches("a hardware PNET ID.* or this is not the initial network namespace", message)
  end)

  it("a device that is in the table with its other port", function()
    local message = add({ pnetid = "A", ibdev = "mlx5_0" },
      { { pnetid = "OLD", ibdev = "mlx5_0", ibport = 2 } })
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
    assert.same(answer, { module.add { pnetid = "A", netdev = "eth0" } })
    assert.same(answer, { module.remove("A") })
    assert.same(answer, { module.flush() })
  end)
end)

describe("smc.pnet on this machine", function()
  it("answers, or says what to do where the kernel has no SMC", function()
    for _, call in ipairs { pnet.list, function() return pnet.of_interface("lo") end } do
      local found, message, errno = call()
      if found then
        assert.is_table(found)
      elseif errno == EAFNOSUPPORT then
        assert.matches(select(2, require "smc.system".available()), message, 1, true)
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

describe("the devices of PNET IDs", function()
  it("are interfaces, RDMA ports and ISM functions, and what the table has beside them", function()
    local real = package.loaded["smc.device"]
    finally(function() package.loaded["smc.device"] = real end)
    local function port(pnetid) return { valid = true, state = 1, ifindex = 0, pnetid = pnetid } end
    package.loaded["smc.device"] = support.on_answers("smc.device", {
      device_smcd = { { { smcd = { fid = 0x32, pchid = 0x7c1, pci_id = "0032:00:00.0",
        port1 = { pnetid = "NETA" } } },
        { smcd = { fid = 0x33 } } } },
      device_smcr = { { { smcr = { ibdev = "mlx5_1", port1 = port(), port2 = port "NETA" } },
        { smcr = { ibdev = "mlx5_0", port1 = port "NETA" } } } },
    })
    local devices = support.on_answers("smc.pnet.devices",
      { links = { { { name = "lo" }, { name = "eth1" }, { name = "eth0" } } } })
    local function of_interface(name)
      if name == "lo" then return nil, "none", ENODATA end
      return { pnetid = "NETA", pnetid_source = "hardware" }
    end
    local entries = { { pnetid = "NETA", netdev = "eth0" }, { pnetid = "NETA", netdev = "eth9" },
      { pnetid = "NETA", ibdev = "mlx5_1", ibport = 1 }, { pnetid = "NETA", ibdev = "mlx5_1", ibport = 2 },
      { pnetid = "NETB", ibdev = "0034:00:00.0", ibport = 1 } }
    local function absent(more)
      more.absent, more.pnetid_source = true, "user"
      return more
    end
    local function there(more)
      more.pnetid_source = "hardware"
      return more
    end
    local found = devices.list(of_interface, function() return entries end)
    table.sort(found[1].ibdevs, function(a, b) return a.ibdev .. a.ibport < b.ibdev .. b.ibport end)
    assert.same({ {
      pnetid = "NETA",
      netdevs = { there { netdev = "eth0" }, there { netdev = "eth1" }, absent { netdev = "eth9" } },
      ibdevs = { there { ibdev = "mlx5_0", ibport = 1, state = "ACTIVE" },
        absent { ibdev = "mlx5_1", ibport = 1 },
        there { ibdev = "mlx5_1", ibport = 2, state = "ACTIVE" } },
      ism = { there { pci_id = "0032:00:00.0", fid = 0x32, pchid = 0x7c1 } },
    }, { pnetid = "NETB", netdevs = {}, ibdevs = {}, ism = { absent { pci_id = "0034:00:00.0" } } } }, found)
    assert.same({ nil, "too many", EINVAL }, { devices.list(function() return nil, "too many", EINVAL end) })
  end)
end)
