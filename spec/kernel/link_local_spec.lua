-- Link-local addresses: without its interface such an address leads nowhere, so every name has it.
local smc = require "smc"
local socket = require "smc.socket"

local ADDRESS <const> = "fe80::77%smcll0"

local sh = require "support".sh

describe("a link-local address keeps its interface", function()
  setup(function()
    sh "ip link add smcll0 type veth peer name smcll1 && ip link set smcll0 up && ip link set smcll1 up"
    sh "ip addr add fe80::77/64 dev smcll0 nodad"
  end)

  teardown(function() sh "ip link del smcll0" end)

  local function has_names(sock, local_port, peer_port)
    local address, port, family = sock:getsockname()
    assert.same({ ADDRESS, "inet6" }, { address, family })
    assert.is_true(local_port == nil or local_port == port)
    if peer_port then assert.same({ ADDRESS, peer_port, "inet6" }, { sock:getpeername() }) end
    return port
  end

  it("in what resolves it", function()
    assert.same({ ADDRESS }, socket.resolve(ADDRESS))
    assert.same({ { family = "inet6", addr = ADDRESS } }, socket.dns.getaddrinfo(ADDRESS))
  end)

  for host, what in pairs { [ADDRESS] = "it", ["::"] = "every address" } do
    it("in all names of a connection to a server on " .. what .. " #smcd", function()
      local server <close> = assert(socket.bind(host, 0))
      local _, port = server:getsockname()
      if host == ADDRESS then has_names(server) end
      local bound = assert(socket.tcp())
      assert(bound:bind(ADDRESS, 0))
      local bound_port = has_names(bound)
      local waits_not = assert(socket.tcp())
      waits_not:settimeout(0)
      for i, sock in ipairs { assert(socket.tcp()), bound, waits_not } do
        local ok, message = sock:connect(ADDRESS, port)
        if not ok then
          assert.equal("timeout", message)
          assert.equal(sock, select(2, socket.select(nil, { sock }, 60))[1])
        end
        local client_port = has_names(sock, i == 2 and bound_port or nil, port)
        local accepted <close> = assert(server:accept())
        has_names(accepted, port, client_port)
        assert.equal("SMC-D", sock:mode())
        assert.equal("SMC-D", accepted:mode())
        sock:close()
      end
    end)
  end

  it("and another interface is another destination", function()
    local server <close> = assert(socket.bind(ADDRESS, 0))
    local _, port = server:getsockname()
    local sock <close> = assert(socket.tcp())
    assert(sock:connect(ADDRESS, port))
    assert.same({ nil, "already connected" }, { sock:connect("fe80::77%smcll1", port) })
    assert(server:accept()):close()
  end)

  it("in a check #smcd", function()
    local server <close> = assert(smc.bind(ADDRESS, 0))
    server:settimeout(60)
    local report = assert(smc.check.connect(ADDRESS, (select(2, server:getsockname())), { timeout = 60 }))
    assert.same({ "SMC", ADDRESS, "SMC-D" }, { report.verdict, report.address, report.mode })
  end)
end)
