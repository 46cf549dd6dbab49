-- smc.system, smc.linkgroup, smc.stats, smcd.lua, smcr.lua and smc_pnet.lua on a kernel with SMC, as root.

local E = require "smc.errno"
local at_hand = require "kernel_at_hand"
local diag = require "smc.diag"
local device = require "smc.device"
local linkgroup = require "smc.linkgroup"
local socket = require "smc.socket"
local stats = require "smc.stats"
local support = require "support"
local system = require "smc.system"

local EPERM <const>, EINVAL <const> = E.EPERM, E.EINVAL

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a"):match("%S+")
end

-- What a script prints; it must end well.
local function printed(name, ...)
  local result = support.script(name, ...)
  assert.equal("", result.stderr)
  assert.equal(0, result.status)
  return result.stdout
end

describe("smc.system", function()
  it("knows the kernel", function()
    assert.is_true(system.available())
    local info = assert(system.info())
    assert.equal(2, info.version)
    assert.same({ "v1", "v2" }, info.smcd)
    assert.is_table(info.ism)
    local state = require "smc.internal.kernel_module".state()
    assert.is_true(state.loaded and state.present)
    assert.is_nil(state.blocked)
  end)

  it("limits handshakes #limit_smc_hs", function()
    assert(system.set_sysctl("limit_smc_hs", 0)) -- all four bytes
    assert.is_true(system.enable_hs_limitation())
    assert.is_true(system.hs_limitation())
    assert.equal(at_hand.limited, read("/proc/sys/net/smc/limit_smc_hs"))
    assert.is_true(system.disable_hs_limitation())
    assert.is_false(system.hs_limitation())
  end)

  it("reads and sets every sysctl, as far as the kernel goes", function()
    local all = assert(system.sysctls())
    assert.is_true(#all >= 5)
    for _, entry in ipairs(all) do
      local is_misread = entry.name == "limit_smc_hs" and at_hand.is_big_endian
      if not entry.min or is_misread then goto continue end
      for _, value in ipairs { entry.min, entry.max } do
        assert(system.set_sysctl(entry.name, value))
        assert.equal(tostring(value), read("/proc/sys/net/smc/" .. entry.name))
        assert.equal(value, system.sysctl(entry.name).value)
      end
      assert.equal(EINVAL, select(3, system.set_sysctl(entry.name, entry.max + 1)))
      assert(system.set_sysctl(entry.name, entry.value))
      ::continue::
    end
  end)
end)

describe("a connection", function()
  local opened, before = {}, nil

  setup(function()
    before = assert(stats.get())
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    local client = assert(socket.connect("127.0.0.1", port))
    local accepted = assert(server:accept())
    assert(client:send(("x"):rep(20000)))
    assert(accepted:receive(20000))
    opened = { server, client, accepted }
  end)

  teardown(function()
    for _, sock in ipairs(opened) do sock:close() end
  end)

  it("has a link group, which smcd.lua shows #smcd", function()
    local ids = {}
    for s in assert(diag.sockets { mode = "SMC-D", state = "ACTIVE" }) do ids[s.dmb.linkid] = true end
    local id = assert(next(ids))
    local group = assert(linkgroup.list { type = "SMC-D", id = id })[1]
    assert.equal(2, group.version)
    assert.equal("LINUX", group.peer_os)
    assert.is_true(group.conns_num >= 1)
    assert.matches(("\n%08x    0  %%s*%d  "):format(id, group.conns_num), printed("smcd.lua", "linkgroup"))
    assert.matches(("LG%%-ID    : %08x\n"):format(id), printed("smcd.lua", "-d", "l", ("%x"):format(id)))
    assert.matches(('"id":"%08x"'):format(id), printed("smcd.lua", "linkgroup", "--json"))
    assert.equal(group.id, assert(linkgroup.find(id)).id)
    assert.equal(E.ENOENT, select(3, linkgroup.find(0xffffff)))
    assert.same({}, linkgroup.list { id = 0xffffff })
    assert.equal(E.ENOENT, select(3, device.find "nosuch0"))
    assert.is_table(device.list())
  end)

  it("is counted #smcd", function()
    local change = assert(stats.since(before))
    assert.is_false(change.restarted)
    assert.equal(1, change.smcd.client_v2)
    assert.equal(1, change.smcd.server_v2)
    assert.equal(20000, change.smcd.rx_bytes)
    assert.equal(20000, change.smcd.tx_bytes)
    assert.is_true(change.seconds >= 0)
  end)

  it("is forgotten after a reset, by the same user and network namespace", function()
    local folder = os.tmpname()
    os.remove(folder)
    local function smcd(...)
      return support.run { "env", "XDG_STATE_HOME=" .. folder, "lua5.4", "examples/smcd.lua", ... }.stdout
    end
    local all = smcd("stats")
    assert.equal(all, smcd("stats", "reset"))
    assert.matches("Total requests%s+0\n", smcd("stats"))
    assert.equal(all, smcd("-a", "stats"))
    assert.matches('"SMC_RX_BYTES":0,', smcd("stats", "json"))
    local mode = support.run { "stat", "-c", "%a", folder .. "/smc" }
    assert.equal("700\n", mode.stdout)
    os.execute("rm -rf " .. folder)
  end)
end)

describe("smcd.lua and smcr.lua", function()
  it("print their text, and JSON", function()
    assert.matches("^Kernel Capabilities\nSMC Version:      2%.", printed("smcd.lua", "info"))
    assert.matches('"version":2', printed("smcr.lua", "--json", "info"))
    assert.matches("^SMC%-R Connections Summary\n", printed("smcr.lua", "-ad", "stats"))
    assert.matches('^{"SMCR": {"SMC_INT_TX_BUF_8K":%d+,', printed("smcr.lua", "-a", "stats", "json"))
  end)

  it("fail without privileges with 255, and say what is needed", function()
    local result = support.run { "setpriv", "--bounding-set=-net_admin", "lua5.4",
      "examples/smcd.lua", "ueid", "add", "X" }
    assert.equal(255, result.status)
    assert.matches("^Error: .*CAP_NET_ADMIN", result.stderr)
    assert.equal(EPERM, 1)
  end)
end)

-- The entry of a PNET ID, with its devices.
local function pnet_of(pnetid)
  for _, entry in ipairs(assert(require "smc.pnet".devices())) do
    if entry.pnetid == pnetid then return entry end
  end
end

describe("smc_pnet.lua", function()
  before_each(function() support.script("smc_pnet.lua", "-f") end)
  teardown(function() support.script("smc_pnet.lua", "-f") end)

  it("adds, shows, deletes", function()
    assert.equal("", printed("smc_pnet.lua"))
    assert.equal("", printed("smc_pnet.lua", "-a", "neta", "-I", "lo"))
    assert.equal("", printed("smc_pnet.lua", "NETB", "--add", "--ibdev=0000:00:1f.0"))
    assert.equal("NETA lo n/a 255\nNETB n/a 0000:00:1f.0 1\n", printed("smc_pnet.lua"))
    assert.equal("NETA lo n/a 255\n", printed("smc_pnet.lua", "-s", "NETA"))
    assert.matches('"netdev":"lo"', printed("smc_pnet.lua", "--json"))
    assert.equal(1, support.script("smc_pnet.lua", "-a", "NETC", "-I", "lo").status)
    assert.equal("", printed("smc_pnet.lua", "-d", "NETA"))
    assert.equal(1, support.script("smc_pnet.lua", "-d", "NETA").status)
    assert.equal(1, support.script("smc_pnet.lua", "-s", "NETA").status)
  end)

  it("shows every PNET ID with all its devices", function()
    printed("smc_pnet.lua", "-a", "NETA", "-I", "lo")
    printed("smc_pnet.lua", "-a", "NETA", "-D", "nosuch_0", "-P", "2")
    printed("smc_pnet.lua", "-a", "NETA", "-D", "fff0:00:00.0")
    local list = require "smc.device".list { type = "SMC-D" }
    local line = ("%-16s  %-8s  %-12s  %s\n"):rep(2):format("PNET_ID", "Net-Dev", "IB-Dev", "ISM-Dev",
      "NETA", "lo*", "(nosuch_0/2*)", "(fff0:00:00.0*)")
    local text = printed("smc_pnet.lua", "--devices")
    assert.equal((line:gsub(" +", " ")), (text:gsub("\n[^N][^\n]*", ""):gsub(" +", " ")))
    for _, d in ipairs(list) do
      assert.equal(d.pnetid ~= nil, text:find(d.pci_id, 1, true) ~= nil)
    end
    assert.same({ netdev = "lo", pnetid_source = "user" }, pnet_of("NETA").netdevs[1])
    assert.equal(1, support.script("smc_pnet.lua", "--devices", "NETA").status)
  end)

  it("fails where the original does not: a flush without privileges", function()
    local result = support.run { "setpriv", "--bounding-set=-net_admin", "lua5.4",
      "examples/smc_pnet.lua", "-f" }
    assert.equal(1, result.status)
  end)
end)
