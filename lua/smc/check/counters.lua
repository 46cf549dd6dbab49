--- The kernel's counters of the bytes that went over SMC: those of a whole network namespace, which also
-- count other connections.
-- @module smc.check.counters

local E = require "smc.errno"
local genl = require "smc.internal.genl"

local counters = {}

local TECHNOLOGIES <const> = { ["SMC-D"] = "smcd", ["SMC-R"] = "smcr" }

--- Reads the counters.
-- @treturn[1] table false if this kernel has none (before Linux 5.14)
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer errno
function counters.read()
  local answers, message, errno = genl.stats()
  if answers then return answers[1] or false end
  if errno == E.EOPNOTSUPP then return false end
  return nil, message, errno
end

--- The bytes that were counted between two readings.
-- @tparam table|false before
-- @tparam table|false after
-- @tparam string mode `"SMC-D"` or `"SMC-R"`
-- @treturn ?table `sent` and `received`; nil if this kernel has no counters
function counters.moved(before, after, mode)
  local name = TECHNOLOGIES[mode]
  local old, new = before and before[name], after and after[name]
  if not (old and new and old.tx_bytes and new.tx_bytes and old.rx_bytes and new.rx_bytes) then return nil end
  return { sent = new.tx_bytes - old.tx_bytes, received = new.rx_bytes - old.rx_bytes }
end

return counters
