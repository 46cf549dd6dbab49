-- What smc_clc.lua prints of the handshakes that were recorded in the lab: every word of it, so that a change
-- of a text is seen and meant. To write the texts anew, with FORMAT text for --all, json for --json:
--
--    TZ=UTC spec/env lua5.4 examples/smc_clc.lua --FORMAT -f spec/handshake/recorded.pcap >…/recorded.FORMAT
local support = require "support"

local RECORDED <const> = "spec/handshake/recorded."

local function printed(...)
  local env = support.environment()
  env.TZ, env.COLUMNS = "UTC", nil
  local result = support.run({ "lua5.4", "examples/smc_clc.lua", "-f", RECORDED .. "pcap", ... }, nil, env)
  assert.same({ 0, "" }, { result.status, result.stderr })
  return result.stdout
end

local function lines(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = line end
  return list
end

-- The handshakes that are printed with these options, a line of JSON each.
local function handshakes(...)
  return lines(printed("--json", ...))
end

local function those(list, is_one)
  local found = {}
  for _, line in ipairs(list) do
    if is_one(line) then found[#found + 1] = line end
  end
  return found
end

describe("the handshakes of the lab", function()
  for format, option in pairs { text = "--all", json = "--json" } do
    it("are printed word by word: " .. option, function()
      local own, other = lines(support.read(RECORDED .. format)), lines(printed(option))
      for i, line in ipairs(own) do assert.equal(line, other[i]) end
      assert.equal(#own, #other)
    end)
  end

  it("are those that offered SMC, where no others are asked for", function()
    local all = handshakes "--all"
    local with_smc = those(all, function(line) return not line:find('"syn":{"smc":false', 1, true) end)
    assert.same(with_smc, handshakes())
    assert.is_true(#with_smc < #all)
  end)

  it("are those of a port or an address, of either side", function()
    local all, count = handshakes "--all", 0
    for words, field in pairs {
      ["--port 37400"] = '"port":37400}', ["--port 37402"] = '"port":37402}', ["--port 1"] = '"port":1}',
      ["--port 59870"] = '"port":59870}', ["--address 192.168.0.10"] = '"address":"192.168.0.10"',
      ["--address 192.168.5.12"] = '"address":"192.168.5.12"',
      ["--address fd00::10"] = '"address":"fd00::10"',
      ["--address 192.168.0.1"] = '"address":"192.168.0.1"',
    } do
      local expected = those(all, function(line) return line:find(field, 1, true) end)
      count = count + #expected
      assert.same(expected, handshakes("--all", words:match("^(%S+) (%S+)$")))
    end
    assert.is_true(count > #all)
  end)
end)
