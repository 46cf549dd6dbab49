-- smc_dbg.lua on a kernel with SMC: as root and as a user, with names that are meant for terminals.
local json = require "dkjson"
local socket = require "smc.socket"
local support = require "support"

-- Names this process so that a terminal would obey.
local function rename(name)
  local file <close> = assert(io.open("/proc/self/comm", "w"))
  assert(file:write(name))
end

local function connect()
  local listener <close> = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  local client = assert(socket.connect("127.0.0.1", port))
  return client, assert(listener:accept())
end

local function collected(...)
  local argv = { "lua5.4", "examples/smc_dbg.lua", "--json" }
  local done = support.run(select("#", ...) > 0 and support.as_user(table.unpack(argv)) or argv, nil,
    support.environment())
  assert.same({ 0, "" }, { done.status, done.stderr })
  assert.not_matches("[%c\127-\255]", (done.stdout:gsub("\n", "")))
  return assert(json.decode(done.stdout))
end

local function processes_of(document, client)
  local _, port = client:getsockname()
  for _, one in ipairs(document.sockets) do
    if one.local_port == port and one.peer_port then return one.processes, one.mode end
  end
end

describe("smc_dbg.lua #ism", function()
  local client <const>, server <const> = connect()
  lazy_teardown(function()
    client:close()
    server:close()
  end)

  it("has everything of this host for root", function()
    rename "e\27[31m\x9bl"
    finally(function() rename "lua5.4" end)
    local document = collected()
    assert.same({}, document.unread)
    local processes, mode = processes_of(document, client)
    assert.equal("SMC-D", mode)
    assert.equal(1, #processes)
    for _, field in ipairs { "system", "sysctls", "functions", "devices", "pnet_table", "pnet_devices",
      "ueids", "link_groups", "statistics", "paths" } do
      assert.is_table(document[field], field)
    end
    assert.is_boolean(document.hs_limitation)
    assert.is_true(#document.link_groups > 0)
    assert.equal("lo", document.paths[1].interface.name)
  end)

  it("says to a user what it could not read", function()
    local document = collected "user"
    assert.same({}, (processes_of(document, client)))
    assert.equal(1, #document.unread)
    assert.equal("processes", document.unread[1].what)
    assert.matches("^those of %d+ sockets are not known: ", document.unread[1].message)
  end)

  it("prints the texts of the other scripts", function()
    local text = support.script("smc_dbg.lua").stdout
    local _, port = client:getsockname()
    assert.matches("=== smcss_all.txt ===\nState[^\n]*\n[^=]*127%.0%.0%.1:" .. port .. " ", text)
    assert.matches("=== smcd_info.txt ===\nKernel Capabilities", text)
    assert.truthy(text:find(support.script("smcd.lua", "-d", "linkgroup", "show").stdout, 1, true))
    assert.matches("=== unread.txt ===\nEverything could be read%.\n", text)
  end)
end)
