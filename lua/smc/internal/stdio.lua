--- What a standard stream of a started program can be: this process's own, the null device, or a pipe.
-- @module smc.internal.stdio

return { "inherit", "null", "pipe" }
