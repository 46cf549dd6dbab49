-- What a seccomp filter can do on s390x, where the C library calls socketcall(2) in place of socket(2): it
-- cannot tell AF_SMC from other families (systemd.exec(5) says the same of RestrictAddressFamilies=).

local E = require "smc.errno"
local support = require "support"

describe("a seccomp filter on s390x #slow", function()
  local forbid = os.tmpname()
  setup(function()
    assert.equal(0, support.run({ "cc", "-o", forbid, "spec/kernel/programs/forbid.c" }).status)
  end)
  teardown(function() os.remove(forbid) end)

  local function available(family)
    return support.run_by({ forbid, ("%d:%d"):format(E.EPERM, family) },
      [[print(require "smc.system".available())]])
  end

  it("that denies socket(AF_SMC) denies nothing", function()
    assert.equal("true\n", available(43))
  end)

  it("that denies sockets is named", function()
    assert.matches("^nil\t.*: a seccomp filter of this process .* denies AF_SMC sockets to this process: "
      .. ".*\t" .. E.EPERM .. "\n$", available(0))
  end)
end)
