-- smc.pnet on a kernel with SMC, as root.

local E = require "smc.errno"
local netlink = require "smc.core.netlink"
local pnet = require "smc.pnet"
local support = require "support"

local EPERM <const>, ENOENT <const>, EEXIST <const>, ENODEV <const>, EINVAL <const> =
  E.EPERM, E.ENOENT, E.EEXIST, E.ENODEV, E.EINVAL
local ENODATA <const> = E.ENODATA

local function ip(arguments)
  local result = support.run { "sh", "-c", "ip " .. arguments }
  assert.equal("", result.stderr)
  assert.equal(0, result.status)
end

describe("smc.pnet", function()
  local before -- what others rely on

  setup(function()
    before = assert(pnet.list())
    ip "link add pnet0 type veth peer name pnet1"
    ip "link add link pnet0 name pnet0.7 type vlan id 7"
  end)

  before_each(function()
    assert(pnet.flush())
  end)

  teardown(function()
    pnet.flush()
    for _, entry in ipairs(before) do pnet.add(entry) end
    ip "link del pnet0"
  end)

  it("adds, lists and removes the PNET IDs of interfaces and devices", function()
    assert.same({}, pnet.list())
    assert.is_true(pnet.add { pnetid = "neta", netdev = "pnet0" })
    assert.is_true(pnet.add { pnetid = "NETB", netdev = "pnet1" })
    assert.is_true(pnet.add { pnetid = "NETA", ibdev = "nosuch_0", ibport = 2 })
    assert.is_true(pnet.add { pnetid = "NETA", ibdev = "fff0:00:00.0" })
    local entries = {
      { pnetid = "NETA", netdev = "pnet0" }, { pnetid = "NETB", netdev = "pnet1" },
      { pnetid = "NETA", ibdev = "nosuch_0", ibport = 2 },
      { pnetid = "NETA", ibdev = "fff0:00:00.0", ibport = 1 },
    }
    assert.same(entries, pnet.list())
    assert.same({ entries[1], entries[3], entries[4] }, pnet.list { pnetid = "neta" })
    assert.same(entries[1], pnet.find("neta"))
    assert.same(entries[3], pnet.find { ibdev = "nosuch_0" })
    assert.same({ entries[3] }, pnet.list { ibport = 2 })
    assert.is_true(pnet.remove("netA"))
    assert.same({ entries[2] }, pnet.list())
    assert.is_true(pnet.flush())
    assert.same({}, pnet.list())
    assert.is_true(pnet.flush())
  end)

  it("takes names of 16 characters, and devices of the longest names", function()
    local name, netdev, ibdev = ("N"):rep(16), ("e"):rep(15), ("i"):rep(63)
    assert.is_true(pnet.add { pnetid = name, netdev = netdev })
    assert.is_true(pnet.add { pnetid = name, ibdev = ibdev })
    assert.same({ { pnetid = name, netdev = netdev }, { pnetid = name, ibdev = ibdev, ibport = 1 } },
      pnet.list())
    assert.is_true(pnet.remove(name))
  end)

  it("lists a table that fills many messages", function()
    for i = 1, 1000 do assert(pnet.add { pnetid = "NET" .. i, netdev = "none" .. i }) end
    local entries = pnet.list()
    assert.equal(1000, #entries)
    assert.same({ pnetid = "NET1000", netdev = "none1000" }, entries[1000])
    assert.equal(1, #pnet.list { pnetid = "NET500" })
  end)

  it("says what stands in the way", function()
    assert(pnet.add { pnetid = "NETA", netdev = "pnet0" })
    assert(pnet.add { pnetid = "NETA", ibdev = "nosuch_0" })
    local ok, message, errno = pnet.add { pnetid = "NETB", netdev = "pnet0" }
    assert.is_nil(ok)
    assert.equal('cannot add the PNET ID: File exists: pnet0 is in the table with NETA: remove that first, '
      .. 'with smc.pnet.remove("NETA")', message)
    assert.equal(EEXIST, errno)
    ok, message, errno = pnet.add { pnetid = "NETB", ibdev = "nosuch_0", ibport = 2 }
    assert.is_nil(ok)
    assert.matches("in the table with NETA for port 1", message)
    assert.equal(EEXIST, errno)
  end)

  it("adds an interface and a device at once", function()
    assert.is_true(pnet.add { pnetid = "NETA", netdev = "pnet0", ibdev = "nosuch_9", ibport = 2 })
    assert.same({ { pnetid = "NETA", netdev = "pnet0" },
      { pnetid = "NETA", ibdev = "nosuch_9", ibport = 2 } }, pnet.list())
    local done = support.script("smc_pnet.lua", "-a", "NETB", "-I", "lo", "-D", "nosuch_8", "-P", "2")
    assert.same({ 0, "", "" }, { done.status, done.stdout, done.stderr })
    assert.equal("NETB lo n/a 255\nNETB n/a nosuch_8 2\n",
      support.script("smc_pnet.lua", "-s", "NETB").stdout)
    done = support.script("smc_pnet.lua", "-a", "NETC", "-I", "lo", "-D", "nosuch_7")
    assert.equal(1, done.status)
    assert.matches("nosuch_7 has the PNET ID NETC now, but the kernel did not add the other: "
      .. "lo is in the table "
      .. "with NETB: remove that first, with `smc_pnet.lua %-d NETB`\n$", done.stderr)
  end)

  it("says that nothing has a PNET ID", function()
    support.fails("has no PNET ID NOSUCH", ENOENT, pnet.remove("NOSUCH"))
    assert.equal(ENOENT, select(3, pnet.find("NOSUCH")))
  end)

  it("refuses what the kernel refuses", function()
    for _, name in ipairs { "A-B", "A B", "", ("A"):rep(17) } do
      assert.equal(EINVAL, select(3, pnet.add { pnetid = name, netdev = "pnet0" }))
      assert.is_nil((netlink.pnet_add(name, "pnet0")))
    end
    for _, port in ipairs { 0, 3 } do
      assert.equal(EINVAL, select(3, pnet.add { pnetid = "A", ibdev = "nosuch_0", ibport = port }))
      assert.equal(EINVAL, select(3, netlink.pnet_add("A", nil, "nosuch_0", port)))
    end
    assert.same({}, pnet.list())
  end)

  it("finds the PNET ID of an interface, and of a VLAN on it", function()
    support.fails('has no PNET ID.*smc.pnet.add { pnetid = "…", netdev = "pnet0.7" }', ENODATA,
      pnet.of_interface("pnet0.7"))
    assert(pnet.add { pnetid = "OWN", netdev = "pnet0.7" })
    assert.same({ pnetid = "OWN", pnetid_source = "user", netdev = "pnet0.7" }, pnet.of_interface("pnet0.7"))
    assert(pnet.add { pnetid = "NETA", netdev = "pnet0" })
    assert.same({ pnetid = "NETA", pnetid_source = "user", netdev = "pnet0" }, pnet.of_interface("pnet0"))
    assert.same({ pnetid = "NETA", pnetid_source = "user", netdev = "pnet0" }, pnet.of_interface("pnet0.7"))
    assert(pnet.add { pnetid = "NETB", netdev = "nosuch0" })
    assert.equal(ENODEV, select(3, pnet.of_interface("nosuch0")))
  end)

  it("has a table of its own in another network namespace, without devices", function()
    assert(pnet.add { pnetid = "NETA", netdev = "pnet0" })
    assert(pnet.add { pnetid = "NETA", ibdev = "nosuch_0" })
    local out = support.run_by({ "unshare", "-n" }, [[
      local pnet = require "smc.pnet"
      print(#pnet.list(), select(3, pnet.of_interface("pnet0")))
      print(pnet.add { pnetid = "NETC", netdev = "pnet0" })
      local _, message, errno = pnet.add { pnetid = "NETC", ibdev = "nosuch_1" }
      print(errno, message:match("or this is not the initial network namespace"))
      print(#pnet.list(), pnet.list()[1].pnetid)
      print(select(2, pnet.add { pnetid = "NETD", netdev = "lo", ibdev = "nosuch_1" }):match("^lo has .-now"))
    ]])
    assert.equal("0\t19\ntrue\n17\tor this is not the initial network namespace\n1\tNETC\n"
      .. "lo has the PNET ID NETD now\n", out)
    assert.equal(2, #pnet.list())
  end)

  it("ensures that there is an entry, or no such PNET ID, and says whether it changed anything", function()
    local eth, ib = { pnetid = "NETA", netdev = "pnet0" }, { pnetid = "NETA", ibdev = "nosuch_0", ibport = 2 }
    for _, case in ipairs {
      { { pnetid = "neta", netdev = "pnet0" }, "present", true, { eth } },
      { eth, nil, false, { eth } },
      { { pnetid = "NETA", netdev = "pnet0", ibdev = "nosuch_0", ibport = 2 }, nil, true, { eth, ib } },
      { ib, "present", false, { eth, ib } },
      { { pnetid = "NETB" }, "absent", false, { eth, ib } },
      { { pnetid = "netA" }, "absent", true, {} },
      { { pnetid = "NETA" }, "absent", false, {} },
    } do
      assert.same({ true, case[3] }, { pnet.ensure(case[1], case[2]) })
      assert.same(case[4], pnet.list())
    end
  end)

  it("ensures nothing that another PNET ID is in the way of", function()
    assert(pnet.add { pnetid = "OLD", netdev = "pnet0" })
    support.fails("pnet0 is in the table with OLD", EEXIST, pnet.ensure { pnetid = "NEW", netdev = "pnet0" })
    assert.equal(EINVAL, select(3, pnet.ensure({ pnetid = "A-B" }, "absent")))
  end)

  it("ensures without a capability what is so already", function()
    assert(pnet.add { pnetid = "NETA", netdev = "pnet0" })
    assert.equal("true\tfalse\ntrue\tfalse\n" .. EPERM .. "\n", support.run_by(support.as_user(), [[
      local pnet = require "smc.pnet"
      print(pnet.ensure { pnetid = "NETA", netdev = "pnet0" })
      print(pnet.ensure({ pnetid = "NETB" }, "absent"))
      print((select(3, pnet.ensure { pnetid = "NETB", netdev = "pnet1" })))]]))
  end)

  it("ensures what others ensure at the same time: each change is one process's", function()
    for state, entry in pairs { present = '{ pnetid = "N" .. i, netdev = "none" .. i }',
      absent = '{ pnetid = "N" .. i }' } do
      if state == "absent" then
        for i = 1, 60 do assert(pnet.ensure { pnetid = "N" .. i, netdev = "none" .. i }) end
      end
      local total = support.sum_at_once(4, ([[
        local changes = 0
        for i = 1, 60 do
          local _, changed = assert(require "smc.pnet".ensure(%s, %q))
          if changed then changes = changes + 1 end
        end
        print(changes)]]):format(entry, state))
      assert.equal(60, total, state)
      assert(pnet.flush())
    end
  end)

  it("needs a capability to change anything, and none to read", function()
    assert(pnet.add { pnetid = "NETA", netdev = "pnet0" })
    local code = [[
      local pnet = require "smc.pnet"
      print(#pnet.list(), pnet.of_interface("pnet0").pnetid)
      for _, result in ipairs { { pnet.add { pnetid = "NETB", netdev = "pnet1" } }, { pnet.remove("NETA") },
        { pnet.flush() } } do
        print(result[3], result[2]:match("this requires CAP_NET_ADMIN in the initial user namespace"))
      end
    ]]
    local refusals = (EPERM .. "\tthis requires CAP_NET_ADMIN in the initial user namespace\n"):rep(3)
    assert.equal("1\tNETA\n" .. refusals, support.run_by(support.as_user(), code))
    assert.equal("1\tNETA\n" .. refusals, support.run_by(support.as_user("unshare", "-Ur"), code))
    assert.equal(1, #pnet.list())
  end)

  it("leaves no descriptor open", function()
    assert.equal(0, support.descriptors_left_by(function()
      assert(pnet.list())
      pnet.remove("NOTTHERE")
    end))
  end)
end)
