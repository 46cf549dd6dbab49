--- Feeds the decoder of smc.diag with datagrams that are changed at random: lua5.4 spec/fuzz/diag.lua
-- [seconds [seed]], best with csrc built under sanitizers. A crash prints nothing more: the seed is
-- printed first, and repeats the run.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = (os.getenv("SMC_BUILD") or "build") .. "/?.so;" .. package.cpath

local diag = require "smc.diag"
local m = require "fuzz.messages"

local seconds = tonumber(arg[1]) or 10
local seed = tonumber(arg[2]) or os.time()
io.stdout:write("seed ", seed, "\n"):flush()
math.randomseed(seed)

local corpus = {
  m.smcd(), m.smcd(77), m.smcd() .. m.smcd(1) .. m.done(), m.failure(2), m.done(-105),
  m.socket({ mode = "tcp", local_port = 1, peer_port = 2 }, m.fallback(0x05000000, 0x03030000)),
  m.socket({ mode = "smcr" }, m.lgrinfo {
    role = 1, link_id = 1, ibname = "rxe0", ibport = 1, gid = "", peer_gid = "",
  }),
}
local filters = { {}, { mode = "SMC-D" }, { details = false }, { local_address = "::1" }, { inode = 1231 },
  { byte_order = "big" }, { byte_order = "little", fields = { "state", "local_endpoint" } } }

local changes = {
  function(s) -- one byte
    local at = math.random(#s)
    return s:sub(1, at - 1) .. string.char(math.random(0, 255)) .. s:sub(at + 1)
  end,
  function(s) -- 16 bits where lengths and types are
    local at = math.random(0, (#s - 2) // 2) * 2 + 1
    local length = math.random(0, 1) * 65535 ~ math.random(0, 80)
    return s:sub(1, at - 1) .. string.pack("=I2", length) .. s:sub(at + 2)
  end,
  function(s) return s:sub(1, math.random(#s)) end,
  function(s) return s .. corpus[math.random(#corpus)] end,
  function(s) return s:sub(1, math.random(#s)) .. corpus[math.random(#corpus)] end,
}

local stop = os.time() + seconds
local runs, records, errors = 0, 0, 0
repeat
  local s = corpus[math.random(#corpus)]
  for _ = 1, math.random(4) do
    s = #s > 2 and changes[math.random(#changes)](s) or s
  end
  local ok, message = pcall(function()
    for _ in assert(diag.decode(s, filters[math.random(#filters)])) do
      records = records + 1
    end
  end)
  if not ok then
    assert(tostring(message):find("cannot list the SMC sockets: ", 1, true), message)
    errors = errors + 1
  end
  runs = runs + 1
until os.time() >= stop
print(("%d datagrams, %d records, %d errors"):format(runs, records, errors))
