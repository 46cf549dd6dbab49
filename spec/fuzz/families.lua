--- Feeds the decoders of SMC_GEN_NETLINK with datagrams that are changed at random, in both byte orders:
-- lua5.4 spec/fuzz/families.lua [seconds [seed]]. See spec/fuzz/loop.lua.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = (os.getenv("SMC_BUILD") or "build") .. "/?.so;" .. package.cpath

local device = require "smc.device"
local genl = require "fuzz.genl"
local linkgroup = require "smc.linkgroup"
local loop = require "fuzz.loop"
local stats = require "smc.stats"

local corpus = {}
for _, order in ipairs { "<", ">" } do
  for _, message in ipairs {
    genl.lgr_smcd(order), genl.lgr_smcd(order, true), genl.lgr_smcr(order) .. genl.link(order),
    genl.dev_smcr(order), genl.stats(order), genl.done(order),
    genl.fallback(true, 5, 6, { server = 7, client = 8 }, order),
  } do
    corpus[#corpus + 1] = message
  end
end

local decoders = {}
for _, decode in ipairs {
  linkgroup.decode, device.decode, function(bytes, opts) return stats.decode(bytes, bytes, opts) end,
} do
  for _, order in ipairs { "little", "big" } do
    decoders[#decoders + 1] = function(bytes)
      local result, message, errno = decode(bytes, { byte_order = order })
      if not result then return nil, message, errno end
      return #result > 0 and #result or 1 -- statistics are one record
    end
  end
end

loop.run(arg, corpus, decoders, "^cannot ")
