-- LuaSocket's TCP contract, on LuaSocket itself and on smc.socket over every path. What differs is
-- told by `ours`: there LuaSocket is known to be wrong, or has less.
package.path = "spec/contract/?.lua;" .. package.path
local world = require "world"

local function load_subjects()
  local subjects = {}
  for i, name in ipairs(world.SUBJECTS) do
    subjects[i] = assert(loadfile("spec/contract/subjects/" .. name .. ".lua", "t", _ENV))()
  end
  return subjects
end

for _, peer in ipairs(world.implementations()) do
  describe(peer.name .. ":", function()
    setup(peer.open)
    teardown(peer.close)

    it("travels the path that is under test", function()
      local sock = peer.connect()
      if peer.ours then assert.equal(peer.mode, sock:mode()) end
      sock:close()
    end)

    for _, subject in ipairs(load_subjects()) do subject(peer) end

    if peer.collector then
      it("was under the collector all the time", function()
        assert.is_true(peer.collector.operations > 500)
      end)
    end
  end)
end
