--- The addresses of a host, for a task: the others have their turn while a server of names is asked.
-- @module smc.check.names

local core = require "smc.core.socket"
local E = require "smc.errno"
local loop = require "smc.check.loop"

local names = {}

local VERSIONS <const> = { inet = 4, inet6 = 6, unspec = 0 }

--- Returns the addresses as text, in the order in which to try them. A task calls it.
-- @tparam string host
-- @tparam ?string family
-- @tparam number deadline
-- @treturn[1] {string,...}
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno: as of `smc.socket.resolve`; ETIMEDOUT at the deadline
function names.addresses(host, family, deadline)
  local version = VERSIONS[family or "unspec"]
  local lookup <close> = core.start_lookup(host, version)
  if not lookup then return core.resolve(host, 1, version) end -- no descriptor is left for more than that
  local found, message, errno
  repeat
    found, message, errno = lookup:addresses()
    if errno ~= E.EINPROGRESS then return found, message, errno end
  until not loop.wait(lookup, "r", deadline)
  return nil, "no server of names has answered in time", E.ETIMEDOUT
end

return names
