-- How every script ends where it prints its help or its version: on a full disk with a status and a message,
-- and well where its reader has gone.
local endings = require "endings"

describe("a script #plain", function()
  endings.of(it, {
    { "smcss.lua", 1, "-h", "-v" },
    { "smc_pnet.lua", 1, "-h", "-v" },
    { "smc_chk.lua", 2, "--help", "-v" },
    { "smc_clc.lua", 1, "--help", "-v", "-f spec/handshake/recorded.pcap",
      "-a --json -f spec/handshake/recorded.pcap" },
    { "smc_dbg.lua", 1, "--help", "-v" },
    { "smc_rnics.lua", 7, "--help", "-v", "", "-a", "-I", "-r", "--json", "-a --json" },
    { "smc_run.lua", 125, "--help", "-v" },
    { "echo_server.lua", 2, "--help", "-v" },
    { "send_data.lua", 1, "--help", "-v" },
  })
end)
