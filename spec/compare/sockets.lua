--- The sockets that a state of the comparison has.

local socket = require "smc.socket"

local sockets = {}

local kept = {}

--- Has close() close a socket too.
function sockets.keep(sock)
  kept[#kept + 1] = assert(sock)
  return sock
end

local keep = sockets.keep

--- Closes all of them, and waits until the kernel has forgotten them.
function sockets.close()
  for _, sock in ipairs(kept) do sock:close() end
  kept = {}
  local diag = require "smc.diag"
  for _ = 1, 100 do
    local found, left = diag.sockets { details = false }, false
    if not found then return end -- SMC is not loaded
    for _ in found do left = true end
    if not left then return end
    socket.sleep(0.05)
  end
end

--- A listener on a free port, and the port.
function sockets.listen(host)
  local server = keep(socket.bind(host, 0))
  local _, port = server:getsockname()
  return server, tonumber(port)
end

--- A connection's two ends.
function sockets.connect(host)
  local server, port = sockets.listen(host)
  local client = keep(socket.connect(host, port))
  return client, keep(server:accept()), server
end

--- A socket that nothing was done with.
function sockets.fresh()
  return keep(socket.tcp4())
end

--- A connection that the client has made TCP by itself: Fast Open is what SMC does without.
function sockets.fast_open(host)
  local server, port = sockets.listen(host)
  local client = keep(socket.tcp4 { fallback = "tcp" })
  assert(client:setoption("tcp-fastopen-connect", 1))
  assert(client:connect(host, port))
  client:send("x")
  return client, keep(server:accept())
end

--- A connection to a server that has no SMC.
function sockets.to_plain(host)
  local plain = keep(require "socket".bind(host, 0))
  local _, port = plain:getsockname()
  local client = keep(socket.connect(host, tonumber(port)))
  return client, keep(plain:accept())
end

return sockets
