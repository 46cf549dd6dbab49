-- What smc.system writes to a sysctl of text. A file stands in for one of a later kernel.

local support = require "support"

describe("a sysctl of text", function()
  -- What is in the file afterwards, which is what write(2) brought.
  local function written(value)
    local made <close> = support.tree { hs_ctrl = "old\n", wmem = "65536\n" }
    return support.run_by({ "unshare", "-m", "sh", "-c",
      'mount --bind "$0" /proc/sys/net/smc && exec "$@"', made.root }, ([[
        local system = require "smc.system"
        assert(system.set_sysctl("hs_ctrl", %q))
        local file <close> = assert(io.open("/proc/sys/net/smc/hs_ctrl"))
        print(("%%q"):format(file:read("a")), assert(system.sysctl("hs_ctrl")).value)
      ]]):format(value))
  end

  it("is written with a newline", function()
    assert.equal('"none\\\n"\tnone\n', written("none"))
  end)

  it("is cleared by an empty one: the kernel wants a newline", function()
    assert.equal('"\\\n"\t\n', written(""))
  end)
end)
