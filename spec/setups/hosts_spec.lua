-- Set-ups of two hosts with an ISM function each: this is host12, whose FID is 32; host10, whose FID is 31,
-- is a network namespace beside it. Both have one kernel, with one table of EIDs. Run with spec/run setups.
package.path = "spec/?.lua;" .. package.path

local judge = require "setups.judge"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local function argv(host, command)
  if host == "here" then return { "sh", "-c", command } end
  return { "ip", "netns", "exec", "host10", "sh", "-c", command }
end

local children = {}

local world = { address = "192.168.0.10" }

function world.run(host, command)
  local done = support.run(argv(host, command), nil, support.environment())
  return done.status, done.stdout .. done.stderr
end

function world.start(host, command)
  children[#children + 1] = assert(process.spawn(argv(host, command),
    { stdin = "null", stdout = "null", stderr = "null", env = support.environment() }))
end

local PNET <const> = "lua5.4 examples/smc_pnet.lua "
local FUNCTION <const> = "lua5.4 examples/smc_rnics.lua "
local DMBS <const> = "echo %s >/sys/module/ism/parameters/dmbs"

-- The PNET ID of one host is changed, or taken away.
local function pnetid(old, new)
  return ("%s-d %s%s"):format(PNET, old, new and (" && %s-a %s -I eth0"):format(PNET, new) or ""),
    ("%s%s-a %s -I eth0"):format(new and ("%s-d %s && "):format(PNET, new) or "", PNET, old)
end

local wrong_here, wrong_here_undo = pnetid("HOST12", "WRONG")
local none_here, none_here_undo = pnetid("HOST12")
local wrong_there, wrong_there_undo = pnetid("HOST10", "WRONG")
local none_there, none_there_undo = pnetid("HOST10")

-- The client is in VLAN 5, and the server in none: tags are put on and taken off on the way.
local VLAN <const> = [[
own=$(cat /sys/class/net/eth0/address); other=$(ip netns exec host10 cat /sys/class/net/eth0/address)
ip link add link eth0 name eth0.5 type vlan id 5 && ip address add 10.5.0.12/24 dev eth0.5 &&
ip link set eth0.5 up && ip neigh replace 10.5.0.10 lladdr $other dev eth0.5 &&
ip netns exec host10 sh -c "ip address add 10.5.0.10/24 dev eth0 &&
ip neigh replace 10.5.0.12 lladdr $own dev eth0 && tc qdisc add dev eth0 clsact &&
tc filter add dev eth0 ingress protocol 802.1q matchall action vlan pop &&
tc filter add dev eth0 egress protocol ip u32 match ip dst 10.5.0.12/32 action vlan push id 5"]]
local NO_VLAN <const> = "ip link del eth0.5; ip netns exec host10 sh -c 'tc qdisc del dev eth0 clsact; "
  .. "ip address del 10.5.0.10/24 dev eth0'"

-- The Proposal is held back until the table of EIDs has changed.
local HELD_BACK <const> = "nft 'add table inet held; add chain inet held c { type filter hook input "
  .. "priority 0; }; add rule inet held c tcp dport 37373 meta length > 100 counter drop'"
local CHANGE_EIDS <const> = [[
until nft list table inet held | grep -q "packets [1-9]"; do sleep 0.05; done
lua5.4 -e 'local eid = require "smc.eid" assert(eid.add "SMCV2-OTHER") assert(eid.remove "SMCV2-LAB")'
nft delete table inet held]]
local EIDS <const> = "lua5.4 examples/smcd.lua "

-- Connections whose handshakes never end, more than the kernel works on at once.
local FLOOD <const>, FLOODER <const> = 600, "192.168.0.13"
local function flood(port)
  local sockets = {}
  for i = 1, FLOOD do
    local sock = assert(socket.tcp())
    sock:settimeout(0)
    assert(sock:setsockname(FLOODER, 0))
    sock:connect("192.168.0.10", port)
    sockets[i] = sock
  end
  return function()
    for _, sock in ipairs(sockets) do sock:close() end
  end
end

local SETUPS <const> = {
  { name = "nothing wrong", mode = "SMC-D" },
  { name = "ISM off at the client", here = FUNCTION .. "-d 32", undo_here = FUNCTION .. "-e 32",
    side = "local", text = "FID 32 is powered off", command = "smc_rnics.lua -e 32" },
  { name = "ISM off at the server", here = FUNCTION .. "-d 31", undo_here = FUNCTION .. "-e 31",
    side = "peer", text = "FID 31 is powered off", command = "smc_rnics.lua -e 31" },
  { name = "ISM off at both", here = FUNCTION .. "-d 31 && " .. FUNCTION .. "-d 32",
    undo_here = FUNCTION .. "-e 31 && " .. FUNCTION .. "-e 32",
    side = "local", text = "^No ISM function is on: FID 31 and FID 32 are powered off" },
  { name = "PNET IDs that differ at the client", here = wrong_here, undo_here = wrong_here_undo,
    side = "local", text = "^The PNET IDs differ: the interface of the connection, eth0, has WRONG" },
  -- A server finds its function by that of the client, with version 2: this is not broken.
  { name = "PNET IDs that differ at the server", there = wrong_there, undo_there = wrong_there_undo,
    mode = "SMC-D" },
  { name = "no PNET ID at the client", here = none_here, undo_here = none_here_undo,
    side = "local", text = "^The interface of the connection, eth0, has no PNET ID" },
  { name = "no PNET ID at the server", there = none_there, undo_there = none_there_undo, mode = "SMC-D" },
  { name = "no PNET ID at the client, while another function is off",
    here = FUNCTION .. "-d 31 && " .. none_here, undo_here = FUNCTION .. "-e 31 && " .. none_here_undo,
    side = "local", text = "^The interface of the connection, eth0, has no PNET ID, and FID 32 has HOST12",
    command = "smc_pnet.lua -a HOST12 -I eth0" },
  { name = "no DMB left at the server", hold = 1, here = DMBS:format "1,1920",
    undo_here = DMBS:format "1920,1920", side = "peer", text = "no DMB left" },
  { name = "no DMB left at the client", hold = 1, here = DMBS:format "1920,1",
    undo_here = DMBS:format "1920,1920", side = "local", text = "no DMB left" },
  -- SMC-D version 2 knows no VLANs: this is not broken.
  { name = "VLANs that differ", address = "10.5.0.10", here = VLAN, undo_here = NO_VLAN, mode = "SMC-D" },
  { name = "EIDs that differ, since the table has changed between Proposal and answer",
    here = EIDS .. "seid disable", there = none_there .. " && " .. HELD_BACK, during = CHANGE_EIDS,
    undo_here = ("%sueid add SMCV2-LAB; %sueid del SMCV2-OTHER; %sseid enable"):format(EIDS, EIDS, EIDS),
    undo_there = none_there_undo, side = "peer",
    text = "^The UEIDs differ: here SMCV2%-LAB; there SMCV2%-OTHER" },
  { name = "a server that limits handshakes, while there are many", peer = "limited", prepare = flood,
    here = ("ip address add %s/24 dev eth0"):format(FLOODER),
    undo_here = ("ip address del %s/24 dev eth0"):format(FLOODER),
    there = ("nft 'add table inet flood; add chain inet flood c { type "
      .. "filter hook input priority 0; }; add rule inet flood c ip saddr %s meta length > 100 drop'"):format(
      FLOODER),
    undo_there = "sysctl -qw net.smc.limit_smc_hs=0; nft delete table inet flood",
    side = "peer", text = "^The host limits SMC handshakes", command = "sysctl -w net.smc.limit_smc_hs=0" },
}

describe("two hosts with ISM functions:", function()
  teardown(function()
    for _, child in ipairs(children) do child:close() end
  end)

  for _, rows in ipairs { SETUPS, require "setups.common" } do
    for _, setup in ipairs(rows) do
      it(setup.name, function() judge.try(world, setup) end)
    end
  end
end)
