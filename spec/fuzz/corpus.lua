--- Writes messages as the kernels sent them, for the harnesses of libFuzzer: lua5.4 spec/fuzz/corpus.lua
-- FOLDER

package.path = "spec/?.lua;" .. package.path
local genl = require "fuzz.genl"
local m = require "fuzz.messages"

local folder = arg[1]

local function write(harness, list)
  os.execute(("mkdir -p '%s/%s'"):format(folder, harness))
  for i, bytes in ipairs(list) do
    local file <close> = assert(io.open(("%s/%s/recorded-%d"):format(folder, harness, i), "wb"))
    file:write(bytes)
  end
end

local diag = {
  m.smcd(), m.smcd(77), m.smcd() .. m.smcd(1) .. m.done(), m.failure(2), m.done(-105),
  m.socket({ mode = "tcp", local_port = 1, peer_port = 2 }, m.fallback(0x05000000, 0x03030000)),
  m.socket({ mode = "smcr" }, m.lgrinfo { role = 1, link_id = 1, ibdev = "rxe0", ibport = 1, gid = "",
    peer_gid = "" }),
}
for i = 1, #diag do
  diag[#diag + 1] = "\47" .. diag[i]
  diag[i] = "\15" .. diag[i]
end
write("diag", diag)

local families = {}
for which, bytes in pairs { [0] = genl.dev_smcd() .. genl.dev_smcr(), genl.lgr_smcd(),
  genl.lgr_smcr() .. genl.link(), genl.stats(), genl.fallback(true, 5, 6, { server = 7, client = 8 }),
  genl.message(9, { { 1, "nest", { { 1, "u8", 2 }, { 4, "string", "host" } } } }),
  genl.message(16, { { 1, "u8", 1 } }), genl.ueid "A.B", genl.seid("SEID", true),
  genl.pnetid("NETB", nil, "mlx5_0", 2) } do
  families[#families + 1] = string.char(which) .. bytes
end
write("families", families)

write("uevent", { "add@/devices/pci0000:00/0000:00:05.0\0ACTION=add\0"
  .. "DEVPATH=/devices/pci0000:00/0000:00:05.0\0SUBSYSTEM=pci\0PCI_SLOT_NAME=0000:00:05.0\0SEQNUM=7\0",
  "=\0A=\0=B\0\0", "remove@x" })
write("preload", { "64k", "1048576", "1M", "10x", "0", "2147483648" })
