-- Every call of every look at the kernel's SMC fails once: the answer is the right one, or an error.

local faults = require "faults"
local support = require "support"

local NETLINK <const> = {
  { "socket", "ENOBUFS" }, { "bind", "ENOMEM" }, { "setsockopt", "ENOBUFS" }, { "getsockname", "EIO" },
  { "sendmsg", "ENOBUFS" }, { "sendmsg", "EINTR" },
  { "recvmsg", "ENOBUFS" }, { "recvmsg", "EINTR" }, { "recvmsg", "EIO" },
}
local FILES <const> = { { "openat", "ENOMEM" }, { "read", "EIO" }, { "readlink", "EIO" } }

describe("a look at the kernel's SMC of which a call fails", function()
  local function holds(file, calls)
    local wrong, hits = faults.find(file, calls)
    assert.same({}, wrong)
    for name, count in pairs(hits) do assert.is_true(count > 0, name) end
    assert.is_not_nil(next(hits))
  end

  it("has the right answer or the error, over netlink #smcd", function()
    holds("spec/faults/netlink.lua", NETLINK)
  end)

  it("has the right answer or the error, in files", function()
    holds("spec/faults/sysctls.lua", FILES)
  end)

  it("ends with the error of Ctrl-C, wherever it comes", function()
    local wrong, hits = faults.interrupt "spec/faults/netlink.lua"
    assert.same({}, wrong)
    assert.is_true(hits["diag.find"] > 10)
  end)

  it("has the right answer or the error, as smcss.lua", function()
    local socket = require "smc.socket"
    local server <close> = assert(socket.bind("::", 0))
    local right = support.script("smcss.lua", "-a")
    assert.equal(0, right.status)
    assert.matches("LISTEN .* :::" .. select(2, server:getsockname()), right.stdout)
    for _, one in ipairs { { "socket", "ENOBUFS" }, { "sendmsg", "ENOBUFS" }, { "recvmsg", "EIO" } } do
      local count = 0
      repeat
        count = count + 1
        local done, failed = faults.script({ one[1], one[2], count }, "smcss.lua", "-a")
        if failed then
          assert.equal(1, done.status, done.stdout)
          assert.matches("^smcss.lua: cannot list ", done.stderr)
        else
          assert.equal(right.stdout, done.stdout)
        end
      until not failed
      assert.is_true(count > 3, one[1]) -- of SMC, and of TCP over IPv4 and IPv6
    end
  end)
end)
