#!/usr/bin/env lua5.4
--- Sends standard input, or a file, to an echo server over SMC and checks what comes back.
-- Both directions move at once, and no more than a window of bytes is ever held in memory.

local evidence = require "smc.check.evidence"
local poller = require "smc.poller"
local reason = require "smc.reason"
local script = require "smc.script"
local socket = require "smc.socket"

local EPILOG <const> = [[
Examples:
   echo hello | send_data.lua --host 192.168.0.10 --port 12345
   send_data.lua --host 192.168.0.10 --file image.iso

What comes back of standard input is printed, of a file only checked. Exit
status: 0 when every byte came back, 1 when one did not, 2 when there was no
connection, no such file, or bad usage.]]

local CHUNK <const>, WINDOW <const> = 65536, 1 << 20

local function tell(...)
  io.stderr:write(table.concat { ... }, "\n") -- one write: others may share the terminal
end

local function tell_mode(sock)
  local info, message = sock:info()
  if not info then return script.say("mode unknown: " .. message) end
  tell("connected over ", info.mode)
  if info.fallback then tell("  own reason: ", reason.describe(info.fallback.code)) end
  if info.peer_fallback then tell("  the peer's reason: ", reason.describe(info.peer_fallback.code)) end
end

local function tell_evidence(sock, sent)
  local info = sock:info()
  local through = info and evidence.bytes_sent(info)
  if through then
    tell(("%d bytes sent, all came back; %d of them by the kernel's count through shared memory, %s")
      :format(sent, through, evidence.path(info)))
  else
    tell(("%d bytes sent, all came back"):format(sent))
  end
end

-- The input: a file, or standard input, which may be slow.
local function open_input(name)
  if not name then return { fd = 0, getfd = function() return 0 end } end
  local file, message = io.open(name, "rb")
  if not file then script.fail(2, message) end
  return { file = file, size = file:seek("end"), rewind = file:seek("set") }
end

local function read_input(input)
  local data, message
  if input.file then data, message = input.file:read(CHUNK) else data, message = poller.read(0, CHUNK) end
  if message then script.fail(1, "cannot read the input: " .. message) end
  return data ~= "" and data or nil
end

-- What is on its way: the chunks that were sent and have not come back, and how far.
local Window = {}
Window.__index = Window

function Window:push(chunk)
  self.last = self.last + 1
  self.chunks[self.last] = chunk
  self.held = self.held + #chunk
end

-- Whether a piece that came back is what was sent first.
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

local function lost(sent, back, message)
  script.fail(1, ("%s: %d bytes sent, %d came back"):format(message, sent, back))
end

-- Sends and receives until all has come back. Gives the number of bytes.
local function exchange(sock, input, args)
  local loop <close> = assert(socket.poller())
  local window = setmetatable({ chunks = {}, first = 1, last = 0, offset = 0, held = 0 }, Window)
  local progress = input.file and os.execute("test -t 2")
  local sent, back, pending, at, ended = 0, 0, nil, 1, false
  local polled = not input.file and loop:add(input, "r") -- a redirected file never lets one wait
  local readable = not polled
  local waits = polled and true or false -- whether the poller has the input
  assert(loop:add(sock, "r"))
  sock:settimeout(0)
  while not ended or pending or window.held > 0 do
    local moved = false
    if not pending and not ended and readable and window.held < WINDOW then
      pending, at, moved = read_input(input), 1, true
      readable = not polled
      if pending then window:push(pending) else ended = true end
    end
    if pending then
      local last, message, partial = sock:send(pending, at)
      local now = last or partial
      sent, moved = sent + now - at + 1, moved or now >= at
      at = now + 1
      if last then
        pending = nil
      elseif message ~= "timeout" then
        lost(sent, back, "no way there: " .. message)
      end
    end
    local piece, message = sock:receiveany(CHUNK)
    if piece then
      back, moved = back + #piece, true
      if not window:pop(piece) then lost(sent, back, "what came back is not what was sent") end
      if not input.file then io.stdout:write(piece) io.stdout:flush() end
      if progress and back // (1 << 20) ~= (back - #piece) // (1 << 20) then
        io.stderr:write(("\r%d of %d MiB back"):format(back >> 20, input.size >> 20))
      end
    elseif message ~= "timeout" then
      lost(sent, back, "no echo: " .. message)
    end
    if not moved then
      loop:modify(sock, pending and "rw" or "r")
      local want = not (ended or readable)
      if want ~= waits then
        if want then loop:add(input, "r") else loop:remove(input) end
        waits = want
      end
      local any = false
      for ready in assert(loop:wait((window.held > 0) and args.timeout or nil)) do
        any, readable = true, readable or ready == input
      end
      if not any and window.held > 0 then lost(sent, back, "no echo: timeout") end
    end
  end
  if progress then io.stderr:write("\r\27[K") end
  return sent
end

script.run(function()
  local parser = script.parser("Send data to an echo server over SMC.", EPILOG)
  parser:option("--host", "Name or address of the server.", "127.0.0.1"):argname("HOST")
  parser:option("--port", "Port of the server.", "12345"):argname("PORT"):convert(script.port)
  parser:option("--file", "What to send, in place of standard input."):argname("FILE")
  parser:option("--timeout", "Seconds to wait for an answer.", "10")
    :argname("SECONDS"):convert(script.seconds)
  local args = script.parse(parser)
  local input = open_input(args.file)

  local sock <close>, message = socket.connect(args.host, args.port)
  if not sock then
    script.fail(2, ("no connection to %s port %d: %s"):format(args.host, args.port, message))
  end
  tell_mode(sock)
  tell_evidence(sock, exchange(sock, input, args))
  return 0
end)
