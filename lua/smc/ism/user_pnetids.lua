--- PNET IDs from the table of `smc.pnet`, for ports without a hardware PNET ID.
-- @module smc.ism.user_pnetids

local has = require "smc.internal.lists".has

local user_pnetids = {}

-- Whether an entry of the table is for a port. It names an ISM function by its PCI address, or since Linux
-- 6.18 by its dibs device.
local function is_for(entry, record, port)
  if entry.netdev then return has(port.netdevs, entry.netdev) end
  if entry.ibdev == record.pci_id or entry.ibdev == record.dibs then return true end
  for _, ibdev in ipairs(port.ibdevs) do
    if entry.ibdev == ibdev.ibdev and entry.ibport == ibdev.ibport then return true end
  end
  return false
end

--- Sets the PNET IDs.
-- @tparam {table,...} records of functions
-- @tparam {table,...} entries as `smc.pnet.list` returns them
function user_pnetids.add(records, entries)
  for _, record in ipairs(records) do
    for _, port in ipairs(record.ports) do
      for _, entry in ipairs(port.pnetid == nil and entries or {}) do
        if is_for(entry, record, port) then port.pnetid, port.pnetid_source = entry.pnetid, "user" end
      end
    end
  end
end

return user_pnetids
