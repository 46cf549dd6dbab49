-- The filter of packet sockets, run here by the rules of classic BPF, Documentation/networking/filter.rst: of
-- all packets it passes those that may belong to a handshake.
local bpf = require "smc.handshake.bpf"
local made = require "handshake.made"

-- Runs a program on a packet of an Ethernet protocol. Returns the number of bytes that it passes.
local function run(program, packet, protocol)
  local a, x, memory, pc = 0, 0, {}, 1
  local function load(format, at)
    if at == 0xfffff000 then return protocol end -- SKF_AD_OFF + SKF_AD_PROTOCOL
    local ok, value = pcall(string.unpack, format, packet, at + 1)
    return ok and value or nil
  end
  while true do
    local code, jt, jf, k, after = string.unpack("=I2BBI4", program, pc)
    local class, how = code & 7, code & 0xf8
    pc = after
    if class == 6 then return k end -- ret
    if class == 5 then -- jumps
      local met = how == 0 and "always" or how == 0x10 and a == k or how == 0x20 and a > k
        or how == 0x40 and a & k ~= 0
      pc = pc + 8 * (met == "always" and k or met and jt or jf)
    elseif class == 0 then -- ld
      if how == 0x60 then
        a = memory[k]
      else
        local at = (how & 0xe0 == 0x40 and x or 0) + k
        a = load(({ [0] = ">I4", [8] = ">I2", [16] = ">I1" })[how & 0x18], at)
        if not a then return 0 end -- beyond the packet
      end
    elseif class == 1 then -- ldx
      x = how == 0xb0 and 4 * ((load(">I1", k) or 0) & 15) or k
    elseif class == 2 then -- st
      memory[k] = a
    elseif class == 7 then -- tax
      x = a
    else -- alu
      local value = how & 8 ~= 0 and x or k
      local operation = how & 0xf0
      a = (operation == 0 and a + value or operation == 0x10 and a - value or operation == 0x50 and a & value
        or operation == 0x70 and a >> value) & 0xffffffff
    end
  end
end

local IPV4 <const>, IPV6 <const> = 0x0800, 0x86dd
local SHORT <const> = 2048
local CLC <const> = "\xe2\xd4\xc3\xd9"

-- A packet from the client, or the server; its bytes, and the padding of a short Ethernet frame.
local function passed(program, t, padding)
  t.from, t.sequence = t.from or 1, 1
  local protocol = t.protocol or t.family == "inet6" and IPV6 or IPV4
  return run(program, (t.change or function(p) return p end)(made.packet(t)) .. (padding or ""), protocol) > 0
end

-- What a packet is, and whether it passes.
local CASES <const> = {
  { "an acknowledgement alone", {}, false },
  { "one with an option", { options = ("\1"):rep(12) }, false },
  { "a SYN", { flags = 2 }, true }, { "a SYN and ACK", { flags = 18 }, true },
  { "a FIN", { flags = 17 }, true }, { "a RST", { flags = 4 }, true },
  { "PSH, ACK, URG and ECN without data", { flags = 0xf8 }, false },
  { "a byte", { payload = "x" }, true },
  { "a byte after options", { options = ("\1"):rep(40), payload = "x" }, true },
  { "as many bytes as a message", { payload = ("x"):rep(SHORT) }, true },
  { "more bytes than any message", { payload = ("x"):rep(SHORT + 1) }, false },
  { "more bytes that begin as a message", { payload = CLC .. ("x"):rep(SHORT) }, true },
  { "such bytes after options", { options = ("\1"):rep(4), payload = CLC .. ("x"):rep(SHORT) }, true },
  { "more bytes with SMC-D's mark", { payload = "\xe2\xd4\xc3\xc4" .. ("x"):rep(SHORT) }, true },
  { "more bytes that begin as none", { payload = "\xe2\xd4\xc4\xd9" .. ("x"):rep(SHORT) }, false },
}

local IPV4_ONLY <const> = {
  { "behind options of IP", { more = ("\1"):rep(8), payload = "x" }, true },
  { "nothing behind options of IP", { more = ("\1"):rep(40) }, false },
  { "the first fragment", { fragment = 0x2000, payload = "x" }, true },
  { "another fragment", { fragment = 0x2001, payload = "x" }, false },
  { "the last fragment", { fragment = 0x1fff, flags = 2 }, false },
  { "what must not be fragmented", { fragment = 0x4000, payload = "x" }, true },
  { "UDP", { payload = "x", change = function(p) return p:sub(1, 9) .. "\17" .. p:sub(11) end }, false },
  { "no IP", { payload = "x", protocol = 0x0806 }, false },
  { "a VLAN's", { payload = "x", protocol = 0x8100 }, true },
  { "one of two VLANs", { payload = "x", protocol = 0x88a8 }, true },
}

local IPV6_ONLY <const> = {
  { "UDP", { payload = "x", next = 17 }, false }, { "ICMP", { payload = "x", next = 58 }, false },
}
for _, header in ipairs { 0, 43, 44, 51, 60 } do
  IPV6_ONLY[#IPV6_ONLY + 1] = { "behind extension header " .. header, { next = header }, true }
end

local function check(program, cases, family)
  for _, case in ipairs(cases) do
    local what, t, expected = table.unpack(case)
    t.family = family
    assert.equal(expected, passed(program, t), what)
    if t.protocol ~= 0x0806 then -- padding is no data
      assert.equal(expected, passed(program, t, ("\0"):rep(6)), what .. ", padded")
    end
  end
end

describe("the filter of handshakes", function()
  for family, more in pairs { inet = IPV4_ONLY, inet6 = IPV6_ONLY } do
    it("passes what may belong to one: " .. family, function()
      check(bpf.program(), CASES, family)
      check(bpf.program(), more, family)
    end)

    it("passes what has the port, on either side: " .. family, function()
      for port, is_ours in pairs { [40000] = true, [37373] = true, [37374] = false, [39999] = false } do
        local program = bpf.program(port)
        for from = 1, 2 do
          assert.equal(is_ours, passed(program, { family = family, from = from, payload = "x" }), port)
          assert.equal(is_ours, passed(program, { family = family, from = from, flags = 2 }), port)
          assert.is_false(passed(program, { family = family, from = from }), port)
        end
      end
    end)
  end

  it("passes a packet whose length is not in it, as one that is sent in one piece has 0", function()
    for _, payload in ipairs { CLC, ("x"):rep(3000) } do
      assert.is_true(passed(bpf.program(), { payload = payload, change = function(p)
        return p:sub(1, 2) .. "\0\0" .. p:sub(5)
      end }))
    end
  end)

  it("gives as many bytes as a message and its headers have", function()
    assert.equal(4096, run(bpf.program(), made.packet { from = 1, sequence = 1, flags = 2 }, IPV4))
  end)
end)
