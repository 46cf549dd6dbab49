-- smc.system and smc.device on any machine: trees of files made by hand.

local E = require "smc.errno"
local device = require "smc.device"
local module = require "smc.internal.kernel_module"
local support = require "support"
local system = require "smc.system"

local EPERM <const>, EAFNOSUPPORT <const> = E.EPERM, E.EAFNOSUPPORT
local RELEASE <const> = "6.12.95"

local function explain_at(root, errno, message)
  return support.with_paths(root, module.explain, errno, message)
end

-- What is said of a kernel with the module in a file, and more.
local function explain(errno, more)
  local files = { ["proc/sys/kernel/osrelease"] = RELEASE .. "\n",
    ["lib/modules/" .. RELEASE .. "/modules.dep"] = "kernel/net/smc/smc.ko.xz: kernel/x.ko\n" }
  for path, text in pairs(more or {}) do files[path] = text end
  local made <close> = support.tree(files)
  return explain_at(made.root, errno, "words")
end

local RECORDED <const> = "spec/unit/kernels/"

-- The files of a recorded kernel, each by its path.
local function recorded(kernel, release)
  local files = { ["proc/sys/kernel/osrelease"] = release .. "\n" }
  local list <close> = assert(io.popen(("cd %s%s && find . -type f"):format(RECORDED, kernel)))
  for path in list:lines() do
    path = path:sub(3)
    files[path] = support.read(RECORDED .. kernel .. "/" .. path)
  end
  return files
end

local function explain_recorded(kernel, release, more)
  local files = recorded(kernel, release)
  for path, text in pairs(more or {}) do files[path] = text or nil end
  local made <close> = support.tree(files)
  return explain_at(made.root, EAFNOSUPPORT, "")
end

local NO_DIBS <const> = "this kernel (%s) is built without CONFIG_DIBS, which SMC needs since Linux 6.18: "
  .. "boot one that has SMC"
local NO_SMC <const> = "this kernel (%s) is built without CONFIG_SMC: boot one that has SMC"

describe("why there is no SMC", function()
  local SID <const>, BOOKWORM <const> = "7.2.13+deb14-amd64", "6.12.117+deb12-amd64"

  it("is that a recorded kernel is built without what SMC needs", function()
    assert.equal(NO_DIBS:format(SID), explain_recorded("debian-7.2", SID))
    local config = "lib/modules/" .. SID .. "/config"
    assert.equal(NO_DIBS:format(SID), explain_recorded("debian-7.2", SID, { [config] = false }))
    assert.equal(NO_SMC:format("6.12.95"), explain_recorded("debian-7.2", "6.12.95", {
      ["lib/modules/6.12.95/modules.dep"] = "kernel/net/sctp/sctp.ko:\n" }))
  end)

  it("is dibs that a kernel without it lacks, since the release that made it", function()
    for release, option in pairs {
      ["5.19"] = "SMC", ["6.1.0-9-amd64"] = "SMC", ["6.17.13"] = "SMC", ["6.18"] = "DIBS",
      ["6.18.44"] = "DIBS", ["6.100.1"] = "DIBS",
      ["7.0"] = "DIBS", ["7.18"] = "DIBS", ["10.1"] = "DIBS", ["5.100"] = "SMC",
    } do
      for lists, lacking in pairs { ["kernel/x.ko:\n"] = option, ["kernel/dibs/dibs.ko:\n"] = "SMC" } do
        local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = release .. "\n",
          ["lib/modules/" .. release .. "/modules.dep"] = lists }
        local message = explain_at(made.root, EAFNOSUPPORT, "")
        assert.matches(("(%s) is built without CONFIG_%s"):format(release, lacking), message, 1, true)
      end
    end
  end)

  it("is in the configuration that the kernel carries itself", function()
    local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = "6.18.44\n",
      ["proc/config"] = support.read(RECORDED .. "ikconfig-6.18/config") }
    assert.equal(0, support.run({ "gzip", made.root .. "/proc/config" }).status)
    assert.equal(NO_DIBS:format "6.18.44", explain_at(made.root, EAFNOSUPPORT, ""))
    support.write(made.root .. "/proc/config.gz", "torn")
    assert.matches("it is not known whether this kernel has SMC", explain_at(made.root, EAFNOSUPPORT, ""))
  end)

  it("is in the kernel's configuration where its modules are not here", function()
    for config, expected in pairs {
      ["CONFIG_A=y\nCONFIG_SMC=m\n"] = "^SMC is not loaded: run",
      ["CONFIG_SMC=y\n"] = "^SMC is not loaded: run",
      ["CONFIG_A=y\n# CONFIG_SMC is not set\n"] = "without CONFIG_SMC:",
      ["CONFIG_SMC_DIAG=m\nCONFIG_SMC=mx\n"] = "without CONFIG_SMC:",
      ["# CONFIG_DIBS is not set\n"] = "without CONFIG_DIBS,",
    } do
      local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE,
        ["boot/config-" .. RELEASE] = config }
      assert.matches(expected, explain_at(made.root, EAFNOSUPPORT, ""), config)
    end
  end)

  it("is that the module is in a package that is not installed", function()
    local modules = "lib/modules/" .. BOOKWORM .. "/modules.dep"
    assert.matches("^SMC is not loaded, and its module is not installed for this kernel %(6%.12%.117",
      explain_recorded("debian-6.12", BOOKWORM, { [modules] = "kernel/net/sctp/sctp.ko.xz:\n" }))
  end)

  it("is in the list of what is built in, where there is no other", function()
    for builtin, message in pairs {
      ["kernel/net/smc/smc.ko\n"] = 'SMC is not loaded: run "modprobe smc" as root',
      ["kernel/net/sctp/sctp.ko\n"] = NO_SMC:format(RELEASE) } do
      local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE,
        ["lib/modules/" .. RELEASE .. "/modules.builtin"] = builtin }
      assert.equal(message, explain_at(made.root, EAFNOSUPPORT, ""))
    end
  end)

  it("may be unknown where the kernel's modules are not here", function()
    local bare <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE }
    assert.matches("/lib/modules/6%.12%.95 is missing here, so it is not known whether this kernel has SMC",
      explain_at(bare.root, EAFNOSUPPORT, ""))
  end)

  it("may be out of sight: what cannot be read is told", function()
    local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE }
    support.write(made.root .. "/etc/modprobe.d/x.conf", { "x.conf" }) -- a link to itself: ELOOP
    local message = explain_at(made.root, EAFNOSUPPORT, "")
    assert.matches("^cannot find out whether SMC is loaded: .*x%.conf: Too many levels", message)
  end)

  it("is that it is not loaded", function()
    assert.equal('SMC is not loaded: run "modprobe smc" as root', explain(EAFNOSUPPORT))
    assert.equal('SMC is not loaded: run "modprobe smc" as root', explain_recorded("debian-6.12", BOOKWORM))
  end)

  it("is a list of modules that are not to be loaded", function()
    for _, line in ipairs { "blacklist smc", "alias net-pf-43 off", "install net-pf-43 /bin/true" } do
      assert.matches("/etc/modprobe%.d/x%.conf prevents automatic loading%. Load it as root",
        explain_recorded("debian-6.12", BOOKWORM, { ["etc/modprobe.d/x.conf"] = "# no\n" .. line .. "\n" }))
    end
    assert.matches("remove that setting", explain(EAFNOSUPPORT, {
      ["etc/modprobe.d/x.conf"] = "blacklist smc\n",
      ["lib/modprobe.d/y.conf"] = "install smc /bin/false\n" }))
    assert.matches("module_blacklist=foo,smc prevents",
      explain(EAFNOSUPPORT, { ["proc/cmdline"] = "quiet module_blacklist=foo,smc\n" }))
    assert.matches("prevents loading modules",
      explain(EAFNOSUPPORT, { ["proc/sys/kernel/modules_disabled"] = "1\n" }))
    assert.equal('SMC is not loaded: run "modprobe smc" as root',
      explain(EAFNOSUPPORT, { ["etc/modprobe.d/x.conf"] = "blacklist smc_diag\nblacklist smcx\n"
        .. "alias net-pf-43 smc\ninstall smc /sbin/modprobe --ignore-install smc\n" }))
    assert.equal('SMC is not loaded: run "modprobe smc" as root', explain(EAFNOSUPPORT, {
      ["etc/modprobe.d/x.conf~"] = "blacklist smc\n", -- modprobe reads *.conf
      ["lib/modprobe.d/README"] = "install smc /bin/false\n" }))
  end)

  it("is that this process may not", function()
    local loaded = { ["sys/module/smc/refcnt"] = "1\n", ["proc/self/status"] = "Name:\tx\nSeccomp:\t2\n" }
    assert.matches("^SMC is loaded, but a seccomp filter .* denies AF_SMC sockets",
      explain(EAFNOSUPPORT, loaded))
    assert.matches("^words: a seccomp filter of this process", explain(EPERM, loaded))
    for _, mode in ipairs { 0, 1 } do -- 1 is the strict mode, without a filter
      loaded["proc/self/status"] = ("Name:\tx\nSeccomp:\t%d\n"):format(mode)
      assert.matches("^words: a security module", explain(EPERM, loaded))
    end
    assert.matches("^words: a security module", explain(EPERM)) -- loaded or not: that was not asked for
  end)
end)

describe("an SMC module of another make", function()
  it("is one without SMC's netlink families, and a warning", function()
    local socket = require "smc.core.socket"
    local probe = socket.probe
    finally(function() socket.probe = probe end)
    socket.probe = function() return true end
    local other = support.on_answers("smc.system", {
      system_info = { nil, "cannot: " .. module.no_family(), EAFNOSUPPORT } })
    assert.same({ true, "cannot: " .. module.no_family() }, { other.available() })
    for release, expected in pairs {
      ["6.1.0"] = "AF_SMC works, but SMC_GEN_NETLINK is missing: the SMC module is not this kernel's own",
      ["5.10.9"] = "SMC is loaded, but Linux 5.10.9 is older than 5.11",
    } do
      local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = release .. "\n",
        ["sys/module/smc/refcnt"] = "1\n" }
      assert.equal(1, support.with_paths(made.root, module.no_family):find(expected, 1, true))
    end
  end)
end)

describe("smc.system", function()
  it("refuses names that are none, and values that no kernel takes", function()
    assert.error_matches(function() system.sysctl("../core/rmem_max") end, "name of a sysctl expected")
    assert.equal(E.ENOENT, select(3, system.sysctl("bogus")))
    assert.same({ nil, 'net.smc.hs_ctrl accepts names of at most 15 bytes, not "a_name_too_long_"',
      E.EINVAL }, { system.set_sysctl("hs_ctrl", "a_name_too_long_") })
    assert.equal(E.EINVAL, select(3, system.set_sysctl("tcp2smc", "a\nb")))
    assert.error_matches(function() system.set_sysctl("rmem", "x") end, "integer expected")
    support.fails("accepts 16384 to", E.EINVAL, system.set_sysctl("rmem", 5))
  end)

  it("lists each sysctl with its own value, and its own limits", function()
    local files, values = {}, {}
    for i, name in ipairs { "autocorking_size", "smcr_buf_type", "smcr_testlink_time", "wmem", "rmem",
      "smcr_max_links_per_lgr", "smcr_max_conns_per_lgr", "smcr_max_send_wr", "smcr_max_recv_wr" } do
      values[name] = 100 + i
      files["sys/net/smc/" .. name] = values[name] .. "\n"
    end
    files["sys/net/smc/limit_smc_hs"], values.limit_smc_hs = "0\n", 0
    files["sys/net/smc/hs_ctrl"], values.hs_ctrl = "mine\n", "mine"
    local made <close> = support.tree(files)
    local found = {}
    for _, one in ipairs(support.with_paths({ proc = made.root }, system.sysctls)) do
      found[one.name] = one.value
    end
    assert.same(values, found)
    for name, limits in pairs { -- Documentation/networking/smc-sysctl.rst, net/smc/smc_sysctl.c
      autocorking_size = { 0, 0xffffffff }, smcr_buf_type = { 0, 2 }, smcr_testlink_time = { 0, 2147483 },
      wmem = { 16384, 0x3fffffff }, rmem = { 16384, 0x3fffffff }, smcr_max_links_per_lgr = { 1, 2 },
      smcr_max_conns_per_lgr = { 16, 255 }, limit_smc_hs = { 0, 1 }, smcr_max_send_wr = { 2, 2048 },
      smcr_max_recv_wr = { 2, 2048 },
    } do
      for _, value in ipairs(limits) do
        assert.is_true((support.with_paths({ proc = made.root }, system.set_sysctl, name, value)), name)
      end
      for _, value in ipairs { limits[1] - 1, limits[2] + 1 } do
        assert.equal(E.EINVAL,
          select(3, support.with_paths({ proc = made.root }, system.set_sysctl, name, value)), name)
      end
    end
  end)

  it("has the versions that kernel and devices have", function()
    local V1 <const>, V2 <const> = { "v1" }, { "v1", "v2" }
    local function info_of(raw, ...)
      local devices <const> = { ... }
      local loaded = package.loaded["smc.device"]
      finally(function() package.loaded["smc.device"] = loaded end)
      package.loaded["smc.device"] = { list = function() return devices end }
      return support.on_answers("smc.system", { system_info = { { raw } } }).info()
    end
    for version, expected in pairs { [1] = V1, [2] = V2, [3] = V2 } do
      assert.same(expected, info_of({ version = version }).smcd)
      assert.equal(version, info_of({ version = version }).version)
    end
    assert.same(V1, info_of({}).smcd)
    assert.same({ V1, V2 }, { info_of({}).smcr, info_of({ smcr_v2 = true }).smcr })
    assert.same({ {}, {} }, { info_of({ ism_v2 = true }).ism, info_of({}).roce })
    for model, expected in pairs {
      RoCE_Express = V1, RoCE_Express2 = V2, RoCE_Express3 = V2, other = {},
    } do
      local old <const> = { type = "SMC-R", model = "RoCE_Express" }
      local one <const> = { type = "SMC-R", model = model }
      assert.same(expected, info_of({}, one).roce)
      assert.same(#expected > 0 and expected or V1, info_of({}, one, old).roce)
      assert.same(#expected > 0 and expected or V1, info_of({}, old, one).roce)
      assert.same({}, info_of({ ism_v2 = true }, one).ism)
    end
    assert.same({ V2, V1 }, { info_of({ ism_v2 = true }, { type = "SMC-D" }).ism,
      info_of({}, { type = "SMC-D" }).ism })
    assert.same({ hostname = "h", seid = "S", release = 1 }, (function(info)
      return { hostname = info.hostname, seid = info.seid, release = info.release }
    end)(info_of { hostname = "h", seid = "S", release = 1 }))
    assert.is_nil(info_of({ hostname = "" }).hostname)
    assert.is_nil(info_of({ seid = "" }).seid)
  end)

  it("lists and sets sysctls of a vendor", function()
    local made <close> = support.tree { ["sys/net/smc/wmem"] = "65536\n", ["sys/net/smc/tcp2smc"] = "0\n",
      ["sys/net/smc/vendor_mode"] = "fast\n", ["sys/net/smc/more/x"] = "1\n" }
    local function at(f, ...) return support.with_paths({ proc = made.root }, f, ...) end
    local list = at(system.sysctls)
    assert.same({ { name = "tcp2smc", value = 0 }, { name = "vendor_mode", value = "fast" } },
      { list[2], list[3] })
    assert.equal(3, #list)
    assert.is_true(at(system.set_sysctl, "tcp2smc", 1))
    assert.same({ name = "tcp2smc", value = 1 }, at(system.sysctl, "tcp2smc"))
    assert.is_true(at(system.set_sysctl, "vendor_mode", "slow"))
    assert.equal("slow", at(system.sysctl, "vendor_mode").value)
    assert.error_matches(function() at(system.set_sysctl, "tcp2smc", {}) end, "expected, got table")
  end)

  it("says what hs_ctrl wants where the kernel refuses a name", function()
    local made <close> = support.tree { ["sys/net/smc/wmem"] = "65536\n",
      ["sys/net/smc/hs_ctrl"] = { "/proc/self/oom_score_adj" } } -- which also answers text with EINVAL
    local _, message, errno = support.with_paths({ proc = made.root }, system.set_sysctl, "hs_ctrl", "mine")
    assert.equal(E.EINVAL, errno)
    assert.matches('cannot set net.smc.hs_ctrl to "mine": Invalid argument: no BPF program', message)
  end)
end)

describe("smc.device.dibs", function()
  it("lists ISM devices and loopback", function()
    local made <close> = support.tree {
      ["class/dibs/lo/gid"] = "0b6e1a3c-0000-0000-0000-000000000001\n",
      ["class/dibs/lo/fabric_id"] = "0xffff\n",
      ["class/dibs/ism28/gid"] = "9d8b\n", ["class/dibs/ism28/fabric_id"] = "0x07c1\n",
      ["class/dibs/ism28/device/uevent"] = "DRIVER=ism\nPCI_SLOT_NAME=0000:00:00.0\n",
    }
    assert.same({
      { name = "ism28", gid = "9d8b", fabric_id = 0x7c1, type = "ISM", loopback = false,
        pci_id = "0000:00:00.0" },
      { name = "lo", gid = "0b6e1a3c-0000-0000-0000-000000000001", fabric_id = 0xffff, type = "loopback",
        loopback = true },
    }, support.with_paths({ sysfs = made.root }, device.dibs))
    assert.same({}, support.with_paths({ sysfs = made.root .. "/nowhere" }, device.dibs))
  end)
end)
