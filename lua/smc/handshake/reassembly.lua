--- The first bytes of one direction of a TCP connection: puts segments in order, and extracts the CLC
-- messages.
-- @module smc.handshake.reassembly

local clc = require "smc.handshake.clc"

local Stream = {}
Stream.__index = Stream

local reassembly = {}

local WINDOW <const>, MOST_WAITING <const> = 65536, 64 -- bytes and segments that wait for a missing one

--- A new one.
-- @tparam integer first the sequence number of its first byte
function reassembly.new(first)
  return setmetatable({ next = first & 0xffffffff, buffer = "", waiting = {}, count = 0 }, Stream)
end

-- The distance of a sequence number from the expected one; negative if it is older.
local function ahead(self, sequence)
  local distance = (sequence - self.next) & 0xffffffff
  return distance < 0x80000000 and distance or distance - 0x100000000
end

-- Takes the part of a segment that is new.
local function append(self, sequence, payload)
  local known = -ahead(self, sequence)
  if known < 0 or known >= #payload then return known >= 0 end
  self.buffer = self.buffer .. payload:sub(known + 1)
  self.next = (sequence + #payload) & 0xffffffff
  return true
end

local function append_waiting(self)
  local again
  repeat
    again = false
    for sequence, payload in pairs(self.waiting) do
      if append(self, sequence, payload) then
        self.waiting[sequence], self.count, again = nil, self.count - 1, true
        break
      end
    end
  until not again
end

local function keep(self, sequence, payload)
  local distance = ahead(self, sequence)
  if distance > WINDOW or self.count >= MOST_WAITING then return end
  local known = self.waiting[sequence]
  if not known then self.count = self.count + 1 end
  if not known or #known < #payload then self.waiting[sequence] = payload end
end

--- Adds the payload of a segment, which may be a repetition or out of order.
-- @tparam integer sequence
-- @tparam string payload
-- @tparam integer size of the payload in the segment: the capture may have cut it off
function Stream:add(sequence, payload, size)
  if self.ended or payload == "" then return end
  if append(self, sequence, payload) then
    if size > #payload and not self.cut and ahead(self, sequence + #payload) == 0 then
      self.cut = { captured = #payload, size = size }
    end
    append_waiting(self)
  else
    keep(self, sequence, payload)
  end
end

-- Ends the messages of this direction.
local function finish(self, fault)
  self.ended, self.buffer, self.waiting = true, "", {}
  return nil, fault
end

local CUT <const> = "the capture has only %d of the %d bytes of a segment: capture whole packets, "
  .. "tcpdump -s 0"

--- The next CLC message.
-- @treturn[1] table
-- @treturn[2] nil if there is none, or not yet; `ended` is true if there will be none
-- @treturn[2] ?string what is wrong with the bytes; once
function Stream:take()
  local buffer = self.buffer
  if buffer == "" then return nil end
  if not clc.begins(buffer) then
    self.data = true -- of an application
    return finish(self)
  end
  local length = clc.length(buffer)
  if length and length > clc.LONGEST then
    return finish(self, ("not a valid CLC message: a length of %d bytes"):format(length))
  elseif not length or length > #buffer then
    if self.cut then return finish(self, CUT:format(self.cut.captured, self.cut.size)) end
    return nil
  end
  local message, fault = clc.decode(buffer)
  if not message then return finish(self, fault) end
  self.buffer = buffer:sub(message.length + 1)
  return message
end

return reassembly
