--- What the source of a Lua module requires, lazily too: it is read, and not run.

local requires = {}

-- The position after a quoted string that begins here.
local function after_quoted(source, first)
  local quote, at = source:sub(first, first), first + 1
  while source:sub(at, at) ~= quote do
    at = at + (source:sub(at, at) == "\\" and 2 or 1)
  end
  return at + 1
end

-- What a source consists of, without blanks and comments: names, marks, and strings as they stand there.
local function tokens(source)
  local found, at = {}, 1
  local function skip(pattern)
    local _, last = source:find("^" .. pattern, at)
    at = last and last + 1 or at
    return last
  end
  while at <= #source do
    if not (skip "%s+" or skip "%-%-%[(=*)%[.-%]%1%]" or skip "%-%-[^\n]*") then
      local first = at
      if source:find("^[\"']", at) then
        at = after_quoted(source, at)
      elseif not (skip "%[(=*)%[.-%]%1%]" or skip "[%a_][%w_]*") then
        at = at + 1
      end
      found[#found + 1] = source:sub(first, at - 1)
    end
  end
  return found
end

--- The modules that a source requires by name.
-- @tparam string source
-- @treturn {string,...} names, as often as they stand there
-- @treturn integer how many more it requires by a name that is computed, or by `pcall(require, …)`
function requires.of(source)
  local list, names, computed = tokens(source), {}, 0
  for i, token in ipairs(list) do
    local is_field = list[i - 1] == "." or list[i + 1] == "="
    if token == "require" and not is_field then
      local at = list[i + 1] == "(" and i + 2 or i + 1
      local name = list[at]:match("^[\"'](.*)[\"']$")
      local joined = list[at + 1] == "." and list[at + 2] == "."
      if name and not joined then
        names[#names + 1] = name
      else
        computed = computed + 1
      end
    end
  end
  return names, computed
end

return requires
