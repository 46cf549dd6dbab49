--- The version of this library: the module is a string.
--
--    print(require "smc.version")         --> 0.1.0
--
-- `smc._VERSION` and `smc.socket._VERSION` contain the name of the library and the version.
--
-- @module smc.version

return "0.1.0"
