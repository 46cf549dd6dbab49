--- The boundary to the kernel's netlink families, `smc.core.netlink`, with the reason where they are missing.
--
-- The families of SMC come and go with its module, as AF_SMC does: that the kernel does not have them is an
-- EAFNOSUPPORT, whose reason is found out here, for all of the modules that ask.
--
-- @module smc.internal.genl

local E = require "smc.errno"

local function explained(...)
  local result, message, errno = ...
  if result == nil and errno == E.EAFNOSUPPORT then
    return nil, ("%s: %s"):format(message, require "smc.internal.kernel_module".no_family()), errno
  end
  return ...
end

-- Each function of the boundary, wrapped when it is first used: who only may need one loads no libnl.
return setmetatable({}, {
  __index = function(genl, name)
    local ask = require "smc.core.netlink"[name]
    local function asking(...) return explained(ask(...)) end
    rawset(genl, name, asking)
    return asking
  end,
})
