-- smc.errno has the numbers that this machine's kernel answers with.

local E = require "smc.errno"

describe("smc.errno", function()
  it("has the numbers that failing calls give", function()
    for _, case in ipairs {
      { "ENOENT", "/nonexistent/file", "r" },
      { "EISDIR", "/tmp", "w" },
      { "ENOTDIR", "/dev/null/file", "r" },
    } do
      local file, _, number = io.open(case[2], case[3])
      assert.is_nil(file)
      assert.equal(E[case[1]], number)
      assert.equal(case[1], E.name(number))
    end
  end)

  it("says an error's words as the system does", function()
    local _, message, number = io.open("/nonexistent")
    assert.equal("/nonexistent: " .. E.strerror(number), message)
    assert.equal("string", type(E.strerror(123456)))
  end)

  it("calls an error with two names by the one of Linux", function()
    assert.equal(E.EAGAIN, E.EWOULDBLOCK)
    assert.equal("EAGAIN", E.name(E.EWOULDBLOCK))
    assert.equal("EOPNOTSUPP", E.name(E.ENOTSUP))
    assert.equal("EDEADLK", E.name(E.EDEADLOCK))
    assert.is_nil(E.name(0))
    assert.is_nil(E.name(123456))
  end)

  it("raises for a misspelt name and a number that is not one", function()
    local here = "errno_spec.lua:" .. debug.getinfo(1, "l").currentline + 1 .. ": "
    local ok, message = pcall(function() return E.ENONENT end)
    assert.is_false(ok)
    assert.matches(here .. "there is no error with the name ENONENT", message, 1, true)
    assert.has_error(function() E.strerror("2") end)
  end)

  -- A number that is not this machine's would be wrong without a word.
  it("has the numbers alone: none stands elsewhere in Lua", function()
    local PATTERNS <const> = {
      "%d+ %((E[A-Z][A-Z0-9]+)", -- of the documentation: 2 (ENOENT)
      "local (E[A-Z0-9]+) <const>[^=]*= *%d", -- local ENOENT <const>, EINVAL <const> = 2, 22
      "errno [~=]= %d",
      "assert%.equal%(%d+, errno%)",
    }
    local found = {}
    local pipe <close> = assert(io.popen("find lua examples spec -name '*.lua'"))
    for path in pipe:lines() do
      for line in path ~= "spec/unit/errno_spec.lua" and io.lines(path) or function() end do
        for _, pattern in ipairs(PATTERNS) do
          local name = line:match(pattern)
          local is_number = name and (rawget(E, name) or not name:find("^E"))
          if is_number then found[#found + 1] = path .. ": " .. line end
        end
      end
    end
    assert.same({}, found)
  end)

  it("names every error once, but for the pairs", function()
    local count, names = 0, {}
    for name, number in pairs(E) do
      if math.type(number) == "integer" then
        count = count + 1
        names[E.name(number)] = true
        assert.equal(number, E[E.name(number)], name)
      end
    end
    local distinct = 0
    for _ in pairs(names) do distinct = distinct + 1 end
    assert.equal(count - 3, distinct)
    assert.is_true(distinct > 120)
  end)
end)
