--- The port where the servers of checks start to look for a free one, as in smc_chk(8).
-- @module smc.check.port

return 37373
