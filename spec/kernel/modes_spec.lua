-- The modes of connections, one by one and of many by one look.
local E = require "smc.errno"
local socket = require "smc.socket"

assert(loadfile("spec/unit/modes_spec.lua", "t", _ENV))()

local sh = require "support".sh

it("a mode that the kernel does not tell for want of smc_diag is an error that says so #smcd", function()
  local server <close> = assert(socket.bind("127.0.0.1", 0))
  local client <close> = assert(socket.connect("127.0.0.1", (select(2, server:getsockname()))))
  assert.equal("SMC-D", client:mode())
  local loader <close> = assert(io.open "/proc/sys/kernel/modprobe")
  local modprobe = loader:read()
  sh "echo /nonexistent >/proc/sys/kernel/modprobe && rmmod smc_diag"
  local answers = {
    mode = { client:mode() }, info = { client:info() }, modes = { socket.modes { client } },
  }
  sh("echo " .. modprobe .. " >/proc/sys/kernel/modprobe && modprobe smc_diag")
  for name, answer in pairs(answers) do
    assert.is_nil(answer[1], name)
    assert.matches("which lists them, is not loaded: run \"modprobe", answer[2], 1, true)
    assert.equal(E.ENOENT, answer[3])
  end
  assert.equal("SMC-D", client:mode())
end)

it("smc.socket.modes tells of each connection what its mode() tells #smcd", function()
  local server <close> = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local socks, accepted = {}, {}
  for i = 1, 5 do
    socks[i] = assert(socket.connect("127.0.0.1", port))
    accepted[i] = assert(server:accept())
  end
  local plain = assert(require "socket".connect("127.0.0.1", port))
  local fallen <close> = assert(server:accept())
  local fresh <close> = assert(socket.tcp4())
  local closed = assert(socket.tcp4())
  closed:close()

  local all = { server, fallen, fresh, closed }
  table.move(socks, 1, 5, #all + 1, all)
  table.move(accepted, 1, 5, #all + 1, all)
  local modes = assert(socket.modes(all))
  for _, sock in ipairs(all) do assert.equal((sock:mode()), modes[sock]) end
  local count = 0
  for _, mode in pairs(modes) do count = count + (mode == "SMC-D" and 1 or 0) end
  assert.equal(10, count)
  assert.equal("TCP", modes[fallen])
  assert.same({}, socket.modes {})

  for i = 1, 5 do
    socks[i]:close()
    accepted[i]:close()
  end
  plain:close()
end)
