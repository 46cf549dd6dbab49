--- The sockets of a process, and the processes of sockets, for smc.diag.
-- @module smc.diag.processes

local proc = require "smc.internal.proc"

local processes = {}

-- An iterator that completes the records of another, and has its methods.
local Iterator = { __name = "smc.diag.sockets" }
Iterator.__index = Iterator

function Iterator:__call()
  for record in self.records do
    if not self.inodes or self.inodes[record.inode] then
      if self.holders then record.processes = self.holders[record.inode] or {} end
      return record
    end
  end
  return nil
end

function Iterator:errno()
  return self.records:errno()
end

function Iterator:close()
  return self.records:close()
end

Iterator.__close = Iterator.close

--- The records of the sockets that a process holds, or records with their processes.
-- @tparam table filter `pid`, `processes`
-- @tparam function query returns an iterator over all records, or nil, message, errno
-- @return as @{smc.diag.sockets}
function processes.sockets(filter, query)
  local inodes, holders, records, message, errno
  if filter.pid then
    inodes, message, errno = proc.sockets(filter.pid)
    if not inodes then return nil, message, errno end
  end
  if filter.processes then
    holders, message, errno = proc.holders(inodes)
    if not holders then return nil, message, errno end
  end
  records, message, errno = query()
  if not records then return nil, message, errno end
  local iterator = setmetatable({ records = records, inodes = inodes, holders = holders }, Iterator)
  return iterator, nil, nil, iterator
end

return processes
