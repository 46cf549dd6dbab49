-- Sockets of IPPROTO_SMC (Linux 6.11), by smc.socket and smc.run: they are SMC sockets as those of AF_SMC
-- are, and pass filters that know address families alone.

local E = require "smc.errno"
local diag = require "smc.diag"
local run = require "smc.run"
local socket = require "smc.socket"
local support = require "support"
local system = require "smc.system"

local INET <const> = { protocol = "inet" }

describe("IPPROTO_SMC #inet_protocol", function()
  -- Calls a function with a server, its client, and what that server has accepted.
  local function with_pair(address, options, f)
    local server <close> = assert(socket.bind(address, 0, INET))
    local client <close> = assert(socket.connect(address, (select(2, server:getsockname())), options))
    local accepted <close> = assert(server:accept())
    f(server, client, accepted)
  end

  for address, family in pairs { ["127.0.0.1"] = "inet4", ["::1"] = "inet6" } do
    it("carries SMC-D between addresses of " .. family, function()
      with_pair(address, INET, function(server, client, accepted)
        for _, sock in ipairs { server, client, accepted } do assert.equal(family, sock:getfamily()) end
        for _, sock in ipairs { client, accepted } do
          assert.equal("SMC-D", sock:mode())
          local info = assert(sock:info())
          assert.same({ "SMC-D", "ACTIVE", address }, { info.mode, info.state, info.local_address })
          assert.same({ sock:getpeername() }, { info.peer_address, info.peer_port, info.family })
        end
        assert.same({ [client] = "SMC-D", [accepted] = "SMC-D" }, socket.modes { client, accepted })
        assert.equal("LISTEN", server:info().state)
        assert.equal(5, client:send "hello")
        assert.equal("hello", accepted:receive(5))
      end)
    end)
  end

  it("falls back to TCP, and the reason is told", function()
    local plain = assert(require "socket".bind("127.0.0.1", 0))
    local client <close> = assert(socket.connect("127.0.0.1", (select(2, plain:getsockname())), INET))
    assert.equal("TCP", client:mode())
    assert.equal("PEERNOSMC", client:info().fallback.name)
    plain:close()
  end)

  it("is recognized in a descriptor that others have made", function()
    for address, family in pairs { ["127.0.0.1"] = "inet4", ["::1"] = "inet6" } do
      with_pair(address, INET, function(_, client, accepted)
        for _, from in ipairs { client, accepted } do
          local sock <close> = assert(socket.tcp())
          sock:setfd(from:getfd())
          from:setfd(-1)
          assert.same({ family, "SMC-D" }, { sock:getfamily(), (sock:mode()) })
        end
      end)
    end
  end)

  it("talks to AF_SMC", function()
    with_pair("127.0.0.1", { protocol = "smc" }, function(_, client, accepted)
      assert.equal("SMC-D", client:mode())
      assert.equal("SMC-D", accepted:mode())
    end)
  end)

  it("is chosen by no other name", function()
    assert.error_matches(function() socket.tcp { protocol = "tcp" } end, "bad option 'protocol'")
    assert.error_matches(function() system.available { protocol = "x" } end, "bad option 'protocol'")
    assert.is_true(system.available(INET))
  end)
end)

describe("a filter that knows families alone #inet_protocol #family_filter", function()
  local forbid, sockets = os.tmpname(), os.tmpname()
  setup(function()
    for name, path in pairs { forbid = forbid, sockets = sockets } do
      assert.equal(0, support.run({ "cc", "-o", path, ("spec/kernel/programs/%s.c"):format(name) }).status)
    end
  end)
  teardown(function()
    os.remove(forbid)
    os.remove(sockets)
  end)

  local function filtered(code)
    return support.run_by({ forbid, tostring(E.EPERM) }, code)
  end

  it("forbids AF_SMC, and the message names the other kind", function()
    assert.matches("allow address family 43 %(AF_SMC%) there%. Sockets of IPPROTO_SMC are allowed: "
      .. "use smc%.tcp { protocol = \"inet\" }\n$", filtered [[
        print((select(2, require "smc.system".available())))
      ]])
  end)

  it("lets IPPROTO_SMC pass: asked for, or as what is allowed", function()
    for _, protocol in ipairs { "inet", "auto" } do
      assert.equal("true\tSMC-D\tSMC-D\n", filtered(([[
        local socket, options = require "smc.socket", { protocol = %q }
        local server = assert(socket.bind("127.0.0.1", 0, options))
        local client = assert(socket.connect("127.0.0.1", (select(2, server:getsockname())), options))
        print(require "smc.system".available(options), client:mode(), (server:accept():mode()))
      ]]):format(protocol)))
    end
  end)

  it("lets programs use SMC by smc_run.lua -f inet and auto", function()
    local function smc_run(...)
      return support.run { forbid, tostring(E.EPERM), "lua5.4", "examples/smc_run.lua", ... }
    end
    for _, protocol in ipairs { "inet", "auto" } do
      local result = smc_run("-d", "-f", protocol, sockets, "2,1,0", "10,1,6")
      assert.matches("^socket 2 1 256 [^\n]+\nsocket 10 1 256 [^\n]+\n$", result.stdout)
      assert.matches("^smc: pid %d+: socket%(AF_INET, SOCK_STREAM%) = 3 is now IPPROTO_SMC\n", result.stderr)
    end
    local refused = smc_run(sockets, "2,1,0")
    assert.same({ 125, "" }, { refused.status, refused.stdout })
    assert.matches("Sockets of IPPROTO_SMC are allowed: use `smc_run%.lua %-f inet`", refused.stderr)
    local fallen = smc_run("-d", "--fallback", "tcp", sockets, "2,1,0")
    assert.matches("^socket 2 1 6 ", fallen.stdout)
    assert.matches("^smc_run%.lua: socket%(AF_SMC%).*use `smc_run%.lua %-f inet`\n", fallen.stderr)
    assert.matches(" stays TCP: AF_SMC fails with EPERM, and smc%.system%.available", fallen.stderr)
  end)

  it("lets a program's connections be SMC", function()
    local server <close> = assert(socket.bind("127.0.0.1", 0))
    local p <close> = assert(run.spawn({ forbid, tostring(E.EPERM), "python3", "-c",
      "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1]))).recv(1)",
      tostring(select(2, server:getsockname())) }, { protocol = "auto" }))
    local accepted <close> = assert(server:accept())
    assert.equal("SMC-D", accepted:mode())
    accepted:send "x"
    assert.same({ "exit", 0 }, { p:wait(support.HANG) })
  end)
end)

it("a socket of IPPROTO_SMC is in the list of all, with its addresses #inet_protocol", function()
  local server <close> = assert(socket.bind("127.0.0.1", 0, INET))
  local _, port = server:getsockname()
  local found
  for s in assert(diag.sockets { state = "LISTEN" }) do
    if s.local_port == port or s.inode == server:info().inode then found = s end
  end
  assert.same({ "LISTEN", "127.0.0.1", port }, { found.state, found.local_address, found.local_port })
end)
