--- The other end of the contract spec's connections: peer.lua MODULE HOST PORT.
-- It does what it is told over a control connection, a line of Lua code each, with `socket`,
-- `server` (listening) and `data` (the connection under test) at hand. "later CODE" is answered
-- before it is done.

local name, host, port = ...
local socket = require(name)
local control_server = assert(socket.bind(host, port))
local server = assert(socket.bind(host, 0))
local peer = setmetatable({ socket = socket, server = server }, { __index = _G })

--- Takes the next connection as `data`, which is closed where there is one still.
function peer.accept()
  if peer.data then peer.data:close() end
  peer.data = assert(server:accept())
  return 1
end

--- Reads exactly so many bytes and tells their sum, a byte's weight being its place.
function peer.sum(count)
  local sum, at = 0, 0
  while at < count do
    local piece = assert(peer.data:receive(math.min(count - at, 65536)))
    for i = 1, #piece do sum = (sum * 31 + piece:byte(i)) % 2147483647 end
    at = at + #piece
  end
  return sum
end

io.stdout:write("ready\n")
io.stdout:flush()
local control = assert(control_server:accept())
while true do
  local line = control:receive()
  if not line then break end
  local code = line:match("^later (.*)")
  if code then control:send("ok\n") end
  local ok, result = pcall(assert(load(code or line, line, "t", peer)))
  if not code then control:send((ok and "ok " or "failed ") .. tostring(result):gsub("\n", " ") .. "\n") end
  if code and not ok then io.stderr:write(result, "\n") end
end
