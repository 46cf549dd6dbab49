-- The network devices of the channel subsystem of s390, with the PNET IDs of their interfaces.

local look = require "smc.internal.look"
local paths = require "smc.internal.paths"
local pnet = require "smc.pnet"
local text = require "smc.internal.text"

local ROW <const> = "  %8s  %4s   %-4s  %s\n"

local function row_of(folder, name)
  local device = look.attributes(folder .. "/" .. name, { "chpid", "portno", "if_name" }) or {}
  local chpid, port = (device.chpid or ""):match("%S+"), (device.portno or ""):match("%S+")
  local interface = (device.if_name or ""):match("%S+")
  local pnetid = interface and pnet.of_interface(interface)
  return ROW:format(text.printable(name), chpid and "0x" .. text.printable(chpid:lower()) or "n/a",
    text.printable(port or "n/a"), pnetid and text.printable(pnetid.pnetid) or "n/a")
end

-- Returns the table as text; empty on machines without a channel subsystem.
return look.protect(function()
  local folder = paths.sysfs .. "/bus/ccwgroup/devices"
  local rows = {}
  for i, name in ipairs(look.entries(folder)) do rows[i] = row_of(folder, name) end
  if #rows == 0 then return "" end
  local header = "CCW Devices:\n  Device    CHPID  Port  PNET ID\n  " .. ("-"):rep(43) .. "\n"
  return header .. table.concat(rows) .. "\n"
end)
