--- The blocks of pcapng files: draft-ietf-opsawg-pcapng.
-- @module smc.handshake.pcapng

local pcapng = {}

local SECTION <const>, INTERFACE <const>, SIMPLE <const>, ENHANCED <const> = 0x0a0d0d0a, 1, 3, 6
local MOST <const> = 1 << 24 -- bytes of a block
local RESOLUTION <const> = 9 -- option of an interface: if_tsresol

local ORDERS <const> = { ["\x4d\x3c\x2b\x1a"] = "<", ["\x1a\x2b\x3c\x4d"] = ">" }

-- A field of a block; raises a failure if the block is too short.
local function unpack(self, format, body, at)
  format = self.order .. format
  if #body < at - 1 + format:packsize() then
    self:refuse(("a block behind packet %d is too short"):format(self.packets))
  end
  return string.unpack(format, body, at)
end

-- Reads the byte order of a section, after the type and the length of its first block.
local function begin_section(self, length)
  local mark = self:take(4)
  self.order = ORDERS[mark] or self:refuse("its section has no byte order")
  self.interfaces = {}
  return string.unpack(self.order .. "I4", length) - 4
end

local function check_block(self, length)
  if length >= 0 and length <= MOST and length % 4 == 0 then return length end
  self:refuse(("a block behind packet %d has a length of %d bytes"):format(self.packets, length + 12))
end

-- The next block: its type, and its body without both of its lengths.
local function next_block(self)
  local head = self:take(8, true)
  if not head then return nil end
  local length = head:sub(5)
  local kind = head:sub(1, 4) == "\x0a\x0d\x0d\x0a" and SECTION or string.unpack(self.order .. "I4", head)
  if kind == SECTION then
    length = begin_section(self, length)
  else
    length = string.unpack(self.order .. "I4", length)
  end
  local body = self:take(check_block(self, length - 12))
  self:take(4)
  return kind, body
end

-- The unit of an interface's times in seconds, from its options.
local function unit_of(self, body)
  local at = 9
  while at + 3 <= #body do
    local code, length = unpack(self, "I2I2", body, at)
    if code == 0 then break end
    if code == RESOLUTION and length == 1 then
      local value = unpack(self, "B", body, at + 4)
      return value & 0x80 ~= 0 and 2.0 ^ -(value & 0x7f) or 10.0 ^ -value
    end
    at = at + 4 + (length + 3 & ~3)
  end
  return 1e-6
end

local function add_interface(self, body)
  local link_type, snap = unpack(self, "I2xxI4", body, 1)
  table.insert(self.interfaces, { link_type = link_type, snap = snap, unit = unit_of(self, body) })
end

local function interface(self, number)
  local found = self.interfaces[number + 1]
  if not found then
    self:refuse(("packet %d is from an interface that it does not describe"):format(self.packets + 1))
  end
  self:check_link(found.link_type)
  return found
end

local function enhanced(self, body)
  local number, high, low, length = unpack(self, "I4I4I4I4", body, 1)
  local from = interface(self, number)
  if #body < 20 + length then self:refuse(("packet %d is longer than its block"):format(self.packets + 1)) end
  return body:sub(21, 20 + length), ((high << 32) | low) * from.unit, from.link_type
end

local function simple(self, body)
  local length = unpack(self, "I4", body, 1)
  local from = interface(self, 0)
  if from.snap > 0 then length = math.min(length, from.snap) end
  return body:sub(5, 4 + length), 0.0, from.link_type
end

local function next_packet(self)
  while true do
    local kind, body = next_block(self)
    if not kind then return nil end
    if kind == INTERFACE then
      add_interface(self, body)
    elseif kind == ENHANCED then
      return enhanced(self, body)
    elseif kind == SIMPLE then
      return simple(self, body)
    end
  end
end

--- Starts to read a file after its first four bytes.
-- @tparam table self a capture of `smc.handshake.pcap`
-- @treturn function returns the next packet
function pcapng.open(self)
  self.order = "<" -- until the section says
  local length = begin_section(self, self:take(4))
  self:take(check_block(self, length - 12))
  self:take(4)
  return next_packet
end

return pcapng
