--- Counters of SMC: connections, bytes, requests, buffers, fallbacks by reason.
--
--    local stats = require "smc.stats"
--    local before = assert(stats.get())
--    …
--    local change = assert(stats.since(before))
--    print(change.smcd.rx_bytes, stats.rates(change).smcd.rx_bytes)
--
-- Each network namespace has its own counters, which start when it is created; any user may read them. They
-- cannot be reset: store a snapshot, and compare with @{since}.
--
-- See `smcd-stats(8)` and `net/smc/smc_stats.c` in the kernel's source.
--
-- @module smc.stats

local args = require "smc.internal.args"
local E = require "smc.errno"
local look = require "smc.internal.look"
local netlink = require "smc.internal.genl"
local paths = require "smc.internal.paths"

local stats = {}

-- Fields that are levels, not counters: they go up and down.
local LEVELS <const> = { rx_rmb_usage = true, tx_rmb_usage = true }
local REASON_MASK <const> = 0xffff -- the kernel counts a reason in 16 bits

--- A snapshot. What the kernel does not send is absent.
--
-- @table snapshot
-- @tfield number time seconds since boot
-- @tfield ?string boot ID of this boot
-- @tfield ?string namespace the network namespace, `net:[4026531840]`
-- @tfield technology smcd
-- @tfield technology smcr
-- @tfield table handshake_errors `client` and `server`: how often each role failed, with either technology
-- @tfield fallback fallback

--- Counters of SMC-D or SMC-R. Connections that fell back to TCP are not included.
--
-- @table technology
-- @tfield integer client_v1 connections made, with version 1
-- @tfield integer client_v2
-- @tfield integer server_v1 connections accepted
-- @tfield integer server_v2
-- @tfield integer rx_bytes
-- @tfield integer tx_bytes
-- @tfield integer rx_requests calls such as recv(2)
-- @tfield integer tx_requests
-- @tfield ?integer rx_rmb_usage bytes of buffers currently in use (not a counter); since Linux 6.10
-- @tfield ?integer tx_rmb_usage
-- @tfield table rx_sizes requests by their size: up to `8K`, `16K`, `32K`, `64K`, `128K`, `256K`, `512K`,
--   `1024K`, and `more`
-- @tfield table tx_sizes
-- @tfield table rx_rmb_sizes buffers by their size, in the same way
-- @tfield table tx_rmb_sizes
-- @tfield table rx_rmb events of buffers: `full`, `full_peer`, `small`, `small_peer` (the buffer of this host
--   or of the peer was full, or smaller than the request), `alloc`, `reuse`, and `downgrade` (allocated
--   smaller than requested because of low memory)
-- @tfield table tx_rmb
-- @tfield integer cork special socket calls, as are the next four
-- @tfield integer nodelay
-- @tfield integer sendpage
-- @tfield integer splice
-- @tfield integer urgent_data

--- Connections that fell back to TCP.
--
-- @table fallback
-- @tfield integer client connections that this host made
-- @tfield integer server connections that it accepted
-- @tfield {table,...} reasons `code`, see @{smc.reason}, and how often it occurred as a `client` and as a
--   `server`: 16-bit counters, which wrap to 0 after 65535; the most frequent reason first

local function is_more_frequent(a, b)
  local left, right = a.client + a.server, b.client + b.server
  return left > right or left == right and a.code < b.code
end

-- The fallback table of the kernel's messages: one for each reason and role.
local function fallback_of(messages)
  local fallback, by_code = { client = 0, server = 0, reasons = {} }, {}
  for _, message in ipairs(messages) do
    fallback.client = message.client or fallback.client
    fallback.server = message.server or fallback.server
    local code = message.code
    if code and code ~= 0 then
      local entry = by_code[code]
      if not entry then
        entry = { code = code, client = 0, server = 0 }
        by_code[code] = entry
        fallback.reasons[#fallback.reasons + 1] = entry
      end
      local role = message.by_server and "server" or "client"
      entry[role] = entry[role] + (message.count or 0)
    end
  end
  table.sort(fallback.reasons, is_more_frequent)
  return fallback
end

local function snapshot_of(counters, fallbacks)
  return {
    smcd = counters.smcd,
    smcr = counters.smcr,
    handshake_errors = {
      client = counters.client_handshake_errors, server = counters.server_handshake_errors,
    },
    fallback = fallback_of(fallbacks),
  }
end

local get = look.protect(function()
  local fallbacks = look.demand(netlink.fallback_stats())
  local snapshot = snapshot_of(look.demand(netlink.stats())[1] or {}, fallbacks)
  snapshot.time = tonumber((look.file(paths.proc .. "/uptime") or ""):match("%S+"))
  snapshot.boot = (look.file(paths.proc .. "/sys/kernel/random/boot_id") or ""):match("%S+")
  snapshot.namespace = look.link(paths.proc .. "/self/ns/net")
  return snapshot
end)

--- All counters of this network namespace.
--
-- @treturn[1] snapshot
-- @treturn[2] nil
-- @treturn[2] string message, which says what to do
-- @treturn[2] integer errno: EAFNOSUPPORT if the kernel has no SMC
function stats.get()
  return get()
end

-- === differences ===

-- Whether a 64-bit counter is lower than before, which means that smc was unloaded and loaded again.
local function went_back(now, before)
  for key, value in pairs(now) do
    local old = before[key]
    if type(value) == "table" and type(old) == "table" then
      if went_back(value, old) then return true end
    elseif math.type(value) == "integer" and math.type(old) == "integer" and not LEVELS[key]
      and value < old then
      return true
    end
  end
  return false
end

local function is_stale(now, before)
  if now.boot ~= before.boot or now.namespace ~= before.namespace then return true end
  for _, key in ipairs { "smcd", "smcr", "handshake_errors" } do
    if went_back(now[key] or {}, before[key] or {}) then return true end
  end
  return now.fallback.client < before.fallback.client or now.fallback.server < before.fallback.server
end

local function difference(now, before)
  local result = {}
  for key, value in pairs(now) do
    local old = before[key]
    if type(value) == "table" then
      result[key] = difference(value, type(old) == "table" and old or {})
    else
      result[key] = LEVELS[key] and value or value - (math.type(old) == "integer" and old or 0)
    end
  end
  return result
end

local function fallback_difference(now, before)
  local result = { client = now.client - before.client, server = now.server - before.server, reasons = {} }
  local old = {}
  for _, entry in ipairs(before.reasons) do old[entry.code] = entry end
  for _, entry in ipairs(now.reasons) do
    local was = old[entry.code] or { client = 0, server = 0 }
    local change = { code = entry.code, client = entry.client - was.client & REASON_MASK,
      server = entry.server - was.server & REASON_MASK }
    if change.client + change.server > 0 then result.reasons[#result.reasons + 1] = change end
  end
  table.sort(result.reasons, is_more_frequent)
  return result
end

local SNAPSHOT <const> = { words = "snapshot of smc.stats", has = require "smc.internal.snapshot".is }

local NOTHING <const> = { smcd = {}, smcr = {}, handshake_errors = {},
  fallback = { client = 0, server = 0, reasons = {} } }

--- The difference between the counters and a snapshot.
--
-- The counts of reasons are correct as long as no reason occurred 65536 times in between. If the snapshot is
-- from another boot or another network namespace, or smc was unloaded in between, the result is the current
-- counters.
--
-- @tparam snapshot before
-- @tparam[opt] snapshot now a later snapshot; by default a new one
-- @treturn[1] table a @{snapshot} of the differences; levels are the current ones. `time` is absent;
--   `seconds`: the time between the snapshots, absent if it is not known; `restarted`: whether the result is
--   the current counters
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
-- @raise for a value that is not a snapshot
function stats.since(before, now)
  args.check("since", 1, before, SNAPSHOT)
  args.optional("since", 2, now, SNAPSHOT)
  if not now then
    local message, errno
    now, message, errno = stats.get()
    if not now then return nil, message, errno end
  end
  local restarted = is_stale(now, before)
  local base = restarted and NOTHING or before
  local result = { boot = now.boot, namespace = now.namespace, restarted = restarted }
  for _, key in ipairs { "smcd", "smcr", "handshake_errors" } do
    result[key] = now[key] and difference(now[key], base[key] or {})
  end
  result.fallback = fallback_difference(now.fallback, base.fallback)
  if now.time and before.time and now.boot == before.boot then result.seconds = now.time - before.time end
  return result
end

local function per_second(values, seconds)
  local result = {}
  for key, value in pairs(values) do
    if type(value) == "table" then
      result[key] = per_second(value, seconds)
    elseif type(value) == "number" and not LEVELS[key] and key ~= "code" then
      result[key] = value / seconds
    else
      result[key] = value
    end
  end
  return result
end

--- The differences per second.
--
-- @tparam table change result of @{since}
-- @treturn[1] table the same with numbers per second; levels and codes are unchanged
-- @treturn[2] nil
-- @treturn[2] string message: the time between the snapshots is not known or zero
-- @treturn[2] integer errno: ENODATA
-- @raise for a value that is not such a table
function stats.rates(change)
  args.check("rates", 1, change, SNAPSHOT)
  if not change.seconds or change.seconds <= 0 then
    return nil, "cannot compute rates: the time between the snapshots is not known or zero", E.ENODATA
  end
  local result = { seconds = change.seconds, restarted = change.restarted }
  for _, key in ipairs { "smcd", "smcr", "handshake_errors", "fallback" } do
    result[key] = change[key] and per_second(change[key], change.seconds)
  end
  return result
end

return stats
