--- Runs shell commands for a spec on another host: remote.lua PORT. A request is a line, "run", "start" or
-- "dismiss" and a number of bytes, and then the command; the answer is a line with the status and the number
-- of bytes of the output, and the output. It uses LuaSocket, and so TCP, since commands may take SMC away.

local socket = require "socket"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function run(command)
  local pipe = assert(io.popen(("sh -c %s 2>&1 </dev/null; echo; echo $?"):format(quoted(command))))
  local output, status = pipe:read("a"):match("^(.*)\n(%d+)\n$")
  pipe:close()
  return ("%s %d\n%s"):format(status, #output, output)
end

-- Its output must not keep a pipe open; the process is the command's own.
local function start(command)
  os.execute(("setsid sh -c %s >/dev/null 2>&1 </dev/null &"):format(quoted(command)))
  return "0 0\n"
end

local server = assert(socket.bind("*", tonumber(arg[1])))
while true do
  local client = assert(server:accept())
  local word, size = (client:receive("*l") or ""):match("^(%a+) (%d+)$")
  if word == "dismiss" then return end
  local command = word and client:receive(tonumber(size))
  if command then client:send((word == "run" and run or start)(command)) end
  client:close()
end
