--- The scripts and the tools of smc-tools in memory: a file opened over the lab's 9p, or not found there,
-- takes longer than many of them work. They look for their modules nowhere else.

local socket = require "smc.socket"

local memory = { folder = "/dev/shm/bench" }

memory.env = {
  LUA_PATH = memory.folder .. "/lua/?.lua;" .. memory.folder .. "/lua/?/init.lua;/usr/share/lua/5.4/?.lua",
  LUA_CPATH = memory.folder .. "/?.so",
  PATH = memory.folder .. ":" .. os.getenv "PATH",
}

--- Copies them.
-- @tparam ?string tools directory with the built tools
function memory.fill(tools)
  assert(os.execute(("mkdir %s && cp -r lua build/smc examples %s"):format(memory.folder, memory.folder)))
  if tools then assert(os.execute(("cp %s/smc* %s"):format(tools, memory.folder))) end
end

--- Both ends of connections over loopback: this many sockets.
function memory.connect(count)
  local server = assert(socket.bind("127.0.0.1", 0, 128))
  local _, port = server:getsockname()
  local kept = { server }
  for _ = 1, count // 2 do
    kept[#kept + 1] = assert(socket.connect("127.0.0.1", port))
    kept[#kept + 1] = assert(server:accept())
  end
  return kept
end

return memory
