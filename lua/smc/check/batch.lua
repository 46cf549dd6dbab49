--- Messages of one size that a task moves over a connection, in slices between which other tasks run.
-- @module smc.check.batch

local core = require "smc.core.socket"
local E = require "smc.errno"
local loop = require "smc.check.loop"
local monotonic = require "smc.core.os".monotonic

local batch = {}

local SLICE <const> = 0.05 -- seconds

--- The messages.
-- @tparam integer size
-- @tparam[opt] integer samples how many round-trip times are kept
-- @treturn Traffic of `smc.core.socket`
function batch.traffic(size, samples)
  return core.traffic(size, samples)
end

--- Moves messages. A task calls it. A peer that has sent bytes before their time gets an error: they could
-- be taken for messages.
-- @param sock
-- @tparam Traffic traffic
-- @tparam string kind `"ping"`, `"echo"`, `"source"` or `"sink"`
-- @tparam integer count
-- @tparam number deadline
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function batch.run(sock, traffic, kind, count, deadline)
  if sock:dirty() then return nil, "the peer has sent more than it was asked for", E.EPROTO end
  while true do
    local done, events, errno = traffic:run(sock, kind, count, SLICE)
    if not done then return nil, events, errno end -- a message in place of the events
    count = count - done
    if count == 0 then return true end
    if monotonic() >= deadline then return nil, "timeout", E.ETIMEDOUT end
    if done > 0 then loop.pause() else loop.wait(sock, events, deadline) end
  end
end

return batch
