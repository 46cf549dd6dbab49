--- Watches the SMC sockets of this network namespace by comparing readings, for smc.diag.
-- @module smc.diag.watch

local cursor = require "smc.internal.cursor"
local iterate = require "smc.internal.iterate"
local os_core = require "smc.core.os"
local watch = require "smc.internal.watch"

local sockets = {}

-- The event for a socket that existed before; nil if nothing has changed.
local function compare(before, now)
  local event = { event = "moved", socket = now, before = before }
  if before.connection then
    event.received = cursor.received(before.connection, now.connection)
    event.sent = cursor.sent(before.connection, now.connection)
  end
  if before.state ~= now.state or before.mode ~= now.mode then
    event.event = "changed"
  elseif (event.received or 0) == 0 and (event.sent or 0) == 0 then
    return nil
  end
  return event
end

local function by_inode(a, b)
  if a.socket.inode ~= b.socket.inode then return a.socket.inode < b.socket.inode end
  return a.socket.cookie < b.socket.cookie
end

-- The current sockets by their cookies; or nil, message, errno.
local function take(list)
  local iterator <close>, message, errno = list()
  if not iterator then return nil, message, errno end
  local found = {}
  local ok
  ok, message, errno = iterate.each(iterator, function(socket) found[socket.cookie] = socket end)
  if not ok then return nil, message, errno end
  return found
end

-- The events between two readings, sorted by inode.
local function events_between(before, now)
  local events = {}
  for cookie, socket in pairs(now) do
    local old = before[cookie]
    if not old then
      events[#events + 1] = { event = "opened", socket = socket }
    else
      events[#events + 1] = compare(old, socket)
    end
  end
  for cookie, socket in pairs(before) do
    if not now[cookie] then events[#events + 1] = { event = "closed", socket = socket } end
  end
  table.sort(events, by_inode)
  return events
end

--- Starts watching.
-- @tparam function list returns an iterator over the sockets, or nil, message, errno
-- @tparam number interval seconds between two readings
-- @treturn[1] Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function sockets.watch(list, interval)
  local before, message, errno = take(list)
  if not before then return nil, message, errno end
  local timer
  timer, message, errno = os_core.timer(interval)
  if not timer then return nil, message, errno end
  return watch.new(timer, function()
    local now, failure, number = take(list)
    if not now then return nil, failure, number end
    local events = events_between(before, now)
    before = now
    return events
  end)
end

return sockets
