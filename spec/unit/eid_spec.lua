-- smc.eid on any machine: what it refuses before it asks the kernel, and what it makes of the answers.

local E = require "smc.errno"
local support = require "support"

local EPERM <const>, ENOENT <const>, EAGAIN <const>, EEXIST <const>, ENODEV <const> =
  E.EPERM, E.ENOENT, E.EAGAIN, E.EEXIST, E.ENODEV
local EINVAL <const>, ERANGE <const>, EOPNOTSUPP <const>, EAFNOSUPPORT <const> =
  E.EINVAL, E.ERANGE, E.EOPNOTSUPP, E.EAFNOSUPPORT

-- The module on a boundary that answers what the spec says: { function's name = its results }.
local function on(answers)
  return support.on_answers("smc.eid", answers)
end

describe("smc.eid refuses", function()
  local eid, asked = on {}

  local wrong = {
    [""] = "empty",
    ["     "] = "empty",
    [("A"):rep(33)] = "more than 32",
    ["lower"] = 'character "l"',
    ["A B"] = 'character " "',
    ["A\0B"] = "character",
    ["A_B"] = 'character "_"',
    ["\xc0B"] = "character",
    [".A"] = "first character",
    ["-A"] = "first character",
    ["A..B"] = "two dots",
  }
  for ueid, why in pairs(wrong) do
    it(("the UEID %q"):format(ueid), function()
      local ok, message, errno = eid.add(ueid)
      assert.is_nil(ok)
      assert.matches("is not a valid UEID: .*" .. why, message)
      assert.equal(EINVAL, errno)
      assert.same({}, asked)
    end)
  end

  it("to remove what cannot be one", function()
    assert.equal(EINVAL, select(3, eid.remove("no good")))
    assert.same({}, asked)
  end)

  it("everything but strings, by throwing at the caller", function()
    for _, name in ipairs { "add", "remove" } do
      for _, value in ipairs { 7, {}, true } do
        local ok, message = pcall(function() eid[name](value) end)
        assert.is_false(ok)
        assert.matches("eid_spec.lua:%d+: bad argument #1 to '" .. name .. "' %(string expected", message)
      end
    end
  end)
end)

describe("smc.eid asks the kernel", function()
  it("for a UEID of every kind that is allowed, without the blanks that pad it", function()
    for _, ueid in ipairs { "A", "0", "A.B-C.", ("Z"):rep(32), "A   " } do
      local eid, asked = on { ueid_add = { true } }
      assert.is_true(eid.add(ueid))
      assert.same({ { "ueid_add", (ueid:gsub(" +$", "")) } }, asked)
    end
  end)

  it("to remove one with two dots too, which others may have added", function()
    local eid, asked = on { ueid_remove = { true } }
    assert.is_true(eid.remove("A..B"))
    assert.same({ { "ueid_remove", "A..B" } }, asked)
  end)
end)

describe("smc.eid says what the kernel's answers mean:", function()
  local cases = {
    { "add", "ueid_add", EEXIST, "already defined" },
    { "add", "ueid_add", ERANGE, "there are already 4" },
    { "add", "ueid_add", EINVAL, "does not accept it" },
    { "add", "ueid_add", EOPNOTSUPP, "no such command" },
    { "remove", "ueid_remove", ENOENT, "is not defined" },
    { "flush", "ueid_flush", EOPNOTSUPP, "no such command" },
    { "enable_seid", "seid_enable", EOPNOTSUPP, "only s390 machines" },
    { "disable_seid", "seid_disable", EOPNOTSUPP, "only s390 machines" },
    { "disable_seid", "seid_disable", ENOENT, "add one first" },
  }
  for _, case in ipairs(cases) do
    local name, boundary, errno, words = table.unpack(case)
    it(("%s, errno %d"):format(name, errno), function()
      local eid = on { [boundary] = { nil, "cannot: Words", errno } }
      local ok, message, got = eid[name]("A")
      assert.is_nil(ok)
      assert.equal(errno, got)
      assert.equal(1, (message:find("cannot: Words: ", 1, true)))
      assert.truthy(message:find(words, 1, true))
    end)
  end

  it("what the boundary explains is left as it is", function()
    local eid = on { ueid_add = { nil, "cannot: Words: advice", EPERM } }
    assert.same({ nil, "cannot: Words: advice", EPERM }, { eid.add("A") })
  end)

  it("removing the last UEID succeeds, and enables the SEID, where the kernel says EAGAIN", function()
    local eid = on { ueid_remove = { nil, "cannot remove the UEID: try again", EAGAIN } }
    local ok, remark = eid.remove("A")
    assert.is_true(ok)
    assert.matches("enabled the SEID", remark)
  end)

  it("a SEID is that of a machine, with its state", function()
    local eid = on { seid = { { { seid = "IBM-SYSZ-ISMSEID000000001234ABCD", enabled = true } } } }
    assert.same({ seid = "IBM-SYSZ-ISMSEID000000001234ABCD", enabled = true }, (eid.seid()))
  end)

  it("an empty SEID is none: the machine is no s390", function()
    local eid = on { seid = { { { seid = "", enabled = false } } } }
    support.fails("only s390", EOPNOTSUPP, eid.seid())
  end)

  it("a missing SEID is none: there is no ISM device of version 2", function()
    for _, answers in ipairs { { {} }, {} } do
      local eid = on { seid = { answers } }
      support.fails("no ISM device", ENODEV, eid.seid())
    end
  end)
end)

describe("smc.eid on this machine", function()
  it("answers, or says what to do where the kernel has no SMC", function()
    local list, message, errno = require("smc.eid").list()
    if list then
      assert.is_table(list)
    else
      -- What is missing depends on how the kernel was built.
      local start = "cannot list the UEIDs: " .. E.strerror(EAFNOSUPPORT) .. ": "
      assert.equal(start, message:sub(1, #start))
      assert.truthy(message:find("SMC is ", #start, true) or message:find("which SMC needs", #start, true))
      assert.equal(EAFNOSUPPORT, errno)
    end
  end)
end)

describe("the boundary of smc.eid", function()
  local netlink = require "smc.core.netlink"

  it("checks its arguments", function()
    for _, name in ipairs { "ueid_add", "ueid_remove" } do
      assert.has_error(function() netlink[name]() end)
      assert.has_error(function() netlink[name]({}) end)
      assert.has_error(function() netlink[name](("A"):rep(33)) end)
    end
  end)
end)
