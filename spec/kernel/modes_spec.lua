-- The modes of many connections by one look.
local socket = require "smc.socket"

it("smc.socket.modes tells of each connection what its mode() tells", function()
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
