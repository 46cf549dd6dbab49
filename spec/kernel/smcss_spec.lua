-- smcss.lua on a kernel with SMC. What every row looks like is in spec/unit.
local json = require "dkjson"
local socket = require "smc.socket"
local support = require "support"

local function smcss(...)
  local result = support.script("smcss.lua", ...)
  assert.equal("", result.stderr)
  assert.equal(0, result.status)
  return result.stdout
end

describe("smcss.lua", function()
  local server, client, peer, port

  setup(function()
    server = assert(socket.bind("127.0.0.1", 0))
    port = select(2, server:getsockname())
    client = assert(socket.connect("127.0.0.1", port))
    peer = assert(server:accept())
  end)

  teardown(function()
    for _, one in pairs { server, client, peer } do
      one:close()
    end
  end)

  it("shows both ends of a connection #smcd", function()
    local text = smcss()
    local local_row = ("\nACTIVE         %%d+ %%d+ 127.0.0.1:%d +127.0.0.1:%%d+ +0000 SMCD \n"):format(port)
    local peer_row = ("\nACTIVE         %%d+ %%d+ 127.0.0.1:%%d+ +127.0.0.1:%d +0000 SMCD \n"):format(port)
    assert.match(local_row, text)
    assert.match(peer_row, text)
    assert.not_match("LISTEN", text)
  end)

  it("shows the listener where it is asked for", function()
    local row = ("\nLISTEN         %%d+ %%d+ 127.0.0.1:%d +\n"):format(port)
    assert.match(row, smcss("-l"))
    assert.match(row, smcss("-a"))
    assert.not_match("ACTIVE", smcss("-l"))
  end)

  it("tells the wildcards of IPv4 and IPv6 apart", function()
    for _, address in ipairs { "0.0.0.0", "::" } do
      local every <close> = assert(socket.bind(address, 0))
      local row = ("\nLISTEN         %%d+ %%d+ %s:%d +\n"):format(address, select(2, every:getsockname()))
      for _, option in ipairs { "-l", "-a", "-ad", "-aW" } do
        assert.match(row, smcss(option))
      end
    end
  end)

  it("shows details of SMC-D, and of none as SMC-R #smcd", function()
    local row = (" 127.0.0.1:%d +127.0.0.1:%%d+ +0000 SMCD (%%x+) (%%x+) (%%x+) (%%x+) %%x+ \n"):format(port)
    local gid, token, peer_gid, peer_token = smcss("-D"):match(row)
    assert.equal(16, #gid)
    assert.equal(gid, peer_gid)
    assert.not_equal(token, peer_token)
    assert.not_match("\n.", smcss("-aR"))
  end)

  it("gives the same sockets as JSON #smcd", function()
    local rows = select(2, smcss("-a"):gsub("\n", "")) - 1
    local records = assert(json.decode(smcss("-a", "--json")))
    assert.equal(rows, #records)
    local found
    for _, s in ipairs(records) do
      if s.peer_port == tonumber(port) then
        found = s
      end
    end
    assert.equal("SMC-D", found.mode)
    assert.is_nil(found.processes)
    assert.match("^%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x$", found.dmb.token)
  end)

  it("has the processes of each socket in JSON, where asked for", function()
    local getpid = require "smc.core.process".getpid
    for _, s in ipairs(assert(json.decode(smcss("-a", "--json", "--processes")))) do
      assert.equal(getpid(), s.processes[1].pid)
      assert.is_string(s.processes[1].name)
    end
    local refused = support.script("smcss.lua", "--processes")
    assert.equal(1, refused.status)
    assert.match("^%-%-processes without %-%-json is not supported\n", refused.stderr)
  end)
end)
