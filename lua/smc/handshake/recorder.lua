--- Records the handshake of a connection of this process.
-- @module smc.handshake.recorder

local require = require "smc.internal.load"
local E = require "smc.errno"
local args = require "smc.internal.args"
local live = require "smc.handshake.live"

local Recorder = { __name = "smc.handshake.Recorder" }
Recorder.__index = Recorder

local recorder = {}

--- See `smc.handshake.recorder`.
function recorder.new(options)
  local opened, message, errno = live.open(options.interface, options.port)
  if not opened then return nil, message, errno end
  local filter = { port = options.port, address = options.address, plain = true }
  return setmetatable({ live = opened, filter = filter, handshakes = {} }, Recorder)
end

-- Takes the packets that have arrived. The modules for that are loaded here, since most recordings are not
-- read.
local function drain(self)
  local events = {}
  self.tracker = self.tracker or require "smc.handshake.tracker".new(self.filter)
  while true do
    local bytes, at, context = self.live:receive(0)
    if not bytes then
      if context ~= E.ETIMEDOUT then return nil, at, context end
      break
    end
    self.tracker:add(events, bytes, at, context)
  end
  for _, event in ipairs(events) do
    if event.event == "syn" or event.event == "message" then
      self.handshakes[event.handshake.client.port] = event.handshake
    end
  end
  return true
end

--- See `smc.handshake`.
function Recorder:take(client_port)
  args.object("take", self, Recorder)
  args.check("take", 1, client_port, args.range(1, 65535))
  if self.is_closed then return nil, "the recorder is closed", E.EBADF end
  local ok, message, errno = drain(self)
  if not ok then return nil, message, errno end
  local found = self.handshakes[client_port]
  if not found then
    return nil, ("no packet of a connection from port %d was seen"):format(client_port), E.ENODATA
  end
  return found
end

--- See `smc.handshake`.
function Recorder:close()
  args.object("close", self, Recorder)
  self.is_closed = true
  self.live:close()
  return true
end

Recorder.__close = Recorder.close

recorder.methods = Recorder

return recorder
