--- What a server for checks does for one client.
-- @module smc.check.session

local batch = require "smc.check.batch"
local exchange = require "smc.check.exchange"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic
local protocol = require "smc.check.protocol"
local stream = require "smc.check.stream"
local view = require "smc.check.view"

local session = {}

local TURN_SECONDS <const> = 0.005 -- seconds between two checks whether another client's measurement is done
local BATCH_SECONDS <const> = 10 -- seconds that a client has for its messages

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
  if select(2, stream.send(sock, protocol.READY, deadline)) then return false end
  if not batch.run(sock, batch.traffic(size), kind, count, deadline) then return false end
  return kind == "echo" or not select(2, stream.send(sock, protocol.DONE, deadline))
end

-- Does what the client asks for after its test, until it closes the connection.
local function obey(sock, host, until_idle)
  sock:setoption("tcp-nodelay", true)
  while true do
    local line = stream.receive(sock, "*l", until_idle(), protocol.ANSWER_MAX)
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
    stream.send(sock, protocol.answer(info), until_idle())
    wait_for_the_end(sock, until_idle())
  else
    local own = request.is_silent and {} or view.of(info, client.address, sock)
    local _, message = stream.send(sock, protocol.frame("answer", own), until_idle())
    if message or not exchange.serve(sock, request, look, until_idle()) then return end
    obey(sock, host, until_idle)
  end
end

return session
