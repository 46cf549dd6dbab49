-- Every call of every look fails once, on any machine: the answer is the right one, or an error.

local faults = require "faults"

-- What a look at a file can fail with, but for the absence of the file.
local CALLS <const> = {
  { "openat", "ENOMEM" }, { "openat", "EMFILE" }, { "read", "EIO" }, { "getdents64", "EIO" },
  { "readlink", "EIO" }, { "newfstatat", "EIO" }, { "access", "EIO" }, { "pidfd_open", "EMFILE" },
  { "pipe2", "EMFILE" }, { "poll", "ENOMEM" }, { "socket", "ENOBUFS" }, { "bind", "ENOMEM" },
  { "ioctl", "EIO" }, { "sendmsg", "ENOBUFS" }, { "recvmsg", "ENOBUFS" },
}

-- What waiting and the transfer of bytes can fail with.
local TRANSFER <const> = {
  { "socket", "EMFILE" }, { "socket", "ENOBUFS" }, { "connect", "EINTR" }, { "connect", "ENOMEM" },
  { "bind", "ENOMEM" }, { "listen", "ENOMEM" }, { "accept4", "EINTR" }, { "accept4", "EAGAIN" },
  { "accept4", "ECONNABORTED" }, { "accept4", "EMFILE" }, { "accept4", "ENOBUFS" }, { "recvfrom", "EINTR" },
  { "recvfrom", "EAGAIN" }, { "recvfrom", "ENOMEM" }, { "recvfrom", "SHORT" }, { "sendto", "EINTR" },
  { "sendto", "EAGAIN" }, { "sendto", "ENOBUFS" }, { "sendto", "SHORT" },
  { "ppoll", "EINTR" }, { "ppoll", "ENOMEM" }, { "poll", "EINTR" }, { "poll", "ENOMEM" },
  { "epoll_create1", "EMFILE" }, { "epoll_ctl", "ENOMEM" }, { "epoll_wait", "EINTR" },
  { "signalfd4", "EMFILE" }, { "timerfd_create", "EMFILE" }, { "timerfd_settime", "EINVAL" },
  { "read", "EINTR" }, { "read", "EIO" }, { "read", "SHORT" }, { "getsockopt", "ENOBUFS" },
  { "setsockopt", "ENOMEM" }, { "getsockname", "ENOBUFS" }, { "getpeername", "ENOBUFS" },
  { "pipe2", "EMFILE" }, { "wait4", "EINTR" }, { "waitid", "EINTR" }, { "pidfd_open", "EMFILE" },
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

  it("has the right answer or the error where bytes are transferred", function()
    local wrong, hits = faults.find("spec/faults/transfer.lua", TRANSFER)
    assert.same({}, wrong)
    for name, count in pairs(hits) do assert.is_true(count > 0, name) end
  end)

  for _, name in ipairs { "files", "transfer" } do
    it("ends with the error of Ctrl-C, wherever it comes: " .. name, function()
      local wrong, hits = faults.interrupt(("spec/faults/%s.lua"):format(name))
      assert.same({}, wrong)
      for look, count in pairs(hits) do assert.is_true(count > 0, look) end
      assert.is_not_nil(next(hits))
    end)
  end
end)
