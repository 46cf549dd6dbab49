--- The live test of smc_chk(8): a connection of this host with itself.
-- @module smc.check.live

local require = require "smc.internal.load"
local args = require "smc.internal.args"
local availability = require "smc.internal.availability"
local client = require "smc.check.client"
local E = require "smc.errno"
local interface = require "smc.check.path.interface"
local ip = require "smc.internal.ip"
local server = require "smc.check.server"
local text = require "smc.internal.text"

local live = {}

local OPTIONS <const> = { timeout = "seconds" }

-- The first address of an interface that needs no scope.
local function address_of(name)
  local found, message, errno = interface.named(name)
  if not found then return nil, message, errno end
  for _, address in ipairs(found.addresses) do
    if not ip.is_link_local(address) then return address:match "^[^/]+" end
  end
  return nil, ("interface %s has no address to connect to"):format(text.printable(name)), E.EADDRNOTAVAIL
end

--- See `smc.check.live`.
function live.test(name, options)
  args.check("live", 1, name, "text")
  options = client.check_options("live", 2, options, OPTIONS)
  local ok, message, errno = availability.probe()
  if not ok then return nil, message, errno end
  local address
  address, message, errno = address_of(name)
  if not address then return nil, message, errno end
  local peer <close>, why, number = server.new { host = address }
  if not peer then return nil, why, number end
  local report
  -- The port may be any, and the peer is ours: it gets data. The options are the caller's own table.
  local probing <const> = { timeout = options.timeout, probe = true }
  peer.loop:start(function() report = client.test(address, peer.port, probing) end)
  repeat ok, message, errno = peer:step(-1) until report or not ok
  if not report then return nil, message, errno end
  return report
end

return live
