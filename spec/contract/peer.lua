--- The other end of the connections that the specs make: peer.lua MODULE HOST PORT.
-- It does what it is told over a control connection, a line of Lua code each, with `socket`,
-- `server` (listening), `data` (the connection under test) and `process` at hand. "later CODE" is
-- answered before it is done. Its status is 0 when it was dismissed, and not where it was only
-- left alone.

local name, host, port = ...
local plain = require "socket" -- the control connection is none of those under test
local socket = require(name)
local control_server = assert(plain.bind(host, port))
local server = assert(socket.bind(host, 0))
local peer = setmetatable({ socket = socket, server = server }, { __index = _G })
peer.process = require "smc.core.process"

--- Takes the next connection as `data`, which is closed where there is one still.
function peer.accept()
  if peer.data then peer.data:close() end
  peer.data = assert(server:accept())
  return 1
end

io.stdout:write(("%d\n"):format((select(2, control_server:getsockname()))))
io.stdout:flush()
local control = assert(control_server:accept())
control_server:close() -- the next one is the next peer's
control:setoption("tcp-nodelay", true)
local line = control:receive()
while line and line ~= "dismiss" do
  local code = line:match("^later (.*)")
  if code then control:send("ok\n") end
  local ok, result = pcall(assert(load(code or line, line, "t", peer)))
  if not code then control:send((ok and "ok " or "failed ") .. tostring(result):gsub("\n", " ") .. "\n") end
  if code and not ok then io.stderr:write(result, "\n") end
  line = control:receive()
end
os.exit(line == "dismiss", true)
