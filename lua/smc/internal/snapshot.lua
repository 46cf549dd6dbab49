--- What a snapshot of smc.stats is: it may come from a file.
-- @module smc.internal.snapshot

local snapshot = {}

local DEPTH <const> = 1 -- tables of sizes in the counters of a technology

-- Whether it is a table of integers, and of such tables.
local function has_counts(value, depth)
  if type(value) ~= "table" or depth < 0 then return false end
  for _, count in pairs(value) do
    if math.type(count) ~= "integer" and not has_counts(count, depth - 1) then return false end
  end
  return true
end

local function has_reasons(list)
  if type(list) ~= "table" then return false end
  for key, entry in pairs(list) do
    if math.type(key) ~= "integer" or type(entry) ~= "table" then return false end
    for _, name in ipairs { "code", "client", "server" } do
      if math.type(entry[name]) ~= "integer" then return false end
    end
  end
  return true
end

local function is_optional(value, kind)
  return value == nil or type(value) == kind
end

--- Whether a value is a snapshot, or the difference of two.
-- @param value anything
-- @treturn boolean
function snapshot.is(value)
  local fallback = type(value) == "table" and value.fallback
  if type(fallback) ~= "table" or math.type(fallback.client) ~= "integer"
    or math.type(fallback.server) ~= "integer" or not has_reasons(fallback.reasons) then
    return false
  end
  for _, name in ipairs { "smcd", "smcr", "handshake_errors" } do
    if value[name] ~= nil and not has_counts(value[name], DEPTH) then return false end
  end
  return is_optional(value.time, "number") and is_optional(value.seconds, "number")
    and is_optional(value.boot, "string") and is_optional(value.namespace, "string")
end

return snapshot
