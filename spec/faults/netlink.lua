-- Looks at what the kernel's SMC has, over netlink: a connection over SMC-D, and listeners, one of them on
-- every address of IPv6.

local device = require "smc.device"
local diag = require "smc.diag"
local eid = require "smc.eid"
local ism = require "smc.ism"
local kernel = require "kernel_at_hand"
local linkgroup = require "smc.linkgroup"
local pnet = require "smc.pnet"
local socket = require "smc.socket"
local stats = require "smc.stats"
local system = require "smc.system"

local _, prepare = ...
if prepare then return {} end

local IS_ISM_HERE <const> = kernel.has_ism()
local every = assert(socket.bind("::", 0))
local server = assert(socket.bind("127.0.0.1", 0))
local _, port = assert(server:getsockname())
local client = assert(socket.connect("127.0.0.1", port))
local accepted = assert(server:accept())
local sockets = { every, server, client, accepted } -- referred to, so that they stay open

-- The records that match, with the addresses of those that smc_diag has none of.
local function list(filter)
  local found = {}
  for record in assert(diag.sockets(filter)) do found[#found + 1] = record end
  table.sort(found, function(a, b) return a.inode < b.inode end)
  return found
end

local inode = list({ local_port = tonumber((select(2, every:getsockname()))) })[1].inode

return {
  { name = "diag.sockets", right = "mode=SMC-D", raises = true, look = function() return list() end },
  { name = "diag.sockets of listeners", right = "local_address=::", raises = true, look = function()
    return list { state = "LISTEN" }
  end },
  { name = "diag.sockets, fields", right = tostring(inode), raises = true, look = function()
    local found = {}
    for number in assert(diag.sockets { fields = { "inode", "mode" } }) do found[#found + 1] = number end
    table.sort(found)
    return found
  end },
  { name = "diag.find", right = "local_address=::", look = function() return diag.find(inode) end },
  { name = "diag.find, none", right = "no SMC socket has the inode 1", look = function()
    return diag.find(1)
  end },
  { name = "sock:info", right = "mode=SMC-D", look = function() return sockets[3]:info() end },
  { name = "socket.modes", right = "SMC-D", look = function()
    local modes, message, errno = socket.modes { client }
    return modes and modes[client], message, errno
  end },
  { name = "linkgroup.list", right = "type=SMC-D", look = linkgroup.list },
  { name = "device.list", right = IS_ISM_HERE and "model=ISM", look = device.list },
  { name = "eid.list", look = eid.list },
  { name = "eid.seid", look = eid.seid },
  { name = "pnet.list", look = pnet.list },
  { name = "stats.get", right = "smcd=", look = function()
    local snapshot, message, errno = stats.get()
    if snapshot then snapshot.time = snapshot.time and "some" end
    return snapshot, message, errno
  end },
  { name = "system.info", right = "hostname=", look = system.info },
  { name = "system.hs_limitation", right = "false", look = system.hs_limitation },
  { name = "system.available", right = "true", look = system.available },
  { name = "ism.list", right = IS_ISM_HERE and "smcd={", look = ism.list },
}
