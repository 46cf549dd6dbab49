-- The limits of the kernel that the page of `smc` lists: what it says of versions is so on the kernel at
-- hand.

local at_hand = require "kernel_at_hand"
local diag = require "smc.diag"
local errno = require "smc.errno"
local ism = require "smc.ism"
local process = require "smc.process"
local run = require "smc.run"
local support = require "support"
local system = require "smc.system"

-- The text of the limits, each on one line.
local LIMITS <const> = support.read("lua/smc/init.lua")
  :match("These are limits of the kernel(.-)%-%- @module"):gsub("\n%-%-   ", " ")

-- Whether the limit of these words is told with these versions.
local function is_told(words, ...)
  local line
  for one in LIMITS:gmatch("[^\n]+") do
    if one:find(words, 1, true) then line = one end
  end
  for _, version in ipairs { ... } do assert.matches(version, line, 1, true) end
end

local sh = support.sh

-- A connection, both ends in one program, that is asked for its name after a line of input. The kernel lets
-- go at once of the end that has said that it sends no more, and of the other when it is closed.
local NAMES <const> = [[
import errno, socket, sys
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
accepted = server.accept()[0]
client.shutdown(socket.SHUT_WR)
print(server.getsockname()[1], flush=True)
sys.stdin.readline()
for s in client, accepted:
    try:
        print(s.getsockname() and "name")
    except OSError as e: print(errno.errorcode[e.errno])
]]

-- Connects without blocking, and says what SO_ERROR is once poll(2) has said something.
local CONNECTS <const> = [[
import errno, select, socket, sys
s = socket.socket(43 if sys.argv[1] == "SMC" else socket.AF_INET, socket.SOCK_STREAM)
s.setblocking(False)
import ctypes, struct
address = struct.pack("=HH4s8x", 2, socket.htons(9), socket.inet_aton("10.98.0.99"))
ctypes.CDLL(None).connect(s.fileno(), address, 16)
p = select.poll()
p.register(s, select.POLLOUT)
p.poll()
print(errno.errorcode.get(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), "none"))
]]

local function inode_of(filter)
  filter.details = false
  return support.await(function() return assert(diag.sockets(filter))() end).inode
end

describe("net/smc " .. at_hand.version, function()
  it("gives an errno for the name of a socket whose device is gone, where it does not crash", function()
    is_told("asks for the name of a socket", "6.12.112", "6.12.113", "7.2.11", "7.2.10")
    if not at_hand.has_fix { "6.12.113", "7.2.11" } then return pending "this kernel may crash" end
    local found = ism.find "32"
    if not found then return pending "no ISM function to power off" end
    local p <close> = assert(run.spawn({ "python3", "-c", NAMES }, { stdin = "pipe", stdout = "pipe" }))
    local port = assert(p.stdout:read("n", "l"))
    local ends = { inode_of { peer_port = port }, inode_of { local_port = port, state = "APPCLOSEWAIT1" } }
    local off <close> = support.start("smc_rnics.lua", "-d", "32", "-t", "60")
    for _, inode in ipairs(ends) do
      support.await(function()
        local now = diag.find(inode, { details = false })
        return not now or now.state == "CLOSED"
      end)
    end
    p.stdin:write("\n")
    p.stdin:flush()
    local answers = p.stdout:read("a")
    p:wait(support.HANG)
    local how, status = off:wait(support.HANG)
    assert(ism.ensure("32", "on"))
    assert.equal("EBADF\nname\n", answers)
    assert.same({ "exit", 0 }, { how, status })
  end)

  it("powers a device off when programs have closed what they have of it, each end", function()
    is_told("also those whose other end is closed", "6.12.117", "7.2.13")
    if not at_hand.has_ism() then return pending "no ISM function to power off" end
    finally(function() assert(ism.ensure("32", "on")) end)
    local client, accepted = support.pair()
    assert.equal("SMC-D", client:mode())
    local inode = client:info().inode
    accepted:close()
    local _, _, number, sockets = ism.power_off("32", { timeout = 1 })
    assert.same({ errno.ETIMEDOUT, inode }, { number, sockets[1].inode })
    client:close()
    support.await(function() return ism.find("32").power == false end)
  end)

  it("loses the error of a connection attempt, up to some version", function()
    is_told("sees a false success", "6.1.192", "6.12.117", "7.2.13")
    local is_fixed
    if at_hand.since "7.2.13" then is_fixed = true end
    if not at_hand.since "6.12.118" then is_fixed = false end
    if is_fixed == nil then return pending "it is not known of this version" end
    sh [[ip link add limits type veth peer name far_limits && ip link set limits up &&
      ip link set far_limits up && ip address add 10.98.0.1/24 dev limits &&
      sysctl -qw net.ipv4.neigh.limits.retrans_time_ms=100]]
    finally(function() sh "ip link del limits" end)
    local said = {}
    for _, kind in ipairs { "TCP", "SMC" } do
      local p <close> = assert(process.spawn({ "python3", "-c", CONNECTS, kind }, { stdout = "pipe" }))
      said[kind] = p.stdout:read("l")
    end
    assert.same({ TCP = "EHOSTUNREACH", SMC = is_fixed and "EHOSTUNREACH" or "none" }, said)
  end)

  it("keeps limit_smc_hs in a byte, which its file reads as four", function()
    is_told("net.smc.limit_smc_hs", "16777216")
    if not at_hand.since "6.10" then return end -- no such sysctl
    assert(system.set_sysctl("limit_smc_hs", 0)) -- all four bytes
    assert(system.enable_hs_limitation())
    local number = support.read("/proc/sys/net/smc/limit_smc_hs")
    assert.equal(1, system.sysctl("limit_smc_hs").value)
    assert(system.disable_hs_limitation())
    assert.equal(at_hand.limited .. "\n", number)
  end)
end)
