-- smcr.lua on two kernels with an SMC-R connection. This runs on the host and boots both.
local support = require "support"

local HOLD <const> = [[
  local socket = require "smc.socket"
  local sock
  repeat
    sock = socket.connect("192.168.0.10", 37300)
    if not sock then socket.sleep(0.2) end
  until sock
  assert(sock:mode() == "SMC-R", sock:mode())
  assert(sock:send(("x"):rep(10000)))
  os.execute(arg[1])
]]

local SERVE <const> = [[
  local server = assert(require "smc.socket".bind("*", 37300))
  local sock = assert(server:accept())
  assert(sock:receive(10000))
  os.execute("lua5.4 examples/smcr.lua linkgroup")
  sock:receive("*a")
]]

-- The words of what host12 prints.
local COMMANDS <const> = {
  "linkgroup", "-d linkgroup", "linkgroup link-show", "-dd linkgroup link-show", "device", "-a stats",
  "linkgroup link-show netdev nosuch", "linkgroup --json", "device --json",
}

describe("smcr.lua on two hosts", function()
  local text = {}

  setup(function()
    local script = {}
    for i, words in ipairs(COMMANDS) do
      script[i] = ("echo '== %s'; lua5.4 examples/smcr.lua %s; echo \"status $?\""):format(words, words)
    end
    local result = support.run { "spec/lab/lab", "pair", "--timeout", "600", "--", "lua5.4", "-e", SERVE,
      ":::", "lua5.4", "-e", "arg = { [==[" .. table.concat(script, "\n") .. "]==] }\n" .. HOLD }
    assert.equal(0, result.status, result.stderr)
    local name
    for line in result.stdout:gmatch("host12: ([^\n]*)") do
      name = line:match("^== (.*)") or name
      text[name] = (text[name] or "") .. line .. "\n"
    end
    text.host10 = result.stdout:gsub("host12: [^\n]*\n", ""):gsub("host10: ", "")
  end)

  it("shows the link group from both sides", function()
    assert.matches("\n%x+00 CLNT     SINGLE      0       1  %w+ +\nstatus 0\n", text["linkgroup"])
    assert.matches("\n%x+00 SERV     SINGLE      0       1  %w+ +\n", text.host10)
    assert.matches("Version  : 2\nPeer%-Rel : %d+\nPeer%-Host: %S*\nPeer%-OS  : LINUX\nDirect   : Yes\n"
      .. "EID      : %S+", text["-d linkgroup"])
    assert.matches('"role":"client"', text["linkgroup --json"])
  end)

  it("shows the links", function()
    assert.matches("CLNT     SINGLE   eth0            LINK_ACTIVE          1  \n",
      text["linkgroup link-show"])
    assert.matches("  %x+  %x+  rxe0         1  0000:%S+ +0000:%S+  \n", text["-dd linkgroup link-show"])
    assert.matches("%#Conns  \nstatus 0\n", text["linkgroup link-show netdev nosuch"])
  end)

  it("shows the device and the counters", function()
    assert.matches("\neth0            rxe0        1    ACTIVE  0              Yes       1  %*%w+ +\n",
      text["device"])
    assert.matches('"pnetid_source":"user"', text["device --json"])
    assert.matches("SMC connections                       1\n", text["-a stats"])
  end)
end)
