--- LTN12 pumps a file to an echo server over SMC and back: ltn12_pump.lua HOST PORT FILE
local ltn12 = require "ltn12"
local socket = require "smc.socket"
local try = socket.try -- ends the program with a message

local host, port, name = table.unpack(arg)
if not name then
  io.stderr:write "usage: ltn12_pump.lua HOST PORT FILE\n"
  os.exit(2)
end
local sock = try(socket.connect(host, port))
local file = try(io.open(name, "rb"))
local size = file:seek("end")
file:seek("set")

local mode, back = sock:mode(), {}
local send, receive = socket.sink("keep-open", sock), socket.source("by-length", sock, size)
local collect = ltn12.sink.table(back)
local source = ltn12.source.file(file)
while ltn12.pump.step(source, send) do
  if #back < 1e6 then ltn12.pump.step(receive, collect) end -- what is sent comes back
end
try(ltn12.pump.all(receive, collect))

local again <close> = try(io.open(name, "rb"))
print(mode, size .. " bytes", table.concat(back) == again:read("a") and "the same came back" or "LOST")
