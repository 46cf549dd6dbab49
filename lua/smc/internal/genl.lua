--- The functions of `smc.core.netlink`; the message of a failure explains it.
--
-- The families of SMC exist only while its kernel module is loaded, like AF_SMC. If they are missing, the
-- error is EAFNOSUPPORT; this module finds the reason, for all modules that use netlink. It also finds out
-- whether a refusal is about the request or about netlink as such.
--
-- @module smc.internal.genl

local require = require "smc.internal.load"
local E = require "smc.errno"

-- Whether this process gets no netlink socket. Whether the error comes from socket(2) shows a request that
-- never answers with it: smc_diag has no EAFNOSUPPORT, and any user may ask for the system's information.
local function is_netlink_denied(core, errno)
  local ask = errno == E.EAFNOSUPPORT and core.smc_diag or core.system_info
  local result, _, probed = ask()
  if result ~= nil and ask == core.smc_diag then result:close() end
  return result == nil and probed == errno
end

-- What to do about an error; nil for those that need no advice.
local function advice_for(errno)
  local denial = errno == E.EPERM or errno == E.EACCES
  if not denial and errno ~= E.EAFNOSUPPORT then return nil end
  local kernel_module = require "smc.internal.kernel_module"
  if is_netlink_denied(require "smc.core.netlink", errno) then return kernel_module.no_netlink() end
  return denial and "this requires CAP_NET_ADMIN in the initial user namespace: run it as root, and not in a "
    .. "rootless container" or kernel_module.no_family()
end

local function explained(...)
  local result, message, errno = ...
  local advice = result == nil and advice_for(errno)
  if advice then return nil, ("%s: %s"):format(message, advice), errno end
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
