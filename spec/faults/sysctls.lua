-- Looks at the sysctls of SMC, and at files that counters come with.

local ism = require "smc.ism"
local kernel = require "kernel_at_hand"
local stats = require "smc.stats"
local system = require "smc.system"

local _, prepare = ...
if prepare then return {} end

return {
  { name = "system.sysctls", right = "name=wmem", look = system.sysctls },
  { name = "system.sysctl", right = "name=rmem", look = function() return system.sysctl "rmem" end },
  { name = "system.sysctl, none", right = "has no sysctl net.smc.hs_ctrl", look = function()
    return system.sysctl "hs_ctrl"
  end },
  { name = "system.set_sysctl", right = "true", look = function()
    return system.set_sysctl("rmem", 65536)
  end },
  { name = "stats.get", right = "namespace=net:", look = function()
    local snapshot, message, errno = stats.get()
    if snapshot then snapshot.time = snapshot.time and "some" end
    return snapshot, message, errno
  end },
  { name = "ism.find", right = kernel.has_ism() and "smcd={", look = function()
    return ism.find { slot = "00000032" }
  end },
}
