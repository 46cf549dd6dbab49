--- Encodes the values of this API as JSON: every script uses the same schema.
--
-- Fields have the names of the API. Fields that are absent in Lua are absent in JSON. 64-bit identifiers
-- (GIDs, DMB tokens), link group IDs, FIDs and PCHIDs are strings of hex digits, as the tools print them,
-- because many JSON parsers lose digits of numbers beyond 2^53; reason codes are strings like "0x03030008".
-- The same values always result in the same text. dkjson encodes strings and floats.
-- @module smc.json

local args = require "smc.internal.args"
local dkjson = require "smc.internal.need".dkjson()

-- The order of keys is worked out here, and not by dkjson's `keyorder`: with that, `smcss.lua --json` takes 4
-- times the processor time (4,000 sockets: 0.76 s instead of 0.19 s).

local json = {}

-- The keys that come first in an object, in this order; all other keys follow in alphabetical order.
local FIRST = {
  "success", "verdict", "message", "errno",
  "type", "id", "state", "mode", "family", "host", "address", "port", "local_address",
  "local_port", "peer_address", "peer_port", "uid", "inode", "interface", "cookie", "shutdown", "code",
  "pid", "name", "meaning", "advice", "fallback", "peer_fallback", "processes", "connection",
  "link_group", "dmb", "wrap", "count",
  "8K", "16K", "32K", "64K", "128K", "256K", "512K", "1024K", "more",
}

-- How integers are written, by the name of the field, or of the object and the field.
local FORMATS = {
  code = '"0x%08x"',
  ["dmb.linkid"] = '"%08x"', ["dmb.token"] = '"%016x"', ["dmb.peer_token"] = '"%016x"',
  gid = '"%016x"', peer_gid = '"%016x"',
  gid_ext = '"%016x"', peer_gid_ext = '"%016x"',
  id = '"%08x"', link_uid = '"%08x"', peer_link_uid = '"%08x"',
  ["rmb.rkey"] = '"%08x"', ["rmb.address"] = '"%016x"', ["rmb.alert_token"] = '"%08x"', chid = '"%04x"',
  fid = '"%04x"', pchid = '"%04x"', fabric_id = '"%04x"', pci_vendor = '"%04x"', pci_device = '"%04x"',
}

local rank = {}
for i, key in ipairs(FIRST) do rank[key] = i end

local function comes_before(a, b)
  local left, right = rank[a] or #FIRST + 1, rank[b] or #FIRST + 1
  if left ~= right then return left < right end
  return tostring(a) < tostring(b)
end

-- A cache of key orders by the name of the object: the records of a list have few different sets of keys.
local shapes = setmetatable({}, { __index = function(all, name)
  all[name] = {}
  return all[name]
end })

-- Whether the keys of a value are those of a shape: `order`, and the set of them.
local function fits(shape, value)
  local size, set = 0, shape.set
  for key in next, value do
    if not set[key] then return false end
    size = size + 1
  end
  return size == #shape.order
end

local function order_of(value, name)
  local known = shapes[name]
  for i = 1, #known do
    if fits(known[i], value) then return known[i].order end
  end
  local shape = { order = {}, set = {} }
  for key in next, value do
    shape.order[#shape.order + 1] = key
    shape.set[key] = true
  end
  table.sort(shape.order, comes_before)
  if #known < 16 then known[#known + 1] = shape end
  return shape.order
end

-- The text of a key with its colon, cached.
local labels = setmetatable({}, { __index = function(all, key)
  all[key] = dkjson.quotestring(tostring(key)) .. ":"
  return all[key]
end })

-- The format of an integer, by the names of its object and of its field; false: decimal.
local forms = setmetatable({}, { __index = function(all, parent)
  all[parent] = setmetatable({}, { __index = function(of_parent, name)
    of_parent[name] = FORMATS[name] or FORMATS[("%s.%s"):format(parent, name)] or false
    return of_parent[name]
  end })
  return all[parent]
end })

local function integer_text(value, name, parent)
  local form = name and forms[parent or ""][name]
  return form and form:format(value) or value
end

-- Most strings are plain ASCII, and are not passed to dkjson.
local function string_text(value)
  if not value:find('[%c"\\\127-\255]') then return '"' .. value .. '"' end
  -- JSON is UTF-8: invalid bytes, as in a peer's host name, become U+FFFD.
  if not utf8.len(value) then value = value:gsub("[\128-\255]", "\u{FFFD}") end
  return dkjson.quotestring(value)
end

local DEEPEST <const> = 100 -- tables in tables; a table that contains itself has no end
local depth

local add_value

-- The values in a list are formatted by the name of the list.
local function add_list(out, value, name, parent, indent)
  local inner = indent and indent .. "  "
  out[#out + 1] = "["
  for i = 1, #value do
    if i > 1 then out[#out + 1] = "," end
    add_value(out, value[i], name, parent, inner)
  end
  out[#out + 1] = "]"
end

local function add_object(out, value, name, indent)
  local inner = indent and indent .. "  "
  local order = order_of(value, name or "")
  out[#out + 1] = "{"
  for i = 1, #order do
    local key = order[i]
    if i > 1 then out[#out + 1] = "," end
    if inner then out[#out + 1] = inner end
    out[#out + 1] = labels[key]
    add_value(out, value[key], key, name, inner)
  end
  out[#out + 1] = indent and indent .. "}" or "}"
end

function add_value(out, value, name, parent, indent)
  local kind = type(value)
  if kind == "table" then
    depth = depth + 1
    if depth > DEEPEST then args.refuse("encode", 1, "it is nested too deeply, or contains itself") end
    if value[1] ~= nil or next(value) == nil then
      add_list(out, value, name, parent, indent)
    else
      add_object(out, value, name, indent)
    end
    depth = depth - 1
  elseif math.type(value) == "integer" then
    out[#out + 1] = integer_text(value, name, parent)
  elseif kind == "string" then
    out[#out + 1] = string_text(value)
  elseif kind == "number" and name == "time" then
    out[#out + 1] = ("%.6f"):format(value) -- dkjson leaves a tenth of a millisecond
  elseif kind == "number" or kind == "boolean" or kind == "nil" then
    out[#out + 1] = assert(dkjson.encode(value))
  else
    args.refuse("encode", 1, ("JSON has no %s"):format(kind))
  end
end

--- Encodes a value as JSON text. An empty table becomes an empty list.
-- @tparam any value any value of the API: records, arrays of them, reports
-- @tparam[opt=false] boolean compact on one line
-- @treturn string
-- @raise for a value that JSON cannot represent, such as a function
function json.encode(value, compact)
  args.optional("encode", 2, compact, "boolean")
  local out = {}
  depth = 0
  add_value(out, value, nil, nil, not compact and "\n" or nil)
  return table.concat(out)
end

return json
