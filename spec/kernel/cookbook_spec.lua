-- The recipes of examples/cookbook, each as a reader runs it. The list of them is that of the index page of
-- `make docs`.
local ism = require "smc.ism"
local lfs = require "lfs"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local FOLDER <const> = "examples/cookbook/"

local tried = {}

local function recipe(name, ...)
  tried[name] = true
  return { "lua5.4", FOLDER .. name, ... }
end

local function run(name, ...)
  return support.run(recipe(name, ...), nil, support.environment())
end

-- What a recipe prints that must succeed and complain of nothing.
local function printed(name, ...)
  local done = run(name, ...)
  assert.same({ 0, "" }, { done.status, done.stderr })
  return done.stdout
end

-- Starts one, which prints a line when it is ready.
local function start(name, ...)
  local p = assert(process.spawn(recipe(name, ...),
    { env = support.environment(), stdin = "null", stdout = "pipe" }))
  assert.is_string(p.stdout:read())
  return p
end

-- The cheapest server for a recipe that connects.
local function serving(port, f)
  local server <close> = start("serve_many.lua", port)
  f()
  assert.is_nil(server:wait(0))
end

local function without_ism(f)
  assert(ism.power_off("32"))
  finally(function() assert(ism.ensure("32", "on")) end)
  f()
end

-- Says over what it is connected to the port, and waits for the end.
local CLIENT <const> = [[
  local client = assert(require "smc.socket".connect("127.0.0.1", arg[1]))
  io.stdout:write(client:mode(), "\n"):flush()
  client:receive("*a")]]

describe("the README", function()
  it("has a quick start that prints what it says #smcd", function()
    local file <close> = assert(io.open "README.md")
    local commands, expected = {}, {}
    for line in file:read("a"):match("\n(    lab# .-)\n\n"):gmatch("    ([^\n]*)") do
      local command = line:match("^lab# (.*)$")
      table.insert(command and commands or expected, command or line)
    end
    assert.equal(3, #commands)
    -- Nobody types as fast as a shell reads.
    table.insert(commands, 3,
      "until ss -Hltn 'sport = :12345' | grep -q . || ! kill -0 $!; do sleep 0.1; done")
    local done = support.run { "bash", "-c", table.concat(commands, "\n") .. "\nwait" }
    local said = {}
    for line in done.stdout:gmatch("[^\n]+") do said[#said + 1] = line end
    table.sort(said)
    table.sort(expected)
    assert.same(expected, said, done.stderr)
  end)
end)

describe("the cookbook #smcd", function()
  it("connects, and fails unless the connection uses SMC #ism", function()
    serving("12371", function()
      assert.equal("connected over SMC-D\n", printed("require_smc.lua", "127.0.0.1", "12371"))
      without_ism(function()
        local done = run("require_smc.lua", "127.0.0.1", "12371")
        assert.equal(1, done.status)
        assert.matches("^the connection fell back to TCP: %w", done.stderr)
      end)
    end)
  end)

  it("serves over SMC alone #ism", function()
    local server <close> = start("accept_smc_only.lua", "12372")
    local client <close> = assert(socket.connect("127.0.0.1", 12372))
    assert.equal("welcome over SMC-D", client:receive())
    assert.equal("served over SMC-D", server.stdout:read())
    client:close() -- the power-off waits for it
    without_ism(function()
      local late <close> = assert(socket.connect("127.0.0.1", 12372))
      assert.same({ nil, "closed", "" }, { late:receive() })
      assert.matches("^turned away: %w", server.stdout:read())
    end)
    for _ = 1, 3 do -- the kernel passes such a client to accept(2), or drops it before
      local hasty <close> = assert(socket.connect("127.0.0.1", 12372))
      hasty:setoption("linger", { on = true, timeout = 0 })
      hasty:close()
    end
    local last <close> = assert(socket.connect("127.0.0.1", 12372))
    assert.same({ nil, "closed", "" }, { last:receive() }) -- the function is still off
    assert.is_nil(server:wait(0))
  end)

  it("runs a TCP program over SMC", function()
    local AF_SMC <const> = 43
    assert.equal(("it said: %d\nexit\t0\n"):format(AF_SMC), printed("run_program.lua", "python3", "-c",
      "import socket; print(socket.socket().getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN))"))
  end)

  it("proves for several hosts that connections to them use SMC", function()
    local server <close> = support.start("smc_chk.lua", "-S")
    local port = server.stdout:read():match("%d+$")
    local said = printed("check_hosts.lua", "127.0.0.1:" .. port, "localhost:" .. port)
    assert.equal(2, select(2, said:gsub("ok      %g+: SMC%-D, %d+ bytes through shared memory\n", "")))
    local done = run("check_hosts.lua", "127.0.0.1:9")
    assert.equal(1, done.status)
    assert.matches("^not ok  127%.0%.0%.1:9: %w", done.stdout)
    done = run("check_hosts.lua", "fd00::10", "[fd00::10]:4444")
    assert.matches("^not ok  fd00::10: SMC is required: no connection to fd00::10 port 37373: .*\n"
      .. "not ok  %[fd00::10%]:4444: SMC is required: no connection to fd00::10 port 4444: ", done.stdout)
    for target, message in pairs {
      ["a:0"] = "a port is a number from 1 to 65535", ["a:65536"] = "a port is a number from 1 to 65535",
      ["[::1]:99999"] = "a port is a number from 1 to 65535",
      ["a:99999999999999999999"] = "a port is a number from 1 to 65535",
      ["[fd00::10]"] = "no connection to fd00::10 port 37373: ",
    } do
      done = run("check_hosts.lua", target)
      assert.same({ 1, "" }, { done.status, done.stderr }, target)
      assert.truthy(done.stdout:find(message, 1, true), done.stdout)
    end
  end)

  it("lists what fell back, and reports it as it comes #ism", function()
    serving("12373", function()
      local watch <close> = start("watch_fallbacks.lua")
      without_ism(function()
        local client <close> = assert(socket.connect("127.0.0.1", 12373))
        assert.equal("TCP", client:mode())
        assert.matches("^127%.0%.0%.1 port %d+: %w", watch.stdout:read())
        local said = printed("explain_fallbacks.lua")
        assert.matches("127.0.0.1 port 12373\n  held by lua5.4 (", said, 1, true)
        assert.matches("\n  this side: 0x%x+ ", said)
      end)
      assert.equal("watching\n", printed("watch_fallbacks.lua", "0.1"))
    end)
  end)

  it("powers a device off and on #ism", function()
    finally(function() assert(ism.ensure("32", "on")) end)
    serving("12374", function()
      -- A program that ends when its connection does: the power-off waits for that.
      local client <close> = assert(process.spawn({ "lua5.4", "-e", CLIENT, "-", "12374" },
        { env = support.environment(), stdin = "null", stdout = "pipe" }))
      assert.equal("SMC-D", client.stdout:read())
      assert.matches("^FID 32 is off; 0 of 2 SMC%-D connections are left\n"
        .. "FID 32 is on, with PCI address %x+:", printed("power_cycle.lua", "32"))
    end)
  end)

  it("prepares a host, and finds it prepared #ism", function()
    finally(function() support.run { "lab-setup", "pnet", "del", "NET25" } end)
    for _, word in ipairs { "changed", "ok" } do
      assert.matches(("^PNET ID of lo: %s\nEID: %%a+\n"
        .. "SMC%%-D versions that this host's devices support: v1 v2\n$"):format(word),
        printed("prepare_host.lua", "lo", "NET25", "LAB"))
    end
  end)

  it("measures what SMC carried", function()
    local server <close> = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", "12375")
    server.stdout:read()
    local command = "echo hello | lua5.4 examples/send_data.lua --port 12375"
    local done = run("measure_traffic.lua", "sh", "-c", command)
    assert.equal(0, done.status, done.stderr)
    assert.matches("smcd: 2 connections, 12 bytes sent, 12 received\nsmcr: 0 connections",
      done.stdout, 1, true)
  end)

  it("serves many clients until a signal comes", function()
    local server <close> = start("serve_many.lua", "12376")
    local clients = {}
    for i = 1, 20 do
      clients[i] = assert(socket.connect("127.0.0.1", 12376))
      clients[i]:send("client " .. i .. "\n")
    end
    for i, client in ipairs(clients) do
      assert.equal("CLIENT " .. i, client:receive())
      client:close()
    end
    server:kill "TERM"
    assert.equal("stopped by SIGTERM after 20 clients", server.stdout:read())
    assert.same({ "exit", 0 }, { server:wait() })
  end)

  it("says in one line what is wrong", function()
    for _, line in ipairs {
      "require_smc.lua 127.0.0.1 1", "accept_smc_only.lua 99999", "serve_many.lua 99999",
      "power_cycle.lua ffff", "run_program.lua /nosuch", "measure_traffic.lua /nosuch",
      "prepare_host.lua lo A! B", "require_smc.lua 127.0.0.1 99999", "require_smc.lua a b",
      "accept_smc_only.lua -1", "power_cycle.lua 1ffffffff", "watch_fallbacks.lua soon",
    } do
      local done = run(table.unpack(support.words(line)))
      assert.same({ 1, "" }, { done.status, done.stdout }, line)
      assert.matches("^lua5%.4: [^\n]+\n$", done.stderr, line)
    end
  end)

  it("has no other recipes, and each says how it is called #ism", function()
    local found = {}
    for name in lfs.dir(FOLDER) do
      if name:find("%.lua$") then
        found[name] = true
        local usage = support.read(FOLDER .. name):match('"(usage: [^"]*)\\n"')
        if usage then assert.same({ status = 2, stdout = "", stderr = usage .. "\n" }, run(name)) end
      end
    end
    assert.same(found, tried)
  end)
end)
