--- Text from outside with what a terminal obeys and with ends of lines, which no script prints as it is.

local assert = require "luassert"
local json = require "dkjson"
local support = require "support"

local outside = {}

--- The text.
outside.EVIL = "\27]0;evil\7\nFORGED\u{9b}31m\x9bm"

--- Checks what a script said, and that the text is in it where it has to be seen.
-- @tparam table result `stdout` and `stderr`
-- @tparam string what says which one, in a failure
-- @tparam[opt] string|boolean seen how it looks; false: it need not be there
function outside.check(result, what, seen)
  local said = result.stdout .. result.stderr
  assert.not_matches("[\0-\8\11-\31\127]", said, what)
  assert.not_matches("\nFORGED", said, what)
  assert.is_nil(said:find("\u{9b}", 1, true), what)
  assert(utf8.len(said), what)
  if seen ~= false then assert(said:find(seen or "\\x1b]0;evil\\x07", 1, true), what .. ": " .. said) end
end

--- Runs a script with words of which EVIL stands for the text, and checks what it says.
-- @tparam string name
-- @tparam string call
-- @tparam[opt] string|boolean seen
function outside.try(name, call, seen)
  local words = support.words(call)
  for i, word in ipairs(words) do words[i] = word:gsub("EVIL", outside.EVIL) end
  local result = support.script(name, table.unpack(words))
  outside.check(result, name .. " " .. call, seen)
  if call:find "%-%-json$" and name ~= "smcss.lua" and result.stdout ~= "" then
    assert.equal(false, assert(json.decode(result.stdout)).success)
  end
end

return outside
