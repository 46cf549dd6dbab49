-- What is said where SMC is not loaded, and why a socket does not load it: with a file of modprobe.d(5) that
-- the guest's own modprobe(8) reads.

local E = require "smc.errno"
local eid = require "smc.eid"
local support = require "support"

local FILE <const> = "/etc/modprobe.d/lab-blacklist.conf"

local function sh(command)
  local done = support.run { "sh", "-c", command }
  assert(done.status == 0, done.stderr)
end

-- What a new process is told.
local function available()
  return support.run_by({ "env" }, [[
    local ok, message, errno = require "smc.system".available()
    print(ok, errno, message)]])
end

-- Removes SMC once nobody has a socket of it: what other specs left behind is closed with garbage, and the
-- kernel frees a socket some time after it was closed.
local function unload()
  local why
  local ok = pcall(support.await, function()
    collectgarbage()
    local done = support.run { "modprobe", "-r", "smc_diag", "smc" }
    why = done.stderr
    return done.status == 0
  end)
  if not ok then error(why .. support.run({ "lua5.4", "examples/smcss.lua", "-a" }).stdout) end
end

describe("SMC that is not loaded", function()
  local eids

  setup(function()
    eids = assert(eid.list())
    unload()
  end)

  after_each(function()
    os.remove(FILE)
    unload()
  end)

  teardown(function()
    sh "modprobe smc && modprobe smc_diag"
    for _, name in ipairs(eids) do eid.add(name) end
  end)

  it("is loaded by the first socket", function()
    assert.equal("true\tnil\tnil\n", available())
  end)

  it("is not loaded by a socket where it is blacklisted, but by name", function()
    support.write(FILE, "blacklist smc\n")
    assert.equal(("nil\t%d\tSMC is not loaded: %s prevents automatic loading. Load it as root with "
      .. '"modprobe smc"\n'):format(E.EAFNOSUPPORT, FILE), available())
    sh "modprobe smc"
    assert.equal("true\tnil\tnil\n", available())
  end)

  it("is not loaded at all where modprobe.d has another program for it", function()
    support.write(FILE, "install smc /bin/false\n")
    local says = ("nil\t%d\tSMC is not loaded, and %s prevents loading it: remove that setting, then run "
      .. '"modprobe smc" as root\n'):format(E.EAFNOSUPPORT, FILE)
    assert.equal(says, available())
    assert.equal(1, support.run({ "modprobe", "smc" }).status)
    assert.equal(says, available())
  end)
end)
