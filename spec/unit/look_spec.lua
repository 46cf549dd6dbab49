-- Files and folders that may be missing: what counts as that, and what is an error.
local E = require "smc.errno"
local look = require "smc.internal.look"
local support = require "support"

describe("a look", function()
  it("takes a file for absent where there is none, or no device behind it, and for nothing else", function()
    for name, errno in pairs(E) do
      local is_absent = name == "ENOENT" or name == "ENODEV" or name == "ENXIO"
      assert.equal(is_absent, look.is_absent(errno), name)
    end
    assert.is_false(look.is_absent(nil))
    assert.is_nil(look.file "/none")
    assert.same({}, look.entries "/none")
    assert.is_nil(look.link "/none")
    local file = look.protect(look.file)
    assert.equal(E.EISDIR, select(3, file "/"))
    assert.equal(E.ENOTDIR, select(3, file "/dev/null/x"))
    assert.equal(E.ENOTDIR, select(3, look.protect(look.entries) "/dev/null"))
  end)

  it("has the names of a folder in their order, without those that begin with a dot", function()
    local files, expected = { [".hidden"] = "" }, {}
    for i = 1, 50 do
      expected[i] = ("%02d"):format(i)
      files[("%02d"):format(i * 7 % 51)] = ""
    end
    local made <close> = support.tree(files)
    assert.same(expected, look.entries(made.root))
  end)

  it("makes results of failures, and of no other error", function()
    local answer = look.protect(function(what) return what() end)
    assert.same({ nil, "x\\x1b", E.EIO }, { answer(function() look.fail("x\27", E.EIO) end) })
    assert.same({ nil, "y", E.EIO }, { answer(function() look.demand(nil, "y", E.EIO) end) })
    assert.same({ false, 2, 3 }, { answer(function() return look.demand(false, 2, 3) end) })
    local mistake <const> = {}
    assert.same({ false, mistake }, { pcall(answer, function() error(mistake) end) })
  end)
end)
