-- Two kernels on one Ethernet: SMC-R. This runs on the host and boots both.
local E = require "smc.errno"
local support = require "support"

-- Runs a shell script on each; gives the lines of both, by their names.
local function pair(host10, host12)
  local result = support.run {
    "spec/lab/lab", "pair", "--timeout", "600", "--", "sh", "-c", host10, ":::", "sh", "-c", host12,
  }
  local lines = { host10 = {}, host12 = {} }
  for name, line in result.stdout:gmatch("(host1[02]): ([^\n]*)") do table.insert(lines[name], line) end
  for name in pairs(lines) do lines[name] = table.concat(lines[name], "\n") end
  lines.status, lines.stderr = result.status, result.stderr
  return lines
end

describe("two hosts", function()
  local result

  setup(function()
    -- The hosts meet on port 37300: when host10's servers listen, and when host12 is through.
    result = pair([[
      for port in 37373 12345 12346 37381 37382; do
        until ss -Hltn "sport = :$port" | grep -q .; do sleep 0.1; done
      done &
      listening=$!
      lua5.4 examples/smc_chk.lua -S & chk=$!
      lua5.4 examples/echo_server.lua & echo=$!
      lua5.4 examples/smc_run.lua python3 examples/echo_server.py 0.0.0.0 12346 & python=$!
      lua5.4 spec/kernel/programs/peer.lua closes 37381 & closing=$!
      lua5.4 spec/kernel/programs/peer.lua relays 37382 37373 & relay=$!
      wait $listening
      lua5.4 -e 'local s = assert(require "smc.socket".bind("*", 37300))
        assert(s:accept()):close() assert(s:accept())'
      kill $chk $echo $python $closing $relay]], [[
      until lua5.4 -e 'assert(require "socket".connect("192.168.0.10", 37300))' 2>/dev/null; do
        sleep 0.2
      done
      lua5.4 examples/smc_chk.lua -C host10 -p 37373; echo "check $?"
      lua5.4 examples/smc_chk.lua -C 192.168.0.10 -p 37373 --json | tr -d '\n'; echo
      { echo hello; sleep 1; echo bye; } | lua5.4 examples/send_data.lua --host 192.168.0.10; echo "echo $?"
      mkfifo /tmp/words
      lua5.4 examples/smc_run.lua -r 2m python3 examples/send_data.py 192.168.0.10 12346 </tmp/words &
      exec 3>/tmp/words; echo python >&3
      until lua5.4 examples/smcss.lua | grep -q ':12346 .*SMCR'; do sleep 0.2; done
      lua5.4 examples/smcss.lua; lua5.4 examples/smcss.lua -R
      lua5.4 -e 'package.path = "spec/?.lua;" .. package.path
        for s in require "smc.diag".sockets { peer_port = 12346 } do
          print("buffer", s.connection.rmbe_size, require "kernel_at_hand".since "6.12")
        end'
      exec 3>&-; wait $!
      lua5.4 examples/smc_chk.lua -C 192.168.0.10 -p 4444; echo "refused $?"
      lua5.4 examples/smc_chk.lua -C 192.168.0.10 -p 37381; echo "closing $?"
      lua5.4 examples/smc_chk.lua -C 192.168.0.10 -p 37382; echo "relay $?"
      lua5.4 examples/smc_chk.lua -C 192.168.0.99 -t 1; echo "dead $?"
      lua5.4 examples/smc_chk.lua -C 192.168.0.99 --json | tr -d '\n'; echo
      lua5.4 -e 'print("connect", require "smc.socket".connect("192.168.0.99", 37373))'
      lua5.4 -e 'assert(require "smc.socket".connect("192.168.0.10", 37300))']])
  end)

  it("talk over SMC-R, with evidence", function()
    assert.matches("Success, using SMC%-R", result.host12)
    local words = result.host12:gsub("%s+", " ")
    assert.matches("random data each way, [%w ,]* are equal on both sides", words)
    assert.matches("path: over rxe0 port 1, from GID [%x:]+ to GID [%x:]+, .*; both sides name the same",
      words)
    assert.matches("check 0", result.host12)
    assert.matches('"mode":"SMC%-R"', result.host12)
    assert.matches('"peer_mode":"SMC%-R"', result.host12)
  end)

  it("echo over SMC-R", function()
    assert.matches("hello\nbye\necho 0", result.host12)
    assert.matches("192%.168%.0%.12 port %d+: connected, SMC%-R", result.host10)
    assert.matches("closed after 10 bytes", result.host10)
  end)

  it("convert plain programs, and smcss.lua shows it", function()
    assert.matches("\npython\n", result.host12)
    assert.matches("192%.168%.0%.12:%d+ +192%.168%.0%.10:12346 +0000 SMCR", result.host12)
    assert.matches("SMCR CLNT rxe0 +01 +01 ", result.host12)
  end)

  it("have buffers of more than 1 MiB where the kernel takes them", function()
    local size, is_new = result.host12:match("buffer\t(%d+)\t(%a+)")
    assert.equal(is_new == "true" and "2097152" or "524288", size)
  end)

  it("tell a closed port and a dead peer at once", function()
    assert.matches("refused 2", result.host12)
    assert.matches("dead 2", result.host12)
    assert.matches("connect\tnil\tNo route to host", result.host12)
    assert.matches(('"verdict":"no connection",  "message":"no connection to 192.168.0.99 port 37373: '
      .. 'No route to host",  "errno":%d,'):format(E.EHOSTUNREACH), result.host12, 1, true)
  end)

  it("prove nothing by a peer that closes, nor by a relay", function()
    assert.matches("Not proven: the peer closed the connection.*closing 3", result.host12)
    assert.matches("Not proven: this side sees SMC%-R, the peer sees TCP.*relay 3", result.host12)
  end)

  it("ended well", function()
    assert.equal(0, result.status, result.stderr)
  end)
end)
