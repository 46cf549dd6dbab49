--- The text of a path, in the form of the static analysis of smc_chk(8).
-- @module smc.check.path.words

local require = require "smc.internal.load"
local ip = require "smc.internal.ip"
local name_of = require "smc.check.function_name"
local text = require "smc.internal.text"

local words = {}

local LABEL <const> = "     %-20s"
local MARGIN <const> = (" "):rep(#LABEL:format(""))

-- A label and its values, a paragraph each.
local function add(lines, label, values)
  if type(values) ~= "table" then values = { values } end
  for i, value in ipairs(values) do
    local paragraph = text.paragraph(value, MARGIN):sub(#MARGIN + 1)
    lines[#lines + 1] = LABEL:format(i == 1 and label .. ":" or "") .. paragraph
  end
end

local function pnetid_of(entry)
  if not entry.pnetid then return "n/a" end
  return entry.pnetid .. (entry.pnetid_source == "user" and "*" or "")
end

-- "FID 32, PCHID 07c1, PNET ID HOST12: on, v1"
local function ism_line(f)
  local state = f.power == false and "off" or f.usable and "on" or "on, not used by SMC"
  local versions = (f.v1 and ", v1" or "") .. (f.v2 and ", v2" or "")
  if f.usable and versions == "" then versions = ", not for this interface" end
  return ("%s%s, PNET ID %s: %s%s"):format(name_of(f), f.pchid and (", PCHID %04x"):format(f.pchid) or "",
    pnetid_of(f), state, versions)
end

local function roce_line(port)
  local versions = (port.v1 and ", v1" or "") .. (port.v2 and ", v2" or "")
  return ("%s port %d%s, PNET ID %s: %s%s"):format(port.ibdev, port.ibport,
    port.netdev and " (" .. port.netdev .. ")" or "", pnetid_of(port), port.state or "state unknown",
    port.belongs and versions or ", not for this interface")
end

local function each(list, line)
  local result = {}
  for i, one in ipairs(list) do result[i] = line(one) end
  if #result == 0 then result[1] = "none" end
  return result
end

local function interface_lines(lines, one)
  local state = not one.up and "down" or one.carrier == false and "up, no carrier" or "up"
  add(lines, "Interface", ("%s, %s, MTU %d%s"):format(one.name, state, one.mtu or 0,
    one.vlan and (", VLAN %d"):format(one.vlan) or ""))
  add(lines, "Addresses", #one.addresses > 0 and one.addresses or "none")
  local pnetid = "none"
  if one.pnetid then
    pnetid = ("%s%s%s"):format(pnetid_of(one),
      one.pnetid_source == "user" and ", from the table (smc_pnet)" or ", from the hardware",
      one.pnetid_netdev ~= one.name and ", of " .. one.pnetid_netdev or "")
  end
  add(lines, "PNET ID", pnetid)
end

-- Version 1 of SMC reaches the subnets of the interface, version 2 any.
local function reachable(path)
  for _, mode in ipairs(path.modes) do
    if mode:find("v2$") then return "any" end
  end
  local subnets = {}
  for _, address in ipairs(path.interface.addresses) do
    if not ip.is_link_local(address) then subnets[#subnets + 1] = address end
  end
  return #path.modes > 0 and #subnets > 0 and subnets or "none"
end

local function kernel_line(kernel)
  return ("Linux %s, SMC %s%s%s"):format(kernel.release, kernel.loaded and "loaded" or "not loaded",
    kernel.seccomp and ", this process has a seccomp filter" or "",
    kernel.available and "" or ": " .. kernel.message)
end

local function sysctl_lines(values)
  local names, list = {}, {}
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do list[i] = ("%s = %s"):format(name, values[name]) end
  return list
end

local function eid_lines(lines, eids)
  local seid = "none"
  if eids.seid then seid = eids.seid .. (eids.seid_enabled and "" or " (disabled)") end
  add(lines, "SEID", seid)
  add(lines, "UEIDs", #eids.ueids > 0 and eids.ueids or "none")
end

local function route_line(path)
  return ("%s%s%s"):format(path.address, path.gateway and " through gateway " .. path.gateway or "",
    path.is_local and ", this host itself" or "")
end

local function namespace_line(namespaces)
  return ("network %d, user %d%s"):format(namespaces.net or 0, namespaces.user or 0,
    namespaces.initial_user and " (initial)" or ", not the initial one: it cannot change SMC's settings")
end

local Path = { __name = "smc.check.path" }

--- The text of a path, wrapped to the width of standard output.
-- @treturn string without a final newline
function Path:__tostring()
  local lines = {}
  if self.address then add(lines, "Route", route_line(self)) end
  interface_lines(lines, self.interface)
  add(lines, "Configuration", #self.modes > 0 and self.modes or "no mode of SMC")
  add(lines, "Reachable subnets", reachable(self))
  if self.ism then add(lines, "ISM functions", each(self.ism, ism_line)) end
  if self.loopback_ism then add(lines, "Loopback-ism", "on") end
  if self.roce then add(lines, "RoCE ports", each(self.roce, roce_line)) end
  if self.eids then eid_lines(lines, self.eids) end
  if self.hs_limitation ~= nil then
    add(lines, "Handshake limit", self.hs_limitation and "on" or "off")
  end
  if self.sysctls then add(lines, "Sysctls net.smc", sysctl_lines(self.sysctls)) end
  if self.kernel then add(lines, "Kernel", kernel_line(self.kernel)) end
  if self.namespaces then add(lines, "Namespaces", namespace_line(self.namespaces)) end
  for _, one in ipairs(self.unread) do
    add(lines, "Not read", ("%s: %s"):format(one.what, one.message))
  end
  require "smc.check.findings.words".add(lines, self.findings)
  return table.concat(lines, "\n")
end

--- Makes a table of facts a path, so that `tostring` returns its text.
-- @tparam table found
-- @treturn table the same
function words.path(found)
  return setmetatable(found, Path)
end

return words
