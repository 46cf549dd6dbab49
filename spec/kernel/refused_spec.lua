-- What a process is told to which a seccomp filter denies AF_SMC or netlink.

local E = require "smc.errno"
local support = require "support"

describe("a seccomp filter #family_filter", function()
  local forbid = os.tmpname()
  setup(function()
    assert.equal(0, support.run({ "cc", "-o", forbid, "spec/kernel/programs/forbid.c" }).status)
  end)
  teardown(function() os.remove(forbid) end)

  -- What available(), and what a list and a change over netlink, answer under a filter.
  local function answers(errno, family)
    local out = support.run_by({ forbid, ("%d:%d"):format(errno, family) }, [[
      local function show(ok, message, errno) print(ok, errno, message) end
      show(require "smc.system".available())
      show(require "smc.diag".sockets())
      show(require "smc.eid".list())
      show(require "smc.eid".add "FORBIDDEN")
    ]])
    local lines = {}
    for line in out:gmatch("[^\n]+") do lines[#lines + 1] = line end
    return table.unpack(lines)
  end

  local DENIER <const> = "a seccomp filter of this process (of its container or systemd unit) denies "

  local NO_NETLINK <const> = DENIER .. "netlink to this process: allow address family 16 (AF_NETLINK) there"

  for _, name in ipairs { "EAFNOSUPPORT", "EPERM", "EACCES" } do
    local errno = E[name]

    it(("that denies AF_SMC by %s is named, and netlink answers"):format(name), function()
      local available, sockets, list = answers(errno, 43)
      assert.equal("nil\t" .. errno, available:match("^nil\t%d+"))
      assert.match(DENIER .. "AF_SMC sockets to this process: allow address family 43", available, 1, true)
      assert.match("^smc.netlink.dump", sockets)
      assert.match("^table", list)
      require "smc.eid".remove "FORBIDDEN"
    end)

    it(("that denies AF_SMC by %s is named to whoever connects or listens"):format(name), function()
      local out = support.run_by({ forbid, ("%d:%d"):format(errno, 43) }, [[
        local socket = require "smc.socket"
        print(select(2, socket.connect("127.0.0.1", 1)))
        print(select(2, socket.bind("127.0.0.1", 0)))
        print(select(2, socket.tcp4()))
        print(select(2, socket.protect(function() socket.try(socket.connect("127.0.0.1", 1)) end)()))
        print(select(2, socket.tcp { fallback = "tcp" }:connect("127.0.0.1", 1)))
      ]])
      local count = select(2, out:gsub("[^\n]*allow address family 43 %(AF_SMC%) there[^\n]*\n", ""))
      assert.same({ 4, "connection refused" }, { count, out:match("([^\n]*)\n$") }, out)
    end)

    it(("that denies netlink by %s is named: no privilege, no other module"):format(name), function()
      local available, sockets, list, add = answers(errno, 16)
      assert.match("^true\tnil\tcannot read the system information: .*: ", available)
      for _, line in ipairs { available, sockets, list, add } do
        assert.match(NO_NETLINK, line, 1, true)
        if line ~= available then assert.equal("nil\t" .. errno, line:match("^nil\t%d+")) end
      end
    end)
  end
end)
