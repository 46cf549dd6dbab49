-- Handshakes in every kind of capture, in order and out of it.

local E = require "smc.errno"
local handshake = require "smc.handshake"
local made = require "handshake.made"
local support = require "support"

local messages = made.messages

-- A file with these bytes, while f is called with its path.
local function with_file(bytes, f)
  local path <const> = os.tmpname()
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
  file:flush()
  local results = table.pack(pcall(f, path))
  os.remove(path)
  assert(results[1], results[2])
  return table.unpack(results, 2, results.n)
end

local function read(bytes, filter)
  return with_file(bytes, function(path) return handshake.read(path, filter) end)
end

-- The only handshake of a capture.
local function only(bytes, filter)
  local found = assert(read(bytes, filter))
  assert.equal(1, #found)
  return found[1]
end

-- Messages without what their handshake adds.
local function bare(list)
  local found = {}
  for i, message in ipairs(list) do
    found[i] = {}
    for name, value in pairs(message) do
      if name ~= "from" and name ~= "time" then found[i][name] = value end
    end
  end
  return found
end

local function decoded(list)
  local found = {}
  for i, bytes in ipairs(list) do found[i] = assert(handshake.decode(bytes)) end
  return found
end

local SMC_R <const> = { messages.proposal_all, messages.accept_r2, messages.confirm_r2 }

describe("a handshake in a capture", function()
  local function check(h)
    assert.same(decoded(SMC_R), bare(h.messages))
    assert.equal("SMC-R", h.outcome)
    assert.is_true(h.syn.smc)
    assert.is_true(h.syn_ack.smc)
    assert.same({ "client", "server", "client" },
      { h.messages[1].from, h.messages[2].from, h.messages[3].from })
    assert.equal(40000, h.client.port)
    assert.equal(37373, h.server.port)
  end

  for name in pairs(made.links) do
    for _, family in ipairs { "inet", "inet6" } do
      if not (name == "ipv4" and family == "inet6") then
        it(("is read over %s, %s"):format(name, family), function()
          local packets = made.handshake(SMC_R, { family = family })
          local h = only(made.pcap(packets, { link = name }))
          check(h)
          assert.equal(family == "inet" and "10.1.0.12" or "fd00::c", h.client.address)
          assert.equal(name == "vlan" and 5 or nil, h.vlan)
          check(only(made.pcapng(packets, { link = name })))
        end)
      end
    end
  end

  for _, order in ipairs { "<", ">" } do
    for _, nano in ipairs { false, true } do
      it(("is read in byte order %s%s"):format(order, nano and ", nanoseconds" or ""), function()
        local packets = made.handshake(SMC_R)
        for _, format in ipairs { "pcap", "pcapng" } do
          local h = only(made[format](packets, { order = order, nano = nano }))
          check(h)
          assert.equal(1700000000000001, math.floor(h.syn.time * 1e6 + 0.5))
        end
      end)
    end
  end

  for name, how in pairs {
    ["in small segments"] = { size = 7 },
    ["in bytes"] = { size = 1 },
    ["in segments that come in the wrong order"] = { size = 50, reverse = true },
    ["in segments that come twice"] = { size = 50, twice = true },
    ["with sequence numbers that begin again at 0"] = { size = 50, first = -60 },
    ["in segments that come twice and in the wrong order"] = { size = 20, reverse = true, twice = true },
  } do
    it("is read " .. name, function() check(only(made.pcap(made.handshake(SMC_R, how)))) end)
  end

  local HOP_BY_HOP <const>, FRAGMENT <const>, AH <const>, TCP <const> = 0, 44, 51, 6
  for name, how in pairs {
    ["behind options of IPv4"] = { more = ("\1"):rep(8) },
    ["behind an extension header of IPv6"] = { family = "inet6", next = HOP_BY_HOP,
      more = string.pack("BB", TCP, 1) .. ("\0"):rep(14) },
    ["behind several extension headers"] = { family = "inet6", next = HOP_BY_HOP,
      more = string.pack("BBI6", FRAGMENT, 0, 0) .. string.pack("BBI2I4", AH, 0, 0, 1)
        .. string.pack("BBI2I4I4I4", TCP, 2, 0, 1, 1, 0) },
    ["in a first fragment"] = { fragment = 0x2000 },
  } do
    it("is read " .. name, function() check(only(made.pcap(made.handshake(SMC_R, how)))) end)
  end

  it("is not read of other fragments, and of headers that do not end", function()
    for _, how in ipairs {
      { fragment = 0x2001 },
      { family = "inet6", next = FRAGMENT, more = string.pack(">BBI2I4", TCP, 0, 8, 1) },
      { family = "inet6", next = HOP_BY_HOP, more = string.pack("BBI6", TCP, 255, 0) },
      { family = "inet6", next = 17 },
    } do
      assert.same({}, read(made.pcap(made.handshake(SMC_R, how))))
    end
  end)

  it("is read without its SYNs", function()
    local packets = made.handshake(SMC_R)
    local h = only(made.pcap { table.unpack(packets, 3) })
    assert.same(decoded(SMC_R), bare(h.messages))
    assert.equal("SMC-R", h.outcome)
    assert.equal(40000, h.client.port)
    assert.is_nil(h.syn)
  end)

  it("is told from others", function()
    local bytes = made.pcap(made.handshake(SMC_R))
    check(only(bytes, { port = 37373 }))
    check(only(bytes, { client_port = 40000, address = "10.2.0.10" }))
    assert.same({}, read(bytes, { port = 1 }))
    assert.same({}, read(bytes, { address = "10.2.0.11" }))
    assert.same({}, read(bytes, { client_port = 37373 }))
  end)

  it("says that the capture is cut", function()
    local h = only(made.pcap(made.handshake(SMC_R), { snap = 120 }))
    assert.equal("client", h.fault.from)
    assert.matches("the capture has only 66 of the 308 bytes of a segment", h.fault.message)
    assert.equal("incomplete", h.outcome)
  end)

  it("says which message is not valid", function()
    local spoilt = messages.accept_r2:sub(1, -2) .. "x"
    local h = only(made.pcap(made.handshake { messages.proposal_all, spoilt }))
    assert.equal("server", h.fault.from)
    assert.matches("does not end with", h.fault.message)
    assert.equal(1, #h.messages)
  end)

  it("is one where each packet comes twice, after its end too", function()
    local packets = made.handshake({ messages.proposal_all, messages.decline_2 }, { twice = true })
    assert.equal("declined", only(made.pcap(packets)).outcome)
    local syns = {}
    for i, flags in ipairs { 2, 2, 18, 18, 17, 17 } do
      syns[i] = made.packet { from = ({ 1, 1, 2, 2, 1, 1 })[i], sequence = 1, flags = flags }
    end
    assert.equal("not offered", only(made.pcap(syns), { plain = true }).outcome)
  end)

  it("ends where a side declines", function()
    local h = only(made.pcap(made.handshake { messages.proposal_all, messages.decline_2 }))
    assert.equal("declined", h.outcome)
    h = only(made.pcap(made.handshake { messages.proposal_r1, messages.accept_r1, messages.confirm_r1,
      messages.decline_2 }))
    assert.equal("declined", h.outcome)
  end)

  it("does not take other data for messages", function()
    local packets = made.handshake { messages.proposal_all }
    packets[#packets + 1] = made.packet { from = 2, sequence = 6001, payload = "HTTP/1.0 400 Bad\r\n" }
    local h = only(made.pcap(packets))
    assert.equal("server", h.data)
    assert.equal("incomplete", h.outcome)
    assert.is_nil(h.fault)
  end)

  it("is one of each connection, though ports are used again", function()
    local packets = made.handshake(SMC_R)
    for _, one in ipairs(made.handshake({ messages.proposal_d1, messages.decline_1 }, { first = 90000 })) do
      packets[#packets + 1] = one
    end
    local found = assert(read(made.pcap(packets)))
    assert.equal(2, #found)
    check(found[1])
    assert.equal("declined", found[2].outcome)
  end)

  it("needs the option, or `plain`", function()
    local bytes = made.pcap { made.packet { from = 1, sequence = 1, flags = 2 },
      made.packet { from = 2, sequence = 1, flags = 18 } }
    assert.same({}, read(bytes))
    local h = only(bytes, { plain = true })
    assert.equal("not offered", h.outcome)
    assert.is_false(h.syn.smc)
  end)

  it("comes as events", function()
    with_file(made.pcap(made.handshake(SMC_R)), function(path)
      local words = {}
      for event in assert(handshake.watch { file = path }) do
        words[#words + 1] = event.event .. (event.message and " " .. event.message.type or "")
      end
      assert.same({ "syn", "syn_ack", "message Proposal", "message Accept", "message Confirm", "finished" },
        words)
    end)
  end)
end)

describe("what a peer sends", function()
  it("does not reach the terminal as it is", function()
    local evil <const> = ("\27]0;evil\7\nFORGED\u{9b}31m\x9bm" .. (" "):rep(32)):sub(1, 32)
    local list = {}
    for i, name in ipairs { "proposal_all", "accept_d2", "decline_2" } do
      list[i] = messages[name]:gsub("SMCV2%-A" .. (" "):rep(25), evil):gsub("host12" .. (" "):rep(26), evil)
    end
    with_file(made.pcap(made.handshake(list)), function(path)
      local result = support.script("smc_clc.lua", "-f", path)
      assert.equal(0, result.status, result.stderr)
      assert.not_matches("[\0-\8\11-\31\127]", result.stdout)
      assert.not_matches("\nFORGED", result.stdout)
      assert.truthy(result.stdout:find("\\x1b]0;evil\\x07", 1, true))
      assert.truthy(utf8.len(support.script("smc_clc.lua", "--json", "-f", path).stdout))
    end)
    local h = only(made.pcap(made.handshake { list[1], list[3] }))
    local first = handshake.conclusions(h, { server = { ueids = { "\27" } } })[1]
    assert.not_matches("%c", first.text .. first.command)
  end)
end)

describe("a file that is not a capture", function()
  local function check(bytes, pattern)
    local found, message, errno = read(bytes)
    assert.is_nil(found)
    assert.equal(E.EBADMSG, errno, message)
    assert.matches(pattern, message)
  end

  it("is refused, with what it is", function()
    check("", "neither pcap nor pcapng")
    check("hello\n", "neither pcap nor pcapng")
    check("\x1f\x8b\8", "gunzip")
    check(made.pcap({}):sub(1, 10), "ends in the middle")
    check(made.pcap({}):gsub("\1\0\0\0$", "\x7b\0\0\0"), "link type 123")
  end)

  it("is refused where it is cut off", function()
    for _, format in ipairs { "pcap", "pcapng" } do
      local bytes = made[format](made.handshake { messages.proposal_r1 })
      check(bytes:sub(1, -2), "ends in the middle of packet 3")
    end
  end)

  it("is read as far as its frames go, wherever they are cut", function()
    local packets = made.handshake({ messages.proposal_r1, messages.decline_1 }, { family = "inet6" })
    for name in pairs(made.links) do
      if name ~= "ipv4" then
        for snap = 0, 100 do
          local found, message = read(made.pcap(packets, { link = name, snap = snap }), { plain = true })
          assert.is_table(found, message)
        end
      end
    end
  end)

  it("is closed", function()
    for _, bytes in ipairs { "hello\n", made.pcap({}):sub(1, 10), made.pcap(made.handshake(SMC_R)):sub(1, -2),
      made.pcapng(made.handshake(SMC_R)):sub(1, -2), made.pcap({}):gsub("\1\0\0\0$", "\x7b\0\0\0") } do
      with_file(bytes, function(path)
        assert.equal(0, support.descriptors_left_by(function() handshake.read(path) end, 5))
      end)
    end
  end)

  it("raises no error, whatever is in it", function()
    for _, format in ipairs { "pcap", "pcapng" } do
      local packets = made.handshake({ messages.proposal_r1, messages.decline_1 }, { family = "inet6" })
      local bytes = made[format](packets)
      with_file("", function(path)
        for at = 1, #bytes, 7 do
          local file <close> = assert(io.open(path, "wb"))
          local wrong = string.char(bytes:byte(at) ~ (at * 29 + 1 & 255))
          file:write(bytes:sub(1, at - 1), wrong, bytes:sub(at + 1))
          file:flush()
          local called, found, message, errno = pcall(handshake.read, path)
          assert(called, found)
          assert.is_true(found ~= nil or errno == E.EBADMSG, message)
        end
      end)
    end
  end)
end)
