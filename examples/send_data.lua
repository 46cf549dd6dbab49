#!/usr/bin/env lua5.4
--- Sends standard input or a file to an echo server over SMC, and checks the echo.
-- It sends and receives at the same time, and holds at most a window of bytes in memory.

local app = require "smc.cli.app"
local check = require "smc.check"
local poller = require "smc.poller"
local reason = require "smc.reason"
local socket = require "smc.socket"

local EPILOG <const> = [[
Examples:
   echo hello | send_data.lua --host 192.168.0.10 --port 12345
   send_data.lua --host 192.168.0.10 --file image.iso

The echo of standard input is printed; that of a file is only checked. When the
reader of the output closes the pipe, sending stops. Exit status: 0 if every
byte came back; 1 if not, or if the output cannot be written; 2 if there was no
connection, if the input cannot be read, or for bad usage; 130 ended by Ctrl-C.]]

local LOST <const>, NO_CONNECTION <const> = 1, 2
local CHUNK <const>, WINDOW <const> = 65536, 1 << 20

local function tell_mode(sock)
  local info, message = sock:info()
  if not (info and info.mode) then
    return app.note("connected; the mode of the connection is unknown: ",
      message or "the kernel reports no mode for it, its state is " .. info.state)
  end
  app.note("connected over ", info.mode)
  if info.fallback then app.note("  own reason: ", reason.describe(info.fallback.code)) end
  if info.peer_fallback then app.note("  the peer's reason: ", reason.describe(info.peer_fallback.code)) end
end

local function tell_evidence(sock, sent)
  local found = check.evidence(sock, sent)
  local counted = found and found.bytes_through_shared_memory
  app.note(("%d bytes sent, all came back"):format(sent), counted
    and ("; the kernel counted %d of them through shared memory, %s"):format(counted, found.path) or "")
end

-- Opens the input: a file, or standard input, which may block.
local function open_input(name)
  local file = app.open_input(name, NO_CONNECTION)
  if not name then return { fd = 0, getfd = function() return 0 end } end
  return { file = file, size = file:seek("end"), rewind = file:seek("set") } -- no size: a pipe
end

local function read_input(input)
  local data, message
  if input.file then data, message = input.file:read(CHUNK) else data, message = poller.read(0, CHUNK) end
  if message then app.fail(LOST, "cannot read the input: " .. message) end
  return data ~= "" and data or nil
end

-- The window: the chunks that were sent and have not come back completely.
local Window = {}
Window.__index = Window

function Window:push(chunk)
  self.last = self.last + 1
  self.chunks[self.last] = chunk
  self.held = self.held + #chunk
end

-- Whether a piece that came back equals the oldest bytes in the window, which are removed.
function Window:pop(piece)
  local at = 1
  while at <= #piece do
    local chunk = self.chunks[self.first]
    if not chunk then return false end
    local n = math.min(#chunk - self.offset, #piece - at + 1)
    if chunk:sub(self.offset + 1, self.offset + n) ~= piece:sub(at, at + n - 1) then return false end
    at, self.offset, self.held = at + n, self.offset + n, self.held - n
    if self.offset == #chunk then
      self.chunks[self.first] = nil
      self.first, self.offset = self.first + 1, 0
    end
  end
  return true
end

-- One exchange: reads the input, sends it and receives the echo.
local Exchange = {}
Exchange.__index = Exchange

function Exchange.new(sock, input, timeout)
  local loop = app.demand(socket.poller())
  app.demand(loop:add(sock, "r"))
  sock:settimeout(0)
  -- A redirected file is always readable, and epoll rejects it.
  local polled = not input.file and loop:add(input, "r") and true or false
  return setmetatable({
    sock = sock, input = input, timeout = timeout, loop = loop, polled = polled, waits = polled,
    readable = not polled, ended = false, sent = 0, back = 0, active = socket.monotonic(),
    window = setmetatable({ chunks = {}, first = 1, last = 0, offset = 0, held = 0 }, Window),
    progress = input.size and app.is_terminal(2),
  }, Exchange)
end

function Exchange:clear_progress()
  if self.progress then io.stderr:write("\r\27[K") end
end

function Exchange:lost(message)
  self:clear_progress()
  app.fail(LOST, ("%s: %d bytes sent, %d came back"):format(message, self.sent, self.back))
end

-- The next functions return whether they transferred anything.

function Exchange:read()
  if self.pending or self.ended or not self.readable or self.window.held >= WINDOW then return false end
  self.pending, self.at, self.readable = read_input(self.input), 1, not self.polled
  if self.pending then self.window:push(self.pending) else self.ended = true end
  return true
end

function Exchange:send()
  if not self.pending then return false end
  local last, message, partial = self.sock:send(self.pending, self.at)
  local sent = (last or partial) - self.at + 1
  self.sent, self.at = self.sent + sent, self.at + sent
  if last then
    self.pending = nil
  elseif message ~= "timeout" then
    self:lost("cannot send: " .. message)
  end
  return sent > 0
end

function Exchange:receive()
  local piece, message = self.sock:receiveany(CHUNK)
  if not piece and message == "timeout" then return false end
  if not piece then self:lost("no echo: " .. message) end
  self.back = self.back + #piece
  if not self.window:pop(piece) then self:lost("the echo differs from the data sent") end
  if not self.input.file then self:print(piece) end
  if self.progress and self.back >> 20 ~= (self.back - #piece) >> 20 then
    io.stderr:write(("\r%d of %d MiB back"):format(self.back >> 20, self.input.size >> 20))
  end
  return true
end

-- If the reader of the output has closed the pipe, sending stops; the rest of the echo is still checked.
function Exchange:print(piece)
  if not (app.write(piece) and app.flush()) then self.ended = true end
end

-- Waits until there is something to do: for an echo at most the timeout, for input without a limit. A signal
-- ends the wait, too.
function Exchange:wait()
  self.loop:modify(self.sock, self.pending and "rw" or "r")
  local want = not (self.ended or self.readable)
  if want ~= self.waits then
    if want then self.loop:add(self.input, "r") else self.loop:remove(self.input) end
    self.waits = want
  end
  local left = self.window.held > 0 and self.active + self.timeout - socket.monotonic() or nil
  if left and left <= 0 then self:lost("no echo: timeout") end
  for ready in app.demand(self.loop:wait(left)) do
    self.readable = self.readable or ready == self.input
  end
end

-- Sends and receives until everything has come back. Returns the number of bytes.
function Exchange:run()
  while not self.ended or self.pending or self.window.held > 0 do
    local read, sent, received = self:read(), self:send(), self:receive()
    if read or sent or received then
      self.active = socket.monotonic()
    else
      self:wait()
    end
  end
  self:clear_progress()
  return self.sent
end

app.run(function()
  local parser = app.parser("Send data to an echo server over SMC.", EPILOG)
  parser:option("--host", "Name or address of the server.", "127.0.0.1"):argname("HOST")
  parser:option("--port", "Port of the server.", "12345"):argname("PORT"):convert(app.port)
  parser:option("--file", "Send this file instead of standard input."):argname("FILE")
  parser:option("--timeout", "Wait this long for an echo.", "10")
    :argname("SECONDS"):convert(app.seconds)
  local args = app.parse(parser)
  local input = open_input(args.file)
  local sock <close>, message = socket.connect(args.host, args.port)
  if not sock then
    app.fail(NO_CONNECTION,
      ("no connection to %s port %d: %s"):format(app.printable(args.host), args.port, message))
  end
  tell_mode(sock)
  tell_evidence(sock, Exchange.new(sock, input, args.timeout):run())
  return 0
end, LOST)
