--- What a server for checks does for one client.
-- @module smc.check.session

local batch = require "smc.check.batch"
local cursor = require "smc.internal.cursor"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic
local protocol = require "smc.check.protocol"
local transfer = require "smc.check.transfer"
local view = require "smc.check.view"

local session = {}

local TURN_SECONDS <const> = 0.005 -- seconds between two checks whether another client's measurement is done
local BATCH_SECONDS <const> = 10 -- seconds that a client has for its messages
local ALL_MOVED_SECONDS <const> = 2 -- seconds that the kernel has to move what was sent
local SETTLING_SECONDS <const> = 0.002 -- seconds between two looks at cursors that still move

-- Reads the request. Whatever is not one ends at its first wrong byte.
local function receive_request(sock, deadline)
  local data = ""
  while true do
    local more, message = sock:receiveany(protocol.SIZE - #data)
    if more then
      data = data .. more
      local request = protocol.read_request(data)
      if request ~= nil then return request or nil end
    elseif message ~= "timeout" or not loop.wait(sock, "r", deadline) then
      return nil
    end
  end
end

-- The kernel's cursors of this side's connection once it has moved all that was sent: what the peer's memory
-- had no room for follows when the peer has read.
-- @treturn table `mode`, and `memory_in`, `memory_out`: bytes written into the memory of either side
local function look_when_settled(sock, look)
  local limit = monotonic() + ALL_MOVED_SECONDS
  local _, sent = sock:getstats()
  while true do
    local info = look() or {}
    local moved = cursor.sent(nil, info.connection)
    if moved == sent or not moved or monotonic() > limit then
      return { mode = info.mode, memory_in = cursor.received(nil, info.connection), memory_out = moved }
    end
    loop.pause(monotonic() + SETTLING_SECONDS)
  end
end

-- Sends and receives the server's part of the random data, and reports the result.
-- @param sock
-- @tparam table request `seed` and `sizes`
-- @tparam function look returns the result of `sock:info()`
-- @tparam number deadline
-- @treturn boolean whether the connection can go on
local function exchange_data(sock, request, look, deadline)
  local offset, result = 0, { received = 0 }
  for _, size in ipairs(request.sizes) do
    local received, message, difference =
      transfer.receive_random(sock, request.seed, offset, size, deadline)
    result.received = result.received + received
    result.difference = difference
    if difference then break end
    if message or select(2, transfer.send_random(sock, ~request.seed, offset, size, deadline)) then
      return false
    end
    offset = offset + size
  end
  for name, value in pairs(look_when_settled(sock, look)) do result[name] = value end
  return transfer.send(sock, protocol.frame("result", result), deadline) ~= nil
end

-- Waits until the client closes the connection.
local function wait_for_the_end(sock, deadline)
  repeat
    local data, message = sock:receiveany(65536)
  until not data and (message ~= "timeout" or not loop.wait(sock, "r", deadline))
end

-- Receives messages, or echoes them; for one client at a time, so that others do not affect the measurement.
local function move_messages(sock, host, kind, size, count, deadline)
  while host.is_measuring() do loop.pause(monotonic() + TURN_SECONDS) end
  local _ <close> = host.measuring()
  if select(2, transfer.send(sock, protocol.READY, deadline)) then return false end
  if not batch.run(sock, batch.traffic(size), kind, count, deadline) then return false end
  return kind == "echo" or not select(2, transfer.send(sock, protocol.DONE, deadline))
end

-- Does what the client asks for after its test, until it closes the connection.
local function obey(sock, host, until_idle)
  sock:setoption("tcp-nodelay", true)
  while true do
    local line = transfer.receive(sock, "*l", until_idle(), protocol.ANSWER_MAX)
    local kind, size, count = protocol.read_command(line or "")
    if not kind then return end
    local deadline = math.min(until_idle(), monotonic() + BATCH_SECONDS)
    if not move_messages(sock, host, kind, size, count, deadline) then return end
  end
end

--- Serves a client until it closes the connection, sends something that is not a request, or takes too long.
-- A task calls it.
-- @param sock
-- @tparam table client `seen`, when it last did what is expected of it, is kept up to date
-- @tparam table host what the server does for its clients: `look(sock)` returns the result of `sock:info()`,
--   or nil; `probed(client, info)` is called when a request has come; `idle_seconds`; `measuring()` returns
--   an object, and until it is closed, `is_measuring()` returns true
function session.run(sock, client, host)
  local function until_idle()
    client.seen = monotonic()
    return client.seen + host.idle_seconds
  end
  local function look() return host.look(sock) end
  local request = receive_request(sock, until_idle())
  if not request then return end
  local info = look()
  host.probed(client, info)
  if not request.seed then
    transfer.send(sock, protocol.answer(info), until_idle())
    wait_for_the_end(sock, until_idle())
  else
    local own = request.is_silent and {} or view.of(info, client.address, sock)
    local _, message = transfer.send(sock, protocol.frame("answer", own), until_idle())
    if message or not exchange_data(sock, request, look, until_idle()) then return end
    obey(sock, host, until_idle)
  end
end

return session
