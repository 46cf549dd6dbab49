--- A TCP address that answers nothing: a listener whose queue is full drops what else asks for a connection.

local plain = require "socket"

local Silent = {}
Silent.__index = Silent

-- Connections until none is made any more: then the queue is full.
function Silent:fill()
  while true do
    local sock = assert(plain.tcp4())
    sock:settimeout(0.3)
    if not sock:connect(self.host, self.port) then
      sock:close()
      return
    end
    table.insert(self.waiting, sock)
  end
end

--- Answers from now on: the kernel asks again after a second, and then finds room.
function Silent:drain()
  self.listener:settimeout(5)
  for _ = 1, #self.waiting do assert(self.listener:accept()):close() end
end

function Silent:close()
  for _, sock in ipairs(self.waiting) do sock:close() end
  self.listener:close()
end

Silent.__close = Silent.close

--- @tparam string host
-- @return with `host` and `port`
return function(host)
  local self = setmetatable({ host = host, waiting = {}, listener = assert(plain.tcp4()) }, Silent)
  assert(self.listener:bind(host, 0))
  assert(self.listener:listen(0))
  self.port = math.tointeger(tonumber((select(2, self.listener:getsockname()))))
  self:fill()
  return self
end
