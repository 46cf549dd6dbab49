--- Why there was no connection at all.
-- @module smc.check.findings.unconnected

local E = require "smc.errno"
local ip = require "smc.internal.ip"
local text = require "smc.internal.text"

local unconnected = {}

local function refused(report, port)
  local command = "smc_chk.lua -S" .. ((report.address or ""):find(":", 1, true) and " -6" or "")
  return { side = "peer",
    text = ("Nothing listens on port %s of the host, or a firewall rejects the connection (REJECT), which "
      .. "looks the same."):format(port), evidence = "the answer to the SYN is a reset",
    command = math.type(report.port) == "integer" and ("%s -p %d"):format(command, report.port) or command }
end

local function silent(_, port)
  return { side = "path", text = ("The host did not answer: it is down, the address is wrong, or a firewall "
    .. "silently drops packets to TCP port %s."):format(port), evidence = "no answer to the SYN",
    command = "nft list ruleset" }
end

-- The kernel does not know which way to go, and says EINVAL.
local function without_interface(report)
  return { side = "local", text = ("The address %s is link-local: every link has such addresses, and this "
    .. "one does not say which link it means."):format(report.address), evidence = "the form of the address",
    command = ("smc_chk.lua -C %s%%INTERFACE"):format(report.address) }
end

local function unreachable(report)
  if ip.is_link_local(report.address) and not report.address:find("%", 1, true) then
    return without_interface(report)
  end
  return { side = "path", text = "The host cannot be reached: no host of this network has the address, there "
    .. "is no route, or a router or a firewall denies the connection.",
    evidence = "the kernel's error: " .. E.strerror(report.errno),
    command = "ip route get " .. text.printable(report.address or report.host) }
end

-- No server of names has said whether there is one.
local UNANSWERED <const> = { [E.EAGAIN] = true, [E.ETIMEDOUT] = true }

-- What is wrong with an address that is no name.
local function unusable_address(host, name)
  if host:find(":", 1, true) and host:find("%", 1, true) then
    return { side = "local", text = ("The address %s names an interface that this host does not have.")
      :format(name), evidence = "the part after %", command = "ip link" }
  elseif ip.bytes(host) then
    return { side = "local", evidence = "the form of the address",
      text = ("%s is an address of %s, and only %s is asked for."):format(
        name, table.unpack(ip.is_ipv6(host) and { "IPv6", "IPv4" } or { "IPv4", "IPv6" })) }
  end
end

local function unknown_name(report)
  local name = text.quoted(report.host)
  local unusable = unusable_address(report.host, name)
  if unusable then return unusable end
  if UNANSWERED[report.errno] then
    return { side = "local", evidence = "the resolver got no answer", command = "cat /etc/resolv.conf",
      text = ("No server of names answers that knows %s, and /etc/hosts does not have it."):format(name) }
  end
  return { side = "local", text = ("The name %s is not known."):format(name),
    evidence = "the answer of the resolver", command = "getent ahosts " .. text.printable(report.host) }
end

-- TCP is connected, and then the connection ends.
local function ending()
  return { side = "path",
    text = "The connection ends during the handshake of SMC: a firewall that inspects data does not know the "
      .. "CLC messages, or the server ends at once.", command = "smc_clc.lua -i INTERFACE",
    evidence = "a TCP program connects, and an SMC program does not" }
end

-- TCP is connected, and then nothing comes.
local function hanging(report)
  if report.errno ~= E.ETIMEDOUT then return ending() end
  return { side = "path",
    text = "The TCP connection is made, and the host's SYN/ACK says that it has SMC, but nothing answers the "
      .. "handshake of SMC: a program or a middlebox repeats TCP options that it does not know, or a "
      .. "firewall drops packets of the connection.",
    evidence = "the SYN/ACK has the TCP option of SMC, and no CLC message came",
    command = "smc_clc.lua -i INTERFACE" }
end

local OF_ERRNO <const> = {
  [E.ECONNREFUSED] = refused, [E.ETIMEDOUT] = silent, [E.EHOSTUNREACH] = unreachable,
  [E.ENETUNREACH] = unreachable, [E.EHOSTDOWN] = unreachable, [E.EACCES] = unreachable,
  [E.EPERM] = unreachable, [E.EINVAL] = unreachable, -- EINVAL: from a blackhole route
}

--- The findings.
-- @tparam table report of `smc.check.connect`, of a host that could not be connected
-- @treturn {table,...}
function unconnected.findings(report)
  local make = not report.address and unknown_name or report.stage == "handshake" and hanging
    or OF_ERRNO[report.errno]
  local port = text.printable(report.port)
  if make then return { make(report, port) } end
  return { { side = "path", text = ("No TCP program can connect, or something between the hosts ends the "
    .. "connection on port %s."):format(port), evidence = "the error of the connection",
    command = ("nc -v %s %s"):format(text.printable(report.host), port) } }
end

return unconnected
