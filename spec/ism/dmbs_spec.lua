-- An ISM function lends out a limited number of DMBs. Beyond it connections are TCP, and either end says why.
-- This is host12, whose FID is 32; host10, whose FID is 31, is a network namespace beside it.

local ism = require "smc.ism"
local process = require "smc.process"
local reason = require "smc.reason"
local socket = require "smc.socket"

local LIMITS <const> = "/sys/module/ism/parameters/dmbs"
local UNLIMITED <const>, LIMIT <const> = 1920, 2
local MAX_DMB <const>, PEERDECL <const> = 0x030d0000, 0x05000000
local SERVER <const>, PORT <const> = "192.168.0.10", 12410

local function limit(host10, host12)
  local file <close> = assert(io.open(LIMITS, "w"))
  assert(file:write(("%d,%d"):format(host10, host12)))
end

-- host10 accepts, tells of each connection why it is TCP (0 for SMC), and keeps them.
local function serve()
  local server = assert(process.spawn({ "ip", "netns", "exec", "host10", "lua5.4", "-e", ([[
    local server, kept = assert(require "smc.socket".bind(%q, %d)), {}
    io.stdout:setvbuf("line")
    print("listening")
    while true do
      kept[#kept + 1] = assert(server:accept())
      local info = kept[#kept]:info()
      print(info.fallback and info.fallback.code or 0, info.peer_fallback and info.peer_fallback.code or 0)
    end]]):format(SERVER, PORT) }, { stdin = "null", stdout = "pipe" }))
  assert.equal("listening", server.stdout:read())
  return server
end

-- A connection, and why it is TCP as both ends tell it: own reason, the other end's.
local function connect(server)
  local client = assert(socket.connect(SERVER, PORT))
  local info = client:info()
  local function code(fallback) return fallback and fallback.code or 0 end
  return client, { code(info.fallback), code(info.peer_fallback) },
    { server.stdout:read("n", "n") }
end

describe("the DMBs of an ISM function", function()
  local server

  -- Without link groups no DMB is kept for the next connection.
  local function renew()
    for _, fid in ipairs { "31", "32" } do
      assert(ism.power_off(fid))
      assert(ism.power_on(fid))
    end
  end

  before_each(function()
    renew()
    server = serve()
  end)

  after_each(function()
    limit(UNLIMITED, UNLIMITED)
    server:close()
    renew()
  end)

  for _, case in ipairs {
    { who = "the server's", limits = { LIMIT, UNLIMITED }, client = { PEERDECL, MAX_DMB },
      server = { MAX_DMB, 0 } },
    { who = "the client's", limits = { UNLIMITED, LIMIT }, client = { MAX_DMB, 0 },
      server = { PEERDECL, MAX_DMB } },
  } do
    it("run out: " .. case.who, function()
      limit(table.unpack(case.limits))
      local clients = {}
      for i = 1, LIMIT do
        local client, why, why_there = connect(server)
        clients[i] = client
        assert.same({ { 0, 0 }, { 0, 0 } }, { why, why_there })
        assert.equal("SMC-D", client:mode())
      end
      local client, why, why_there = connect(server)
      assert.equal("TCP", client:mode())
      assert.same({ case.client, case.server }, { why, why_there })
      assert.equal("MAX_DMB", reason.get(MAX_DMB).name)
      limit(UNLIMITED, UNLIMITED)
      local after <close> = connect(server)
      assert.equal("SMC-D", after:mode())
      clients[#clients + 1] = client
      for _, c in ipairs(clients) do c:close() end
    end)
  end
end)
