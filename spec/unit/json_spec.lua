local json = require "smc.json"

describe("smc.json", function()
  it("keeps every digit of 64-bit identifiers, and codes readable", function()
    local text = json.encode({ dmb = { token = -1, gid = 0x0123456789abcdef, linkid = 256 },
      fallback = { code = 0x03030008 }, connection = { token = 7 } }, true)
    assert.equal('{"fallback":{"code":"0x03030008"},"connection":{"token":7},'
      .. '"dmb":{"gid":"0123456789abcdef","linkid":"00000100","token":"ffffffffffffffff"}}', text)
  end)

  it("gives the same text for the same values", function()
    local function make(names)
      local record = {}
      for name in names:gmatch("%w+") do record[name] = 1 end
      return json.encode(record, true)
    end
    assert.equal(make("zebra mode apple state"), make("apple state zebra mode"))
    assert.equal('{"state":1,"mode":1,"apple":1,"zebra":1}', make("zebra mode apple state"))
  end)

  it("is UTF-8, whatever a peer calls itself", function()
    assert.equal([[{"peer_hostname":"K\ufffdLN"}]], json.encode({ peer_hostname = "K\xd6LN" }, true))
    assert.equal('{"peer_hostname":"K\u{D6}LN"}', json.encode({ peer_hostname = "K\u{D6}LN" }, true))
  end)

  it("leaves the value as it was", function()
    local record = { code = 5 }
    json.encode(record)
    assert.equal(5, record.code)
  end)
end)
