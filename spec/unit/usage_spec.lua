-- The usage that smcd.lua and smcr.lua print, word by word: the texts of smcd(8) and smcr(8).
local support = require "support"

local UEID <const> = [[
Usage: $ ueid [show]
       $ ueid add <eid>
       $ ueid del <eid>
       $ ueid flush
]]

-- $ stands for the script.
local TEXTS <const> = {
  ["smcd.lua"] = {
    linkgroup = "Usage: $ linkgroup [show] [all | LG-ID]\n", device = "Usage: $ device [show] [all]\n",
    info = "Usage: $ info [show]\n", stats = "Usage: $ stats [show | reset]\n", ueid = UEID,
    seid = "Usage: $ seid [show]\n       $ seid enable\n       $ seid disable\n",
  },
  ["smcr.lua"] = {
    linkgroup = "Usage: $ linkgroup [show | link-show] [all | LG-ID]\n"
      .. (" "):rep(45) .. "[ibdev <dev>]\n" .. (" "):rep(45) .. "[netdev <dev>]\n",
    device = "Usage: $ device [show] [all]\n" .. (" "):rep(30) .. "[ibdev <dev>]\n" .. (" "):rep(30)
      .. "[netdev <dev>]\n",
    info = "Usage: $ info [show]\n", stats = "Usage: $ stats [show | reset]\n", ueid = UEID,
  },
}

for script, texts in pairs(TEXTS) do
  describe(script, function()
    it("says how each object is used, and ends with 255", function()
      for object, text in pairs(texts) do
        local result = support.script(script, object, "help")
        assert.same({ status = 255, stdout = "", stderr = text:gsub("%$", script) }, result, object)
      end
    end)
  end)
end

describe("smcr.lua", function()
  it("has no SEID", function()
    assert.same({ status = 1, stdout = "", stderr = 'Error: Object "seid" is valid for SMC-D only, '
      .. 'try "smcr.lua help".\n' }, support.script("smcr.lua", "seid", "show"))
  end)
end)
