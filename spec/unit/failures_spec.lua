-- What is not LuaSocket's answers every failure with nil, a message and an errno: each public function, made
-- to fail in several ways.

local E = require "smc.errno"
local failures = require "failures"
local public_functions = require "public_functions"
local support = require "support"
local system = require "smc.system"

-- What LuaSocket has: these functions answer as its do.
local LUASOCKET <const> = {}
for name in ([[bind choose connect connect4 connect6 gettime newtry protect select sink sinkt skip sleep
    source sourcet tcp tcp4 tcp6 try]]):gmatch("%S+") do
  LUASOCKET["socket." .. name] = true
end

local function is_luasocket(name)
  local prefix = name:match("^[^.]+%.[^.]+")
  return LUASOCKET[prefix] or prefix == "socket.dns" or prefix == "socket.sinkt" or prefix == "socket.sourcet"
end

describe("a failure of", function()
  local function expect(way)
    local answer = table.pack(way[2]())
    assert.is_nil(answer[1])
    assert.is_string(answer[2])
    assert.not_equal("", answer[2])
    assert.equal("integer", math.type(answer[3]), answer[2])
    if way[1] then assert.equal(way[1], E.name(answer[3]), answer[2]) end
    if way.report then assert.same({ false, answer[2] }, { answer[4].success, answer[4].message }) end
    for i = way.report and 5 or 4, answer.n do assert.is_nil(answer[i]) end
  end

  for _, list in ipairs { failures.of_functions, failures.of_methods } do
    for name, ways in pairs(list) do
      for i, way in ipairs(ways) do
        local test = way.short and function() end or it
        local tag = (name:find "spawn$" or name == "Process:getfd") and " #native" or ""
        test(("%s (%d: %s)"):format(name, i, way[1] or "an errno") .. tag, function()
          if way[1] == "EAFNOSUPPORT" and system.available() then return pending "this kernel has SMC" end
          expect(way)
        end)
      end
    end
  end

  it("each public function is tried, or cannot be", function()
    for name in pairs(public_functions()) do
      local known = failures.of_functions[name] or failures.never[name]
      assert.is_truthy(is_luasocket(name) or known, name)
      assert.is_falsy(is_luasocket(name) and known, name)
    end
    for name in pairs(failures.of_functions) do assert.is_function(public_functions()[name], name) end
  end)
end)

describe("where no descriptor is left, a failure of", function()
  local lines = {}
  setup(function()
    local printed = support.run_by({ "sh", "-c", 'ulimit -n 64; exec "$@"', "sh" },
      'dofile "spec/faults/descriptors.lua"')
    for name, usual, kind, words in printed:gmatch("([^\t\n]+)\t([^\t]+)\t([^\t]+)\t([^\n]*)\n") do
      lines[#lines + 1] = { name = name, usual = usual, kind = kind, words = words }
    end
  end)

  it("each function has a message and an errno", function()
    assert.is_true(#lines > 50)
    for _, line in ipairs(lines) do
      assert.not_equal("wrong", line.kind, ("%s: %s"):format(line.name, line.words))
      if line.usual == "EMFILE" then assert.equal("EMFILE", line.words, line.name) end
    end
  end)
end)
