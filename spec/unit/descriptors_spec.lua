-- Scripts that run out of descriptors, wherever: modules are files, too, and some are loaded when they are
-- needed. The user reads the system's message, and neither a traceback nor that a module is missing.

local support = require "support"

local SCRIPTS <const> = {
  "smc_rnics.lua -a", "smc_clc.lua -i lo", "smc_chk.lua -C 127.0.0.1 --json", "smcss.lua", "smcd.lua info",
  "smcr.lua device", "smc_pnet.lua", "smc_run.lua true",
  "echo_server.lua --port 12999 --fallback tcp",
}

-- A shell gives the script so few descriptors that it ends before it serves anybody; timeout(1) is for one
-- that has enough.
local COMMAND <const> = 'ulimit -n "$1"; shift; exec timeout 1 lua5.4 "$@"'

describe("a module on first use", function()
  it("that is not there is missing, and no descriptor", function()
    local raised = select(2, pcall(require "smc.internal.load", "smc.none"))
    assert.matches("^module 'smc.none' not found", raised)
  end)
end)

describe("without enough descriptors #plain", function()
  for _, command in ipairs(SCRIPTS) do
    it(("a script says so: %s"):format(command), function()
      local words, told = support.words(command), false
      words[1] = "examples/" .. words[1]
      for limit = 4, 9 do
        local done = support.run({ "sh", "-c", COMMAND, "sh", tostring(limit), table.unpack(words) }, nil,
          support.environment())
        local output = done.stdout .. done.stderr
        local where = ("%s with %d descriptors: %d %s"):format(command, limit, done.status, output)
        assert.is_true(done.status ~= 70, where)
        for _, bad in ipairs { "traceback", "error handling", "lua5.4: " } do
          assert.is_nil(output:find(bad, 1, true), where)
        end
        told = told or output:find("Too many open files", 1, true) ~= nil
      end
      assert.is_true(told)
    end)
  end
end)
