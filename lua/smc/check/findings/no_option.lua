--- Why the peer's TCP handshake did not have the SMC option, so that the connection fell back with PEERNOSMC.
-- @module smc.check.findings.no_option

local text = require "smc.internal.text"

local no_option = {}

local TCPDUMP <const> = "tcpdump -v 'tcp[tcpflags] & tcp-syn != 0'"
local EVIDENCE <const> = "the reason of this host's kernel, 0x03010000 PEERNOSMC"

-- The peer's program is our server, which has an SMC socket: something else took the option away.
local function of_smc_server(facts)
  local found, there = {}, facts.there or {}
  local answered = ("%s; the peer's server answered the probe, so that it has an SMC socket"):format(EVIDENCE)
  if facts.view and facts.view.fallback and facts.view.fallback.name == "OPTUNSUPP" then
    found[1] = { side = "peer", text = "The server's socket uses TCP Fast Open, which SMC does not support.",
      evidence = "the reason of the peer's kernel, 0x03060000 OPTUNSUPP" }
  end
  if there.hs_limitation then
    found[#found + 1] = { side = "peer", evidence = answered .. "; net.smc.limit_smc_hs is 1 there",
      text = "The host limits SMC handshakes, and answers some connections with TCP while many handshakes "
        .. "are in progress. A program has the setting of the time when it made its socket.",
      command = "sysctl -w net.smc.limit_smc_hs=0" }
  end
  found[#found + 1] = { side = "path", evidence = answered,
    text = "The TCP option of SMC (kind 254, 0xe2d4c3d9) is taken out on the way: a firewall, a router or a "
      .. "load balancer rewrites the TCP handshake.", command = TCPDUMP }
  return found
end

-- A server that waits for the Proposal takes anything else for an error.
local function of_lost_answer()
  return { side = "path", evidence = EVIDENCE .. "; the peer ended the connection when data came in place of "
    .. "the handshake of SMC",
    text = "The host waits for the handshake of SMC: the TCP option of SMC (kind 254, 0xe2d4c3d9) is taken "
      .. "out on the way, of its SYN/ACK, by a firewall, a router or a load balancer.",
    command = TCPDUMP }
end

local function of_unknown_server(report)
  local port = text.printable(report.port)
  return {
    { side = "peer", evidence = EVIDENCE,
      text = ("The program on port %s does not use an SMC socket: it was not started with smc_run, its host "
        .. "has not loaded SMC, or it sets TCP Fast Open."):format(port),
      command = "modprobe smc && smc_run.lua PROGRAM" },
    { side = "path", evidence = EVIDENCE,
      text = "If it is an SMC socket (smcss.lua -l lists it there), the TCP option of SMC is taken out on "
        .. "the way, or the host limits SMC handshakes (net.smc.limit_smc_hs).",
      command = TCPDUMP },
  }
end

--- The findings.
-- @tparam table report of `smc.check.connect`
-- @tparam table facts of `smc.check.findings.of`
-- @treturn {table,...}
function no_option.findings(report, facts)
  if facts.answered then return of_smc_server(facts) end
  local list = of_unknown_server(report)
  if facts.rejected then table.insert(list, 1, of_lost_answer()) end
  return list
end

return no_option
