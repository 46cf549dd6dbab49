--- Sends and receives for a task: text, and random bytes that both sides of a check know.
--
-- The sockets do not wait (`settimeout(0)`); the task does. The random bytes are those of a seed: one stream
-- for each direction, from which each block of a test takes the next bytes.
-- @module smc.check.transfer

local loop = require "smc.check.loop"
local pseudorandom = require "smc.core.os".pseudorandom

local transfer = {}

local CHUNK <const> = 65536

--- Sends text.
-- @param sock
-- @tparam string data
-- @tparam number deadline
-- @treturn integer the bytes that were sent
-- @treturn ?string message if these are not all
function transfer.send(sock, data, deadline)
  local at = 0
  while true do
    local last, message, partial = sock:send(data, at + 1)
    if last then return last end
    at = partial
    if message ~= "timeout" or not loop.wait(sock, "w", deadline) then return at, message end
  end
end

--- Receives a number of bytes, or a line.
-- @param sock
-- @tparam integer|string what bytes, or `"*l"`
-- @tparam number deadline
-- @tparam ?integer max the longest line
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string what has arrived
function transfer.receive(sock, what, deadline, max)
  local got = ""
  while true do
    local data, message, partial = sock:receive(what, got, max)
    if data then return data end
    got = partial
    if message ~= "timeout" or not loop.wait(sock, "r", deadline) then return nil, message, got end
  end
end

--- Sends a part of the random bytes of a seed.
-- @param sock
-- @tparam integer seed
-- @tparam integer offset
-- @tparam integer count
-- @tparam number deadline
-- @treturn integer the bytes that were sent
-- @treturn ?string message if these are not all
function transfer.send_random(sock, seed, offset, count, deadline)
  local sent = 0
  while sent < count do
    local part, message =
      transfer.send(sock, pseudorandom(seed, offset + sent, math.min(count - sent, CHUNK)), deadline)
    sent = sent + part
    if message then return sent, message end
  end
  return sent
end

-- The offset, from 0, at which two strings of one length differ.
local function first_difference(a, b)
  local at = 1
  while a:byte(at) == b:byte(at) do at = at + 1 end
  return at - 1
end

--- Receives a part of the random bytes of a seed, and compares every byte.
-- @param sock
-- @tparam integer seed
-- @tparam integer offset
-- @tparam integer count
-- @tparam number deadline
-- @treturn integer the bytes that were received
-- @treturn ?string message if these are not all
-- @treturn ?integer the offset of the first byte that differs; nothing is received after it
function transfer.receive_random(sock, seed, offset, count, deadline)
  local received = 0
  while received < count do
    local data, message = sock:receiveany(math.min(count - received, CHUNK))
    if data then
      local expected = pseudorandom(seed, offset + received, #data)
      local at = data ~= expected and offset + received + first_difference(data, expected) or nil
      received = received + #data
      if at then return received, "different", at end
    elseif message ~= "timeout" or not loop.wait(sock, "r", deadline) then
      return received, message
    end
  end
  return received
end

return transfer
