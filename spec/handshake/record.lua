-- Makes recorded.pcap and recorded.fields of captures, for the unit specs: the packets of their handshakes,
-- and what tshark sees in them.
--
--    lua5.4 spec/handshake/record.lua FILE.pcap…

local process = require "smc.process"
local tshark = require "handshake.tshark"

local OUT <const> = "spec/handshake/recorded"

local function run(...)
  local p <close> = assert(process.spawn({ ... }, { stdin = "null", stderr = "null" }))
  assert(select(2, p:wait()) == 0, (...))
end

local parts = {}
for i, path in ipairs(arg) do
  parts[i] = os.tmpname()
  run("tshark", "-r", path, "-F", "pcap", "-w", parts[i], "-Y", "(tcp.flags.syn == 1 || tcp.len > 0) && tcp")
end
run("mergecap", "-F", "pcap", "-w", OUT .. ".pcap", table.unpack(parts))
for _, path in ipairs(parts) do os.remove(path) end

local file <close> = assert(io.open(OUT .. ".fields", "w"))
for _, message in ipairs(tshark.read(OUT .. ".pcap")) do
  local names = {}
  for name in pairs(message) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    for _, value in ipairs(message[name]) do file:write(name, "=", value, "\n") end
  end
  file:write("\n")
end
