--- The filter of a packet socket: a program of classic BPF, as bytes, for packets that begin with an IP
-- header. It passes what may belong to a handshake: TCP segments with SYN, FIN or RST, and those whose data
-- are short or begin with a CLC message. See Documentation/networking/filter.rst.
-- @module smc.handshake.bpf

local bpf = {}

local SHORT <const> = 2048 -- bytes of data: longer than any CLC message
local PASSED <const> = 4096 -- bytes of a packet
local PROTOCOL <const> = 0xfffff000 -- SKF_AD_OFF + SKF_AD_PROTOCOL

local CODES <const> = {
  ["ld [k]"] = 0x20, ["ldh [k]"] = 0x28, ["ldb [k]"] = 0x30, ["ld [x+k]"] = 0x40, ["ldh [x+k]"] = 0x48,
  ["ldb [x+k]"] = 0x50, ["ld M"] = 0x60, ["ldx k"] = 0x01, ["ldx 4*([k]&15)"] = 0xb1, ["st M"] = 0x02,
  ["tax"] = 0x07, ["add k"] = 0x04, ["add x"] = 0x0c, ["sub x"] = 0x1c, ["and k"] = 0x54, ["rsh k"] = 0x74,
  ["ja"] = 0x05, ["jeq"] = 0x15, ["jgt"] = 0x25, ["jset"] = 0x45, ["ret"] = 0x06,
}

-- The instructions: { code, k } or { jump, k, label if true }; if false, the next one follows. BPF jumps only
-- forwards.
local START <const> = {
  { "ldh [k]", PROTOCOL },
  { "jeq", 0x0800, "ipv4" }, { "jeq", 0x86dd, "ipv6" },
  { "jeq", 0x8100, "pass" }, { "jeq", 0x88a8, "pass" }, { "ja", 0, "drop" },
  "ipv4",
  { "ldh [k]", 6 }, { "jset", 0x1fff, "drop" }, -- not the first fragment
  { "ldh [k]", 2 }, { "st M", 0 },
  { "ldx 4*([k]&15)", 0 },
  { "ldb [k]", 9 }, { "jeq", 6, "tcp" }, { "ja", 0, "drop" },
  "ipv6",
  { "ldh [k]", 4 }, { "add k", 40 }, { "st M", 0 },
  { "ldx k", 40 },
  { "ldb [k]", 6 }, { "jeq", 6, "tcp" },
  { "jeq", 0, "pass" }, { "jeq", 43, "pass" }, { "jeq", 44, "pass" }, { "jeq", 51, "pass" },
  { "jeq", 60, "pass" }, { "ja", 0, "drop" }, -- extension headers
  "tcp",
}

-- X is the offset of the TCP header, and the scratch memory has the length of the packet.
local TCP <const> = {
  { "ldb [x+k]", 13 }, { "jset", 7, "pass" }, -- FIN, SYN, RST
  { "ldb [x+k]", 12 }, { "rsh k", 2 }, { "and k", 0x3c }, { "add x", 0 }, { "tax", 0 },
  { "ld M", 0 }, { "sub x", 0 },
  { "jeq", 0, "drop" }, { "jgt", SHORT, "long" }, { "ja", 0, "pass" },
  "long",
  { "jgt", 0x7fffffff, "pass" }, -- a packet whose header does not have its length
  { "ld [x+k]", 0 }, { "and k", 0xffffff00 }, { "jeq", 0xe2d4c300, "pass" },
  "drop",
  { "ret", 0 },
  "pass",
  { "ret", PASSED },
}

local function port_of(port)
  return {
    { "ldh [x+k]", 0 }, { "jeq", port, "wanted" },
    { "ldh [x+k]", 2 }, { "jeq", port, "wanted" },
    { "ret", 0 },
    "wanted",
  }
end

-- Separates the labels, which become positions, from the instructions.
local function collect(parts)
  local list, labels = {}, {}
  for _, part in ipairs(parts) do
    for _, one in ipairs(part) do
      if type(one) == "string" then labels[one] = #list else list[#list + 1] = one end
    end
  end
  return list, labels
end

-- struct sock_filter: the code, how many instructions to skip if true and if false, k.
local function encode(one, skip)
  local code = CODES[one[1]]
  if one[1] == "ja" then return string.pack("=I2BBI4", code, 0, 0, skip) end
  return string.pack("=I2BBI4", code, skip, 0, one[2])
end

local function assemble(...)
  local list, labels = collect { ... }
  local out = {}
  for i, one in ipairs(list) do out[i] = encode(one, one[3] and labels[one[3]] - i or 0) end
  return table.concat(out)
end

--- The program.
-- @tparam ?integer port passes only segments from or to it
-- @treturn string
function bpf.program(port)
  if port then return assemble(START, port_of(port), TCP) end
  return assemble(START, TCP)
end

return bpf
