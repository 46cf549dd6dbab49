--- Does the path to a peer really use shared memory? Live checks, with evidence.
--
-- One host serves, the other connects:
--
--    assert(smc.check.server{}):serve()                       -- host10
--    local report = smc.check.connect("host10", 37373)        -- host12
--    print(report.success, report.mode)                       --> true  SMC-D
--
-- Both sides work with the server and the client of IBM's smc_chk(8) as well.
-- @module smc.check

local args = require "smc.internal.args"

local check = {}

--- The port where servers start to look for a free one, as in smc_chk(8).
check.PORT = require("smc.check.protocol").PORT

--- Connects and reports: see `smc.check.client`.
check.connect = require("smc.check.client").connect

--- Starts a server for checks: see `smc.check.server`.
check.server = require("smc.check.server").new

local SOCKET <const> = {
  words = "tcp{any}",
  has = function(value)
    local metatable = type(value) == "userdata" and getmetatable(value)
    return type(metatable) == "table" and type(metatable.__index) == "table" and metatable.__index.info ~= nil
  end,
}

--- What the kernel tells of the bytes that a connection of your own has sent since it was made.
--
--    local found = assert(check.evidence(sock, sent))
--    print(found.bytes_through_shared_memory == sent, found.path)
--
-- @tparam socket sock connected, of `smc.socket`
-- @tparam integer sent how many bytes were sent
-- @treturn[1] table `bytes_sent`: as given; `bytes_through_shared_memory`: how far the ring in the peer's
--   memory was written, absent over TCP, and where the kernel's count began anew because so many bytes were
--   sent; `path`: whose memory that is, in words, absent over TCP
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for an argument of a wrong type
function check.evidence(sock, sent)
  args.check("evidence", 1, sock, SOCKET)
  args.check("evidence", 2, sent, args.range(0))
  local info, message, errno = sock:info()
  if not info then return nil, message, errno end
  return require "smc.check.evidence".of(info, sent)
end

return check
