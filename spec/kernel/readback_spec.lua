-- Whatever is written by this project is read back by programs that share no code with it, and the other way
-- round: generic netlink spoken by hand in Python, busybox's sysctl, the kernel's own files.

local E = require "smc.errno"
local at_hand = require "kernel_at_hand"
local eid = require "smc.eid"
local pnet = require "smc.pnet"
local support = require "support"
local system = require "smc.system"

local EOPNOTSUPP <const> = E.EOPNOTSUPP
-- Commands of SMC_GEN_NETLINK and SMC_PNETID: <linux/smc.h>.
local DUMP_UEID <const>, DUMP_SEID <const>, DUMP_HS_LIMITATION <const>, PNETID_GET <const> = 9, 13, 16, 1

-- What a command gives: a table by attribute for each message.
local function dump(family, command)
  local result = support.run { "python3", "spec/kernel/programs/genl_dump.py", family, tostring(command) }
  assert.same({ 0, "" }, { result.status, result.stderr })
  local found = {}
  for line in result.stdout:gmatch("[^\n]+") do
    local answer = {}
    for kind, digits in line:gmatch("(%d+)=(%x*)") do
      answer[tonumber(kind)] = digits:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)
    end
    found[#found + 1] = answer
  end
  return found
end

local function smc(command)
  return dump("SMC_GEN_NETLINK", command)
end

-- A script of this project that writes; it must end well and silently.
local function write(name, ...)
  local result = support.script(name, ...)
  assert.same({ 0, "", "" }, { result.status, result.stdout, result.stderr })
end

describe("UEIDs", function()
  local before

  local function ueids()
    local list = {}
    for i, answer in ipairs(smc(DUMP_UEID)) do list[i] = answer[1] end
    return list
  end

  setup(function() before = assert(eid.list()) end)
  before_each(function() assert(eid.flush()) end)
  teardown(function()
    assert(eid.flush())
    for _, one in ipairs(before) do assert(eid.add(one)) end
  end)

  it("are there in 32 characters and a NUL", function()
    local long = ("Z"):rep(32)
    assert(eid.add("SMCV2-A"))
    write("smcd.lua", "ueid", "add", long)
    assert.same({ "SMCV2-A" .. (" "):rep(25) .. "\0", long .. "\0" }, ueids())
    write("smcr.lua", "ueid", "del", "SMCV2-A")
    assert.same({ long .. "\0" }, ueids())
    write("smcd.lua", "ueid", "flush")
    assert.same({}, ueids())
  end)
end)

describe("the SEID", function()
  local function enabled()
    local answer = smc(DUMP_SEID)[1]
    return answer and answer[2] and answer[2]:byte()
  end

  it("is enabled and disabled, where the machine has one", function()
    if not eid.seid() then
      assert.is_not_equal(1, enabled())
      assert.equal(EOPNOTSUPP, select(3, eid.enable_seid()))
      return
    end
    local before = enabled()
    assert.equal(eid.seid().seid .. "\0", smc(DUMP_SEID)[1][1])
    assert(eid.disable_seid())
    assert.equal(0, enabled())
    write("smcd.lua", "seid", "enable")
    assert.equal(1, enabled())
    write("smcd.lua", "seid", "disable")
    assert.equal(0, enabled())
    if before == 1 then assert(eid.enable_seid()) end
  end)
end)

describe("PNET IDs", function()
  local before

  setup(function() before = assert(pnet.list()) end)
  before_each(function() assert(pnet.flush()) end)
  teardown(function()
    assert(pnet.flush())
    for _, entry in ipairs(before) do assert(pnet.add(entry)) end
  end)

  -- NAME, ETHNAME, IBNAME, IBPORT; "n/a" and 255 are the kernel's words for none.
  local function entries()
    local list = {}
    for i, a in ipairs(dump("SMC_PNETID", PNETID_GET)) do
      list[i] = ("%s %s %s %d"):format(a[1], a[2], a[3], a[4]:byte()):gsub("\0", "")
    end
    return list
  end

  it("are those of interfaces, RDMA and ISM devices", function()
    assert(pnet.add { pnetid = "neta", netdev = "lo" })
    write("smc_pnet.lua", "-a", "NETB", "-D", "nosuch_0", "-P", "2")
    write("smc_pnet.lua", "-a", "NETA", "-D", "fff0:00:00.0")
    assert.same({ "NETA lo n/a 255", "NETB n/a nosuch_0 2", "NETA n/a fff0:00:00.0 1" }, entries())
    assert(pnet.remove("NETA"))
    assert.same({ "NETB n/a nosuch_0 2" }, entries())
    write("smc_pnet.lua", "-f")
    assert.same({}, entries())
  end)
end)

describe("the limitation of handshakes", function()
  local function limited()
    local answer = smc(DUMP_HS_LIMITATION)[1]
    return answer[1]:byte()
  end

  local function sysctl(...)
    local result = support.run { "busybox", "sysctl", ... }
    assert.equal(0, result.status, result.stderr)
    return result.stdout
  end

  it("is enabled and disabled, and read where others set it #limit_smc_hs", function()
    assert(system.enable_hs_limitation())
    assert.equal(1, limited())
    assert.equal(at_hand.limited .. "\n", sysctl("-n", "net.smc.limit_smc_hs"))
    assert(system.disable_hs_limitation())
    assert.equal(0, limited())
    sysctl("-w", "net.smc.limit_smc_hs=1")
    assert.equal(not at_hand.is_big_endian, system.hs_limitation())
    sysctl("-w", "net.smc.limit_smc_hs=0")
    assert.is_false(system.hs_limitation())
  end)

  it("is set by system.set_sysctl, and read, whatever the file makes of it #limit_smc_hs", function()
    for value = 1, 0, -1 do
      assert(system.set_sysctl("limit_smc_hs", value))
      assert.equal(value, limited())
      assert.equal(value, system.sysctl("limit_smc_hs").value)
    end
    sysctl("-w", "net.smc.limit_smc_hs=1")
    assert.equal(limited(), system.sysctl("limit_smc_hs").value)
    assert(system.disable_hs_limitation())
  end)

  it("and every sysctl, is what sysctl(8) reads and writes", function()
    for _, entry in ipairs(assert(system.sysctls())) do
      if entry.name == "limit_smc_hs" and at_hand.is_big_endian then goto continue end -- see the spec above
      local name = "net.smc." .. entry.name
      for _, value in ipairs { entry.min, entry.max } do
        assert(system.set_sysctl(entry.name, value))
        assert.equal(value .. "\n", sysctl("-n", name))
      end
      sysctl("-w", ("%s=%s"):format(name, entry.value))
      assert.equal(entry.value, system.sysctl(entry.name).value)
      ::continue::
    end
  end)
end)
