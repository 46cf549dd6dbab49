--- The states of a guest with loopback-ism that are compared, in their order. Each has `setup`, and may have
-- `teardown`; `commands`, a list or what gives it once the state is set up; `prefix`, by which both are run;
-- `before`, which is called before every command; `keep`: its sockets stay for the next.

local commands = require "compare.commands"
local eid = require "smc.eid"
local pnet = require "smc.pnet"
local process = require "smc.process"
local sockets = require "compare.sockets"
local support = require "support"

local LONG <const> = "fd00:1111:2222:3333:4444:5555:6666:7777"

local sh = support.sh

local function transfer(from, to, bytes, taken)
  assert(from:send(("x"):rep(bytes)))
  assert(to:receive(taken or bytes))
end

local function with_numbers()
  return commands.reads_with_groups("smcd", "SMC-D",
    "linkgroup %08x, linkgroup show 0x%x, -d linkgroup %x, l s %X")
end

-- A listener of a user whose ID needs 32 bits.
local function listen_as(uid)
  local holder = process.spawn({ "setpriv", "--reuid=" .. uid, "--clear-groups", "env",
    "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "lua5.4", "-e", [[
    local server = assert(require "smc.socket".bind("127.0.0.1", 0))
    io.write("ready\n") io.flush()
    io.read()
    server:close()]] }, { stdin = "pipe", stdout = "pipe" })
  assert(holder.stdout:read() == "ready")
  return holder
end

local other

local function unload()
  sh("! grep -q '^smc_diag ' /proc/modules || rmmod smc_diag")
  sh("! grep -q '^smc ' /proc/modules || rmmod smc")
end

local function fill_table()
  assert(pnet.add { pnetid = "NETA", netdev = "lo" })
  assert(pnet.add { pnetid = "NETB", netdev = "notyet0" })
  assert(pnet.add { pnetid = "NETA", ibdev = "mlx5_0", ibport = 2 })
  assert(pnet.add { pnetid = "NETB", ibdev = "0000:00:1f.0" })
end

return {
  { name = "no sockets", setup = function() end },
  { name = "wrong words", setup = function() end, commands = commands.misuses },
  { name = "sockets that are not connected", setup = function()
    sockets.fresh()
    sockets.listen("127.0.0.1")
    sockets.listen("0.0.0.0")
    sockets.listen("::1")
    sockets.listen("::")
  end },
  { name = "sockets of another user", setup = function() other = listen_as(4294967293) end,
    teardown = function()
      other.stdin:write("\n")
      other.stdin:close()
      other:wait()
    end },
  { name = "SMC-D, link groups by number", setup = function()
    sockets.connect("127.0.0.1")
    sockets.connect("127.0.0.1")
  end, commands = with_numbers },
  { name = "SMC-D after traffic, some unread", setup = function()
    local client, server = sockets.connect("127.0.0.1")
    transfer(client, server, 30000, 12345)
    transfer(server, client, 5)
    transfer(client, server, 8)
  end },
  { name = "fallbacks, by this side and by the peer", setup = function()
    sockets.fast_open("127.0.0.1")
    sockets.to_plain("127.0.0.1")
    local before = assert(eid.list())
    assert(eid.flush())
    sockets.connect("127.0.0.1")
    for _, one in ipairs(before) do assert(eid.add(one)) end
  end },
  { name = "IPv6, long addresses", setup = function()
    sh("ip -6 address replace " .. LONG .. "/128 dev lo")
    sockets.connect("::1")
    local client, server = sockets.connect(LONG)
    transfer(client, server, 100)
    sockets.listen(LONG)
  end },
  { name = "closed halves", setup = function()
    for _, half in ipairs { "send", "receive", "both" } do
      local client = sockets.connect("127.0.0.1")
      client:shutdown(half)
    end
    local _, server = sockets.connect("127.0.0.1")
    server:close()
  end },
  { name = "all modes at once, 100 sockets", setup = function()
    for _ = 1, 16 do
      sockets.connect("127.0.0.1")
      sockets.to_plain("127.0.0.1")
    end
    sockets.connect(LONG)
  end },
  { name = "several UEIDs", setup = function()
    for _, one in ipairs { "A", ("Z"):rep(32), "SMCV2-3.X" } do assert(eid.add(one)) end
  end, teardown = function()
    for _, one in ipairs { "A", ("Z"):rep(32), "SMCV2-3.X" } do assert(eid.remove(one)) end
  end },
  { name = "no UEID", setup = function() assert(eid.flush()) end,
    teardown = function() assert(eid.add("SMCV2-LAB")) end },
  { name = "PNET IDs of interfaces and devices", setup = fill_table,
    teardown = function() assert(pnet.flush()) end },
  { name = "without privileges", setup = function() fill_table() sockets.connect("127.0.0.1") end,
    prefix = support.as_user() },
  { name = "changes without privileges", setup = function() end, prefix = support.as_user(),
    commands = commands.refused },
  { name = "another network namespace", setup = function() end, prefix = { "unshare", "-n" },
    teardown = function() assert(pnet.flush()) end },
  { name = "statistics since a reset", setup = function()
    local client, server = sockets.connect("127.0.0.1")
    transfer(client, server, 40000)
  end, commands = commands.reset },
  -- From here on there is no way back.
  { name = "SMC not loaded, and loads when it is asked for", setup = function() end, before = unload },
  { name = "SMC not loaded, and nobody may load it", setup = function()
    unload()
    sh("echo 1 >/proc/sys/kernel/modules_disabled")
  end },
  { name = "nobody may load it, without privileges", setup = function() end, prefix = support.as_user() },
}
