--- What the modules make of datagrams that a spec or the fuzzer has in place of the kernel: the decoders of C
-- read them, and the modules do not know. Each function gives what the module's own function gives.

local E = require "smc.errno"
local core = require "smc.core.netlink"
local device = require "smc.device"
local diag = require "smc.diag"
local eid = require "smc.eid"
local genl = require "smc.internal.genl"
local linkgroup = require "smc.linkgroup"
local pnet = require "smc.pnet"
local stats = require "smc.stats"

local recorded = {}

local function restored(boundary, before, ok, ...)
  for name, own in pairs(before) do boundary[name] = own or nil end
  if not ok then error(..., 0) end
  return ...
end

-- Calls a function while some functions of the boundary are others.
local function with(boundary, others, called, ...)
  local before = {}
  for name, other in pairs(others) do
    before[name] = rawget(boundary, name) or false
    boundary[name] = other
  end
  return restored(boundary, before, pcall(called, ...))
end

-- The same for lists in which interfaces have numbers. They have no names: those of this host are not theirs.
local function nameless(others, called, ...)
  return with(core, { interface_name = function() return nil, "no such interface", E.ENXIO end }, with, genl,
    others, called, ...)
end

local function decoding(name, datagram)
  return function() return core[name](datagram) end
end

-- What inet_diag knows is of this host: there is none.
local function without_addresses(complete)
  return complete and function(record)
    return with(core, { inet_diag = function() return nil, "no inet_diag", E.ENOENT end }, complete, record)
  end
end

--- The sockets of a datagram, as `diag.sockets` gives them, but with no other addresses than it has.
-- @tparam string datagram
-- @tparam[opt] table filter
function recorded.sockets(datagram, filter)
  return with(core, { smc_diag = function(bits, wanted, fields, complete)
    return core.smc_diag_datagram(datagram, bits, wanted, fields, without_addresses(complete))
  end }, diag.sockets, filter)
end

--- The link groups of a datagram, as `linkgroup.list` gives them.
-- @tparam string datagram
-- @tparam string kind `"SMC-D"` or `"SMC-R"`: what the kernel was asked for
function recorded.link_groups(datagram, kind)
  local name = kind == "SMC-D" and "linkgroup_smcd" or "linkgroup_smcr"
  return nameless({ [name] = decoding(name, datagram) }, linkgroup.list, { type = kind })
end

--- The devices of a datagram, as `device.list` gives them.
-- @tparam string datagram
-- @tparam string kind `"SMC-D"` or `"SMC-R"`: what the kernel was asked for
function recorded.devices(datagram, kind)
  local name = kind == "SMC-D" and "device_smcd" or "device_smcr"
  return nameless({ [name] = decoding(name, datagram) }, device.list, { type = kind })
end

--- The counters of two datagrams, as `stats.get` gives them, without their time and place.
-- @tparam string counters
-- @tparam string fallbacks
function recorded.stats(counters, fallbacks)
  local snapshot, message, errno = with(genl, {
    stats = decoding("stats", counters), fallback_stats = decoding("fallback_stats", fallbacks),
  }, stats.get)
  if not snapshot then return nil, message, errno end
  snapshot.time, snapshot.boot, snapshot.namespace = nil, nil, nil
  return snapshot
end

--- The PNET IDs of a datagram, as `pnet.list` gives them.
-- @tparam string datagram
function recorded.pnetids(datagram)
  return with(genl, { pnet_list = decoding("pnet_list", datagram) }, pnet.list)
end

--- The UEIDs of a datagram, as `eid.list` gives them.
-- @tparam string datagram
function recorded.ueids(datagram)
  return with(genl, { ueid_list = decoding("ueid_list", datagram) }, eid.list)
end

--- The SEID of a datagram, as `eid.seid` gives it.
-- @tparam string datagram
function recorded.seid(datagram)
  return with(genl, { seid = decoding("seid", datagram) }, eid.seid)
end

return recorded
