-- Packets, streams, captures and CLC messages at the limits of what they can be.
local E = require "smc.errno"
local clc = require "smc.handshake.clc"
local fields = require "smc.handshake.fields"
local pcap = require "smc.handshake.pcap"
local segment = require "smc.internal.segment"
local reassembly = require "smc.handshake.reassembly"

local SMCR <const> = "\xe2\xd4\xc3\xd9"
local SYN <const>, ACK <const> = 2, 16

-- A Decline of version 1, of 28 bytes.
local DECLINE <const> = SMCR .. "\4\0\28\16" .. ("\1"):rep(8) .. "\3\1\0\0" .. "\0\0\0\0" .. SMCR

local function tcp(options, payload, flags, words)
  words = words or 5 + #options // 4
  return string.pack(">I2I2I4I4BBI2I2I2", 1000, 2000, 77, 0, words << 4, flags, 0, 0, 0) .. options .. payload
end

local function ipv4(rest, fragment)
  return string.pack(">BBI2I2I2BBI2", 0x45, 0, 20 + #rest, 1, fragment or 0x4000, 64, 6, 0)
    .. "\10\0\0\1\10\0\0\2" .. rest
end

local function ipv6(extensions, protocol, rest)
  return string.pack(">I4I2BB", 0x60000000, #extensions + #rest, protocol, 64) .. ("\1"):rep(32)
    .. extensions .. rest
end

describe("a segment", function()
  it("ends with its IP packet, whatever follows on the wire", function()
    local read = segment.read(ipv4(tcp("", "abc", ACK)) .. ("\0"):rep(7), 1)
    assert.same({ "abc", 3, 77, 1000, 2000 }, { read.payload, read.size, read.sequence, read.source_port,
      read.destination_port })
  end)

  it("may say that it is not to be cut, and is none if it is a piece", function()
    assert.is_table(segment.read(ipv4(tcp("", "", ACK), 0x4000), 1))
    assert.is_table(segment.read(ipv4(tcp("", "", ACK), 0), 1))
    assert.is_nil(segment.read(ipv4(tcp("", "", ACK), 1), 1))
    assert.is_nil(segment.read(ipv4(tcp("", "", ACK), 0x1fff), 1))
  end)

  it("is behind the extensions of IPv6", function()
    for blocks = 0, 3 do
      local extension = "\6" .. string.char(blocks) .. ("\0"):rep(8 * (blocks + 1) - 2)
      local read = segment.read(ipv6(extension, 60, tcp("", "x", ACK)), 1)
      assert.equal("x", read and read.payload, blocks)
    end
    local authentication = "\6\4" .. ("\0"):rep(22)
    assert.equal("x", segment.read(ipv6(authentication, 51, tcp("", "x", ACK)), 1).payload)
    assert.is_nil(segment.read(ipv6("\17\0" .. ("\0"):rep(6), 60, tcp("", "x", ACK)), 1)) -- UDP
  end)

  it("has the SMC option where it has its magic, in a SYN", function()
    for options, smc in pairs {
      ["\xfe\6" .. SMCR .. "\1\1"] = true, ["\1\1\xfe\6" .. SMCR] = true,
      ["\2\4\5\xb4\xfe\6" .. SMCR .. "\1\1"] = true, ["\xfe\6\xe2\xd4\xc3\xc4\1\1"] = false,
      ["\xfe\4" .. SMCR:sub(1, 2)] = false, ["\0\0\xfe\6" .. SMCR] = false,
      ["\3\0\xfe\6" .. SMCR] = false, ["\3\1\xfe\6" .. SMCR] = false, [""] = false,
    } do
      assert.equal(smc, segment.read(ipv4(tcp(options, "", SYN)), 1).smc, ("%q"):format(options))
    end
    assert.is_false(segment.read(ipv4(tcp("\xfe\6" .. SMCR .. "\1\1", "", ACK)), 1).smc)
  end)

  it("has a header of 20 bytes at least, which is in the packet", function()
    for words = 0, 4 do assert.is_nil(segment.read(ipv4(tcp("", "", ACK, words)), 1)) end
    assert.is_table(segment.read(ipv4(tcp("", "", ACK, 5)), 1))
    assert.is_nil(segment.read(ipv4(tcp("", "", ACK, 6)), 1))
  end)
end)

describe("a stream", function()
  local function add(s, sequence, payload) s:add(sequence, payload, #payload) end

  it("is put in order, also where sequence numbers go round", function()
    for _, first in ipairs { 100, 0, 0xffffffff, 0xfffffff0, 0x7ffffff8 } do
      local s = reassembly.new(first)
      add(s, (first + 20) & 0xffffffff, DECLINE:sub(21))
      assert.is_nil((s:take()))
      add(s, (first + 5) & 0xffffffff, DECLINE:sub(6, 15))
      add(s, first & 0xffffffff, DECLINE:sub(1, 10)) -- some of it is there already
      assert.is_nil((s:take()))
      add(s, (first + 8) & 0xffffffff, DECLINE:sub(9, 20))
      assert.same((clc.decode(DECLINE)), s:take(), first)
      assert.is_nil((s:take()))
    end
  end)

  it("takes the longer of two segments that begin together", function()
    local s = reassembly.new(0)
    add(s, 4, DECLINE:sub(5, 8))
    add(s, 4, DECLINE:sub(5))
    add(s, 4, DECLINE:sub(5, 6))
    add(s, 0, DECLINE:sub(1, 4))
    assert.equal("Decline", s:take().type)
  end)

  it("keeps no more than a window, and 64 segments, that are ahead", function()
    local s = reassembly.new(0)
    add(s, 65537, "x")
    assert.equal(0, s.count)
    add(s, 65536, "x")
    assert.equal(1, s.count)
    for i = 1, 100 do add(s, 10 * i, "x") end
    assert.equal(64, s.count)
  end)

  it("is given up where its first bytes can be no message", function()
    local s = reassembly.new(0)
    add(s, 0, SMCR .. "\1" .. string.pack(">I2", clc.LONGEST + 1) .. "\16")
    local message, fault = s:take()
    assert.is_nil(message)
    assert.matches("a length of 2049 bytes", fault)
    s = reassembly.new(0)
    add(s, 0, SMCR .. "\1" .. string.pack(">I2", clc.LONGEST) .. "\16")
    assert.same({}, { s:take() })
    s = reassembly.new(0)
    add(s, 0, "GET / HTTP/1.1\r\n")
    assert.same({}, { s:take() })
    assert.is_true(s.data)
  end)
end)

describe("a capture", function()
  -- The first packet of a file with these bytes, and its time.
  local function first(bytes)
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "wb"))
    file:write(bytes)
    file:close()
    local capture, message, errno = pcap.open(path)
    local packet, time
    if capture then
      packet, time, errno = capture:next()
      if not packet then message = time end
      capture:close()
    end
    os.remove(path)
    return packet, packet and time or message, errno
  end

  local function classic(order, magic, link, length)
    return string.pack(order .. "I4I2I2i4I4I4I4", magic, 2, 4, 0, 0, 65535, link)
      .. string.pack(order .. "I4I4I4I4", 5, 250, length or 3, length or 3) .. "abc"
  end

  it("has times in micro- or nanoseconds, in either order of bytes", function()
    for _, order in ipairs { "<", ">" } do
      local packet, time = first(classic(order, 0xa1b2c3d4, 1))
      assert.same({ "abc", 5.00025 }, { packet, time })
      packet, time = first(classic(order, 0xa1b23c4d, 1))
      assert.equal("abc", packet)
      assert.is_true(math.abs(time - 5.00000025) < 1e-9)
    end
  end)

  it("has its link type in 16 bits", function()
    assert.equal("abc", (first(classic("<", 0xa1b2c3d4, 0xf0010001))))
  end)

  it("has no packet that is longer than a packet can be", function()
    for _, length in ipairs { (1 << 18) + 1, 0xffffffff } do
      local packet, message, errno = first(classic("<", 0xa1b2c3d4, 1, length))
      assert.is_nil(packet)
      assert.matches("has a length of " .. length, message)
      assert.equal(E.EBADMSG, errno)
    end
  end)

  -- A block of pcapng.
  local function block(kind, body, length)
    body = body .. ("\0"):rep(-#body % 4)
    length = length or #body + 12
    return string.pack("<I4I4", kind, length) .. body .. string.pack("<I4", length)
  end

  local SECTION <const> = block(0x0a0d0d0a, string.pack("<I4I2I2i8", 0x1a2b3c4d, 1, 0, -1))

  local function interface(options, snap, link)
    return block(1, string.pack("<I2I2I4", link or 1, 0, snap or 65535) .. (options or ""))
  end

  local function enhanced(low, bytes, length, number)
    return block(6, string.pack("<I4I4I4I4I4", number or 0, 0, low, length or #bytes, #bytes) .. bytes)
  end

  it("has blocks, of which options are padded and say the unit of time", function()
    for option, time in pairs {
      [""] = 1e-6, ["\9\0\1\0\3\0\0\0"] = 1e-3, ["\9\0\1\0\x8a\0\0\0"] = 2.0 ^ -10,
      ["\2\0\5\0eth00\0\0\0" .. "\9\0\1\0\0\0\0\0"] = 1.0, ["\0\0\0\0\9\0\1\0\0\0\0\0"] = 1e-6,
      ["\9\0\2\0\3\0\0\0"] = 1e-6,
    } do
      local packet, read = first(SECTION .. interface(option) .. enhanced(1, "abcde"))
      assert.same({ "abcde", time }, { packet, read }, ("%q"):format(option))
    end
  end)

  it("has the interfaces of its section, each with its link type and its unit of time", function()
    local BYTES <const>, SECONDS <const> = "abcde", "\9\0\1\0\0\0\0\0"
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    local file <close> = assert(io.open(path, "wb"))
    file:write(SECTION, interface(), interface(SECONDS, nil, 101), enhanced(7, BYTES, nil, 1),
      enhanced(7, BYTES), SECTION, interface(SECONDS, nil, 228), enhanced(7, BYTES), enhanced(7, BYTES,
        nil, 1))
    file:flush()
    local capture = assert(pcap.open(path))
    finally(function() capture:close() end)
    assert.same({ BYTES, 7.0, 101 }, { capture:next() })
    assert.same({ BYTES, 7e-6, 1 }, { capture:next() })
    assert.same({ BYTES, 7.0, 228 }, { capture:next() })
    local _, message, errno = capture:next()
    assert.matches("packet 4 is from an interface that it does not describe", message)
    assert.equal(E.EBADMSG, errno)
  end)

  it("has no packet that is longer than its block, and no block of an odd size", function()
    assert.equal(E.EBADMSG, select(3, first(SECTION .. interface() .. enhanced(1, "abcd", 5))))
    local odd = string.pack("<I4I4I2I2I4BI4", 1, 21, 1, 0, 65535, 0, 21)
    assert.equal(E.EBADMSG, select(3, first(SECTION .. odd .. enhanced(1, "abc"))))
  end)

  it("has simple packets as long as they were captured", function()
    local simple = block(3, string.pack("<I4", 100) .. "abcdefgh")
    assert.equal("abcd", (first(SECTION .. interface("", 4) .. simple)))
    assert.equal("abcdefgh", (first(SECTION .. interface("", 0) .. simple)))
  end)
end)

describe("a CLC message", function()
  it("has a length of its own: a Decline the very one", function()
    assert.equal("Decline", clc.decode(DECLINE).type)
    local longer = SMCR .. "\4\0\32\16" .. ("\1"):rep(8) .. "\3\1\0\0" .. ("\0"):rep(8) .. SMCR
    assert.matches("a Decline of version 1 has 28$", (select(2, clc.decode(longer))))
    assert.matches("cut off after 27 of its 28 bytes", (select(2, clc.decode(DECLINE:sub(1, 27)))))
    assert.matches("version is 0", (select(2, clc.decode(DECLINE:sub(1, 7) .. "\0" .. DECLINE:sub(9)))))
  end)

  it("has fields that end with it", function()
    local area = fields.new("12345678", "it", 4, 8)
    assert.equal("5678", area:take(4))
    assert.is_false(pcall(area.take, area, 1))
    assert.is_false(pcall(fields.new, "12345678", "it", 9, 8))
    assert.equal(0, fields.new("12345678", "it", 8, 8):left())
  end)

  it("is from an emulated device where its CHID is 0xff00 or more", function()
    assert.same({ false, true, true }, { fields.is_emulated(0xfeff), fields.is_emulated(0xff00),
      fields.is_emulated(0xffff) })
  end)
end)
