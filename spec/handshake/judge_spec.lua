-- smc.handshake against tshark, field by field: over captures of the scenes that two hosts play in the lab,
-- and of messages that are made, among them those that the lab's devices cannot make. What smc_clc.lua said
-- of each scene while it was played is what it says of its capture. Run with `make test-handshake`.

local fields = require "handshake.fields"
local handshake = require "smc.handshake"
local json = require "dkjson"
local lfs = require "lfs"
local made = require "handshake.made"
local support = require "support"
local tshark = require "handshake.tshark"

-- The messages of a capture in the order of the packets.
local function messages_of(path)
  local list = {}
  for _, h in ipairs(assert(handshake.read(path))) do
    table.move(h.messages, 1, #h.messages, #list + 1, list)
  end
  table.sort(list, function(a, b) return a.time < b.time end)
  return list
end

-- Returns how many values were compared.
local function compare(path)
  local ours, theirs, count = messages_of(path), tshark.read(path), 0
  assert.equal(#theirs, #ours, path)
  for i, message in ipairs(ours) do
    local found = fields.of(message)
    assert.same(theirs[i], found, ("%s, message %d"):format(path, i))
    for _, values in pairs(found) do count = count + #values end
  end
  return count
end

-- Plays the scenes of a script, and returns the folder with the captures.
local function play(script, ...)
  local out = os.tmpname()
  os.remove(out)
  assert(lfs.mkdir(out))
  local argv = { "spec/lab/lab", ... }
  for _, word in ipairs { "--timeout", "600", "--out", out, "--", "bash", "-c",
    ". spec/handshake/scenes.bash; serve", ":::", "bash", "spec/handshake/" .. script } do
    argv[#argv + 1] = word
  end
  local result = support.run(argv)
  assert.equal(0, result.status, result.stdout .. result.stderr)
  return out
end

local function captures(folder)
  local list = {}
  for name in lfs.dir(folder) do
    if name:find "%.pcap$" then list[#list + 1] = ("%s/%s"):format(folder, name:match("(.*)%.pcap$")) end
  end
  table.sort(list)
  return list
end

-- A handshake without what is not the same when it is read again.
local function comparable(h)
  h.interface, h.ended = nil, nil
  for _, one in ipairs { h.syn or {}, h.syn_ack or {}, table.unpack(h.messages) } do one.time = nil end
  return h
end

local function lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = comparable(json.decode(line)) end
  return list
end

-- What became of the scenes, by their names; "none" where there was no handshake.
local function outcomes(list)
  local found = {}
  for _, path in ipairs(list) do
    local h = assert(handshake.read(path .. ".pcap", { plain = true }))[1]
    local decline
    for _, message in ipairs(h and h.messages or {}) do
      if message.type == "Decline" then decline = message.from .. " " .. message.diagnosis.name end
    end
    found[path:match("[^/]*$")] = h and (decline or h.outcome) or "none"
  end
  return found
end

describe("messages that are made", function()
  it("have the fields that tshark sees", function()
    local path <const>, packets = os.tmpname(), {}
    for i, name in ipairs(made.names) do
      local list = made.handshake({ made.messages[name] }, { first = i * 100000 })
      table.move(list, 1, #list, #packets + 1, packets)
    end
    local file <close> = assert(io.open(path, "wb"))
    file:write(made.pcap(packets))
    file:flush()
    local count = compare(path)
    os.remove(path)
    assert.is_true(count > 200)
  end)
end)

for where, scenes in pairs {
  ["two hosts with ISM functions"] = { "smcd.bash", { "run", "--hosts" }, {
    first = "SMC-D", again = "SMC-D", seid = "SMC-D", ueids = "SMC-D", ipv6 = "SMC-D", vlan = "SMC-D",
    vlan_any = "SMC-D", version1 = "SMC-D", ueids_differ = "server DIFFPREFIX",
    server_is_plain = "not offered", client_is_plain = "not offered", server_has_fastopen = "not offered",
    refused = "incomplete", server_without_ism = "server NOSMCD2DEV", client_without_ism = "client NOSMCDEV",
  } },
  ["two guests with RDMA devices"] = { "smcr.bash", { "pair" }, {
    first = "SMC-R", again = "SMC-R", segments = "SMC-R", two_ueids = "SMC-R",
    ueids_differ = "server NOSMCD2DEV", server_without_ueid = "server NOSMCD2DEV",
    option_taken_out = "not offered", server_without_rdma = "server NOSMCD2DEV",
    client_without_rdma = "server NOSMCD2DEV",
  } },
  ["two guests with Linux 6.1"] = { "old.bash", { "pair", "--kernel", "6.1" }, {
    first = "SMC-R", again = "SMC-R",
  } },
} do
  describe("the scenes of " .. where, function()
    local folder, list
    setup(function()
      folder = play(scenes[1], table.unpack(scenes[2]))
      list = captures(lfs.attributes(folder .. "/host12") and folder .. "/host12" or folder)
    end)

    teardown(function() assert.equal(0, support.run({ "rm", "-r", folder }).status) end)

    it("end as they are meant to", function() assert.same(scenes[3], outcomes(list)) end)

    it("have the fields that tshark sees", function()
      local count = 0
      for _, path in ipairs(list) do count = count + compare(path .. ".pcap") end
      assert.is_true(count >= 100, count)
    end)

    it("are the same while they are played as afterwards", function()
      for _, path in ipairs(list) do
        local later = support.script("smc_clc.lua", "-a", "--json", "-f", path .. ".pcap")
        assert.equal(0, later.status, later.stderr)
        assert.same(lines(later.stdout), lines(support.read(path .. ".json")), path)
      end
    end)
  end)
end
