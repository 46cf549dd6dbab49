--- The version of this library, as text: the module is that string.
--
--    print(require "smc.version")         --> 0.1.0
--
-- `smc._VERSION` and `smc.socket._VERSION` have the name of the library before it.
--
-- @module smc.version

return "0.1.0"
