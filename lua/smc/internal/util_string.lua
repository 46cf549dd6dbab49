--- `util_string`, the attribute of PCI functions and channel paths in the sysfs of s390: the PNET IDs of
-- their ports, four fields of 16 characters in EBCDIC.
-- @module smc.internal.util_string

local require = require "smc.internal.load"
local util_string = {}

local FIELD <const> = 16 -- bytes
local USED <const> = "^[^\0\x40]" -- the first byte of a field with a PNET ID: blanks are 0x40

--- The PNET ID of a port.
-- @tparam string bytes contents of the attribute
-- @tparam integer port index of the field, from 0
-- @treturn ?string PNET ID; nil if the port has none
function util_string.pnetid(bytes, port)
  local field = bytes:sub(port * FIELD + 1, (port + 1) * FIELD)
  if not field:find(USED) then return nil end
  return require "smc.internal.ebcdic".decode(field):match("^[^\0 ]+")
end

return util_string
