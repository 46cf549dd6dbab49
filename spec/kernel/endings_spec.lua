-- How every script ends, in every way of printing that it has: on a full disk with a status and a message,
-- well where its reader has gone, and without half of JSON on Ctrl-C. What needs no SMC is in the unit spec
-- of this name.
local endings = require "endings"
local smc_check = require "smc.check"
local socket = require "smc.socket"
local support = require "support"

local ECHO <const>, SERVED <const>, CHECKED <const> = 12451, 12452, 38500

-- A script, its status where it cannot write, and the words that make it print. PORT and CHECK are those of
-- servers.
local WAYS <const> = {
  { "smcss.lua", 1, "", "-a", "-l", "-ad", "-aW", "-D", "-R", "--reasons", "--json", "-a --json" },
  { "smcd.lua", 255, "info", "linkgroup", "-d linkgroup", "device", "stats", "-a stats json", "ueid", "seid",
    "info --json", "linkgroup --json", "device --json", "stats --json", "ueid --json", "seid --json" },
  { "smcr.lua", 255, "info", "stats", "-ad stats", "ueid", "info --json", "linkgroup --json",
    "device --json", "ueid --json" },
  { "smc_pnet.lua", 1, "", "-s ENDS", "--json", "-s ENDS --json" },
  { "smc_chk.lua", 2, "-i lo", "-i lo --json", "-C 127.0.0.1 -p CHECK", "-C 127.0.0.1 -p CHECK --json" },
  { "smc_dbg.lua", 1, "--json" },
  { "smc_rnics.lua", 7, "-a", "-r", "--json" },
  { "send_data.lua", 1, "--port PORT" },
}
local SERVERS <const> = {
  { "smc_chk.lua", 2, "-S -p " .. CHECKED },
  { "smc_chk.lua", 2, "-S --json -p " .. CHECKED },
  { "echo_server.lua", 2, "--port " .. SERVED },
}

describe("a script", function()
  local echo, check, client

  setup(function()
    echo = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", tostring(ECHO), "-q")
    echo.stdout:read()
    client = assert(socket.connect("127.0.0.1", ECHO)) -- a link group
    check = support.start("smc_chk.lua", "-S", "-p", "38400")
    endings.ports = { PORT = tostring(ECHO), CHECK = check.stdout:read():match "%d+$" }
    assert.equal(0, support.script("smcd.lua", "ueid", "add", "ENDS").status)
    assert.equal(0, support.script("smc_pnet.lua", "-a", "ENDS", "-I", "lo").status)
  end)

  teardown(function()
    support.script("smc_pnet.lua", "-d", "ENDS")
    support.script("smcd.lua", "ueid", "del", "ENDS")
    client:close()
    echo:close()
    check:close()
  end)

  endings.of(it, WAYS)
  for _, way in ipairs(SERVERS) do endings.tells_lost_output(it, table.unpack(way)) end
  endings.leaves_no_half_of_json(it, SERVERS[2][1], SERVERS[2][3])

  it("goes on to serve without a reader: echo_server.lua", function()
    local p <close> = endings.start("echo_server.lua", SERVERS[3][3], "")
    p.stdout:close()
    endings.go(p)
    local sock <close> = support.await(function() return socket.connect("127.0.0.1", SERVED) end)
    for _ = 1, 3 do
      assert.equal(5, sock:send "hello")
      assert.equal("hello", sock:receive(5))
    end
    p:kill "TERM"
    assert.same({ "exit", 0, "" }, { endings.finish(p) })
  end)

  it("goes on to serve without a reader: smc_chk.lua #smcd", function()
    local p <close> = endings.start("smc_chk.lua", SERVERS[1][3], "")
    p.stdout:close()
    endings.go(p)
    for _ = 1, 3 do
      local report = support.await(function()
        local made = smc_check.connect("127.0.0.1", CHECKED)
        return made.verdict ~= "no connection" and made
      end)
      assert.same({ "SMC", "SMC-D" }, { report.verdict, report.mode }, report.message)
    end
    p:kill "INT"
    assert.same({ "exit", 130, "" }, { endings.finish(p) })
  end)
end)
