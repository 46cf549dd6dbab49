--- What a server for checks does for one client.
-- @module smc.check.session

local exchange = require "smc.check.exchange"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic
local protocol = require "smc.check.protocol"
local stream = require "smc.check.stream"
local view = require "smc.check.view"

local session = {}

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

--- Serves a client until it closes the connection, sends something that is not a request, or takes too long.
-- A task calls it.
-- @param sock
-- @tparam table client `seen`, when it last did what is expected of it, is kept up to date
-- @tparam table host what the server does for its clients: `look(sock)` returns the result of `sock:info()`,
--   or nil; `probed(client, info)` is called when a request has come; `idle_seconds`
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
  else
    local answer = protocol.frame("answer", view.of(info, client.address))
    local _, message = stream.send(sock, answer, until_idle())
    if message or not exchange.serve(sock, request, look, until_idle()) then return end
  end
  wait_for_the_end(sock, until_idle())
end

return session
