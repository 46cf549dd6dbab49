--- The states of one of two guests with an SMC-R connection that are compared. host10 listens, host12 calls;
-- each compares for itself, while the other one holds still.

local commands = require "compare.commands"
local pnet = require "smc.pnet"
local socket = require "smc.socket"
local sockets = require "compare.sockets"

local PORT <const> = 37600
local HOST10 <const> = "192.168.0.10"

local calling = io.open("/etc/hostname"):read() == "host12"
local sock

local function call()
  for _ = 1, 120 do
    local made = socket.connect(HOST10, PORT)
    if made then return made end
    socket.sleep(0.5)
  end
  error("host10 does not listen")
end

-- The two take turns, host10 first: nothing moves while one of them compares.
local function my_turn()
  if calling then assert(sock:receive(1)) end
end

local function your_turn()
  assert(sock:send("x"))
  if not calling then assert(sock:receive(1)) end
end

local function connect()
  if calling then
    sock = sockets.keep(call())
  else
    local server = sockets.keep(socket.bind("*", PORT))
    server:settimeout(90)
    sock = sockets.keep(server:accept())
  end
  assert(sock:mode() == "SMC-R", sock:mode())
end

local function with_numbers()
  my_turn()
  return commands.reads_with_groups("smcr", "SMC-R",
    "linkgroup %08x, linkgroup link-show %x, -dd linkgroup link-show %08x")
end

local function reads()
  my_turn()
  return commands.reads
end

return {
  { name = "SMC-R", setup = connect, commands = with_numbers, keep = true, teardown = your_turn },
  { name = "SMC-R after traffic", setup = function()
    if calling then
      assert(sock:send(("x"):rep(30000)))
    else
      assert(sock:receive(30000))
    end
  end, commands = reads, keep = true, teardown = your_turn },
  { name = "PNET IDs of interfaces and RDMA devices", setup = function()
    assert(pnet.flush())
    assert(pnet.add { pnetid = "NETA", netdev = "eth0" })
    assert(pnet.add { pnetid = "NETA", ibdev = "rxe0" })
    assert(pnet.add { pnetid = "NETB", ibdev = "mlx5_1", ibport = 2 })
  end, commands = reads, keep = true, teardown = your_turn },
  { name = "a PNET ID of 16 characters", setup = function()
    assert(pnet.flush())
    assert(pnet.add { pnetid = "SIXTEENCHARS0123", ibdev = "rxe0" })
  end, commands = reads, keep = true, teardown = your_turn },
  { name = "no PNET IDs", setup = function() assert(pnet.flush()) end, commands = reads,
    teardown = your_turn },
}
