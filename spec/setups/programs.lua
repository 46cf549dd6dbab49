--- Servers that are not ours, for the set-ups.
-- @see setups.judge

local programs = {}

local SERVER <const> = [[
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
%s
s.bind(("", int(sys.argv[1])))
s.listen(10)
kept = []
while True: kept.append(s.accept()[0])]]

-- A policy for this socket: struct xfrm_userpolicy_info of <linux/xfrm.h>, which lets everything pass.
local IPSEC <const> = [[
import struct
selector = struct.pack("=16s16sHHHHHBBBxxxiI", b"", b"", 0, 0, 0, 0, socket.AF_INET, 0, 0, 0, 0, 0)
lifetime = struct.pack("=8Q", *[2**64 - 1] * 4, 0, 0, 0, 0)
for direction in 0, 1:
  policy = selector + lifetime + bytes(32) + struct.pack("=IIBBBB4x", 0, 0, direction, 0, 0, 0)
  s.setsockopt(socket.IPPROTO_IP, 17, policy)]]

-- Whether it is started with smc_run.lua, and what it does to its socket.
local KINDS <const> = {
  plain = { false, "", 0 },
  fastopen = { true, "s.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)", 1 },
  ipsec = { true, IPSEC, 2 }, silent = { true, "", 3 },
}

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local CHECK_PORT <const>, FIRST_PORT <const> = 37373, 12500

-- Servers for checks: their ports, and what is set before they start.
local CHECKS <const> = {
  check = { CHECK_PORT, "echo $$ >/tmp/check.pid" },
  limited = { CHECK_PORT + 1, "sysctl -qw net.smc.limit_smc_hs=1" },
}

--- The port of a server, which differs from those of the others.
function programs.port(kind)
  return CHECKS[kind] and CHECKS[kind][1] or FIRST_PORT + KINDS[kind][3]
end

--- The shell command that runs a server.
function programs.command(kind, port)
  if CHECKS[kind] then
    return ("%s; exec lua5.4 examples/smc_chk.lua -S -p %d"):format(CHECKS[kind][2], port)
  end
  local converted, code = table.unpack(KINDS[kind])
  local run = converted and "lua5.4 examples/smc_run.lua " or ""
  return ("modprobe -q xfrm_user; exec %spython3 -c %s %d"):format(run, quoted(SERVER:format(code)), port)
end

return programs
