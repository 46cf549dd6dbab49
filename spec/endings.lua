--- How a script ends when its output cannot be written, when nobody reads it, and on Ctrl-C: specs for the
-- ways in which it prints.

local assert = require "luassert"
local json = require "dkjson"
local process = require "smc.process"
local support = require "support"

local endings = {}

--- Words in capital letters in the words of a script, and what stands there.
endings.ports = {}

--- Starts a script by a shell, which waits for a line first; what follows is the script's input.
-- @tparam string name
-- @tparam string words
-- @tparam string output the shell's words for its standard output
-- @treturn Process
function endings.start(name, words, output)
  return assert(process.spawn({ "sh", "-c", ("read line; exec lua5.4 examples/%s %s %s"):format(name,
    words:gsub("%u%u+", endings.ports), output) }, { env = support.environment(), stdin = "pipe",
    stdout = "pipe", stderr = "pipe" }))
end

--- Lets a script start.
function endings.go(p)
  p.stdin:write "go\nhello\n"
  p.stdin:close()
end

--- Waits for the end of a script.
-- @return `"exit"` or `"signal"`, the number, and what it said on standard error
function endings.finish(p)
  local said = p.stderr:read "a"
  local how, status = p:wait()
  return how, status, said
end

-- Without SMC-D there are no devices, no link groups and nothing that is proven.
local function tag(words)
  return (words:find "linkgroup$" or words == "device" or words:find "^%-C") and " #smcd" or ""
end

--- Makes the specs that a script tells that its output is lost.
-- @tparam function it
-- @tparam string name
-- @tparam integer failure its status
-- @tparam string words
function endings.tells_lost_output(it, name, failure, words)
  for output, reason in pairs {
    [">/dev/full"] = "No space left on device", [">&-"] = "Bad file descriptor",
  } do
    it(("tells that its output is lost: %s %s %s"):format(name, words, output) .. tag(words), function()
      local p <close> = endings.start(name, words, output)
      endings.go(p)
      local how, status, said = endings.finish(p)
      assert.same({ "exit", failure }, { how, status }, said)
      assert.equal(1, select(2, said:gsub("cannot write the output: " .. reason .. "\n", "")), said)
      local lines = select(2, said:gsub("\n  own reason: [^\n]*", ""):gsub("\n", "")) -- of a fallback
      assert.equal(name == "send_data.lua" and words:find "^%-%-port" and 2 or 1, lines, said)
    end)
  end
end

-- Raises what lua.c raises on Ctrl-C, in the line after the first output.
local INTERRUPT <const> = [[debug.sethook(function()
  local app = package.loaded["smc.cli.app.output"]
  if app and app.written then debug.sethook() error "interrupted!" end
end, "l")]]

--- Makes the spec that Ctrl-C leaves JSON, or nothing.
-- @tparam function it
-- @tparam string name
-- @tparam string words
function endings.leaves_no_half_of_json(it, name, words)
  it(("prints no half of JSON: %s %s"):format(name, words) .. tag(words), function()
    local argv = support.words((words:gsub("%u%u+", endings.ports)),
      { "lua5.4", "-e", INTERRUPT, "examples/" .. name })
    local done = support.run(argv, nil, support.environment())
    assert.same({ 130, "" }, { done.status, done.stderr })
    local _, ending = json.decode(done.stdout)
    assert.matches("^%s*$", done.stdout:sub(ending or 1))
  end)
end

--- Makes the specs of each way in which scripts print.
-- @tparam function it
-- @tparam {table,...} ways each the name of a script, its status where it cannot write, and the words that
--   make it print
function endings.of(it, ways)
  for _, way in ipairs(ways) do
    local name, failure = way[1], way[2]
    for i = 3, #way do
      endings.tells_lost_output(it, name, failure, way[i])
      if way[i]:find "--json" then endings.leaves_no_half_of_json(it, name, way[i]) end
      it(("ends well without a reader: %s %s"):format(name, way[i]) .. tag(way[i]), function()
        local p <close> = endings.start(name, way[i], "")
        p.stdout:close()
        endings.go(p)
        local how, status, said = endings.finish(p)
        assert.same({ "exit", 0 }, { how, status }, said)
        if name ~= "send_data.lua" then assert.equal("", said) end
      end)
    end
  end
end

return endings
