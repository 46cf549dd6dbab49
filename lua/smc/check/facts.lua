--- The facts about a host that a check sends to the other side, which can then say what is wrong there.
--
-- They are a part of a path (`smc.check.path`): tables of strings, integers and booleans. What comes from the
-- network is taken only where a field has its type.
-- @module smc.check.facts

local require = require "smc.internal.load"
local has_type = require "smc.internal.args".has_type
local monotonic = require "smc.core.os".monotonic

local facts = {}

local MOST <const> = 32 -- entries of a list
local FRESH <const> = 0.1 -- seconds for which facts are taken for the present ones

-- Fields: a type, a table of fields, or { LIST, type or fields }.
local LIST <const> = {}
local DEVICE <const> = { fid = "integer", pchid = "integer", pci_id = "string", slot = "string",
  power = "boolean", usable = "boolean", v1 = "boolean", v2 = "boolean", pnetid = "string",
  pnetid_source = "string" }
local PORT <const> = { ibdev = "string", ibport = "integer", state = "string", netdev = "string",
  pnetid = "string", pnetid_source = "string", belongs = "boolean", usable = "boolean",
  v1 = "boolean", v2 = "boolean" }
local FIELDS <const> = {
  address = "string", source = "string", gateway = "string", is_local = "boolean",
  interface = { name = "string", up = "boolean", vlan = "integer", addresses = { LIST, "string" },
    pnetid = "string", pnetid_source = "string", pnetid_netdev = "string" },
  ism = { LIST, DEVICE }, roce = { LIST, PORT }, loopback_ism = "boolean",
  eids = { ueids = { LIST, "string" }, seid = "string", seid_enabled = "boolean" },
  hs_limitation = "boolean",
  sysctls = { rmem = "integer", wmem = "integer", limit_smc_hs = "integer" },
  kernel = { release = "string", boot_id = "string", loaded = "boolean", present = "boolean",
    available = "boolean", message = "string", seccomp = "boolean", blocked = "string",
    blocked_by = "string" },
  modes = { LIST, "string" },
  looked_at = { ism = "boolean", roce = "boolean", eids = "boolean" },
}

local take

local function take_list(given, of)
  local list = {}
  for i = 1, MOST do
    local value = take(given[i], of)
    if value == nil then break end
    list[i] = value
  end
  return list
end

-- The value, or those of its fields that have the right type; nil if it has the wrong type itself.
function take(given, wanted)
  if type(wanted) == "string" then
    if has_type(given, wanted) then return given end
    return nil
  elseif type(given) ~= "table" then
    return nil
  elseif wanted[1] == LIST then
    return take_list(given, wanted[2])
  end
  local result = {}
  for name, of in pairs(wanted) do result[name] = take(given[name], of) end
  return result
end

--- The facts of a path, for the other side.
-- @tparam table path
-- @treturn table
function facts.of(path)
  local found = take(path, FIELDS)
  -- Empty lists are not transferred: this distinguishes them from lists that could not be read.
  found.looked_at = { ism = path.ism ~= nil, roce = path.roce ~= nil, eids = path.eids ~= nil }
  return found
end

-- The latest facts, by interface and IP version: a server answers many clients of one network.
local recent, since = {}, 0

-- The facts about the interface of a route.
local function of_interface(way)
  local now = monotonic()
  if now - since > FRESH then recent, since = {}, now end
  local key = way.interface .. (way.address:find(":", 1, true) and " 6" or " 4")
  if not recent[key] then
    local path, message, errno = require "smc.check.path".along(way)
    if not path then return nil, message, errno end
    recent[key] = facts.of(path)
  end
  return recent[key]
end

--- The facts of this host on its path to a peer, at most a tenth of a second old.
-- @tparam string address of the peer
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function facts.here(address)
  local way, message, errno = require "smc.check.path.route".to(address)
  local known
  if way then known, message, errno = of_interface(way) end
  if not known then return nil, message, errno end
  local found = {}
  for name, value in pairs(known) do found[name] = value end
  for _, name in ipairs { "address", "source", "gateway", "is_local" } do found[name] = way[name] end
  return found
end

-- Restores the empty lists, which are not transferred.
local function complete(found)
  local looked_at = found.looked_at or {}
  found.looked_at = nil
  found.interface.addresses = found.interface.addresses or {}
  found.modes = found.modes or {}
  for _, name in ipairs { "ism", "roce", "eids" } do
    found[name] = looked_at[name] and (found[name] or {}) or nil
  end
  if found.eids then found.eids.ueids = found.eids.ueids or {} end
  return found
end

--- Reads the facts that a peer sent.
-- @param given anything
-- @treturn ?table facts, without fields of wrong types; nil if nothing is left to conclude from
function facts.read(given)
  local found = take(given, FIELDS)
  if not (found and found.interface and found.interface.name) then return nil end
  for _, port in ipairs(found.roce or {}) do
    if not (port.ibdev and port.ibport and port.state) then return nil end
  end
  return complete(found)
end

return facts
