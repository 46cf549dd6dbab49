-- Every call of every look fails once, on any machine: the answer is the right one, or an error.

local faults = require "faults"

-- What a look at a file can fail with, but for the absence of the file.
local CALLS <const> = {
  { "openat", "ENOMEM" }, { "openat", "EMFILE" }, { "read", "EIO" }, { "getdents64", "EIO" },
  { "readlink", "EIO" }, { "newfstatat", "EIO" }, { "access", "EIO" }, { "pidfd_open", "EMFILE" },
  { "pipe2", "EMFILE" }, { "poll", "ENOMEM" }, { "socket", "ENOBUFS" }, { "bind", "ENOMEM" },
  { "ioctl", "EIO" }, { "sendmsg", "ENOBUFS" }, { "recvmsg", "ENOBUFS" },
}

describe("a look of which a call fails", function()
  it("has the right answer or the error, and never another answer", function()
    local wrong, hits = faults.find("spec/faults/files.lua", CALLS)
    assert.same({}, wrong)
    for name, count in pairs(hits) do
      assert.is_true(count > 0, name)
    end
    assert.is_true(hits["ism.list"] > 100)
  end)
end)
