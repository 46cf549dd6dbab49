-- smc.eid on a kernel with SMC, as root.

local E = require "smc.errno"
local eid = require "smc.eid"
local netlink = require "smc.core.netlink"
local support = require "support"

local EPERM <const>, ENOENT <const>, EEXIST <const>, EINVAL <const>, ERANGE <const> =
  E.EPERM, E.ENOENT, E.EEXIST, E.EINVAL, E.ERANGE
local EOPNOTSUPP <const> = E.EOPNOTSUPP

describe("smc.eid", function()
  local before -- what others rely on

  setup(function()
    before = assert(eid.list())
  end)

  before_each(function()
    assert(eid.flush())
  end)

  teardown(function()
    eid.flush()
    for _, ueid in ipairs(before) do eid.add(ueid) end
  end)

  it("adds, lists and removes UEIDs", function()
    assert.same({}, eid.list())
    assert.is_true(eid.add("SMCV2-ONE"))
    assert.is_true(eid.add("2.TWO-"))
    assert.same({ "SMCV2-ONE", "2.TWO-" }, eid.list())
    assert.equal("2.TWO-", eid.find "2.TWO- ")
    assert.equal(E.ENOENT, select(3, eid.find "SMCV2-NONE"))
    assert.is_true(eid.remove("SMCV2-ONE"))
    assert.same({ "2.TWO-" }, eid.list())
    assert.is_true(eid.remove("2.TWO-"))
    assert.same({}, eid.list())
  end)

  it("takes UEIDs of 1 and of 32 characters, padded or not", function()
    local long = ("Z"):rep(32)
    assert.is_true(eid.add("A"))
    assert.is_true(eid.add(long))
    assert.same({ "A", long }, eid.list())
    assert.is_true(eid.remove("A" .. (" "):rep(31)))
    assert.is_true(eid.remove(long))
    assert.same({}, eid.list())
  end)

  it("empties a table that is empty", function()
    assert.is_true(eid.flush())
    assert.is_true(eid.flush())
  end)

  it("says that a UEID is there already, or is not", function()
    assert(eid.add("ONE"))
    local ok, message, errno = eid.add("ONE")
    assert.is_nil(ok)
    assert.equal("cannot add the UEID: File exists: it is already defined", message)
    assert.equal(EEXIST, errno)
    ok, message, errno = eid.remove("TWO")
    assert.is_nil(ok)
    assert.equal("cannot remove the UEID: No such file or directory: it is not defined", message)
    assert.equal(ENOENT, errno)
  end)

  it("says that there are four", function()
    for i = 1, 4 do assert(eid.add("NUMBER-" .. i)) end
    support.fails("there are already 4 UEIDs", ERANGE, eid.add("NUMBER-5"))
    assert.equal(4, #eid.list())
  end)

  it("refuses what the kernel refuses, and two dots", function()
    for _, ueid in ipairs { "lower", "A B", ".A", "-A", "A_B" } do
      assert.equal(EINVAL, select(3, eid.add(ueid)))
      assert.equal(EINVAL, select(3, netlink.ueid_add(ueid)))
    end
    assert.equal(EINVAL, select(3, eid.add("A..B")))
    assert.is_true(netlink.ueid_add("A..B"))
    assert.is_true(eid.remove("A..B"))
  end)

  it("finds no SEID on a machine that has none", function()
    local seid, message, errno = eid.seid()
    if seid then -- an s390
      assert.equal(32, #seid.seid)
      assert.is_boolean(seid.enabled)
      message = select(2, eid.disable_seid()) -- there is no UEID
      assert.matches("add one first, with smc.eid.add$", message)
      message = message:gsub("smc%.eid%.add", "`smcd.lua ueid add UEID`")
      assert.equal("Error: " .. message .. "\n", support.script("smcd.lua", "seid", "disable").stderr)
      return
    end
    assert.matches("there is no SEID", message)
    assert.truthy(errno)
    for _, name in ipairs { "enable_seid", "disable_seid" } do
      local ok
      ok, message, errno = eid[name]()
      assert.is_nil(ok)
      assert.matches("only s390 machines have a SEID: use UEIDs, see smc.eid.add$", message)
      assert.equal(EOPNOTSUPP, errno)
      local done = support.script("smcd.lua", "seid", (name:gsub("_seid", "")))
      message = message:gsub("smc%.eid%.add", "`smcd.lua ueid add UEID`")
      assert.equal("Error: " .. message .. "\n", done.stderr)
    end
  end)

  it("ensures that a UEID is defined, or is not, and says whether it changed anything", function()
    for _, case in ipairs {
      { "ONE", "present", true, { "ONE" } }, { "ONE   ", nil, false, { "ONE" } },
      { "TWO", nil, true, { "ONE", "TWO" } },
      { "THREE", "absent", false, { "ONE", "TWO" } }, { "ONE", "absent", true, { "TWO" } },
      { "ONE", "absent", false, { "TWO" } },
    } do
      assert.same({ true, case[3] }, { eid.ensure(case[1], case[2]) })
      assert.same(case[4], eid.list())
    end
    for _, wrong in ipairs { "A_B", "", "A..B" } do assert.equal(EINVAL, select(3, eid.ensure(wrong))) end
    for _, more in ipairs { "A", "B", "C" } do assert.is_true(eid.ensure(more)) end
    assert.equal(ERANGE, select(3, eid.ensure("D")))
  end)

  it("ensures without a capability what is so already", function()
    assert(eid.add("THERE"))
    assert.equal("true\tfalse\ntrue\tfalse\n" .. EPERM .. "\n", support.run_by(support.as_user(), [[
      local eid = require "smc.eid"
      print(eid.ensure("THERE"))
      print(eid.ensure("ELSEWHERE", "absent"))
      print((select(3, eid.ensure("ELSEWHERE"))))]]))
  end)

  it("ensures what others ensure at the same time", function()
    support.sum_at_once(4, [[
      local eid = require "smc.eid"
      for i = 1, 200 do
        assert(eid.ensure("AT-ONCE"))
        assert(eid.ensure("AT-ONCE", "absent"))
      end
      print(0)]])
    assert.same({}, eid.list())
  end)

  it("needs a capability to change anything, and none to read", function()
    assert(eid.add("READABLE"))
    local out = support.run_by(support.as_user(), [[
      local eid = require "smc.eid"
      print(table.concat(eid.list(), " "))
      for _, result in ipairs { { eid.add("A") }, { eid.remove("READABLE") }, { eid.flush() },
        { eid.enable_seid() }, { eid.disable_seid() } } do
        print(result[3], result[2]:match("this requires CAP_NET_ADMIN in the initial user namespace"))
      end
    ]])
    assert.equal("READABLE\n"
      .. (EPERM .. "\tthis requires CAP_NET_ADMIN in the initial user namespace\n"):rep(5), out)
    assert.same({ "READABLE" }, eid.list())
    assert.same({ "READABLE" }, eid.list { ueid = "READABLE" })
    assert.same({}, eid.list { ueid = "ANOTHER" })
  end)

  it("needs it in the initial user namespace, so that a rootless container does not do", function()
    local out = support.run_by(support.as_user("unshare", "-Urn"), [[
      local _, message, errno = require "smc.eid".add("A")
      print(errno, message:match("rootless container"))
    ]])
    assert.equal(EPERM .. "\trootless container\n", out)
  end)

  it("leaves no descriptor open", function()
    assert.equal(0, support.descriptors_left_by(function()
      assert(eid.list())
      eid.remove("NOT-THERE")
    end))
  end)
end)
