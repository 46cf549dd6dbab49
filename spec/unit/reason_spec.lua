local E = require "smc.errno"
local reason = require "smc.reason"

-- net/smc/smc_clc.h of Linux 6.12.
local kernel = {
  MEM = 0x01010000, TIMEOUT_CL = 0x02010000, TIMEOUT_AL = 0x02020000, CNFERR = 0x03000000,
  PEERNOSMC = 0x03010000, IPSEC = 0x03020000, NOSMCDEV = 0x03030000, NOSMCDDEV = 0x03030001,
  NOSMCRDEV = 0x03030002, NOISM2SUPP = 0x03030003, NOV2EXT = 0x03030004, NOV2DEXT = 0x03030005,
  NOSEID = 0x03030006, NOSMCD2DEV = 0x03030007, NOUEID = 0x03030008, RELEASEERR = 0x03030009,
  MAXCONNERR = 0x0303000a, MAXLINKERR = 0x0303000b, MODEUNSUPP = 0x03040000, RMBE_EC = 0x03050000,
  OPTUNSUPP = 0x03060000, DIFFPREFIX = 0x03070000, GETVLANERR = 0x03080000, ISMVLANERR = 0x03090000,
  NOACTLINK = 0x030a0000, NOSRVLINK = 0x030b0000, VERSMISMAT = 0x030c0000, MAX_DMB = 0x030d0000,
  NOROUTE = 0x030e0000, NOINDIRECT = 0x030f0000, SYNCERR = 0x04000000, PEERDECL = 0x05000000,
  INTERR = 0x09990000, ERR_RTOK = 0x09990001, ERR_RDYLNK = 0x09990002, ERR_REGBUF = 0x09990003,
}

describe("smc.reason", function()
  it("has every code of the kernel, by code and by name, with words and advice", function()
    for name, code in pairs(kernel) do
      local found = reason.get(code)
      assert.same(found, reason.get(name))
      assert.same(found, reason.get(("0x%08x"):format(code)))
      assert.equal(code, found.code)
      assert.equal(name, found.name)
      assert.is_true(#found.meaning > 10)
      assert.is_true(#found.advice > 40)
    end
  end)

  it("has no reason for the code of what did not fall back", function()
    assert.same({ nil, "there is no fallback code to look up", E.ENOENT }, { reason.get(nil) })
  end)

  it("lists them all, in the order of their codes", function()
    local count, last = 0, 0
    for r in reason.all() do
      assert.equal(kernel[r.name], r.code)
      assert.is_true(r.code > last)
      count, last = count + 1, r.code
    end
    local expected = 0
    for _ in pairs(kernel) do
      expected = expected + 1
    end
    assert.equal(expected, count)
  end)

  it("puts a code into one line", function()
    assert.equal("0x03030008 NOUEID: the peer sent no UEID, and no SEID", reason.describe(0x03030008))
    assert.equal("0x12345678: unknown reason", reason.describe(0x12345678))
    assert.equal("0x00000000: no reason given", reason.describe(0))
  end)

  it("knows the internal errors of older kernels", function()
    local found = reason.get(0x99990001)
    assert.equal("ERR_RTOK", found.name)
    assert.equal(0x99990001, found.code)
    assert.equal(0x09990001, reason.get("ERR_RTOK").code)
  end)

  it("says of a code that it is unknown", function()
    local found = reason.get(0x03030fff)
    assert.is_nil(found.name)
    assert.equal(0x03030fff, found.code)
    assert.match("unknown", found.meaning)
    assert.is_true(#found.advice > 40)
    local missing, message, errno = reason.get("NOSUCH")
    assert.equal(require "smc.errno".ENOENT, errno)
    assert.is_nil(missing)
    assert.match("NOSUCH", message)
    assert.has_error(function() reason.get(1.5) end,
      "bad argument #1 to 'get' (integer or string expected, got 1.5)")
    assert.has_error(function() reason.describe("NOUEID") end,
      "bad argument #1 to 'describe' (integer from 0 to 4294967295 expected, got string)")
    for _, code in ipairs { -1, 1 << 32 } do
      assert.error_matches(function() reason.describe(code) end, "^bad argument #1 to 'describe' ")
    end
  end)

  it("gives out copies", function()
    reason.get("NOUEID").advice = "changed"
    assert.not_equal("changed", reason.get("NOUEID").advice)
  end)
end)
