-- How every script ends, in every way of printing that it has: on a full disk with a status and a message,
-- and well where its reader has gone.
local process = require "smc.process"
local smc_check = require "smc.check"
local socket = require "smc.socket"
local support = require "support"

local ECHO <const>, SERVED <const>, CHECKED <const> = 12451, 12452, 38500

-- A script, its status where it cannot write, and the words that make it print. PORT and CHECK are those of
-- servers.
local WAYS <const> = {
  { "smcss.lua", 1, "-h", "-v", "", "-a", "-l", "-ad", "-aW", "-D", "-R", "--reasons", "--json",
    "-a --json" },
  { "smcd.lua", 255, "info", "linkgroup", "-d linkgroup", "device", "stats", "-a stats json", "ueid", "seid",
    "info --json", "linkgroup --json", "device --json", "stats --json", "ueid --json", "seid --json" },
  { "smcr.lua", 255, "info", "stats", "-ad stats", "ueid", "info --json", "linkgroup --json",
    "device --json", "ueid --json" },
  { "smc_pnet.lua", 1, "-h", "-v", "", "-s ENDS", "--json", "-s ENDS --json" },
  { "smc_chk.lua", 2, "--help", "-v", "-i lo", "-i lo --json", "-C 127.0.0.1 -p CHECK",
    "-C 127.0.0.1 -p CHECK --json" },
  { "smc_clc.lua", 1, "--help", "-v", "-f spec/handshake/recorded.pcap",
    "-a --json -f spec/handshake/recorded.pcap" },
  { "smc_dbg.lua", 1, "--help", "-v", "--json" },
  { "smc_rnics.lua", 7, "--help", "-v", "", "-a", "-I", "-r", "--json", "-a --json" },
  { "smc_run.lua", 125, "--help", "-v" },
  { "echo_server.lua", 2, "--help", "-v" },
  { "send_data.lua", 1, "--help", "-v", "--port PORT" },
}
local SERVERS <const> = {
  { "smc_chk.lua", 2, "-S -p " .. CHECKED },
  { "smc_chk.lua", 2, "-S --json -p " .. CHECKED },
  { "echo_server.lua", 2, "--port " .. SERVED },
}

describe("a script", function()
  local echo, check, client, ports

  setup(function()
    echo = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", tostring(ECHO), "-q")
    echo.stdout:read()
    client = assert(socket.connect("127.0.0.1", ECHO)) -- a link group
    check = support.start("smc_chk.lua", "-S", "-p", "38400")
    ports = { PORT = tostring(ECHO), CHECK = check.stdout:read():match "%d+$" }
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

  -- Without SMC-D there are no devices, no link groups and nothing that is proven.
  local function tag(words)
    return (words:find "linkgroup$" or words == "device" or words:find "^%-C") and " #smcd" or ""
  end

  -- Starts a script by a shell, which waits for a line first; what follows is the script's input.
  local function start(name, words, output)
    return assert(process.spawn({ "sh", "-c", ("read line; exec lua5.4 examples/%s %s %s"):format(name,
      words:gsub("%u%u+", ports), output) }, { env = support.environment(), stdin = "pipe", stdout = "pipe",
      stderr = "pipe" }))
  end

  local function go(p)
    p.stdin:write "go\nhello\n"
    p.stdin:close()
  end

  local function finish(p)
    local said = p.stderr:read "a"
    local how, status = p:wait()
    return how, status, said
  end

  local function tells_lost_output(name, failure, words)
    for output, reason in pairs { [">/dev/full"] = "No space left on device",
      [">&-"] = "Bad file descriptor" } do
      it(("tells that its output is lost: %s %s %s"):format(name, words, output) .. tag(words), function()
        local p <close> = start(name, words, output)
        go(p)
        local how, status, said = finish(p)
        assert.same({ "exit", failure }, { how, status }, said)
        assert.equal(1, select(2, said:gsub("cannot write the output: " .. reason .. "\n", "")), said)
        local lines = select(2, said:gsub("\n", ""))
        assert.equal(name == "send_data.lua" and words:find "^%-%-port" and 2 or 1, lines, said)
      end)
    end
  end

  for _, ways in ipairs(WAYS) do
    local name, failure = ways[1], ways[2]
    for i = 3, #ways do
      tells_lost_output(name, failure, ways[i])
      it(("ends well without a reader: %s %s"):format(name, ways[i]) .. tag(ways[i]), function()
        local p <close> = start(name, ways[i], "")
        p.stdout:close()
        go(p)
        local how, status, said = finish(p)
        assert.same({ "exit", 0 }, { how, status }, said)
        if name ~= "send_data.lua" then assert.equal("", said) end
      end)
    end
  end

  for _, way in ipairs(SERVERS) do tells_lost_output(table.unpack(way)) end

  it("goes on to serve without a reader: echo_server.lua", function()
    local p <close> = start("echo_server.lua", SERVERS[3][3], "")
    p.stdout:close()
    go(p)
    local sock <close> = support.await(function() return socket.connect("127.0.0.1", SERVED) end)
    for _ = 1, 3 do
      assert.equal(5, sock:send "hello")
      assert.equal("hello", sock:receive(5))
    end
    p:kill "TERM"
    assert.same({ "exit", 0, "" }, { finish(p) })
  end)

  it("goes on to serve without a reader: smc_chk.lua", function()
    local p <close> = start("smc_chk.lua", SERVERS[1][3], "")
    p.stdout:close()
    go(p)
    for _ = 1, 3 do
      local report = support.await(function()
        local made = smc_check.connect("127.0.0.1", CHECKED)
        return made.verdict ~= "no connection" and made
      end)
      assert.same({ "SMC", "SMC-D" }, { report.verdict, report.mode }, report.message)
    end
    p:kill "INT"
    assert.same({ "exit", 130, "" }, { finish(p) })
  end)
end)
