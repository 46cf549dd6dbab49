--- Why the peer's TCP handshake did not have the SMC option, so that the connection fell back with PEERNOSMC.
-- @module smc.check.findings.no_option

local text = require "smc.internal.text"

local no_option = {}

local TCPDUMP <const> = "tcpdump -v 'tcp[tcpflags] & tcp-syn != 0'"
local EVIDENCE <const> = "the reason of this host's kernel, 0x03010000 PEERNOSMC"

local OPTION <const> = "The TCP option of SMC (kind 254, 0xe2d4c3d9) is taken out "
local DEVICES <const> = ", by a firewall, a router or a load balancer that rewrites the TCP handshake."

-- What this host's interface sent and received differs from what its kernel sent and received.
local function of_record(record)
  local syn, syn_ack = record.syn, record.syn_ack
  if not (syn and not syn.smc or syn_ack and syn_ack.smc) then return nil end
  return { side = "local", evidence = EVIDENCE .. (syn_ack and syn_ack.smc
      and "; the SYN/ACK reaches this host's interface with the option"
      or "; the SYN leaves this host's interface without the option"),
    text = OPTION .. "on this host: by nftables, tc or eBPF.", command = "nft list ruleset; tc filter show" }
end

local function of_syn(record)
  local sent = record.syn and record.syn.smc and "; this host's interface sent it" or ""
  return { side = "path", evidence = EVIDENCE .. "; the SYN that the peer's kernel has kept came without the "
      .. "option" .. sent, text = OPTION .. "of the SYN, on the way" .. DEVICES, command = TCPDUMP }
end

local function limited(answered)
  return { side = "peer", evidence = answered .. "; net.smc.limit_smc_hs is 1 there",
    text = "The host limits SMC handshakes, and answers some connections with TCP while many handshakes "
      .. "are in progress. A program has the setting of the time when it made its socket.",
    command = "sysctl -w net.smc.limit_smc_hs=0" }
end

-- The peer's program is our server, which has an SMC socket: something else took the option away.
local function of_smc_server(facts)
  local found, view = {}, facts.view or {}
  local syn = view.syn or {}
  if syn.smc == false then return { of_syn(facts.record or {}) } end
  local answered = ("%s; the peer's server answered the probe, so that it has an SMC socket"):format(EVIDENCE)
  if view.fallback and view.fallback.name == "OPTUNSUPP" then
    found[1] = { side = "peer", text = "The server's socket uses TCP Fast Open, which SMC does not support.",
      evidence = "the reason of the peer's kernel, 0x03060000 OPTUNSUPP" }
  end
  if (facts.there or {}).hs_limitation then found[#found + 1] = limited(answered) end
  -- A kernel that sends the option waits for the Proposal, and the server gets to answer nothing.
  found[#found + 1] = not syn.smc and { side = "path", evidence = answered, text = OPTION .. "on the way"
    .. DEVICES, command = TCPDUMP } or nil
  found[#found + 1] = syn.smc and #found == 0 and { side = "peer",
    evidence = answered .. "; the SYN that its kernel has kept came with the option",
    text = "The host answered without the option of SMC: it limited SMC handshakes when the server was "
      .. "started, or something on it removes the option.",
    command = "sysctl net.smc.limit_smc_hs; nft list ruleset" } or nil
  return found
end

-- A server that waits for the Proposal takes anything else for an error, but not over plain TCP.
local function of_lost_answer()
  return { side = "path", evidence = EVIDENCE .. "; the peer ended the connection when data came in place of "
    .. "the handshake of SMC, and took the same data over a connection without the option",
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
  local here = facts.record and of_record(facts.record)
  if here then return { here } end
  if facts.answered then return of_smc_server(facts) end
  local list = of_unknown_server(report)
  if facts.takes_plain then table.insert(list, 1, of_lost_answer()) end
  return list
end

return no_option
