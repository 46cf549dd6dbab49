-- smc.diag on any machine: what it makes of messages made by hand.

local diag = require "smc.diag"
local m = require "fuzz.messages"
local recorded = require "fuzz.recorded"

-- All records of a datagram.
local function decode(bytes, filter)
  local records = {}
  for s in assert(recorded.sockets(bytes, filter)) do
    records[#records + 1] = s
  end
  return records
end

local function decode_one(bytes, filter)
  local records = decode(bytes, filter)
  assert.equal(1, #records)
  return records[1]
end

describe("smc.diag decodes", function()
  it("an SMC-D connection of Linux 6.1, whose DMBINFO has 40 bytes", function()
    assert.same({
      state = "ACTIVE", mode = "SMC-D", family = "inet",
      local_address = "127.0.0.1", local_port = 12223, peer_address = "127.0.0.1", peer_port = 35164,
      uid = 0, inode = 1231, interface = 0, cookie = 0x100000002, shutdown = "none",
      connection = {
        token = 1, sndbuf_size = 2, rmbe_size = 3, peer_rmbe_size = 4,
        rx_prod = { wrap = 5, count = 6 }, rx_cons = { wrap = 7, count = 8 },
        tx_prod = { wrap = 9, count = 10 }, tx_cons = { wrap = 11, count = 12 },
        rx_prod_flags = 13, rx_conn_state_flags = 14, tx_prod_flags = 15, tx_conn_state_flags = 16,
        tx_prep = { wrap = 17, count = 18 }, tx_sent = { wrap = 19, count = 20 },
        tx_fin = { wrap = 21, count = 22 },
      },
      dmb = {
        linkid = 0x100, gid = 0x1f4a514fcca54834, token = 0x1a6f8abfdc4eb07d,
        peer_gid = 0x1f4a514fcca54834, peer_token = math.tointeger(0xb4d8560004204cd9),
      },
    }, decode_one(m.smcd()))
  end)

  it("an SMC-D connection of Linux 6.12, whose DMBINFO has 56 bytes", function()
    local s = decode_one(m.smcd(77))
    assert.equal(77, s.dmb.peer_gid_ext)
    assert.equal(77, s.dmb.gid_ext)
    assert.equal(0x1a6f8abfdc4eb07d, s.dmb.token)
  end)

  it("longer structs of later kernels, and attributes that it does not know", function()
    local s = decode_one(m.socket({ mode = "tcp" },
      m.attribute(5, string.pack("=I4I4I4", 0x03010000, 0, 99)),
      m.attribute(99, "unknown"),
      m.attribute(1, ("\1"):rep(300))))
    assert.equal(0x03010000, s.fallback.code)
    assert.equal(0x01010101, s.connection.token)
  end)

  it("shorter structs as far as they go", function()
    local s = decode_one(m.socket({ mode = "smcd" }, m.attribute(1, string.pack("=I4I4", 7, 8)),
      m.attribute(4, string.pack("=I4I4I8", 9, 0, 10)), m.attribute(3, "")))
    assert.same({ token = 7, sndbuf_size = 8 }, s.connection)
    assert.same({ linkid = 9, peer_gid = 10 }, s.dmb)
    assert.is_nil(s.shutdown)
  end)

  it("an SMC-R connection and its link", function()
    local gid = "0000:0000:0000:0000:0000:ffff:c0a8:000a"
    local s = decode_one(m.socket({ mode = "smcr" }, m.lgrinfo {
      role = 1, link_id = 1, ibdev = "rxe0", ibport = 1, gid = gid, peer_gid = gid .. "X",
    }))
    assert.equal("SMC-R", s.mode)
    -- 40 bytes without a NUL are no reason to read on.
    assert.same({
      role = "server",
      links = { { link_id = 1, ibdev = "rxe0", ibport = 1, gid = gid, peer_gid = gid .. "X" } },
    }, s.link_group)
  end)

  it("the reasons of a fallback", function()
    local s = decode_one(m.socket({ mode = "tcp" }, m.fallback(0x05000000, 0x03030000)))
    assert.equal("TCP", s.mode)
    assert.equal(0x05000000, s.fallback.code)
    assert.equal(0x03030000, s.peer_fallback.code)
    s = decode_one(m.socket({ mode = "tcp" }, m.fallback(0x03010000)))
    assert.equal(0x03010000, s.fallback.code)
    assert.is_nil(s.peer_fallback)
    s = decode_one(m.socket({ mode = "smcd" }, m.fallback(0)))
    assert.is_nil(s.fallback)
  end)

  it("every state by its name, and others as a number", function()
    for name, number in pairs(m.states) do
      assert.equal(name, decode_one(m.socket { state = number }).state)
    end
    assert.equal("0x1c?", decode_one(m.socket { state = 28 }).state)
  end)

  it("a mode only where there is a connection", function()
    for _, state in ipairs { "INIT", "LISTEN", "CLOSED" } do
      assert.is_nil(decode_one(m.socket { state = state, mode = "smcr" }).mode)
      assert.is_nil(decode_one(m.socket { state = state, mode = "smcr" }, { details = false }).mode)
    end
    -- The link group went away with its device: no longer SMC-R, if it ever was.
    assert.is_nil(decode_one(m.socket { state = "ACTIVE", mode = "smcr" }).mode)
    assert.equal("SMC-R", decode_one(m.socket { state = "ACTIVE", mode = "smcr" }, { details = false }).mode)
    assert.is_nil(decode_one(m.socket { state = "ACTIVE", mode = 9 }).mode)
  end)

  it("shutdown by direction", function()
    for mask, name in pairs { [0] = "none", "receive", "send", "both" } do
      assert.equal(name, decode_one(m.socket({}, m.shutdown(mask))).shutdown)
    end
  end)

  it("large numbers without loss", function()
    local s = decode_one(m.socket { uid = 0xfffffffe, inode = 1 << 40, cookie = -1, local_port = 65535 })
    assert.equal(0xfffffffe, s.uid)
    assert.equal(1 << 40, s.inode)
    assert.equal(-1, s.cookie)
    assert.equal(65535, s.local_port)
  end)
end)

describe("smc.diag tells addresses apart", function()
  local function addresses(s)
    s = decode_one(m.socket(s))
    return { s.family or "-", s.local_address or "-", s.peer_address or "-" }
  end

  it("of IPv4 and IPv6", function()
    assert.same({ "inet", "192.168.0.10", "10.255.9.99" }, addresses {
      local_address = "192.168.0.10", local_port = 1, peer_address = "10.255.9.99", peer_port = 2,
    })
    assert.same({ "inet6", "::1", "::ffff:127.0.0.1" }, addresses {
      local_address = { 0, 0, 0, 1 }, local_port = 1,
      peer_address = { 0, 0, 0xffff, 0x7f000001 }, peer_port = 2,
    })
    -- Looks like IPv4, but for its peer.
    assert.same({ "inet6", "fd00::", "fd00::1" }, addresses {
      local_address = { 0xfd000000, 0, 0, 0 }, peer_address = { 0xfd000000, 0, 0, 1 },
      local_port = 1, peer_port = 2,
    })
  end)

  it("from no address", function()
    assert.same({ "-", "-", "-" }, addresses { state = "INIT" })
    assert.same({ "-", "0.0.0.0", "-" }, addresses { state = "LISTEN", local_port = 12223 })
    assert.same({ "-", "-", "-" }, addresses { state = "CLOSED" })
  end)

  it("from the zeros of IPPROTO_SMC", function()
    assert.same({ "inet", "-", "-" }, addresses { family = 2, state = "LISTEN", local_port = 1 })
    assert.same({ "inet6", "-", "-" }, addresses { family = 10, local_port = 1, peer_port = 2 })
    -- Accepted by one: of the family of SMC, with ports but without addresses.
    assert.same({ "-", "-", "-" }, addresses { local_port = 1, peer_port = 2 })
  end)
end)

describe("smc.diag filters", function()
  local datagram = m.smcd()
    .. m.socket({ state = "LISTEN", local_port = 12223, inode = 2, uid = 1000 })
    .. m.socket({
      mode = "tcp", inode = 3, local_address = { 0, 0, 0xffff, 0x7f000001 }, local_port = 80,
      peer_address = { 0, 0, 0xffff, 0xc0a8000a }, peer_port = 5, uid = 0xffffffff,
    }, m.fallback(0x03010000))
    .. m.done()

  local function inodes(filter)
    local found = {}
    for _, s in ipairs(decode(datagram, filter)) do
      found[#found + 1] = s.inode
    end
    return table.concat(found, " ")
  end

  it("by every field", function()
    assert.equal("1231 2 3", inodes())
    assert.equal("1231 2 3", inodes {})
    assert.equal("1231", inodes { mode = "SMC-D" })
    assert.equal("3", inodes { mode = "TCP" })
    assert.equal("", inodes { mode = "SMC-R" })
    assert.equal("2", inodes { state = "LISTEN" })
    assert.equal("1231 2", inodes { local_port = 12223 })
    assert.equal("3", inodes { peer_port = 5 })
    assert.equal("2", inodes { uid = 1000 })
    assert.equal("3", inodes { uid = 0xffffffff })
    assert.equal("2", inodes { inode = 2 })
    assert.equal("1231", inodes { local_port = 12223, state = "ACTIVE" })
    assert.equal("", inodes { local_port = 12223, state = "INIT" })
  end)

  it("by address in any spelling, IPv4 over IPv6 too", function()
    assert.equal("1231 3", inodes { local_address = "127.0.0.1" })
    assert.equal("1231 3", inodes { local_address = "0:0::ffff:7F00:1" })
    assert.equal("3", inodes { peer_address = "192.168.0.10" })
    assert.equal("2", inodes { local_address = "0.0.0.0" })
    assert.equal("2", inodes { local_address = "::" })
    assert.equal("", inodes { peer_address = "0.0.0.0" })
  end)

  it("and blames mistakes on the caller", function()
    for _, case in ipairs {
      { { modes = "TCP" }, "bad option 'modes'" }, { { mode = "SMCD" }, "mode" }, { { mode = 1 }, "mode" },
      { { state = "active" }, "state" }, { { state = 1 }, "state" }, { { inode = "1" }, "inode" },
      { { inode = 1.5 }, "inode" }, { { inode = -1 }, "inode" }, { { uid = 1 << 32 }, "uid" },
      { { local_port = 65536 }, "local_port" }, { { peer_port = "80" }, "peer_port" },
      { { local_address = "localhost" }, "local_address" }, { { peer_address = "1.2.3" }, "peer_address" },
      { { peer_address = 1 }, "peer_address" }, { { details = "dmb" }, "details" },
      { { details = { "dmbs" } }, "details" }, { "TCP", "bad argument #" },
    } do
      for _, call in ipairs { diag.sockets, function() local _ = diag.sockets(case[1]) end } do
        local ok, message = pcall(call, case[1])
        assert.is_false(ok)
        assert.match(case[2], message, 1, true)
        assert.match("^%S+diag_spec.lua:%d+: bad %a+ ", message)
      end
    end
    assert.has_error(function() diag.find("1") end,
      "bad argument #1 to 'find' (integer of 0 or more expected, got string)")
    assert.has_error(function() diag.find() end,
      "bad argument #1 to 'find' (integer of 0 or more expected, got nil)")
  end)
end)

describe("an answer of the kernel's", function()
  it("has a socket once that came twice", function()
    local one = m.socket { state = "ACTIVE", mode = "tcp", cookie = 7 }
    local other = m.socket { state = "ACTIVE", mode = "tcp", cookie = 8 }
    local nameless = m.socket { state = "ACTIVE", mode = "tcp" }
    assert.equal(4, #decode(one .. other .. one .. nameless .. nameless))
  end)

  it("gives the fields asked for, without a table", function()
    local fields = { "state", "mode", "local_endpoint", "peer_endpoint", "peer_port", "fallback_code" }
    local found = {}
    for state, mode, here, there, port, code in assert(recorded.sockets(m.smcd()
      .. m.socket({ state = "ACTIVE", mode = "tcp" }, m.fallback(0x03010000)), { fields = fields })) do
      found[#found + 1] = table.pack(state, mode, here, there, port, code)
    end
    assert.same({ { n = 6, "ACTIVE", "SMC-D", "127.0.0.1:12223", "127.0.0.1:35164", 35164, nil },
      { n = 6, "ACTIVE", "TCP", nil, nil, nil, 0x03010000 } }, found)
  end)

  it("takes no fields that there are not", function()
    for _, fields in ipairs { { "bogus" }, {}, { "mode" }, 5 } do
      assert.has_error(function() recorded.sockets(m.smcd(), { fields = fields }) end)
    end
  end)
end)

describe("the details of sockets", function()
  local support = require "support"

  -- Bits of smc_diag_req.diag_ext. By include/uapi/linux/smc_diag.h SMC_DIAG_CONNINFO is 1, SMC_DIAG_LGRINFO
  -- 2 and SMC_DIAG_DMBINFO 4.
  local CONNINFO <const>, LGRINFO <const>, DMBINFO <const> = 1 << 0, 1 << 1, 1 << 3

  it("are the kernel's bits of what is asked for", function()
    local function bits_of(filter)
      local module, asked = support.on_answers("smc.diag", { smc_diag = { nil, "refused", 1 } })
      module.sockets(filter)
      return asked[1][2]
    end
    for bits, details in pairs {
      [CONNINFO] = { "connection" }, [LGRINFO] = { "link_group" }, [DMBINFO] = { "dmb" },
      [CONNINFO | DMBINFO] = { "dmb", "connection" }, [LGRINFO | DMBINFO] = { "link_group", "dmb" },
    } do
      assert.equal(bits, bits_of { details = details })
    end
    assert.equal(CONNINFO | LGRINFO | DMBINFO, bits_of {})
    assert.equal(CONNINFO | LGRINFO | DMBINFO, bits_of { details = true })
    assert.equal(0, bits_of { details = false })
    assert.equal(0, bits_of { fields = { "inode" } })
  end)
end)
