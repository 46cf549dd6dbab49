--- The resolver, as LuaSocket's `socket.dns` has it. An argument of a wrong type raises an error.
-- @module smc.socket.dns

local args = require "smc.internal.args"
local core = require "smc.core.socket"

local dns = {}

-- Checks a host name; a number is converted to its digits, as in LuaSocket.
local function checked(called, host)
  return args.check(called, 1, host, "text or number")
end

--- The addresses of a host.
-- @tparam string host name or address
-- @treturn table an array of `{ family = "inet" | "inet6", addr = text }`, or nil and a message
function dns.getaddrinfo(host)
  local addresses, message = core.lookup(checked("getaddrinfo", host))
  if not addresses then return nil, message end
  return addresses
end

--- The names of a host's addresses, and that of a service.
-- @tparam[opt] string host
-- @tparam[opt] string service
-- @treturn table an array of names, or nil and a message
-- @treturn string the service's name, where a service was given
function dns.getnameinfo(host, service)
  args.optional("getnameinfo", 1, host, "text or number")
  args.optional("getnameinfo", 2, service, "text or number")
  if host == nil and service == nil then
    args.refuse("getnameinfo", 1, "host and serv cannot be both nil")
  end
  return core.nameinfo(host, service)
end

--- This machine's name.
dns.gethostname = core.gethostname

-- The results of LuaSocket: a name, and a record of all names and IPv4 addresses.
local function resolved(host)
  local addresses, name = core.lookup(host)
  if not addresses then
    local unknown = "host or service not provided, or not known"
    return nil, name == unknown and "host not found" or name
  end
  local record = { name = name, alias = {}, ip = {} }
  for _, address in ipairs(addresses) do
    if address.family == "inet" then table.insert(record.ip, address.addr) end
  end
  if #record.ip == 0 then return nil, "host not found" end
  return record
end

--- The first IPv4 address of a host.
-- @tparam string host
-- @treturn string or nil and a message
-- @treturn table `{ name =, alias = {}, ip = { … } }`
function dns.toip(host)
  local record, message = resolved(checked("toip", host))
  if not record then return nil, message end
  return record.ip[1], record
end

--- The name of a host, also of an IPv4 address.
-- @tparam string host
-- @treturn string or nil and a message
-- @treturn table as `toip`
function dns.tohostname(host)
  local record, message = resolved(checked("tohostname", host))
  if not record then return nil, message end
  local names = core.nameinfo(record.ip[1])
  if names and record.name == record.ip[1] then record.name = names[1] end
  return record.name, record
end

return dns
