--- `util_string`, the attribute of PCI functions and channel paths in the sysfs of s390: the PNET IDs of
-- their ports, four fields of 16 characters in EBCDIC.
-- @module smc.internal.util_string

local util_string = {}

local FIELD <const> = 16 -- bytes

--- The PNET ID of a port.
-- @tparam string bytes contents of the attribute
-- @tparam integer port index of the field, from 0
-- @treturn ?string PNET ID; nil if the port has none
function util_string.pnetid(bytes, port)
  local first = port * FIELD
  return require "smc.internal.ebcdic".decode(bytes:sub(first + 1, first + FIELD)):match("^[^\0 ]+")
end

return util_string
