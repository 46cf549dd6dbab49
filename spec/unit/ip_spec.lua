-- IP addresses as text, and the subnets that they are in.
local ip = require "smc.internal.ip"

describe("a subnet", function()
  it("is one by its prefix and its length", function()
    for _, case in ipairs {
      { "192.168.0.10/24", "192.168.0.12/24", true }, { "192.168.0.10/24", "192.168.0.12/25", false },
      { "192.168.0.10/24", "192.168.1.12/24", false }, { "10.1.0.1/13", "10.7.0.1/13", true },
      { "10.1.0.1/13", "10.8.0.1/13", false }, { "1.2.3.4/0", "9.9.9.9/0", true },
      { "fd00::1/64", "fd00:0:0:0:1::2/64", true }, { "fd00::1/64", "fd00:0:0:1::2/64", false },
      { "fe80::1%eth0/64", "fe80::2/64", true }, { "192.168.0.10/24", "fd00::1/24", false },
      { "192.168.0.10", "192.168.0.12/24", nil }, { "x/24", "192.168.0.12/24", nil },
      { "12345::1/64", "fd00::1/64", nil },
    } do
      assert.equal(case[3], ip.same_subnet(case[1], case[2]), case[1] .. " " .. case[2])
    end
  end)
end)
