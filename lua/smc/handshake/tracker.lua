--- Follows TCP connections from their SYN through their CLC messages.
-- @module smc.handshake.tracker

local ip = require "smc.internal.ip"
local segment = require "smc.internal.segment"
local reassembly = require "smc.handshake.reassembly"

local Tracker = {}
Tracker.__index = Tracker

local tracker = {}

local MOST <const> = 10000 -- how many handshakes are followed at the same time
-- Seconds after the last message until a handshake counts as finished: a side gives up after 6, and a side
-- declines if no RDMA link is set up within 5 after the Confirm.
local QUIET <const>, SETTLED <const> = 10, { ["SMC-D"] = 1, ["SMC-R"] = 6 }
-- Seconds in which a packet of a finished handshake may be seen again: retransmitted, or captured twice, as
-- on loopback, where it is sent and received, and on interfaces on top of others.
local AGAIN <const> = 10

--- A new one.
-- @tparam table filter `address`, `port` and `client_port`, as of `smc.handshake.watch`; `plain`: also of
--   connections without SMC
function tracker.new(filter)
  return setmetatable({ filter = filter, address = filter.address and ip.bytes(filter.address), open = {},
    count = 0, over = {}, swept = 0 }, Tracker)
end

-- The key of a connection, the same for both directions.
local function key_of(s)
  local here = s.source .. string.pack(">I2", s.source_port)
  local there = s.destination .. string.pack(">I2", s.destination_port)
  return here < there and here .. there or there .. here, here
end

local function is_wanted(self, s)
  local port, address = self.filter.port, self.address
  return (not port or s.source_port == port or s.destination_port == port)
    and (not address or s.source == address or s.destination == address)
end

-- === events ===

-- The outcome of a handshake so far.
local function outcome_of(handshake)
  local agreed
  for _, message in ipairs(handshake.messages) do
    if message.type == "Decline" then return "declined" end
    if message.type == "Confirm" then agreed = message.mode end
  end
  if agreed then return agreed end
  local syn, syn_ack = handshake.syn, handshake.syn_ack
  if syn and not syn.smc or syn_ack and not syn_ack.smc then return "not offered" end
  return "incomplete"
end

local function add(events, word, handshake, more)
  local event = { event = word, handshake = handshake }
  for name, value in pairs(more or {}) do event[name] = value end
  handshake.outcome = outcome_of(handshake)
  events[#events + 1] = event
end

local function finish(self, events, state)
  if self.open[state.key] ~= state then return end
  self.open[state.key], self.count = nil, self.count - 1
  self.over[state.key] = state.latest
  add(events, "finished", state.handshake)
end

-- === connections ===

local function endpoint(address, port)
  return { address = ip.text(address), port = port }
end

-- Starts to follow a connection; `from_client`: the client sent this segment.
local function begin(self, s, key, here, context, from_client)
  local source, destination = endpoint(s.source, s.source_port), endpoint(s.destination, s.destination_port)
  local handshake = {
    client = from_client and source or destination, server = from_client and destination or source,
    interface = context.interface, vlan = context.vlan, messages = {}, outcome = "incomplete",
  }
  local client_port = self.filter.client_port
  if client_port and handshake.client.port ~= client_port then return nil end
  local state = { key = key, handshake = handshake, last = context.time, streams = {} }
  state.client = from_client and here or s.destination .. string.pack(">I2", s.destination_port)
  self.open[key], self.count = state, self.count + 1
  return state
end

-- Handles a SYN or a SYN/ACK.
local function take_syn(self, events, state, s, context)
  local name = s.ack and "syn_ack" or "syn"
  local side = s.ack and "server" or "client"
  if state.handshake[name] then return end
  state.handshake[name] = { smc = s.smc, time = context.time }
  state.streams[side] = reassembly.new(s.sequence + 1)
  add(events, name, state.handshake)
  if name == "syn_ack" and not s.smc then finish(self, events, state) end
end

local function take_messages(self, events, state, side, context)
  local from = state.streams[side]
  local message, fault
  repeat
    message, fault = from:take()
    if message then
      message.from, message.time = side, context.time
      table.insert(state.handshake.messages, message)
      state.last = context.time
      state.settled = message.type == "Confirm" and SETTLED[message.mode] or state.settled
      add(events, "message", state.handshake, { message = message })
      if message.type == "Decline" then return finish(self, events, state) end
    end
  until not message
  if fault then
    state.handshake.fault = state.handshake.fault or { from = side, message = fault }
    add(events, "fault", state.handshake, { message = fault, from = side })
  elseif from.data then
    state.handshake.data = side
    finish(self, events, state)
  end
end

-- Determines which side sent a message if the SYN was not captured.
local CLIENT_SENDS <const> = { [1] = true, [2] = false, [3] = true }

local function sent_by_client(s)
  local by_client = CLIENT_SENDS[s.payload:byte(5)]
  if by_client == nil then return s.source_port > s.destination_port end
  return by_client
end

local EYECATCHER <const> = "^\xe2\xd4\xc3[\xc4\xd9][\1-\4]"

-- The state of the connection that a segment belongs to, created if necessary; or nil.
local function state_of(self, events, s, context)
  local key, here = key_of(s)
  local state = self.open[key]
  local begins = s.syn and not s.ack
  if not state and not begins and context.time - (self.over[key] or -math.huge) < AGAIN then return nil end
  if state and begins and state.streams.client and state.handshake.syn
    and (s.sequence + 1) & 0xffffffff ~= state.first then
    finish(self, events, state)
    state = nil
  end
  if not state and s.syn and (s.smc or self.filter.plain) then
    state = begin(self, s, key, here, context, begins)
    if state and begins then state.first = (s.sequence + 1) & 0xffffffff end
  elseif not state and s.payload:find(EYECATCHER) then
    state = begin(self, s, key, here, context, sent_by_client(s))
  end
  return state, state and (here == state.client and "client" or "server")
end

local function take_ending(self, events, state, s, side)
  if not (s.rst or s.fin) then return end
  state.handshake.ended = { by = side, how = s.rst and "reset" or "closed" }
  finish(self, events, state)
end

-- === packets ===

--- Takes a packet.
-- @tparam table events appended to
-- @tparam string bytes
-- @tparam integer at position of the IP header
-- @tparam table context `time` in seconds, and `interface` and `vlan` if they are known
function Tracker:add(events, bytes, at, context)
  local s = segment.read(bytes, at)
  if not s or not is_wanted(self, s) then return end
  if s.payload == "" and not (s.syn or s.fin or s.rst) then return end
  local state, side = state_of(self, events, s, context)
  if not state then return end
  state.latest = context.time
  if s.syn then take_syn(self, events, state, s, context) end
  if s.payload ~= "" and self.open[state.key] == state then
    if not state.streams[side] then state.streams[side] = reassembly.new(s.sequence) end
    state.streams[side]:add(s.sequence + (s.syn and 1 or 0), s.payload, s.size)
    take_messages(self, events, state, side, context)
  end
  if self.open[state.key] == state then take_ending(self, events, state, s, side) end
end

local function by_time(a, b)
  return a.last < b.last
end

local function forget(self, now)
  for key, time in pairs(self.over) do
    if now - time >= AGAIN then self.over[key] = nil end
  end
end

-- The handshakes that are finished at a time; if there are too many, also the older half of them.
local function over(self, now)
  local all, found = {}, {}
  for _, state in pairs(self.open) do
    if now - state.last >= (state.settled or QUIET) then found[#found + 1] = state
    else all[#all + 1] = state end
  end
  table.sort(all, by_time)
  for i = 1, #all > MOST and #all - MOST // 2 or 0 do found[#found + 1] = all[i] end
  table.sort(found, by_time)
  return found
end

--- Finishes the handshakes that have timed out; checks that every half second.
-- @tparam table events appended to
-- @tparam number now seconds, as of the packets
function Tracker:sweep(events, now)
  if self.count <= MOST and now - self.swept < 0.5 then return end
  self.swept = now
  forget(self, now)
  for _, state in ipairs(over(self, now)) do finish(self, events, state) end
end

--- Finishes all, at the end of a capture.
-- @tparam table events appended to
function Tracker:finish(events)
  for _, state in ipairs(over(self, math.huge)) do finish(self, events, state) end
end

return tracker
