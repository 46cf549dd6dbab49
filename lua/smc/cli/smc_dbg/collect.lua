-- Collects everything as one table. What cannot be read is listed in its field `unread`, with the reason.

local check = require "smc.check"
local device = require "smc.device"
local diag = require "smc.diag"
local eid = require "smc.eid"
local ism = require "smc.ism"
local iterate = require "smc.internal.iterate"
local linkgroup = require "smc.linkgroup"
local pnet = require "smc.pnet"
local stats = require "smc.stats"
local system = require "smc.system"

local FIELDS <const> = {
  { "system", "the capabilities of the kernel", system.info },
  { "sysctls", "the sysctls net.smc", system.sysctls },
  { "hs_limitation", "whether handshakes are limited", system.hs_limitation },
  { "functions", "the PCI functions", function() return ism.list { all = true } end },
  { "devices", "the devices of SMC", device.list },
  { "dibs", "the devices of dibs", device.dibs },
  { "pnet_table", "the table of PNET IDs", pnet.list },
  { "pnet_devices", "the devices of the PNET IDs", pnet.devices },
  { "ueids", "the UEIDs", eid.list },
  { "seid", "the SEID", eid.seid },
  { "link_groups", "the link groups", linkgroup.list },
  { "statistics", "the counters", stats.get },
}

-- The sockets, and how many of them belong to processes that this user may not inspect.
local function sockets()
  local iterator <close>, message, errno = diag.sockets { processes = true }
  if not iterator then return nil, message, errno end
  local list, unknown = {}, 0
  local ok
  ok, message, errno = iterate.each(iterator, function(one)
    list[#list + 1] = one
    if one.inode ~= 0 and #one.processes == 0 then unknown = unknown + 1 end
  end)
  if not ok then return nil, message, errno end
  return list, unknown
end

-- The analysis of each interface.
local function add_paths(found, miss)
  local names, message, errno = check.interfaces()
  if not names then return miss("the interfaces", message, errno) end
  found.paths = {}
  for _, name in ipairs(names) do
    local path
    path, message, errno = check.path { interface = name }
    if path then
      table.insert(found.paths, path)
    else
      miss("the interface " .. name, message, errno)
    end
  end
end

-- Returns the table.
return function()
  local found = { version = require "smc.version", kernel = system.release(), lua = _VERSION,
    time = os.date "!%Y-%m-%dT%H:%M:%SZ", unread = {} }
  local function miss(what, message, errno)
    table.insert(found.unread, { what = what, message = message, errno = errno })
  end
  for _, field in ipairs(FIELDS) do
    local value, message, errno = field[3]()
    if value == nil and message then miss(field[2], message, errno) end
    found[field[1]] = value
  end
  local list, message, errno = sockets()
  found.sockets = list
  if not list then
    miss("the sockets", message, errno)
  elseif message > 0 then
    miss("processes", ("those of %d sockets are not known: they belong to other users, or are in another PID "
      .. "namespace"):format(message))
  end
  add_paths(found, miss)
  return found
end
