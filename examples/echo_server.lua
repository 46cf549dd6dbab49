#!/usr/bin/env lua5.4
--- An echo server over SMC, for many clients at once.

local reason = require "smc.reason"
local script = require "smc.script"
local socket = require "smc.socket"

local EPILOG <const> = [[
Example:
   echo_server.lua --host 192.168.0.10 --port 12345

It serves until it is interrupted. Exit status: 130 then, 2 for bad usage or when
it cannot listen.]]

local CHUNK <const> = 65536

local function mode_in_words(sock)
  local info, message = sock:info()
  if not info then return "mode unknown: " .. message end
  if not info.fallback then return info.mode end
  local words = info.mode .. ", " .. reason.describe(info.fallback.code)
  return info.peer_fallback and words .. "; peer: " .. reason.describe(info.peer_fallback.code) or words
end

-- A client is read only while all that it sent before has gone back: its slowness is its own.
local function serve_client(poller, client)
  local sock = client.sock
  while true do
    if client.rest then
      local ok, message, sent = sock:send(client.rest, client.sent + 1)
      if not ok then
        client.sent = sent
        if message == "timeout" then return poller:modify(sock, "w") end
        return nil, message
      end
      client.rest = nil
      poller:modify(sock, "r")
    end
    local data, message = sock:receiveany(CHUNK)
    if not data then return message == "timeout", message end
    client.rest, client.sent, client.bytes = data, 0, client.bytes + #data
  end
end

local function accept(server, poller, clients)
  local sock = server:accept()
  if not sock then return end
  sock:settimeout(0)
  local address, port = sock:getpeername()
  clients[sock] = { sock = sock, name = ("%s port %d"):format(address, port), bytes = 0 }
  poller:add(sock, "r")
  print(("%s: connected, %s"):format(clients[sock].name, mode_in_words(sock)))
end

script.run(function()
  local parser = script.parser("Echo over SMC whatever clients send.", EPILOG)
  parser:option("--host", "Address to listen on.", "*"):argname("HOST")
  parser:option("--port", "Port to listen on.", "12345"):argname("PORT"):convert(script.port)
  local args = script.parse(parser)

  local server <close>, message = socket.bind(args.host, args.port)
  if not server then
    script.fail(2, ("cannot listen on %s port %d: %s"):format(args.host, args.port, message))
  end
  server:settimeout(0)
  local poller <close> = assert(socket.poller())
  assert(poller:add(server, "r"))
  io.stdout:setvbuf("line")
  print(("listening on %s port %d"):format(server:getsockname()))

  local clients = {}
  while true do
    for sock in assert(poller:wait()) do
      local client = clients[sock]
      if not client then
        accept(server, poller, clients)
      elseif not serve_client(poller, client) then
        poller:remove(sock)
        sock:close()
        clients[sock] = nil
        print(("%s: closed after %d bytes"):format(client.name, client.bytes))
      end
    end
  end
end)
