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

describe("why there is no SMC", function()
  it("is that it is not in the kernel", function()
    local none <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE,
      ["lib/modules/" .. RELEASE .. "/modules.dep"] = "kernel/net/sctp/sctp.ko:\n" }
    assert.equal("this kernel (6.12.95) does not have SMC: boot one that has it (CONFIG_SMC; since Linux "
      .. "6.18 it requires CONFIG_DIBS)", explain_at(none.root, EAFNOSUPPORT, ""))
  end)

  it("is in the kernel's configuration where its modules are not here", function()
    for config, expected in pairs {
      ["CONFIG_A=y\nCONFIG_SMC=m\n"] = "^SMC is not loaded: run",
      ["CONFIG_A=y\n# CONFIG_SMC is not set\n"] = "^this kernel %(6%.12%.95%) does not have SMC",
      ["CONFIG_SMC_DIAG=m\n"] = "^this kernel %(6%.12%.95%) does not have SMC",
    } do
      local made <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE,
        ["boot/config-" .. RELEASE] = config }
      assert.matches(expected, explain_at(made.root, EAFNOSUPPORT, ""))
    end
  end)

  it("may be unknown where the kernel's modules are not here", function()
    local bare <close> = support.tree { ["proc/sys/kernel/osrelease"] = RELEASE }
    assert.matches("not known whether this kernel %(6%.12%.95%) has SMC",
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
  end)

  it("is a list of modules that are not to be loaded", function()
    assert.matches("/etc/modprobe%.d/x%.conf prevents automatic loading",
      explain(EAFNOSUPPORT, { ["etc/modprobe.d/x.conf"] = "# no\nblacklist smc\n" }))
    assert.matches("remove that setting", explain(EAFNOSUPPORT, {
      ["etc/modprobe.d/x.conf"] = "blacklist smc\n",
      ["lib/modprobe.d/y.conf"] = "install smc /bin/false\n" }))
    assert.matches("module_blacklist=foo,smc prevents",
      explain(EAFNOSUPPORT, { ["proc/cmdline"] = "quiet module_blacklist=foo,smc\n" }))
    assert.matches("prevents loading modules",
      explain(EAFNOSUPPORT, { ["proc/sys/kernel/modules_disabled"] = "1\n" }))
    assert.equal('SMC is not loaded: run "modprobe smc" as root',
      explain(EAFNOSUPPORT, { ["etc/modprobe.d/x.conf"] = "blacklist smc_diag\nblacklist smcx\n" }))
  end)

  it("is that this process may not", function()
    assert.matches("RestrictAddressFamilies", explain(EAFNOSUPPORT, { ["sys/module/smc/refcnt"] = "1\n" }))
    assert.matches("words: a seccomp filter", explain(EPERM))
  end)
end)

describe("smc.system", function()
  it("refuses sysctls that no kernel has, and values that none takes", function()
    assert.error_matches(function() system.sysctl("bogus") end, 'SMC has no sysctl "bogus"')
    assert.error_matches(function() system.set_sysctl("rmem", "x") end, "integer expected")
    local ok, message, errno = system.set_sysctl("rmem", 5)
    assert.is_nil(ok)
    assert.matches("accepts 16384 to", message)
    assert.equal(E.EINVAL, errno)
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
      { name = "ism28", gid = "9d8b", fabric_id = 0x7c1, loopback = false, pci_id = "0000:00:00.0" },
      { name = "lo", gid = "0b6e1a3c-0000-0000-0000-000000000001", fabric_id = 0xffff, loopback = true },
    }, support.with_paths({ sysfs = made.root }, device.dibs))
    assert.same({}, support.with_paths({ sysfs = made.root .. "/nowhere" }, device.dibs))
  end)
end)
