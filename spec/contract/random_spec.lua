-- Random bytes through echo_server.lua and back, on every path, in random pieces on both ends: 64 MiB in
-- `make check`, else 16, which fill the rings of a connection 250 times.
package.path = "spec/contract/?.lua;" .. package.path
local eid = require "smc.eid"
local socket = require "smc.socket"
local support = require "support"
local world = require "world"

local MIB <const> = os.getenv "SMC_CONTRACT_ALL" and 64 or 16
local SIZE <const>, PORT <const> = MIB << 20, 12345
local PIECE <const> = 1 << 17 -- the largest

local function hash(name)
  return support.run({ "sha256sum", name }).stdout:match("^%x+")
end

-- Sends the file and writes what comes back, until it is as much or ends.
local function exchange(sock, file, sink)
  sock:settimeout(0)
  local sent, back, piece, at = 0, 0, "", 1
  while back < SIZE do
    local moved = false
    if at > #piece then piece, at = file:read(math.random(PIECE)) or "", 1 end
    if at <= #piece then
      local last, message, partial = sock:send(piece, at, at + math.random(PIECE))
      assert(last or message == "timeout", message)
      last = last or partial
      moved, sent, at = last >= at, sent + last - at + 1, last + 1
    end
    local data, message = sock:receiveany(math.random(PIECE))
    assert(data or message == "timeout", message)
    if data then
      moved, back = true, back + #data
      assert(sink:write(data))
    end
    if not moved then
      local _, _, late = socket.select({ sock }, at <= #piece and { sock } or nil, 20)
      assert.is_nil(late)
    end
  end
  assert.equal(SIZE, sent)
end

describe(MIB .. " MiB of random bytes come back as they were:", function()
  local folder = os.getenv "TMPDIR" or "/tmp"
  local there, back, expected = folder .. "/random.there", folder .. "/random.back", nil

  setup(function()
    assert(os.execute(("head -c %d /dev/urandom >%s"):format(SIZE, there)))
    expected = hash(there)
  end)

  teardown(function()
    os.remove(there)
    os.remove(back)
  end)

  for _, peer in ipairs(world.paths()) do
    describe(peer.name, function()
      local ueids = {}

      -- The server is one for SMC on every path: without a UEID the kernel takes TCP.
      setup(function()
        peer.open()
        if peer.mode == "TCP" then
          ueids = assert(eid.list())
          assert(eid.flush())
        end
        peer.remote(([[
          echo, _, out = process.spawn({ "lua5.4", "spec/contract/ragged.lua", "examples/echo_server.lua",
          "--host", "%s", "--port", "%d" }, nil, { stdin = "null", stdout = "pipe" }) out:read() return 1
        ]]):format(peer.host, PORT))
      end)

      teardown(function()
        for _, ueid in ipairs(ueids) do assert(eid.add(ueid)) end
        peer.close()
      end)

      it("in pieces of all sizes", function()
        local file <close> = assert(io.open(there, "rb"))
        local sock <close> = assert(socket.connect(peer.host, PORT))
        assert.equal(peer.mode, sock:mode())
        local sink = assert(io.open(back, "wb"))
        exchange(sock, file, sink)
        sink:close()
        assert.equal(expected, hash(back))
        sock:close()
        peer.remote "process.kill(echo, process.signals.TERM) for line in out:lines() do summary = line end"
        assert.matches((" %d bytes echoed; %s 1$"):format(SIZE, peer.mode:gsub("%-", "%%-")),
          peer.remote "return summary")
      end)
    end)
  end
end)
