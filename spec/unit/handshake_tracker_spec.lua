-- When handshakes begin and end, packet by packet: retransmissions, silence, too many at once.
local link_layer = require "smc.handshake.link_layer"
local made = require "handshake.made"
local tracker = require "smc.handshake.tracker"

local m <const>, OPTION <const> = made.messages, made.OPTION
local FIN <const>, SYN <const>, RST <const>, ACK <const> = 1, 2, 4, 16

local function words(events)
  local found = {}
  for i, one in ipairs(events) do found[i] = one.event .. (one.message and " " .. one.message.type or "") end
  return found
end

describe("a handshake that is followed", function()
  local followed

  before_each(function() followed = tracker.new {} end)

  -- Adds a packet at a time. Returns the events.
  local function add(time, from, sequence, flags, payload)
    local events = {}
    followed:add(events, made.packet { from = from, sequence = sequence, flags = flags, payload = payload,
      options = flags & SYN ~= 0 and OPTION or nil }, 1, { time = time })
    return events
  end

  local function sweep(time)
    local events = {}
    followed:sweep(events, time)
    return words(events)
  end

  -- Both SYNs, and messages by turns, at a time. Returns the last events.
  local function talk(time, ...)
    local events = add(time, 1, 1000, SYN)
    add(time, 2, 5000, SYN | ACK)
    local at = { 1001, 5001 }
    for i, bytes in ipairs { ... } do
      local from = 2 - i % 2
      events = add(time, from, at[from], ACK, bytes)
      at[from] = at[from] + #bytes
    end
    return events, at
  end

  it("ends with a RST or a FIN, and says whose", function()
    for flags, how in pairs { [RST] = "reset", [FIN | ACK] = "closed", [RST | FIN] = "reset" } do
      for from, by in ipairs { "client", "server" } do
        local events
        followed = tracker.new {}
        talk(0, m.proposal_r1)
        events = add(1, from, 9000, flags)
        assert.same({ "finished" }, words(events))
        assert.same({ by = by, how = how }, events[1].handshake.ended)
      end
    end
  end)

  it("ends with a Decline, with other data, and with a SYN/ACK without the option", function()
    assert.same({ "message Decline", "finished" }, words(talk(0, m.proposal_r1, m.decline_1)))
    followed = tracker.new {}
    local events = talk(0, m.proposal_r1, "220 mail\r\n")
    assert.same({ { "finished" }, "server" }, { words(events), events[1].handshake.data })
  end)

  it("is over when nothing follows: sooner after a Confirm", function()
    for seconds, messages in pairs { [10] = { m.proposal_all, m.accept_d2 },
      [1] = { m.proposal_all, m.accept_d2, m.confirm_d2 },
      [6] = { m.proposal_all, m.accept_r2, m.confirm_r2 } } do
      followed = tracker.new {}
      talk(100, table.unpack(messages))
      assert.same({}, sweep(100 + seconds - 0.25))
      assert.same({}, sweep(100 + seconds)) -- it looks every half second
      assert.same({ "finished" }, sweep(100 + seconds + 0.25))
    end
  end)

  it("is begun by no packet of one that is over, for ten seconds after its last one", function()
    local _, at = talk(0, m.proposal_r1, m.decline_1)
    for _, time in ipairs { 1, 9.75 } do
      assert.same({}, add(time, 1, 1001, ACK, m.proposal_r1))
      assert.same({}, add(time, 2, at[2] - #m.decline_1, ACK, m.decline_1))
      assert.same({}, add(time, 2, 5000, SYN | ACK))
    end
    assert.same({ "message Proposal" }, words(add(10, 1, 1001, ACK, m.proposal_r1)))
  end)

  it("is begun anew by another SYN, not by the same one", function()
    talk(0, m.proposal_r1, m.decline_1)
    assert.same({ "syn" }, words(add(1, 1, 77000, SYN)))
    assert.same({}, words(add(1, 1, 77000, SYN)))
    assert.same({ "finished", "syn" }, words(add(2, 1, 88000, SYN)))
  end)

  it("is forgotten ten seconds later", function()
    talk(0, m.proposal_r1, m.decline_1)
    sweep(9.5)
    assert.is_not_nil(next(followed.over))
    sweep(10)
    assert.same({ {}, {}, 0 }, { followed.over, followed.open, followed.count })
  end)

  it("has a message that came with the SYN", function()
    assert.same({ "syn", "message Proposal" }, words(add(0, 1, 1000, SYN, m.proposal_r1)))
  end)

  it("has the client at the side whose message it is, or else with the higher port", function()
    local ways <const> = { { 1, m.proposal_r1 }, { 2, m.accept_r1 }, { 1, m.confirm_r1 }, { 2, m.decline_1 },
      { 1, m.decline_1 } }
    for i, way in ipairs(ways) do
      followed = tracker.new {}
      local events = add(0, way[1], 1, ACK, way[2])
      assert.same({ 40000, 37373 },
        { events[1].handshake.client.port, events[1].handshake.server.port }, "way " .. i)
      assert.equal(way[1] == 1 and "client" or "server", events[1].message.from)
    end
  end)

  it("is one of ten thousand at most: the older half is over if there are more", function()
    local packet <const> = made.packet { from = 1, sequence = 1, flags = SYN, options = OPTION }
    local function add_another(i)
      followed:add({}, packet:sub(1, 20) .. string.pack(">I2", i) .. packet:sub(23), 1, { time = i / 10000 })
    end
    for i = 1, 10000 do add_another(i) end
    assert.same({}, sweep(1))
    add_another(10001)
    local events = {}
    followed:sweep(events, 1.0001)
    assert.same({ 5001, 5000 }, { #events, followed.count })
    for i, event in ipairs(events) do assert.equal(i, event.handshake.client.port) end
  end)
end)

describe("a frame of Ethernet", function()
  it("may have tags of every kind, and the innermost counts", function()
    local packet <const> = made.packet { from = 1, sequence = 1 }
    for tags, vlan in pairs { [""] = false, ["\x81\0\xe0\5"] = 5, ["\x88\xa8\0\7\x81\0\xf0\1"] = 1,
      ["\x91\0\0\7\x81\0\0\6"] = 6, ["\x88\xa8\x0f\xff"] = 4095 } do
      local frame = ("\2"):rep(12) .. tags .. "\8\0" .. packet
      assert.same({ 15 + #tags, vlan or nil }, { link_layer.packet(1, frame) })
    end
    assert.is_nil((link_layer.packet(1, ("\2"):rep(12) .. "\x88\xa9\0\7\8\0" .. packet)))
  end)
end)
