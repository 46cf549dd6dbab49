-- Some of the set-ups of spec/setups, of a host with itself: what is found to be wrong is the real cause.
package.path = "spec/?.lua;" .. package.path

local check = require "smc.check"
local E = require "smc.errno"
local judge = require "setups.judge"
local process = require "smc.process"
local support = require "support"

local children = {}
local world = { address = "127.0.0.1" }

function world.run(_, command)
  local done = support.run({ "sh", "-c", command }, nil, support.environment())
  return done.status, done.stdout .. done.stderr
end

function world.start(_, command)
  children[#children + 1] = assert(process.spawn({ "sh", "-c", command },
    { stdin = "null", stdout = "null", stderr = "null", env = support.environment() }))
end

local EIDS <const> = "lua5.4 examples/smcd.lua "

-- The kernel sees to it that one of both is there.
local SETUPS <const> = {
  { name = "no UEID, which enables the SEID", here = EIDS .. "seid disable && " .. EIDS .. "ueid flush",
    undo_here = EIDS .. "ueid add SMCV2-LAB", mode = "SMC-D" },
  { name = "the SEID off, with a UEID", here = EIDS .. "seid disable", undo_here = EIDS .. "seid enable",
    mode = "SMC-D" },
}

describe("a host that is set up wrong:", function()
  local forbid

  setup(function()
    forbid = os.tmpname()
    assert.equal(0, support.run({ "cc", "-o", forbid, "spec/kernel/programs/forbid.c" }).status)
  end)

  teardown(function()
    os.remove(forbid)
    for _, child in ipairs(children) do child:close() end
  end)

  for _, one in ipairs(SETUPS) do
    it(one.name .. " #smcd", function() judge.try(world, one) end)
  end

  it("AF_SMC forbidden by seccomp #family_filter", function()
    local words = support.run_by({ forbid, tostring(E.EPERM) }, [[
      local found = assert(require "smc.check".path { host = "127.0.0.1" }).findings[1]
      print(found.side, found.text)]])
    assert.matches("^local\t.*a seccomp filter of this process .*AF_SMC", words)
  end)

  it("nothing #smcd", function()
    local path = assert(check.path { host = "127.0.0.1" })
    assert.same({ {}, { "SMC-Dv2" }, {} }, { path.findings, path.modes, path.unread })
  end)
end)
