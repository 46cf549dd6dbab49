#!/usr/bin/env lua5.4
--- An echo server over SMC, for many clients at once.

local app = require "smc.cli.app"
local reason = require "smc.reason"
local socket = require "smc.socket"

local EPILOG <const> = [[
Example:
   echo_server.lua --host 192.168.0.10 --port 12345 --idle-timeout 60

The server runs until SIGINT, SIGTERM or SIGHUP, and then prints a summary. Exit
status: 0 after a signal; 2 for bad usage, or if listening or output fails.]]

local FAILED <const> = 2
local CHUNK <const> = 65536
local RETRY <const> = 0.1 -- seconds until what failed for want of memory or descriptors is tried again
local TURNS <const> = 16 -- pieces of one client before the next client is served

local function wait_for(poller, client, events)
  if client.waits == events then return true end
  client.waits = events
  return poller:modify(client.sock, events)
end

-- The server reads from a client only after everything read before was sent back, so that a slow client
-- delays only itself. Returns false if the client has disconnected.
local function serve_client(poller, client)
  local sock = client.sock
  for _ = 1, TURNS do
    if client.rest then
      local ok, message, sent = sock:send(client.rest, client.sent + 1)
      if not ok then
        client.sent = sent
        return message == "timeout" and wait_for(poller, client, "w")
      end
      client.rest = nil
    end
    local data, message = sock:receiveany(CHUNK)
    if not data then return message == "timeout" and wait_for(poller, client, "r") end
    client.rest, client.sent, client.bytes = data, 0, client.bytes + #data
    client.active = socket.monotonic()
  end
  return wait_for(poller, client, "rw") -- there is a piece to send, and may be more to read
end

local function add_one(counts, key) counts[key] = (counts[key] or 0) + 1 end

local Server = {}
Server.__index = Server

function Server:say(...)
  if not self.quiet then app.tell(...) end
end

-- To find a mode, the kernel lists all its sockets. With --quiet, one list serves all new clients, and it is
-- read so rarely that it takes at most a tenth of the time.
function Server:count_modes()
  local sockets = {}
  for sock in pairs(self.uncounted) do table.insert(sockets, sock) end
  if #sockets == 0 then return end
  local started = socket.monotonic()
  local modes = socket.modes(sockets) or {}
  for _, sock in ipairs(sockets) do add_one(self.modes, modes[sock] or "unknown") end
  self.uncounted = {}
  self.next_count = 10 * socket.monotonic() - 9 * started
end

-- Counts the mode of a client, and returns it as text with the reasons of a fallback.
function Server:mode_of(sock)
  local info, message = sock:info()
  add_one(self.modes, info and info.mode or "unknown")
  if not info then return "mode unknown: " .. message end
  if not info.fallback then return info.mode end
  local words = info.mode .. ", " .. reason.describe(info.fallback.code)
  return info.peer_fallback and words .. "; peer: " .. reason.describe(info.peer_fallback.code) or words
end

function Server:accept()
  local sock, message = self.listener:accept()
  if not sock and (message == "timeout" or message == "closed") then return end
  if not sock then -- there may be no free descriptors
    app.say("cannot accept a client: " .. message)
    if self.count > 0 then return self:pause() else return socket.sleep(RETRY) end
  end
  sock:settimeout(0)
  local client = { sock = sock, name = ("%s port %d"):format(sock:getpeername()), bytes = 0,
    active = socket.monotonic(), waits = "r" }
  local added, failure = self.poller:add(sock, "r")
  if not added then
    sock:close()
    return app.say(("cannot serve %s: %s"):format(client.name, failure))
  end
  self.clients[sock], self.count, self.served = client, self.count + 1, self.served + 1
  self.most = math.max(self.most, self.count)
  if self.quiet then
    self.uncounted[sock] = true
  else
    self:say("%s: connected, %s", client.name, self:mode_of(sock))
  end
  if self.count == self.max_clients then self:pause() end
end

-- Accepts no clients until one disconnects. The listener stays readable, so it must not be in the poller.
function Server:pause()
  self.poller:remove(self.listener)
  self.paused = true
end

-- Accepts clients again, or a little later if epoll has no memory for that now.
function Server:resume()
  self.paused = not self.poller:add(self.listener, "r")
  self.retry = self.paused
end

function Server:drop(client, why)
  if self.uncounted[client.sock] then self:count_modes() end
  -- close() of a client that does not read would block the server for up to two seconds.
  if client.rest then client.sock:setoption("linger", { on = true, timeout = 0 }) end
  client.sock:close()
  self.clients[client.sock] = nil
  self.count, self.bytes = self.count - 1, self.bytes + client.bytes
  if self.paused then self:resume() end
  self:say("%s: %s after %d bytes", client.name, why or "closed", client.bytes)
end

function Server:drop_idle()
  local now = socket.monotonic()
  if now < self.next_look then return end
  self.next_look = now + self.idle_timeout / 4
  for _, client in pairs(self.clients) do
    if now - client.active > self.idle_timeout then self:drop(client, "idle, closed") end
  end
end

-- Serves until a signal arrives; returns its name.
function Server:serve(stop)
  app.demand(self.poller:add(self.listener, "r"))
  app.demand(self.poller:add(stop, "r"))
  while true do
    for sock in app.demand(self.poller:wait(self.retry and RETRY or self.idle_timeout / 4)) do
      local client = self.clients[sock]
      if client then
        if not serve_client(self.poller, client) then self:drop(client) end
      elseif sock == stop then
        return stop:next()
      elseif self.count < self.max_clients then
        self:accept()
      end
    end
    self:drop_idle()
    if self.retry then self:resume() end
    if socket.monotonic() >= self.next_count then self:count_modes() end
  end
end

function Server:summary(signal)
  self:count_modes()
  local modes = {}
  for mode, count in pairs(self.modes) do table.insert(modes, ("%s %d"):format(mode, count)) end
  table.sort(modes)
  for _, client in pairs(self.clients) do self.bytes = self.bytes + client.bytes end
  app.tell("stopped by SIG%s: %d clients, at most %d at once, %d bytes echoed%s", signal, self.served,
    self.most, self.bytes, #modes > 0 and "; " .. table.concat(modes, ", ") or "")
end

-- The generational mode, lua5.4's default, would treat closed clients as old objects and collect them only
-- after memory has doubled.
collectgarbage("incremental", 110)

app.run(function()
  local parser = app.parser("Echo server over SMC: send back what clients send.", EPILOG)
  parser:option("--host", "Address to listen on.", "*"):argname("HOST")
  parser:option("--port", "Port to listen on.", "12345"):argname("PORT"):convert(app.port)
  parser:option("--max-clients", "Maximum number of clients at once; others wait.", "100000"):argname("COUNT")
    :convert(app.number_of "clients")
  parser:option("--idle-timeout", "Close clients that send nothing for this long."):argname("SECONDS")
    :convert(app.seconds)
  parser:option("--fallback", "Use TCP if this kernel has no SMC."):choices({ "tcp" }):argname("tcp")
  parser:flag("-q --quiet", "Do not report individual clients.")
  local args = app.parse(parser)

  local listener <close>, message = socket.bind(args.host, args.port, 4096, { fallback = args.fallback })
  if not listener then
    app.fail(FAILED,
      ("cannot listen on %s port %d: %s"):format(app.printable(args.host), args.port, message))
  end
  listener:settimeout(0)
  local stop <close> = app.demand(require("smc.poller").signals(app.ending_signals()))
  local poller <close> = app.demand(socket.poller())
  app.tell("listening on %s port %d", listener:getsockname())
  local server = setmetatable({
    listener = listener, poller = poller, quiet = args.quiet, max_clients = args.max_clients,
    idle_timeout = args.idle_timeout or math.huge, next_look = 0, next_count = 0, clients = {},
    uncounted = {}, modes = {}, count = 0, served = 0, most = 0, bytes = 0,
  }, Server)
  server:summary(server:serve(stop))
  return 0
end, FAILED)
