-- A caller's mistake throws, in one form, and blames the caller's own line. A row for every public function
-- and method, in spec/mistakes, says what its arguments and options may be; a function without a row fails.
local cases_of = require "mistakes.cases"
local functions = require "mistakes.functions"
local objects = require "mistakes.objects"
local public_functions = require "public_functions"
local smc = require "smc"
local socket = require "smc.socket"

local LTN12 <const> = {
  ["socket.sink"] = true, ["socket.sinkt"] = true, ["socket.source"] = true, ["socket.sourcet"] = true,
}

-- A function that calls as people do: by the name, from the line 1 of a chunk called "caller".
local function caller(code, ...)
  local chunk = ("local subject = ... return function(...) return (%s(...)) end"):format(code)
  return assert(load(chunk, "=caller"))(...)
end

local function shown(list)
  local words = {}
  for i = 1, list.n do
    words[i] = type(list[i]) == "string" and ("%q"):format(list[i]) or tostring(list[i])
  end
  return table.concat(words, ", ")
end

local function check(name, call, case)
  local given, fault, lenient = case[1], case[2], case[3]
  local where = ("%s(%s)"):format(name, shown(given))
  local ok, value = pcall(call, table.unpack(given, 1, given.n))
  local called = name:match("[^.:]*$")
  -- A socket of another class than the method's has no arguments that could be wrong.
  if name:find("^tcp") and not ok and value:find("calling '" .. called .. "' on bad self", 1, true) then
    return
  end
  if lenient then
    local finds_nothing = type(value) == "table" and next(value) == nil -- on a kernel with SMC
    assert.is_falsy(ok and value and not finds_nothing, where)
    assert.is_truthy(ok or value:find("^caller:1: bad %a+ "), value)
    return
  end
  assert.is_false(ok, where .. " does not throw")
  local to = fault:find("^arg") and (" to '%s'"):format(called) or ""
  assert.equal(("caller:1: bad %s%s (…)"):format(fault, to), (value:gsub(" %(.+%)$", " (…)")), where)
end

-- A method that is called by a dot; of those in C, the object counts as an argument then.
local function check_object(name, call)
  for _, value in ipairs { 7, {}, io.stdout } do
    local ok, message = pcall(call, value)
    assert.is_false(ok, name)
    local form = message:find("calling") and "calling '%s' on bad self (…)" or "bad argument #1 to '%s' (…)"
    assert.equal("caller:1: " .. form:format(name), (message:gsub(" %(.+%)$", " (…)")))
  end
end

describe("a caller's mistake in a call of", function()
  local found = public_functions()

  for name, row in pairs(functions) do
    it(name, function()
      assert.is_function(found[name])
      local path = name:gsub("[^.]+", function(part) return ("[%q]"):format(part) end):gsub("%.", "")
      local call = caller("subject" .. path, smc)
      for _, case in ipairs(cases_of(row)) do check(name, call, case) end
    end)
  end

  it("every function: each has a row", function()
    for name in pairs(found) do
      assert.is_truthy(functions[name] or LTN12[name:match("^[^.]+%.[^.]+")], name)
    end
  end)

  it("the sources and sinks of LTN12, whose names are keys of tables", function()
    for name in pairs(LTN12) do
      local list = socket[name:match("%.(.*)")]
      if type(list) == "function" then
        local ok, message = pcall(caller("subject", list), "nonsense")
        assert.same({ false, "caller:1: unknown key (nonsense)" }, { ok, message })
        list = { list }
      end
      for _, made in pairs(list) do
        for _, value in ipairs { 7, "default", true } do
          local ok, message = pcall(caller("subject", made), value)
          assert.is_false(ok)
          assert.matches("^caller:1: bad argument #1 to '[%a-]+' %(object with methods expected", message)
        end
      end
    end
  end)

  it("a sink", function()
    for _, make in pairs(socket.sinkt) do
      local sink = make(objects.connected())
      for _, value in ipairs { true, {} } do
        local ok, message = pcall(caller("subject", sink), value)
        assert.is_false(ok)
        assert.matches("^caller:1: bad argument #1 to 'sink' %(string or number expected", message)
      end
    end
  end)

  for name, class in pairs(objects.classes) do
    it(name .. ", by every method", function()
      local methods = getmetatable(class.new()).__index
      for method, value in pairs(methods) do
        if type(value) == "function" and not method:find("^__") and not (class.private or {})[method] then
          local row = class.methods[method]
          assert.is_table(row, method)
          local object <close> = class.new()
          check_object(method, caller("subject." .. method, methods))
          local call = caller("subject:" .. method, object)
          for _, case in ipairs(cases_of(row)) do check(name .. ":" .. method, call, case) end
        end
      end
      for method in pairs(class.methods) do assert.is_function(methods[method]) end
    end)
  end
end)
