--- The values of this API as JSON: the same schema from every script.
--
-- Fields have the API's own names. What is absent in Lua is absent in JSON. Identifiers of 64 bits
-- (GIDs, DMB tokens) and link group IDs are strings of hex digits as the tools print them, because
-- JSON readers lose digits of numbers beyond 2^53; reason codes are strings like "0x03030008".
-- Text is made by dkjson.
-- @module smc.json

local dkjson = require "dkjson"

local json = {}

-- What comes first in an object, in this order; all other keys follow by the alphabet.
local FIRST = {
  "success", "state", "mode", "family", "host", "address", "port", "local_address", "local_port",
  "peer_address", "peer_port", "uid", "inode", "interface", "cookie", "shutdown", "code", "name", "meaning",
  "advice", "fallback_reason", "fallback", "peer_reason", "peer_fallback", "connection", "link_group", "dmb",
  "wrap", "count",
}

-- How numbers are written, by the name of the field, or of the object and the field.
local FORMATS = {
  code = "0x%08x", fallback_reason = "0x%08x", peer_reason = "0x%08x",
  ["dmb.linkid"] = "%08x", ["dmb.token"] = "%016x", ["dmb.peer_token"] = "%016x",
  ["dmb.my_gid"] = "%016x", ["dmb.peer_gid"] = "%016x",
  ["dmb.my_gid_ext"] = "%016x", ["dmb.peer_gid_ext"] = "%016x",
}

local function plain(value, name, parent)
  if type(value) == "table" then
    local copy = {}
    for key, inner in pairs(value) do copy[key] = plain(inner, key, name) end
    return copy
  end
  local form = math.type(value) == "integer" and (FORMATS[name] or FORMATS[("%s.%s"):format(parent, name)])
  return form and form:format(value) or value
end

local function add_keys(value, keys, order)
  if type(value) ~= "table" then return end
  for key, inner in pairs(value) do
    if type(key) == "string" and not keys[key] then
      keys[key] = true
      order[#order + 1] = key
    end
    add_keys(inner, keys, order)
  end
end

-- The same values give the same text: all keys have a place.
local function key_order(value)
  local keys, order = {}, {}
  for _, key in ipairs(FIRST) do keys[key] = true end
  add_keys(value, keys, order)
  table.sort(order)
  return table.move(order, 1, #order, #FIRST + 1, table.move(FIRST, 1, #FIRST, 1, {}))
end

--- A value as JSON text.
-- @param value anything of the API: records, arrays of them, reports
-- @tparam[opt=false] boolean compact on one line
-- @treturn string
function json.encode(value, compact)
  value = plain(value)
  return dkjson.encode(value, { indent = not compact, keyorder = key_order(value) })
end

return json
