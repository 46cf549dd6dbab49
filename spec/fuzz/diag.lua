--- Feeds the decoder of smc.diag with datagrams that are changed at random: lua5.4 spec/fuzz/diag.lua
-- [seconds [seed]]. See spec/fuzz/loop.lua.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = (os.getenv("SMC_BUILD") or "build") .. "/?.so;" .. package.cpath

local loop = require "fuzz.loop"
local m = require "fuzz.messages"
local recorded = require "fuzz.recorded"

local corpus = {
  m.smcd(), m.smcd(77), m.smcd() .. m.smcd(1) .. m.done(), m.failure(2), m.done(-105),
  m.socket({ mode = "tcp", local_port = 1, peer_port = 2 }, m.fallback(0x05000000, 0x03030000)),
  m.socket({ mode = "smcr" }, m.lgrinfo {
    role = 1, link_id = 1, ibdev = "rxe0", ibport = 1, gid = "", peer_gid = "",
  }),
}
local filters = { {}, { mode = "SMC-D" }, { details = false }, { local_address = "::1" }, { inode = 1231 },
  { fields = { "state", "local_endpoint" } } }

-- An iterator throws in the middle of a datagram.
local function decode(bytes, filter)
  local iterator, message, errno = recorded.sockets(bytes, filter)
  if not iterator then return nil, message, errno end
  local count = 0
  local ok, fault = pcall(function()
    for _ in iterator do count = count + 1 end
  end)
  if not ok then return nil, fault end
  return count
end

local decoders = {}
for i, filter in ipairs(filters) do
  decoders[i] = function(bytes) return decode(bytes, filter) end
end

loop.run(arg, corpus, decoders, "^cannot list the SMC sockets: ")
