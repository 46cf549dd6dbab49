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
}

-- A decoder that counts what another one gives.
local function counting(decode, kind)
  return function(bytes)
    local result, message, errno = decode(bytes, kind)
    if not result then return nil, message, errno end
    return #result
  end
end

local decoders = {
  counting(recorded.link_groups, "SMC-D"), counting(recorded.link_groups, "SMC-R"),
  counting(recorded.devices, "SMC-D"), counting(recorded.devices, "SMC-R"),
  function(bytes)
    local snapshot, message, errno = recorded.stats(bytes, bytes)
    return snapshot and 1, message, errno
  end,
}

loop.run(arg, corpus, decoders, "^cannot ")
