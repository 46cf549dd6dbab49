--- The first port that a check server tries, as in smc_chk(8).
-- @module smc.check.port

return 37373
