--- Feeds the decoders of SMC_GEN_NETLINK with datagrams that are changed at random: lua5.4
-- spec/fuzz/families.lua [seconds [seed]]. See spec/fuzz/loop.lua.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = (os.getenv("SMC_BUILD") or "build") .. "/?.so;" .. package.cpath

local genl = require "fuzz.genl"
local loop = require "fuzz.loop"
local recorded = require "fuzz.recorded"

local corpus = {
  genl.lgr_smcd(), genl.lgr_smcd(true), genl.lgr_smcr() .. genl.link(), genl.dev_smcd(), genl.dev_smcr(),
  genl.stats(), genl.done(), genl.fallback(true, 5, 6, { server = 7, client = 8 }),
  genl.pnetid("NETA", "eth0"), genl.pnetid("NETB", nil, "mlx5_0", 2), genl.ueid("A.B"),
  genl.seid("SEID", true), genl.seid(),
}

-- A decoder that counts what another one gives.
local function counting(decode, kind)
  return function(bytes)
    local result, message, errno = decode(bytes, kind)
    return result and #result, message, errno
  end
end

local function one(...)
  local result, message, errno = ...
  return result and 1, message, errno
end

local decoders = {
  counting(recorded.link_groups, "SMC-D"), counting(recorded.link_groups, "SMC-R"),
  counting(recorded.devices, "SMC-D"), counting(recorded.devices, "SMC-R"),
  counting(recorded.pnetids), counting(recorded.ueids),
  function(bytes) return one(recorded.stats(bytes, bytes)) end,
  function(bytes) return one(recorded.seid(bytes)) end,
}

loop.run(arg, corpus, decoders, "^%a+ .*: ")
