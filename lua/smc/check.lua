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

local check = {}

--- The port where servers start to look for a free one, as in smc_chk(8).
check.PORT = require("smc.check.protocol").PORT

--- Connects and reports: see `smc.check.client`.
check.connect = require("smc.check.client").connect

--- Starts a server for checks: see `smc.check.server`.
check.server = require("smc.check.server").new

return check
