--- Static analysis of a path: what an SMC connection over it would use on this host, without connecting.
-- @module smc.check.path

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local devices = require "smc.check.path.devices"
local E = require "smc.errno"
local host = require "smc.check.path.host"
local interface = require "smc.check.path.interface"
local modes = require "smc.check.path.modes"
local netlink = require "smc.internal.genl"
local route = require "smc.check.path.route"
local system = require "smc.system"
local words = require "smc.check.path.words"

local path = {}

local OPTIONS <const> = { host = "text", interface = "text", family = { "inet", "inet6", "unspec" } }

-- Keeps the result under its name; a failure becomes an entry of `unread`.
local function keep(found, name, what, value, message, errno)
  if value ~= nil then
    found[name] = value
  elseif message then
    table.insert(found.unread, { what = what, message = message, errno = errno })
  end
end

-- What the kernel says of ISM version 2: true for a kernel that has had such a device since it loaded SMC.
local function is_v2_capable()
  local answers = netlink.system_info()
  return answers and answers[1] and answers[1].ism_v2
end

-- Adds what only a kernel with SMC has.
local function add_smc(found)
  local links = interface.all() or {}
  local capable = is_v2_capable()
  keep(found, "ism", "ISM functions", devices.ism(found.interface, links, capable))
  if found.ism then
    keep(found, "loopback_ism", "loopback-ism", devices.has_loopback(found.ism, capable))
  end
  keep(found, "roce", "RDMA devices", devices.roce(found.interface))
  keep(found, "eids", "EIDs", host.eids())
  local limited, message, errno = system.hs_limitation()
  if errno == E.EOPNOTSUPP then message = nil end -- before Linux 5.19
  keep(found, "hs_limitation", "handshake limitation", limited, message, errno)
  keep(found, "sysctls", "sysctls net.smc", host.sysctls())
end

-- The facts about one interface.
local function examine(found, name)
  local one, trouble, errno = interface.named(name)
  if not one then return nil, trouble, errno end
  found.interface = one
  table.insert(found.unread, trouble)
  keep(found, "kernel", "state of the kernel module", host.kernel())
  keep(found, "namespaces", "namespaces", host.namespaces())
  if found.kernel and found.kernel.loaded then add_smc(found) end
  found.modes = modes.of(found)
  found.findings = #found.modes == 0 and require "smc.check.findings".of_path(found) or {}
  return words.path(found)
end

--- The path over a route that is known.
-- @tparam table way of `smc.check.path.route`
-- @tparam ?string name of the host
-- @treturn table, or nil, message, errno
function path.along(way, name)
  return examine({ host = name, address = way.address, source = way.source, gateway = way.gateway,
    is_local = way.is_local, unread = {} }, way.interface)
end

--- See `smc.check.path`.
function path.of(options)
  options = args.options("path", 1, args.check("path", 1, options, "table"), OPTIONS)
  if (options.host == nil) == (options.interface == nil) then
    args.refuse("path", 1, "either 'host' or 'interface' expected")
  end
  if options.interface then return examine({ unread = {} }, options.interface) end
  local way, message, errno = route.to_host(options.host, options.family)
  if not way then return nil, message, errno end
  return path.along(way, options.host)
end

--- See `smc.check.interfaces`.
function path.interfaces()
  local links, message, errno = interface.all()
  if not links then return nil, message, errno end
  local names = {}
  for _, link in ipairs(links) do
    if link.up then names[#names + 1] = link.name end
  end
  return names
end

return path
