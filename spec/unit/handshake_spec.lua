-- CLC messages in every shape, cut and spoilt; and what tshark read in those of the lab.

local E = require "smc.errno"
local fields = require "handshake.fields"
local handshake = require "smc.handshake"
local made = require "handshake.made"

local messages = made.messages

describe("smc.handshake.decode", function()
  it("reads the Proposal of everything", function()
    local m, length = handshake.decode(messages.proposal_all .. "more")
    assert.equal(#messages.proposal_all, length)
    assert.same({
      type = "Proposal", version = 2, length = length, release = 1, feature_mask = 1,
      offers = { "SMC-Dv1", "SMC-Rv1", "SMC-Dv2", "SMC-Rv2" },
      peer_id = "0001020000abcdef", gid = "fe80:0000:0000:0000:0000:00ff:feab:cdef",
      mac = "02:00:00:ab:cd:ef",
      ism = { gid = -2, chid = 0x7c1 }, ipv6_prefixes = { "fd00::/64", "2001:db8::/48" },
      ueids = { "SMCV2-A", "SMCV2-B.C" }, seid = "IBM-SYSZ-ISMSEID0000000000008561", seid_enabled = true,
      roce_gid = "0000:0000:0000:0000:0000:ffff:0a01:000c", max_conns = 255, max_links = 2,
      ism_devices = { { gid = 5, gid_ext = 6, chid = 0xffff }, { gid = 7, chid = 0x7c2 } },
    }, m)
  end)

  it("reads Proposals of one version and one kind", function()
    local r1, d1 = handshake.decode(messages.proposal_r1), handshake.decode(messages.proposal_d1)
    assert.same({ "SMC-Rv1" }, r1.offers)
    assert.equal("10.1.0.0/24", r1.subnet)
    assert.is_nil(r1.ism)
    assert.same({ "SMC-Dv1" }, d1.offers)
    assert.same({ gid = -2, chid = 0 }, d1.ism)
    assert.is_nil(d1.peer_id)
    local d2 = handshake.decode(messages.proposal_d2)
    assert.same({ "SMC-Dv2" }, d2.offers)
    assert.same({}, d2.ueids)
    assert.is_nil(d2.subnet)
  end)

  it("reads eight prefixes, UEIDs and devices of a Proposal, and refuses more", function()
    local ueids, devices = {}, {}
    for i = 1, 9 do
      ueids[i], devices[i] = "SMCV2-" .. i, { i, i }
      local p, d = handshake.decode(made.with_prefixes(i)), handshake.decode(made.with_devices({}, devices))
      local u = handshake.decode(made.with_devices(ueids, {}))
      local read = { p and #p.ipv6_prefixes, u and #u.ueids, d and #d.ism_devices }
      assert.same(i <= 8 and { i, i, i } or {}, read)
    end
  end)

  it("reads the GIDs of several emulated devices, two halves each", function()
    local devices = { { 1, 0xffff }, { 2, 0xffff }, { 3, 0xffff }, { 4, 0xffff } }
    local m = handshake.decode(made.with_devices({}, devices))
    assert.same({ { gid = 1, gid_ext = 2, chid = 0xffff }, { gid = 3, gid_ext = 4, chid = 0xffff } },
      m.ism_devices)
  end)

  it("reads what the systems say of themselves, of each release", function()
    local old, new = handshake.decode(messages.confirm_r2_old), handshake.decode(messages.confirm_r2)
    assert.same({ "0000:0000:0000:0000:0000:ffff:0a01:000c" }, old.gids)
    assert.same({ 0, "Linux", "host12" }, { old.release, old.os, old.hostname })
    assert.is_nil(old.max_conns)
    assert.equal(2, #new.gids)
    assert.same({ 1, 255, 2, false }, { new.release, new.max_conns, new.max_links, new.direct })
    old = handshake.decode(messages.accept_d2_old)
    assert.same({ 0, "Linux", "host12" }, { old.release, old.os, old.hostname })
    assert.is_nil(old.feature_mask)
  end)

  it("says why a side declines", function()
    local m = handshake.decode(messages.decline_2)
    assert.equal("SYNCERR", m.diagnosis.name)
    assert.is_true(m.out_of_sync)
    assert.equal("Linux", m.os)
    assert.equal("NOUEID", m.further[1].name)
    assert.equal(0x12345678, handshake.decode(messages.decline_unknown).diagnosis.code)
    assert.is_nil(handshake.decode(messages.decline_1).os)
  end)

  -- Without luassert, which takes longer than what it checks.
  local function check(bytes, complete)
    local called, m, message, errno = pcall(handshake.decode, bytes)
    if not called then error(m) end
    if m and not complete then error(("a message of %d bytes is taken"):format(#bytes)) end
    if not m and (errno ~= E.EBADMSG or type(message) ~= "string" or message:find("[%c\127-\255]")) then
      error(("%s, %s"):format(message, errno))
    end
  end

  it("refuses every message that is cut off", function()
    for _, name in ipairs(made.names) do
      local bytes = messages[name]
      for length = 0, #bytes - 1 do check(bytes:sub(1, length), false) end
    end
  end)

  it("answers every message with a wrong byte", function()
    for _, name in ipairs(made.names) do
      local bytes = messages[name]
      for at = 1, #bytes do
        local byte = bytes:byte(at)
        for _, wrong in ipairs { byte ~ 0xff, byte + 1 & 255, (at * 37 + 11) & 255 } do
          check(bytes:sub(1, at - 1) .. string.char(wrong) .. bytes:sub(at + 1), true)
        end
      end
    end
  end)

  it("answers bytes of any kind behind a header", function()
    local seed = 1
    local function random()
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed >> 16 & 255
    end
    for _ = 1, 300 do
      local length, body = 8 + random() * 2, {}
      for i = 1, length - 12 do body[i] = string.char(random()) end
      check("\xe2\xd4\xc3\xd9" .. string.pack(">BI2B", random() % 5, length, random()) .. table.concat(body)
        .. "\xe2\xd4\xc3\xc4", true)
    end
  end)
end)

-- The messages of recorded.fields: name → values, as tshark saw them.
local function judged()
  local list, current = {}, nil
  for line in io.lines "spec/handshake/recorded.fields" do
    local name, value = line:match("^([^=]+)=(.*)$")
    if name and not current then
      current = {}
      list[#list + 1] = current
    elseif not name then
      current = nil
    end
    if name then
      current[name] = current[name] or {}
      table.insert(current[name], value)
    end
  end
  return list
end

describe("handshakes of the lab", function()
  local PATH <const> = "spec/handshake/recorded.pcap"

  it("have the fields that tshark saw", function()
    local messages_of = {}
    for _, h in ipairs(assert(handshake.read(PATH))) do
      table.move(h.messages, 1, #h.messages, #messages_of + 1, messages_of)
    end
    table.sort(messages_of, function(a, b) return a.time < b.time end)
    local expected = judged()
    assert.is_true(#expected > 30)
    assert.equal(#expected, #messages_of)
    for i, message in ipairs(messages_of) do assert.same(expected[i], fields.of(message)) end
  end)

  it("end as they did", function()
    local count = {}
    for _, h in ipairs(assert(handshake.read(PATH, { plain = true }))) do
      count[h.outcome] = (count[h.outcome] or 0) + 1
    end
    assert.same({ ["SMC-D"] = 7, ["SMC-R"] = 4, declined = 4, ["not offered"] = 2 }, count)
  end)
end)
