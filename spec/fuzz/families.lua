--- Feeds the decoders of SMC_GEN_NETLINK with datagrams that are changed at random, in both byte orders:
-- lua5.4 spec/fuzz/families.lua [seconds [seed]], best with csrc built under sanitizers. The seed is printed
-- first, and repeats the run.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = (os.getenv("SMC_BUILD") or "build") .. "/?.so;" .. package.cpath

local device = require "smc.device"
local genl = require "fuzz.genl"
local linkgroup = require "smc.linkgroup"
local stats = require "smc.stats"

local EBADMSG <const> = 74

local seconds = tonumber(arg[1]) or 10
local seed = tonumber(arg[2]) or os.time()
io.stdout:write("seed ", seed, "\n"):flush()
math.randomseed(seed)

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

local decoders = {
  linkgroup.decode, device.decode, function(bytes, opts) return stats.decode(bytes, bytes, opts) end,
}

local changes = {
  function(s) -- one byte
    local at = math.random(#s)
    return s:sub(1, at - 1) .. string.char(math.random(0, 255)) .. s:sub(at + 1)
  end,
  function(s) -- 16 bits where lengths and types are
    local at = math.random(0, (#s - 2) // 2) * 2 + 1
    return s:sub(1, at - 1) .. string.pack(math.random(2) == 1 and "<I2" or ">I2", math.random(0, 80))
      .. s:sub(at + 2)
  end,
  function(s) return s:sub(1, math.random(#s)) end,
  function(s) return s .. corpus[math.random(#corpus)] end,
  function(s) return s:sub(1, math.random(#s)) .. corpus[math.random(#corpus)] end,
}

local stop = os.time() + seconds
local runs, decoded, errors = 0, 0, 0
repeat
  local s = corpus[math.random(#corpus)]
  for _ = 1, math.random(0, 4) do
    s = #s > 2 and changes[math.random(#changes)](s) or s
  end
  local order = ({ "little", "big" })[math.random(2)]
  local result, message, errno = decoders[math.random(#decoders)](s, { byte_order = order })
  if result then
    decoded = decoded + 1
  else
    assert(message:find("^cannot ") and math.type(errno) == "integer", message)
    assert(errno == EBADMSG or errno > 0)
    errors = errors + 1
  end
  runs = runs + 1
until os.time() >= stop
print(("%d datagrams, %d decoded, %d errors"):format(runs, decoded, errors))
