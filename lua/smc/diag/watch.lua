--- What happens to the SMC sockets of this network namespace.
--
--    for event in diag.watch { interval = 1 } do
--      print(event.kind, event.socket.inode, event.received, event.sent)
--    end
--
-- The kernel tells nobody of changes, so that this asks again and again: a socket that lives for less than
-- the interval may never be seen.
-- @module smc.diag.watch

local args = require "smc.internal.args"
local cursor = require "smc.internal.cursor"

local INTERVAL <const> = 1

-- The event of a socket that was there before; nil where nothing has happened.
local function compare(before, now)
  local event = { kind = "moved", socket = now, before = before }
  if before.connection then
    event.received = cursor.received(before.connection, now.connection)
    event.sent = cursor.sent(before.connection, now.connection)
  end
  if before.state ~= now.state or before.mode ~= now.mode then
    event.kind = "changed"
  elseif (event.received or 0) == 0 and (event.sent or 0) == 0 then
    return nil
  end
  return event
end

local function by_inode(a, b)
  if a.socket.inode ~= b.socket.inode then return a.socket.inode < b.socket.inode end
  return a.socket.cookie < b.socket.cookie
end

-- The sockets of the moment by their cookies.
local function take(sockets, filter)
  local found = {}
  for socket in assert(sockets(filter)) do found[socket.cookie] = socket end
  return found
end

-- What has happened between two readings, in the order of the inodes.
local function events_between(before, now)
  local events = {}
  for cookie, socket in pairs(now) do
    local old = before[cookie]
    if not old then
      events[#events + 1] = { kind = "opened", socket = socket }
    else
      events[#events + 1] = compare(old, socket)
    end
  end
  for cookie, socket in pairs(before) do
    if not now[cookie] then events[#events + 1] = { kind = "closed", socket = socket } end
  end
  table.sort(events, by_inode)
  return events
end

--- Watches the sockets.
--
-- @tparam function sockets `smc.diag.sockets`
-- @tparam[opt] table opts
-- @tparam[opt=1] ?number opts.interval seconds between two readings
-- @tparam ?integer opts.count readings after which it ends; without it, it does not
-- @tparam ?table opts.filter as for @{smc.diag.sockets}: a socket that does not match any more counts as
--   closed. Bytes are counted with the detail `connection`, which is asked for unless told.
-- @treturn function iterator over events, in the order of their inodes: `kind`: `"opened"`, `"closed"`,
--   `"changed"` (mode or state) or `"moved"`; `socket`: the record, the last one of a closed socket;
--   `before`: the one of the reading before; `received`, `sent`: bytes that were written since
--   then into the ring in the memory of this host and into the one in the peer's, right as long as they are
--   less than 65536 rings full
-- @raise for an unknown option; and while iterating, when the kernel cannot be asked
return function(sockets, opts)
  opts = args.options("watch", 1, opts, { interval = "seconds", count = args.range(0), filter = "table" })
  local filter = {}
  for key, value in pairs(opts.filter or {}) do filter[key] = value end
  if filter.details == nil then filter.details = { "connection", "link_group" } end
  filter.fields = nil
  local before, events, at, readings = take(sockets, filter), {}, 0, 0
  local sleep = require "smc.core.os".sleep
  return function()
    at = at + 1
    while not events[at] do
      if opts.count and readings >= opts.count then return nil end
      sleep(opts.interval or INTERVAL)
      local now = take(sockets, filter)
      events, at, readings = events_between(before, now), 1, readings + 1
      before = now
    end
    return events[at]
  end
end
