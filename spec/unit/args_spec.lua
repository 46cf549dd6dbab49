-- The checks of arguments and options: what they take, what they say, and whom they blame.
local args = require "smc.internal.args"

local function message_of(...)
  local ok, message = pcall(...)
  assert.is_false(ok)
  return message
end

describe("smc.internal.args", function()
  it("takes what a value may be, and has words for what it may not", function()
    for _, case in ipairs {
      { "string", "", "a\0b" }, { "text", "a" }, { "integer", 1, -1 }, { "number", 1, 1.5, 1 / 0 },
      { "boolean", false }, { "object", {}, io.stdout },
      { "callable", print, setmetatable({}, { __call = print }) },
      { "integer or text", 5, "5" }, { "seconds", 0, 1.5, 1 / 0 }, { "limit", -1, 0, 1 / 0 },
      { "integer or string or table", 1, "", {} },
      { "environment", {}, { A = "", B = "x=y" } }, { args.range(1, 2), 1, 2 }, { args.range(0), 0, 1 << 62 },
      { { "a", "b" }, "a", "b" },
    } do
      for i = 2, #case do assert.equal(case[i], args.check("f", 1, case[i], case[1])) end
    end
    for _, case in ipairs {
      { "string", 7, "string expected, got 7" }, { "string", nil, "string expected, got nil" },
      { "text", "a\0b", "string expected, got a string with a zero byte" },
      { "integer", 1.0, "integer expected, got 1.0" }, { "integer", "1", "integer expected, got string" },
      { "number", 0 / 0, "number expected, got NaN" }, { "number", true, "number expected, got boolean" },
      { "seconds", -1, "number of seconds expected, got -1" },
      { "seconds", 0 / 0, "number of seconds expected, got NaN" },
      { "object", 5, "object with methods expected, got 5" },
      { "callable", {}, "function expected, got table" }, { "callable", 5, "function expected, got 5" },
      { "integer or text", 1.5, "integer or string expected, got 1.5" },
      { "integer or string or table", 1.5, "integer, string or table expected, got 1.5" },
      { args.range(1, 2), 3, "integer from 1 to 2 expected, got 3" },
      { args.range(0), -1, "integer of 0 or more expected, got -1" },
      { { "a", "b" }, "c\27\n", '"a" or "b" expected, got "c\\x1b\\n"' },
      { { "a", "b", "c" }, 5, '"a", "b" or "c" expected, got 5' },
      { "environment", { ["A=B"] = "" }, "names and values of environment variables expected, got table" },
      { "environment", { A = 1 }, "names and values" }, { "environment", { [""] = "" }, "names and values" },
      { "environment", { A = "a\0b" }, "names and values" },
    } do
      local message = message_of(args.check, "find", 2, case[2], case[1])
      assert.matches("bad argument #2 to 'find' (", message, 1, true)
      assert.matches(case[3], message, 1, true)
    end
  end)

  it("checks options by their names", function()
    local types = { fid = "integer", slot = "text" }
    assert.same({}, args.options("find", 2, nil, types))
    local given = { fid = 5 }
    assert.equal(given, args.options("find", 2, given, types))
    for _, case in ipairs {
      { "x", "bad argument #2 to 'find' (table expected, got string)" },
      { { fidd = 1 }, "bad option 'fidd' (it is unknown; known are 'fid' and 'slot')" },
      { { 1 }, "bad option '1' (it is unknown; known are 'fid' and 'slot')" },
      { { fid = "5" }, "bad option 'fid' (integer expected, got string)" },
    } do
      assert.matches(case[2], message_of(args.options, "find", 2, case[1], types), 1, true)
    end
  end)

  it("checks lists and the objects of methods", function()
    args.list("spawn", 1, { "a", "b" }, "text", 1)
    args.list("spawn", 1, { [-1] = "lua", [0] = "script", "a" }, "text", 1)
    args.list("spawn", 1, table.pack("a", "b"), "text", 1)
    assert.matches("#1 to 'spawn' ([2]: there is nothing)",
      message_of(args.list, "spawn", 1, table.pack("a", nil), "text", 1), 1, true)
    assert.matches("#1 to 'spawn' ([\"env\"]: a list has no names)",
      message_of(args.list, "spawn", 1, { "a", env = {} }, "text", 1), 1, true)
    assert.matches("option 'hosts' ([1.5]: a list has no names)",
      message_of(args.option_list, "hosts", { "a", [1.5] = "b" }, "text"), 1, true)
    assert.matches("#1 to 'spawn' ([2]: string expected, got 5)",
      message_of(args.list, "spawn", 1, { "a", 5 }, "text"), 1, true)
    assert.matches("#1 to 'spawn' ([1]: string expected, got nil)",
      message_of(args.list, "spawn", 1, {}, "text", 1), 1, true)
    assert.matches("#1 to 'spawn' ([4]: there is nothing at [3])",
      message_of(args.list, "spawn", 1, { "a", "b", [4] = "d" }, "text"), 1, true)
    assert.matches("calling 'wait' on bad self (Thing expected, got number)",
      message_of(args.object, "wait", 5, { __name = "Thing" }), 1, true)
  end)

  it("blames the line outside of the library, through its frames and C's", function()
    local here = debug.getinfo(1, "l").currentline
    local ok, message = pcall(require "smc.eid".add, 7)
    assert.is_false(ok)
    assert.equal(("spec/unit/args_spec.lua:%d: bad argument #1 to 'add' (string expected, got 7)"):format(
      here + 1), message:match("spec/unit/args_spec.*"))
    -- A module whose functions call one another, also by tail calls.
    local source = debug.getinfo(args.check, "S").source:gsub("internal/args.lua$", "made_up.lua")
    local made_up = assert(load([[
      local args = ...
      local function inner(x) args.check("outer", 1, x, "string") return x end
      local function middle(x) return inner(x) end
      return function(x) return (select(2, assert(pcall(middle, x)))) end
    ]], source))(args)
    here = debug.getinfo(1, "l").currentline
    ok, message = pcall(function() local _ = made_up(5) end)
    assert.is_false(ok)
    assert.matches(("args_spec.lua:%d: bad argument #1 to 'outer'"):format(here + 1), message)
  end)

  it("blames the caller of one that has left by a tail call, never the library", function()
    local socket = require "smc.socket"
    for _, name in ipairs { "tcp", "tcp4", "tcp6", "connect", "connect4" } do
      local function leaving(...) return socket[name](...) end
      local here = debug.getinfo(1, "l").currentline
      local ok, message = pcall(function() local _ = leaving(7, true) end)
      assert.is_false(ok)
      assert.matches(("args_spec.lua:%d: bad argument #"):format(here + 1), message)
    end
  end)

  it("blames nobody where no line of Lua has called", function()
    assert.is_false(select(1, pcall(coroutine.wrap(require "smc.eid".add), 7)))
    local _, message = coroutine.resume(coroutine.create(require "smc.eid".add), 7)
    assert.equal("bad argument #1 to 'add' (string expected, got 7)", message)
  end)
end)
