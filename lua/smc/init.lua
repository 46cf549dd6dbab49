--- Linux Shared Memory Communications for Lua.
--
-- The modules are loaded on first use: `smc.socket`, `smc.diag`, `smc.check`, …
--
--    local smc = require "smc"
--    local sock = assert(smc.connect("192.168.0.10", 12345))
--    print(sock:mode())                --> SMC-D
--
-- @module smc

-- Older versions of Lua must be able to parse this file, so that they report the error below.
local major, minor = _VERSION:match("(%d+)%.(%d+)")
if tonumber(major) * 100 + tonumber(minor) < 504 then
  local jit = rawget(_G, "jit")
  error("smc needs Lua 5.4 or later: this is " .. (jit and jit.version or _VERSION), 0)
end

local smc = {}

--- The name and the version of this library: `"smc 0.1.0"`.
smc._VERSION = "smc " .. require "smc.version"

-- The modules in the README's table.
local modules = {
  socket = true, poller = true, diag = true, reason = true, system = true, process = true, run = true,
  check = true, handshake = true, eid = true, pnet = true, ism = true, linkgroup = true, device = true,
  stats = true, errno = true, json = true, version = true,
}

--- Shortcuts to functions of `smc.socket`.
local shortcuts = { tcp = true, connect = true, bind = true }

return setmetatable(smc, {
  __index = function(_, name)
    local value
    if modules[name] then
      value = require("smc." .. name)
    elseif shortcuts[name] then
      value = require("smc.socket")[name]
    else
      return nil
    end
    rawset(smc, name, value)
    return value
  end,
})
