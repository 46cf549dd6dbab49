-- IP addresses as text, and the subnets that they are in.
local ip = require "smc.internal.ip"
local socket = require "smc.socket"

describe("an address", function()
  local TEXTS <const> = { "0.0.0.0", "10.1.0.12", "255.255.255.255", "::", "::1", "1::", "fe80::1", "fd00::c",
    "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:0", "1::4:5:6:7:8",
    "1::4:0:0:7:8", "1:0:0:4::8", "1:0:3::7:8", "1:2:3:4:5:6::", "::3:4:5:6:7:8", "::ffff:10.1.0.12",
    "::fffe:a01:c",
    "2001:db8:0:1:1:1:1:1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" }

  it("has the text that the C library gives it", function()
    for _, text in ipairs(TEXTS) do
      assert.equal(text, assert(socket.resolve(text))[1])
      assert.equal((text:gsub("^::ffff:(%d+%.)", "%1")), ip.text(assert(ip.bytes(text))))
    end
    assert.equal("::ffff:1.2.3.4", ip.text(("\0"):rep(10) .. "\xff\xff\1\2\3\4"))
  end)

  it("is nothing else", function()
    for _, text in ipairs { "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "256.0.0.1", "1.2.3.", "a.b.c.d",
      "::ffff:1.2.3.256", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8",
      "::1:2:3:4:5:6:7:8", "1::2::3",
      "12345::", "g::", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "localhost" } do
      assert.is_nil(ip.bytes(text), text)
    end
    assert.equal(ip.bytes "fe80::1", ip.bytes "fe80::1%eth0")
    assert.equal(ip.bytes "0.0.0.7", ip.bytes "::FFFF:0.0.0.7")
  end)
end)

describe("a subnet", function()
  it("has the addresses whose first bits are its own", function()
    for _, case in ipairs {
      { "10.1.2.3", "10.1.0.0/16", true }, { "10.2.0.1", "10.1.0.0/16", false },
      { "10.1.2.3", "10.1.2.0/23", true }, { "10.1.3.3", "10.1.2.0/23", true },
      { "10.1.4.3", "10.1.2.0/23", false }, { "1.2.3.4", "1.2.3.4/32", true },
      { "1.2.3.5", "1.2.3.4/32", false }, { "1.2.3.5", "1.2.3.4/31", true },
      { "9.9.9.9", "0.0.0.0/0", true }, { "10.0.0.1", "10.0.0.1/36", true },
      { "10.0.0.1", "10.0.0.1/40", true }, { "10.0.0.1", "::/0", false }, { "a00:1::", "10.0.0.1/16", false },
      { "::ffff:10.1.2.3", "10.1.0.0/16", true }, { "fd00::1", "fd00::/64", true },
      { "fd00:0:0:1::1", "fd00::/64", false }, { "fd00:0:0:1::1", "fd00::/63", true },
      { "x", "10.1.0.0/16", false }, { "10.1.0.1", "10.1.0.0", false }, { "10.1.0.1", "x/16", false },
    } do
      assert.equal(case[3], ip.is_in(case[1], case[2]), case[1] .. " " .. case[2])
    end
  end)

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

describe("an address", function()
  it("is link-local, or one of IPv6, by its first bits", function()
    for _, case in ipairs {
      { "fe80::1", true, true }, { "FE80::1%eth0", true, true }, { "febf::1/64", true, true },
      { "fec0::1", false, true }, { "fe7f::1", false, true }, { "::1", false, true },
      { "254.128.0.1", false, false }, { "169.254.0.1", false, false },
      { "::ffff:192.168.0.1", false, false }, { "host10", false, false },
    } do
      assert.equal(case[2], ip.is_link_local(case[1]), case[1])
      assert.equal(case[3], ip.is_ipv6(case[1]), case[1])
    end
  end)
end)
