-- Looks at files and folders, on any machine: a recorded sysfs, trees made by hand, the machine's own /proc.

local device = require "smc.device"
local ism = require "smc.ism"
local look = require "smc.internal.look"
local module = require "smc.internal.kernel_module"
local pnet = require "smc.pnet"
local process = require "smc.process"
local run = require "smc.run"
local system = require "smc.system"

local folder, prepare = ...
local recorded = folder .. "/fid51_off/sys"
local support = require "support"
if prepare then
  assert(support.run({ "tar", "xzf", "spec/unit/sysfs-s390x.tgz", "-C", folder }).status == 0)
end

local NET25 <const> = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11) .. ("\0"):rep(48)

-- A tree beside the recording.
local function tree(name, files)
  for path, content in pairs(prepare and files or {}) do
    support.write(("%s/%s/%s"):format(folder, name, path), content)
  end
  return folder .. "/" .. name
end

local nets = tree("nets", {
  ["proc/net/dev"] = " lo: 0 0\n bond0: 0 0\n vlan7: 0 0\n eth0: 0 0\n enc1000: 0 0\n none: 0 0\n",
  ["sys/class/net/vlan7/lower_bond0/x"] = "", ["sys/class/net/bond0/bonding/slaves"] = "eth0\n",
  ["sys/class/net/eth0/dev_port"] = "0\n", ["sys/class/net/eth0/device/util_string"] = NET25,
  ["sys/class/net/enc1000/device/chpid"] = "B4\n", ["sys/class/net/enc1000/device/portno"] = "0\n",
  ["sys/devices/css0/chp0.b4/util_string"] = NET25, ["sys/class/net/none/dev_port"] = "0\n",
})
local function of_interface(name)
  return function()
    return support.with_paths(nets, pnet.of_interface, name)
  end
end

local dibs = tree("dibs", {
  ["class/dibs/lo/gid"] = "0b6e\n", ["class/dibs/lo/fabric_id"] = "0xffff\n",
  ["class/dibs/ism28/gid"] = "9d8b\n", ["class/dibs/ism28/fabric_id"] = "0x07c1\n",
  ["class/dibs/ism28/device/uevent"] = "DRIVER=ism\nPCI_SLOT_NAME=0000:00:00.0\n",
})

local unloaded = tree("unloaded", {
  ["proc/sys/kernel/osrelease"] = "6.12.95\n",
  ["lib/modules/6.12.95/modules.dep"] = "kernel/net/smc/smc.ko.xz:\n",
  ["lib/modules/6.12.95/modules.builtin"] = "", ["etc/modprobe.d/x.conf"] = "blacklist smc\n",
  ["proc/cmdline"] = "quiet\n", ["proc/self/status"] = "Seccomp:\t0\n", ["proc/net/protocols"] = "TCP 1\n",
})

local rdma = tree("rdma", {
  ["bus/pci/devices/0000:01:00.0/vendor"] = "0x15b3\n", ["bus/pci/devices/0000:01:00.0/device"] = "0x1016\n",
  ["bus/pci/devices/0000:01:00.0/class"] = "0x020000\n",
  ["bus/pci/devices/0000:01:00.0/net/eth3/dev_port"] = "1\n",
  ["bus/pci/devices/0000:01:00.0/infiniband/mlx5_0/fw_ver"] = "14.32.1010\n",
  ["bus/pci/devices/0000:01:00.0/infiniband/mlx5_0/ports/1/x"] = "",
  ["bus/pci/slots/4/power"] = "1\n", ["bus/pci/slots/4/address"] = "0000:01:00\n",
})

local off = tree("off", {
  ["bus/pci/slots/00000032/power"] = "0\n", ["bus/pci/slots/00000032/address"] = "0032:00:00\n",
})

local script = folder .. "/script"
if prepare then
  support.write(script, "#!/bin/sh\n")
  assert(os.execute("chmod 755 " .. script))
end

-- A child that has ended; `close` takes it, where there was no memory for what should have.
local ended

return {
  { name = "ism.list", right = "NET25", look = function()
    return support.with_paths({ sysfs = recorded }, ism.list, { all = true })
  end },
  { name = "ism.list of RDMA devices", right = "mlx5_0", look = function()
    return support.with_paths({ sysfs = rdma }, ism.list)
  end },
  { name = "ism.find, powered off", right = "power=false", look = function()
    return support.with_paths({ sysfs = off }, ism.find, "32")
  end },
  { name = "ism.find, none", right = "there is no PCI function FID 99", look = function()
    return support.with_paths({ sysfs = off }, ism.find, "99")
  end },
  { name = "ism.power_off", right = "power=false",
    before = function()
      local file <close> = assert(io.open(rdma .. "/bus/pci/slots/4/power", "w"))
      file:write("1\n")
    end,
    look = function()
      return support.with_paths({ sysfs = rdma }, ism.power_off, { slot = "4" }, { timeout = 5 })
    end },
  { name = "pnet.of_interface, PCI", right = "NET25", look = of_interface "eth0" },
  { name = "pnet.of_interface, VLAN on a bond", right = "NET25", look = of_interface "vlan7" },
  { name = "pnet.of_interface, channel path", right = "NET25", look = of_interface "enc1000" },
  { name = "pnet.of_interface, without", right = "none has no ", look = of_interface "none" },
  { name = "pnet.of_interface, absent", right = "there is no interface eth9", look = of_interface "eth9" },
  { name = "device.dibs", right = "fabric_id=1985", look = function()
    return support.with_paths({ sysfs = dibs }, device.dibs)
  end },
  { name = "the state of the kernel's module", right = "/etc/modprobe.d/x.conf", look = function()
    return support.with_paths(unloaded, module.state)
  end },
  { name = "the name of an interface", right = "lo", look = look.protect(function()
    return look.interface_name(1)
  end) },
  { name = "system.available", look = system.available },
  { name = "system.sysctls", look = system.sysctls },
  { name = "system.sysctl", look = function() return system.sysctl "rmem" end },
  { name = "pnet.list", look = pnet.list },
  { name = "run.library", right = "/preload.so", calls = { readlink = true }, look = run.library },
  { name = "run.convertible, static", right = "busybox is a static program", look = function()
    return run.convertible "busybox"
  end },
  { name = "run.convertible, script", right = "true", look = function() return run.convertible(script) end },
  { name = "run.convertible, none", right = "not found in PATH", look = function()
    return run.convertible "no-such-program"
  end },
  { name = "run.attainable", look = function() return run.attainable { receive_buffer = "1m" } end },
  { name = "run.environment", right = "LD_PRELOAD", calls = { readlink = true }, look = function()
    return run.environment { env = {} }
  end },
  { name = "Process:wait", right = "exit, 7", calls = { pidfd_open = true, poll = true },
    before = function() ended = assert(process.spawn { "sh", "-c", "exit 7" }) end,
    look = function() return ended:wait(60) end, after = function() ended:close() end },
  { name = "Process:close", right = "true", calls = { pidfd_open = true, poll = true },
    before = function() ended = assert(process.spawn { "true" }) end,
    look = function() return ended:close() end, after = function() ended:close() end },
}
