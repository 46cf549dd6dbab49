--- The sources of a watch of handshakes: a capture file, or packets as they arrive.
-- @module smc.handshake.sources

local E = require "smc.errno"
local gettime = require "smc.core.os".gettime
local link_layer = require "smc.handshake.link_layer"
local live = require "smc.handshake.live"
local pcap = require "smc.handshake.pcap"
local tracker = require "smc.handshake.tracker"
local watch = require "smc.internal.watch"

local sources = {}

-- === a file ===

local File = {}
File.__index = File

-- Reads until there are events. The times of the packets serve as the clock.
function File:receive()
  local events = {}
  while #events == 0 and not self.ended do
    local bytes, time, link_type = self.capture:next()
    if bytes then
      local at, vlan = link_layer.packet(link_type, bytes)
      self.tracker:sweep(events, time)
      if at then self.tracker:add(events, bytes, at, { time = time, vlan = vlan }) end
    else
      self.ended = { time, link_type }
      self.tracker:finish(events)
    end
  end
  if #events > 0 then return events end
  return nil, table.unpack(self.ended)
end

function File.getfd()
  return -1
end

function File:close()
  self.capture:close()
end

-- === packets ===

local Packets = {}
Packets.__index = Packets

local function add_lost(events, number)
  if number > 0 then events[#events + 1] = { event = "lost", packets = number } end
end

-- Reads one packet, which may cause no event. Without a packet, handshakes may time out.
function Packets:receive(seconds)
  local events = {}
  local bytes, at, context = self.live:receive(seconds)
  if bytes then
    add_lost(events, context.lost)
    self.tracker:sweep(events, context.time)
    self.tracker:add(events, bytes, at, context)
    return events
  elseif context ~= E.ETIMEDOUT then
    return nil, at, context
  end
  add_lost(events, self.live:lost())
  self.tracker:sweep(events, gettime())
  if #events > 0 then return events end
  return nil, at, context
end

function Packets:getfd()
  return self.live:getfd()
end

function Packets:close()
  self.live:close()
end

-- === both ===

local function source_of(options, filter)
  local class, name, opened, message, errno
  if options.file then
    class, name = File, "capture"
    opened, message, errno = pcap.open(options.file)
  else
    class, name = Packets, "live"
    opened, message, errno = live.open(options.interface, options.port)
  end
  if not opened then return nil, message, errno end
  return setmetatable({ [name] = opened, tracker = tracker.new(filter) }, class)
end

--- Starts a watch.
-- @tparam table options checked, of `smc.handshake.watch`
-- @treturn[1] Watch
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function sources.watch(options)
  local source, message, errno = source_of(options, options)
  if not source then return nil, message, errno end
  return watch.new(source, function(events) return events end)
end

return sources
