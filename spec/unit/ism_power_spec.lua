-- smc.ism on any machine: which function is meant, and what is written to its slot. Trees are as in sysfs.

local E = require "smc.errno"
local ism = require "smc.ism"
local getpid = require("smc.core.process").getpid
local support = require "support"
local sysfs_tree = require "sysfs_tree"

local ENOENT <const>, EIO <const>, EINVAL <const>, ENOTSUP <const>, EALREADY <const> =
  E.ENOENT, E.EIO, E.EINVAL, E.ENOTSUP, E.EALREADY

-- Hex digits that are no FID, and what only looks like one.
local HOSTILE <const> = {
  "../../../etc", "32\n", "\n32", "32 ", " 32", "0x", "0x0x32", "123456789", "0x123456789", "-1", "-32",
  "+32", "", "g", "32\0", "\0", "3.2", "3,2", "32;reboot", "１", "50:00", "1e2\t",
}

-- busted's finally is another for every spec.
local function tree() return sysfs_tree.new(finally) end

-- Calls a function on a tree.
local function at(t, f, ...) return support.with_paths({ sysfs = t.root }, f, ...) end

describe("a FID", function()
  it("is an integer or 1 to 8 hex digits", function()
    for text, fid in pairs { ["32"] = 0x32, ["0x32"] = 0x32, ["0X32"] = 0x32, ["00000032"] = 0x32, f = 15,
      ["0xffffffff"] = 0xffffffff, FFFFFFFF = 0xffffffff, ["0"] = 0 } do
      assert.equal(fid, ism.fid(text))
    end
    assert.equal(50, ism.fid(50))
  end)

  it("is nothing else: an error, and nothing is written", function()
    local t = tree()
    local power = t.ism(0x32)
    for _, bad in ipairs(HOSTILE) do
      for _, f in ipairs { ism.find, ism.power_on, ism.power_off } do
        local ok, message, errno = at(t, f, bad)
        assert.is_nil(ok)
        assert.equal(EINVAL, errno)
        assert.matches("is not a valid FID", message, 1, true)
      end
    end
    for _, bad in ipairs { -1, 1 << 32, math.mininteger } do
      assert.equal(EINVAL, select(3, at(t, ism.power_off, bad)))
    end
    for _, bad in ipairs { 50.0, true, {}, print } do
      assert.has_error(function() at(t, ism.power_off, bad) end)
    end
    assert.equal("1\n", sysfs_tree.read(power))
  end)
end)

describe("switching", function()
  it("writes the one byte, and tells what became of it", function()
    local t = tree()
    local power = t.ism(0x32, "1\n")
    assert.is_false(assert(at(t, ism.power_off, "0x32")).power)
    assert.equal("0\n", sysfs_tree.read(power))
    assert.is_true(assert(at(t, ism.power_on, 0x32)).power)
    assert.equal("1\n", sysfs_tree.read(power))
  end)

  it("is refused where it is so already", function()
    local t = tree()
    t.ism(0x32, "1\n")
    t.ism(0x33, "0\n")
    local _, message, errno = at(t, ism.power_on, "32")
    assert.same({ "FID 32 is already powered on", EALREADY }, { message, errno })
    _, message, errno = at(t, ism.power_off, "33")
    assert.same({ "FID 33 is already powered off", EALREADY }, { message, errno })
  end)

  it("is ensured: what is so already stays untouched, and the answer says so", function()
    local t = tree()
    local power = t.ism(0x32, "1\n")
    local function ensure(state) return at(t, ism.ensure, "0x32", state) end
    for _, case in ipairs { { "on", false, true, "1\n" }, { "off", true, false, "0\n" },
      { "off", false, false, "0\n" }, { "on", true, true, "1\n" } } do
      local f, changed = ensure(case[1])
      assert.same({ 0x32, case[3], case[2] }, { f.fid, f.power, changed })
      assert.equal(case[4], sysfs_tree.read(power))
    end
    assert.equal(ENOENT, select(3, at(t, ism.ensure, "99", "on")))
    assert.equal(EINVAL, select(3, at(t, ism.ensure, "zz", "on")))
  end)

  it("wants a function that exists, in a slot", function()
    local t = tree()
    t.device("0000:00:00.0", { vendor = "0x1014\n", device = "0x04ed\n" })
    assert.equal(ENOENT, select(3, at(t, ism.power_off, "99")))
    assert.equal(ENOENT, select(3, at(t, ism.power_off, { slot = "../../.." })))
    assert.equal(ENOTSUP, select(3, at(t, ism.power_off, "0000:00:00.0")))
  end)

  it("writes nothing where the slot says neither on nor off", function()
    for _, lie in ipairs { "", "2\n", "on\n", "1", "01\n", "1\n\n", "\n" } do
      local t = tree()
      local power = t.ism(0x32, lie)
      for _, switch in ipairs { ism.power_on, ism.power_off } do
        assert.equal(EIO, select(3, at(t, switch, "32")))
      end
      assert.equal(lie, sysfs_tree.read(power))
    end
  end)

  it("leaves no process and no descriptor behind", function()
    local t = tree()
    t.ism(0x32)
    assert(at(t, ism.power_off, "32"))
    collectgarbage()
    local before = support.descriptors()
    for _ = 1, 20 do
      assert(at(t, ism.power_on, "32"))
      assert(at(t, ism.power_off, "32"))
    end
    assert.equal(before, support.descriptors())
    assert.equal(0, support.processes { parent = getpid() })
  end)
end)

describe("an order", function()
  -- Something that happens after the slot was looked at, and before the order is written: the list of sockets
  -- is asked for in between.
  local function meanwhile(what)
    local real = package.loaded["smc.diag"]
    package.loaded["smc.diag"] = { sockets = function() what() end }
    return function(...)
      package.loaded["smc.diag"] = real
      return ...
    end
  end

  it("to a slot that vanishes between look and write: an error, and nothing is written", function()
    local t = tree()
    local power = t.ism(0x32)
    local after = meanwhile(function() os.execute("rm -r " .. power:match("^(.*)/")) end)
    local _, message, errno = after(at(t, ism.power_off, "32"))
    assert.same({ "cannot power off FID 32: No such file or directory: the slot no longer exists", ENOENT },
      { message, errno })
    assert.is_nil(io.open(power))
  end)

  it("that is taken and not carried out: an error that says what the slot says", function()
    -- The name of a process is a file that takes what the writer writes, and tells its reader his own.
    local comm <const> = "/proc/self/comm"
    local name = sysfs_tree.read(comm):gsub("\n", "")
    local t = tree()
    local power = t.ism(0x32)
    assert(os.remove(power))
    support.write(power, { comm })
    support.write(comm, "1")
    local _, message, errno = at(t, ism.power_off, "32", { timeout = 3 })
    support.write(comm, name)
    assert.same({
      'FID 32: the kernel accepted the request to power it off, but the slot reports "1\\n"', EIO,
    }, { message, errno })
  end)
end)
