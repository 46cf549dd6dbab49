--- The functions of `smc.core.netlink`; if a netlink family is missing, the message explains why.
--
-- The families of SMC exist only while its kernel module is loaded, like AF_SMC. If they are missing, the
-- error is EAFNOSUPPORT; this module finds the reason, for all modules that use netlink.
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

-- Each function is wrapped when it is first used, so that libnl is loaded only if it is needed.
return setmetatable({}, {
  __index = function(genl, name)
    local ask = require "smc.core.netlink"[name]
    local function asking(...) return explained(ask(...)) end
    rawset(genl, name, asking)
    return asking
  end,
})
