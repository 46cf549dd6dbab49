-- Set-ups of two guests with Soft-RoCE, and with loopback-ism in each if the kernel has it: this is host12,
-- and host10 does what setups/remote.lua is told. Run with spec/run setups.
package.path = "spec/?.lua;" .. package.path

local judge = require "setups.judge"
local socket = require "socket"
local support = require "support"

local HOST10 <const>, REMOTE_PORT <const> = "192.168.0.10", 9900

-- A request to host10, which may not listen yet.
local function ask(word, command)
  local control = support.await(function() return socket.connect(HOST10, REMOTE_PORT) end)
  assert(control:send(("%s %d\n%s"):format(word, #command, command)))
  local status, size = (control:receive("*l") or ""):match("^(%d+) (%d+)$")
  local output = size and (tonumber(size) == 0 and "" or assert(control:receive(tonumber(size))))
  control:close()
  return tonumber(status), output
end

local world = { address = HOST10 }

function world.run(host, command)
  if host == "there" then return ask("run", command) end
  local done = support.run({ "sh", "-c", command }, nil, support.environment())
  return done.status, done.stdout .. done.stderr
end

function world.start(_, command)
  ask("start", command)
end

-- === what is broken ===

local UEID <const> = "lua5.4 examples/smcd.lua ueid "
local PNET <const> = "lua5.4 examples/smc_pnet.lua "
local ADD_UEID <const> = UEID .. "add SMCV2-LAB"
local NO_UEID <const> = UEID .. "flush"
local ANOTHER_UEID <const> = ("%s && %sadd SMCV2-OTHER"):format(NO_UEID, UEID)

-- The hosts in two subnets, beside the one that they share.
local function subnet(own, other)
  return ("ip address add 10.%d.0.1/24 dev eth0 && ip route add 10.%d.0.0/24 dev eth0 src 10.%d.0.1"):format(
    own, other, own), ("ip route del 10.%d.0.0/24 dev eth0; ip address del 10.%d.0.1/24 dev eth0"):format(
    other, own)
end
local HERE_1 <const>, UNDO_1 <const> = subnet(1, 2)
local THERE_2 <const>, UNDO_2 <const> = subnet(2, 1)

-- A set-up in two subnets, where SMC-Rv1 is not possible.
local function across(setup)
  local function both(a, b) return b and a .. " && " .. b or a end
  setup.address, setup.here, setup.there = "10.2.0.1", both(HERE_1, setup.here), both(THERE_2, setup.there)
  local function undo(first, second) return first and first .. "; " .. second or second end
  setup.undo_here, setup.undo_there = undo(setup.undo_here, UNDO_1), undo(setup.undo_there, UNDO_2)
  return setup
end

local NO_ROCE <const>, ROCE <const> = "rdma link delete rxe0", "lab-setup rxe add rxe0 eth0"
local PORT_DOWN <const> = NO_ROCE .. " && ip link add roce0 type dummy && ip link set roce0 up && "
  .. "lab-setup rxe add rxe1 roce0 && " .. PNET .. "-a LAB -D rxe1 -P 1 && ip link set roce0 down"
local PORT_UP <const> = ("rdma link delete rxe1; ip link del roce0; %s-d LAB; %s && %s-a LAB -I eth0 && "
  .. "%s-a LAB -D rxe0 -P 1"):format(PNET, ROCE, PNET, PNET)
local PNETIDS <const> = ("%s-f && %s-a LAB -I eth0 && %s-a LAB -D rxe0 -P 1"):format(PNET, PNET, PNET)
local WRONG_PNETID <const> = ("%s-f && %s-a WRONG -I eth0 && %s-a LAB -D rxe0 -P 1"):format(PNET, PNET, PNET)
local NO_PNETID_OF_PORT <const> = ("%s-f && %s-a LAB -I eth0"):format(PNET, PNET)
local NO_PNETID_OF_INTERFACE <const> = ("%s-f && %s-a LAB -D rxe0 -P 1"):format(PNET, PNET)
local NO_RDMA_PACKETS <const> = "nft 'add table inet roce; add chain inet roce c { type filter hook input "
  .. "priority 0; }; add rule inet roce c udp dport 4791 drop'"
local RDMA_PACKETS <const> = "nft delete table inet roce"

-- Linux 6.1 does not know the interface of a Soft-RoCE port.
local IS_OLD <const> = os.getenv "SMC_LAB_KERNEL" == "6.1"
local PORT_IS_DOWN <const> = IS_OLD and "^The RoCE port rxe1 port 1 is down%.$"
  or "^The RoCE port rxe1 port 1 is down, with its interface roce0%.$"
local SET_UP <const> = not IS_OLD and "ip link set roce0 up" or nil

-- With the PNET ID of the port alone, the kernel takes the RDMA device of the interface, if it knows it.
local ALONE <const> = { name = "an interface without a PNET ID", here = NO_PNETID_OF_INTERFACE,
  undo_here = PNETIDS, mode = not IS_OLD and "SMC-R" or nil, side = "local",
  text = "^The interface of the connection, eth0, has no PNET ID, and rxe0 port 1 has LAB" }

local SETUPS <const> = {
  { name = "nothing wrong", mode = "SMC-R" },
  across { name = "two subnets with a UEID", mode = "SMC-R" },
  across { name = "no UEID at the client", here = NO_UEID, undo_here = ADD_UEID, side = "local",
    text = "^No UEID is defined, which SMC%-Rv2 requires" },
  across { name = "no UEID at the server", there = NO_UEID, undo_there = ADD_UEID, side = "peer",
    text = "^No UEID is defined, which SMC%-Rv2 requires", command = "smcd.lua ueid add SMCV2-LAB" },
  across { name = "UEIDs that differ", there = ANOTHER_UEID, undo_there = NO_UEID .. " && " .. ADD_UEID,
    side = "local", text = "no EID in common.* here SMCV2%-LAB; there SMCV2%-OTHER",
    command = "smcd.lua ueid add SMCV2-OTHER" },
  -- Soft-RoCE has no GIDs of RoCE v1, and so no SMC-Rv1.
  { name = "no UEID at both", here = NO_UEID, undo_here = ADD_UEID, there = NO_UEID, undo_there = ADD_UEID,
    side = "local", text = "^No UEID is defined, which SMC%-Rv2 requires" },
  { name = "a RoCE port that is down at the client", here = PORT_DOWN, undo_here = PORT_UP, side = "local",
    text = PORT_IS_DOWN, command = SET_UP },
  { name = "a RoCE port that is down at the server", there = PORT_DOWN, undo_there = PORT_UP, side = "peer",
    text = PORT_IS_DOWN, command = SET_UP },
  { name = "no RoCE and no ISM at the client", here = NO_ROCE, undo_here = ROCE, side = "local",
    text = "^There is no device that SMC can use: no ISM function, .* and no RDMA device" },
  { name = "no RoCE and no ISM at the server", there = NO_ROCE, undo_there = ROCE, side = "peer",
    text = "^There is no device that SMC can use: no ISM function, .* and no RDMA device" },
  { name = "no RoCE and no ISM at both", here = NO_ROCE, undo_here = ROCE, there = NO_ROCE,
    undo_there = ROCE, side = "local", text = "^There is no device that SMC can use" },
  { name = "PNET IDs that differ", here = WRONG_PNETID, undo_here = PNETIDS, side = "local",
    text = "^The PNET IDs differ: .* eth0, has WRONG, and rxe0 port 1 has LAB" },
  { name = "PNET IDs that differ at the server", there = WRONG_PNETID, undo_there = PNETIDS, side = "peer",
    text = "^The PNET IDs differ: .* eth0, has WRONG, and rxe0 port 1 has LAB" },
  { name = "a RoCE port without a PNET ID", here = NO_PNETID_OF_PORT, undo_here = PNETIDS, side = "local",
    text = "^The RoCE port rxe0 port 1 has no PNET ID", command = "smc_pnet.lua -a LAB -D rxe0 -P 1" },
  ALONE,
}

local UNREACHED <const> = {
  { name = "a server that never answers", peer = "silent", probe = true, mode = "SMC-R" },
  { name = "RDMA packets that are dropped on the way", there = NO_RDMA_PACKETS, undo_there = RDMA_PACKETS,
    timeout = 30, side = "path", text = "^The RDMA devices of the hosts do not reach each other" },
  -- What Linux 6.1 makes of this depends on the link groups that were there before.
  not IS_OLD and { name = "RDMA packets that are dropped before there is a link", timeout = 30,
    here = NO_ROCE .. " && " .. ROCE, there = NO_RDMA_PACKETS, undo_there = RDMA_PACKETS,
    side = "path", text = "^The RDMA devices of the hosts do not reach each other" } or nil,
}

local MODULE_MISSING <const> = { name = "the module missing on the peer", peer = "plain",
  there = "kill $(cat /tmp/check.pid); while kill -0 $(cat /tmp/check.pid); do sleep 0.1; done; "
    .. "rmmod smc_diag smc", side = "peer",
  text = "^The program on port 12500 does not use an SMC socket: .* its host has not loaded SMC" }

describe("two hosts with RDMA devices:", function()
  teardown(function() ask("dismiss", "") end)

  for _, rows in ipairs { SETUPS, UNREACHED, require "setups.common", { MODULE_MISSING } } do
    for _, setup in ipairs(rows) do
      it(setup.name, function() judge.try(world, setup) end)
    end
  end
end)
