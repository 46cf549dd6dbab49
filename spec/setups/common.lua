--- Set-ups for any two hosts, and for a host with itself.
-- @see setups.judge

local NFT <const> = "nft 'add table inet setups; "
local NO_NFT <const> = "nft delete table inet setups"

-- A rule for what comes in at the peer, or goes out of it.
local function rule(hook, text)
  return ("%sadd chain inet setups c { type filter hook %s priority 0; }; add rule inet setups c %s'"):format(
    NFT, hook, text)
end

return {
  { name = "a program that uses TCP", peer = "plain",
    side = "peer", text = "^The program on port 12500 does not use an SMC socket: it was not started" },
  { name = "TCP_FASTOPEN, set by the server", peer = "fastopen",
    side = "peer", text = "does not use an SMC socket: .* or it sets TCP Fast Open" },
  { name = "IPsec", peer = "ipsec",
    side = "peer", text = "^IPsec protects the connection" },
  { name = "no server", peer = false, port = 4444,
    side = "peer", text = "^Nothing listens on port 4444", command = "smc_chk.lua -S -p 4444" },
  { name = "a filtered port", port = 4445, timeout = 1, there = rule("input", "tcp dport 4445 drop"),
    undo_there = NO_NFT, side = "path", text = "^The host did not answer: .* port 4445" },
  { name = "a rejected connection", port = 4445, undo_there = NO_NFT,
    there = rule("input", "tcp dport 4445 reject with tcp reset"), side = "peer",
    text = "^Nothing listens on port 4445 .* or a firewall rejects" },
  { name = "a handshake that is not answered", timeout = 2, undo_there = NO_NFT, side = "path",
    there = rule("input", "tcp dport 37373 meta length > 100 drop"),
    text = "^The TCP connection is made, .* but nothing answers the handshake" },
  { name = "a handshake that a firewall ends", timeout = 5, undo_there = NO_NFT, side = "path",
    there = rule("input", "tcp dport 37373 meta length > 100 reject with tcp reset"),
    text = "^The connection ends during the handshake of SMC" },
  { name = "no route", address = "203.0.113.99", here = "ip route add unreachable 203.0.113.99",
    undo_here = "ip route del unreachable 203.0.113.99", side = "path",
    text = "^The host cannot be reached" },
  { name = "a name that no server is asked for", address = "no.such.host.invalid", side = "local",
    text = '^No server of names answers that knows "no.such.host.invalid"' },
  { name = "the TCP option taken out of the SYN/ACK", there = rule("output", "reset tcp option 254"),
    undo_there = NO_NFT, side = "path", text = "is taken out on the way" },
  { name = "the TCP option taken out of the SYN", there = rule("input", "reset tcp option 254"),
    undo_there = NO_NFT, side = "path", text = "is taken out of the SYN, on the way" },
  { name = "the TCP option taken out by the client's own host", here = rule("output", "reset tcp option 254"),
    undo_here = NO_NFT, side = "local", text = "is taken out on this host" },
}
