-- The decoders of netlink at the very limits of what a message can be: each length, each number, each octet.
local E = require "smc.errno"
local core = require "smc.core.netlink"
local genl = require "fuzz.genl"
local m = require "fuzz.messages"
local recorded = require "fuzz.recorded"
local support = require "support"

local LARGEST_DATAGRAM <const> = 64 * 1024

local function decode(bytes, filter)
  local records = {}
  for s in assert(recorded.sockets(bytes, filter)) do records[#records + 1] = s end
  return records
end

local function decode_one(bytes) return decode(bytes)[1] end

describe("an attribute of smc_diag", function()
  local LGRINFO <const> = { role = 1, link_id = 2, ibdev = "rxe0", ibport = 1, gid = "a", peer_gid = "b" }

  it("may be longer than its place, in any order, and changes none beside it", function()
    local right = decode_one(m.socket({ mode = "tcp" }, m.shutdown(3), m.fallback(5, 6), m.conninfo(),
      m.lgrinfo(LGRINFO), m.dmbinfo { linkid = 1, peer_gid = 2, gid = 3, token = 4, peer_token = 5 }))
    local attributes <const> = {
      m.conninfo(), m.lgrinfo(LGRINFO), m.shutdown(3),
      m.dmbinfo { linkid = 1, peer_gid = 2, gid = 3, token = 4, peer_token = 5 }, m.fallback(5, 6),
    }
    for kind = 1, #attributes do
      local long = m.attribute(kind, attributes[kind]:sub(5) .. ("\0"):rep(3900))
      local order = {}
      for i = 1, #attributes do if i ~= kind then order[#order + 1] = attributes[i] end end
      order[#order + 1] = long
      local found = decode_one(m.socket({ mode = "tcp" }, table.unpack(order)))
      found.dmb.gid_ext, found.dmb.peer_gid_ext = nil, nil -- there, where it is the longer one
      assert.same(right, found, kind)
    end
  end)

  it("of a later kernel has no place, however long it is", function()
    local right = decode_one(m.smcd(7))
    for kind = 6, 20 do
      local found = decode_one(m.message(20, m.smcd(7):sub(17) .. m.attribute(kind, ("x"):rep(3000))))
      assert.same(right, found, kind)
    end
  end)

  -- The fields of a struct that ends after each of its bytes: those that are whole, and no others.
  local function fields_at_every_length(kind, payload, read, layout)
    for size = 1, #payload do
      local found = read(decode_one(m.socket({ mode = "smcd" }, m.attribute(kind, payload:sub(1, size)))))
      for name, last in pairs(layout) do
        assert.equal(size >= last, found[name] ~= nil, ("%s of %d bytes"):format(name, size))
      end
    end
  end

  it("gives the fields that are whole, at every length", function()
    fields_at_every_length(1, m.conninfo():sub(5), function(s) return s.connection end, {
      token = 4, sndbuf_size = 8, rmbe_size = 12, peer_rmbe_size = 16, rx_prod = 24, rx_cons = 32,
      tx_prod = 40, tx_cons = 48, rx_prod_flags = 49, rx_conn_state_flags = 50, tx_prod_flags = 51,
      tx_conn_state_flags = 52, tx_prep = 60, tx_sent = 68, tx_fin = 76,
    })
    fields_at_every_length(4, m.dmbinfo { linkid = 1, peer_gid = 2, gid = 3, token = 4, peer_token = 5,
      peer_gid_ext = 6, gid_ext = 7 }:sub(5), function(s) return s.dmb end, {
      linkid = 4, peer_gid = 16, gid = 24, token = 32, peer_token = 40, peer_gid_ext = 48, gid_ext = 56,
    })
    local gid = ("f"):rep(40)
    local payload = m.lgrinfo { role = 1, link_id = 2, ibdev = ("d"):rep(64), ibport = 1, gid = gid,
      peer_gid = gid }:sub(5)
    fields_at_every_length(2, payload, function(s) return s.link_group.links[1] end,
      { link_id = 1, ibdev = 65, ibport = 66, gid = 106, peer_gid = 146 })
    fields_at_every_length(2, payload, function(s) return s.link_group end, { role = 147 })
  end)

  it("names the side that is the server", function()
    for role, name in pairs { [0] = "client", "server" } do
      local lgrinfo = m.lgrinfo { role = role, link_id = 1, ibdev = "d", ibport = 1, gid = "", peer_gid = "" }
      assert.equal(name, decode_one(m.socket({ mode = "smcr" }, lgrinfo)).link_group.role)
    end
  end)

  it("has codes of 0, which are codes, and a direction of shutdown whatever other bits are set", function()
    local record = decode_one(m.socket({ mode = "tcp" }, m.fallback(0, 0)))
    assert.equal(0, record.fallback.code)
    assert.is_nil(record.peer_fallback)
    for mask = 0, 255 do
      assert.equal(({ [0] = "none", "receive", "send", "both" })[mask & 3],
        decode_one(m.socket({}, m.shutdown(mask))).shutdown)
    end
  end)
end)

describe("an address", function()
  it("has every octet, and a port every digit", function()
    for octet = 0, 255 do
      local port = octet * 257
      local record = decode_one(m.socket { local_address = ("9.%d.%d.1"):format(octet, 255 - octet),
        local_port = port, peer_address = ("%d.0.0.255"):format(octet), peer_port = 65535 - port })
      assert.equal(("9.%d.%d.1"):format(octet, 255 - octet), record.local_address)
      assert.equal(("%d.0.0.255"):format(octet), record.peer_address)
      local iterator <close> = assert(recorded.sockets(m.socket { local_address = "1.2.3.4",
        local_port = port }, { fields = { "state", "local_endpoint" } }))
      assert.equal("1.2.3.4:" .. port, (select(2, iterator())))
    end
  end)
end)

describe("a filter", function()
  -- Two ends that differ in everything: a filter for one must not look at the other.
  local datagram <const> = m.socket({ inode = 1, uid = 5, local_address = "10.0.0.1", local_port = 1,
      peer_address = "10.0.0.2", peer_port = 2 })
    .. m.socket({ inode = 2, uid = 6, local_address = "10.0.0.2", local_port = 2,
      peer_address = "10.0.0.1", peer_port = 1 })

  it("looks at its own end, and for the very number", function()
    for filter, inode in pairs {
      [{ local_port = 1 }] = 1, [{ local_port = 2 }] = 2, [{ peer_port = 1 }] = 2, [{ peer_port = 2 }] = 1,
      [{ local_address = "10.0.0.1" }] = 1, [{ peer_address = "10.0.0.1" }] = 2, [{ uid = 5 }] = 1,
      [{ uid = 6 }] = 2, [{ local_port = 1, peer_port = 2 }] = 1,
    } do
      local found = decode(datagram, filter)
      assert.equal(1, #found)
      assert.equal(inode, found[1].inode)
    end
    assert.same({}, decode(datagram, { local_port = 1, peer_port = 1 }))
    for bits = 0, 60, 4 do
      local alike = m.socket { inode = 1 << bits } .. m.socket { inode = 1 << bits | 1 << 62 }
      local found = decode(alike, { inode = 1 << bits })
      assert.same({ 1, 1 << bits }, { #found, found[1].inode })
    end
  end)

  it("is one of a family that either end tells", function()
    local WORDS <const> = { ["10.0.0.2"] = { 0x0a000002, 0, 0, 0 }, ["fd00::2"] = { 0xfd000000, 0, 0, 2 } }
    for address, words in pairs(WORDS) do
      for _, side in ipairs { "local_address", "peer_address" } do
        local found = decode(m.socket { [side] = words }, { [side] = address })
        assert.same({ address, address:find ":" and "inet6" or "inet" }, { found[1][side], found[1].family })
      end
    end
  end)

  it("may be the largest number", function()
    assert.same({}, decode(datagram, { uid = 0xffffffff, local_port = 65535, peer_port = 65535,
      inode = math.maxinteger }))
  end)

  it("asks for 16 fields at most, and for bits that the kernel has", function()
    local fields = {}
    for i = 1, 16 do fields[i] = "state" end
    local iterator <close> = assert(recorded.sockets(datagram, { fields = fields }))
    assert.equal(16, select("#", iterator()))
    fields[17] = "state"
    assert.error_matches(function() recorded.sockets(datagram, { fields = fields }) end, "1 to 16 names")
    assert.error_matches(function() core.smc_diag_datagram("", 256) end, "extension bits expected")
  end)
end)

describe("an answer", function()
  it("may be as long as a datagram can be, and no longer", function()
    local one = m.socket { inode = 1 }
    local count = LARGEST_DATAGRAM // #one
    local whole = one:rep(count) .. m.message(1, ("\0"):rep(LARGEST_DATAGRAM - count * #one - 16)) -- a NOOP
    assert.equal(LARGEST_DATAGRAM, #whole)
    assert.equal(count, #decode(whole))
    assert.error_matches(function() decode(whole .. "\0") end, "longer than a datagram")
  end)

  it("is freed when it has been read #native", function()
    if os.getenv "SMC_BUILD" == "build/sanitize" then return end -- which keeps freed memory
    local whole = m.message(1, ("\0"):rep(LARGEST_DATAGRAM - 16))
    local function turn() for _ = 1, 200 do decode(whole) end end
    turn()
    local before = support.resident()
    turn()
    collectgarbage()
    assert.is_true(support.resident() - before < 200 * 64 // 4)
  end)

  it("has an errno only where there is one", function()
    for _, number in ipairs { -5, -100, 0, 4096, 5000 } do -- errors of the kernel are from 1 to 4095
      assert.same({ m = {} }, { m = decode(m.failure(number)) }, number)
    end
    assert.equal(4095, select(3, recorded.sockets(m.failure(4095))))
    assert.equal(1, select(3, recorded.sockets(m.failure(1))))
  end)

  it("need not be padded at its end", function()
    local text = string.pack("=I2I2", 4 + 3, 1) .. "A.B"
    local bytes = string.pack("=I4I2I2I4I4", 16 + 4 + #text, 0x1b, 2, 0, 0) .. "\10\1\0\0" .. text
    assert.equal(27, #bytes)
    assert.same({ "A.B" }, recorded.ueids(bytes))
  end)

  it("is an error where a message or an attribute is shorter than its head", function()
    for size = 0, 3 do
      local short = string.pack("=I4I2I2I4I4", 16 + size, 0x1b, 2, 0, 0) .. ("\0"):rep(size)
      assert.equal(E.EBADMSG, select(3, recorded.ueids(short)), size)
    end
    for length = 0, 3 do
      local attribute = string.pack("=I2I2", length, 1)
      local bytes = string.pack("=I4I2I2I4I4", 24, 0x1b, 2, 0, 0) .. "\10\1\0\0" .. attribute
      assert.equal(E.EBADMSG, select(3, recorded.ueids(bytes)), length)
    end
  end)

  it("tells its errno after the loop that it ended, and nothing after it was closed", function()
    local iterator = assert(recorded.sockets(m.smcd() .. "junk"))
    assert.is_table(iterator())
    assert.is_nil(iterator:errno())
    assert.is_false(pcall(iterator))
    assert.equal(E.EBADMSG, iterator:errno())
    iterator = assert(recorded.sockets(m.smcd() .. m.smcd(nil, 2)))
    iterator:close()
    assert.is_nil(iterator())
  end)
end)

describe("an integer of a message", function()
  it("has no sign, but where it has 64 bits", function()
    local largest <const> = { u8 = 0xff, u16 = 0xffff, u32 = 0xffffffff, u64 = -1 }
    for kind, number in pairs(largest) do
      local message = genl.message(4, { { 4, "nest", { { 5, kind, number } } } })
      local groups = recorded.link_groups(message, "SMC-D")
      assert.equal(number, groups[1].conns_num, kind)
    end
  end)

  it("is true unless it is 0, where it is a flag", function()
    for number = 0, 255 do
      local seid = recorded.seid(genl.message(14, { { 1, "string", "S" }, { 2, "u8", number } }))
      assert.equal(number ~= 0, seid.enabled, number)
    end
  end)

  it("of the network's order has the first byte first", function()
    local link = genl.message(3, { { 3, "nest", { { 1, "u8", 1 }, { 2, "string", "d" }, { 10, "u32", 3 },
      { 8, "raw", "\1\2\3\4" }, { 9, "raw", "\xff\2\3\4" } } } })
    local found = recorded.link_groups(genl.lgr_smcr() .. link, "SMC-R")[1].links[1]
    assert.same({ 0x01020304, 0xff020304 }, { found.link_uid, found.peer_link_uid })
  end)
end)

describe("counters", function()
  it("are each their own", function()
    local tech = recorded.stats(genl.stats(), "").smcd
    for i, name in ipairs { "client_v1", "client_v2", "server_v1", "server_v2", "sendpage", "splice", "cork",
      "nodelay", "urgent_data", "rx_bytes", "tx_bytes", "rx_requests", "tx_requests" } do
      assert.equal(1000 * (i + 6), tech[name], name)
    end
    local nests <const> = { "tx_rmb_sizes", "rx_rmb_sizes", "tx_sizes", "rx_sizes", "tx_rmb", "rx_rmb" }
    for i, nest in ipairs(nests) do
      local names = i <= 4 and { "8K", "16K", "32K", "64K", "128K", "256K", "512K", "1024K", "more" }
        or { "small_peer", "small", "full_peer", "full", "reuse", "alloc", "downgrade" }
      for number, name in ipairs(names) do assert.equal(100 * i + number, tech[nest][name], nest .. name) end
    end
    assert.same({ 65536, 1 << 40 }, { tech.rx_rmb_usage, tech.tx_rmb_usage })
  end)
end)
