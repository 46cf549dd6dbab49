--- Makes a socket listen, for smc.socket and smc.check.
-- @module smc.internal.listen

local core = require "smc.core.socket"

--- Binds a socket to an address and listens.
-- @param sock new; closed after a failure
-- @tparam string host name or address
-- @tparam number|string port
-- @tparam[opt] integer backlog
-- @return[1] the socket
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] ?integer errno; nil if the host's name is not known
return function(sock, host, port, backlog)
  sock:setoption("reuseaddr", true)
  local ok, message = sock:bind(host, port)
  if ok then ok, message = sock:listen(backlog) end
  if ok then return sock end
  local errno = core.last_errno(sock)
  sock:close()
  return nil, message, errno
end
