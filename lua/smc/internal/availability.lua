--- Whether this process can create SMC sockets.
-- @module smc.internal.availability

local require = require "smc.internal.load"
local core = require "smc.core.socket"
local E = require "smc.errno"

local availability = {}

-- The errors of a kernel without SMC, and of what keeps SMC from this process.
availability.DENIED = { [E.EAFNOSUPPORT] = true, [E.EPROTONOSUPPORT] = true, [E.EPERM] = true,
  [E.EACCES] = true }

--- Tries to create a socket.
-- @tparam ?string protocol see `smc.system.available`
-- @treturn[1] true
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno
function availability.probe(protocol)
  local ok, message, errno = core.probe(protocol == "auto" and "smc" or protocol)
  local is_denied = availability.DENIED[errno]
  if not ok and is_denied and protocol == "auto" and core.probe "inet" then return true end
  if ok or not is_denied then return ok, message, errno end
  return nil, require "smc.internal.kernel_module".explain(errno, message, protocol), errno
end

return availability
