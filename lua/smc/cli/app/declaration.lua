--- A script's declaration of its command line, kept until it is known whether argparse is needed.
--
-- Loading argparse takes longer than most scripts run. A declaration has those methods of an argparse parser
-- that the scripts call; it creates the parser for anything else: the help, the usage, the completions, or a
-- command line that `smc.cli.app.plain` does not parse.
-- @module smc.cli.app.declaration

-- An argument, an option or a flag: its `kind`; `given`, the arguments of the method that declares it; and
-- the `calls` of its own methods, each `{ method, value }`.
local Element = {}

function Element.__index(_, method)
  return function(element, value)
    table.insert(element.calls, { method, value })
    return element
  end
end

local Declaration = {}

local function declaring(kind)
  return function(self, ...)
    local element = setmetatable({ kind = kind, given = { ... }, calls = {} }, Element)
    table.insert(self.elements, element)
    return element
  end
end

Declaration.argument, Declaration.option, Declaration.flag =
  declaring "argument", declaring "option", declaring "flag"

function Declaration:mutex(...)
  table.insert(self.mutexes, { ... })
end

function Declaration:usage(text)
  self.own_usage = text
  return self
end

-- The parser of argparse, with everything that was declared.
local function made(self)
  local parser, made_of = self.make(), {}
  if self.own_usage then parser:usage(self.own_usage) end
  for _, element in ipairs(self.elements) do
    local one = parser[element.kind](parser, table.unpack(element.given))
    for _, call in ipairs(element.calls) do one[call[1]](one, call[2]) end
    made_of[element] = one
  end
  for _, mutex in ipairs(self.mutexes) do
    local members = {}
    for i, element in ipairs(mutex) do members[i] = made_of[element] end
    parser:mutex(table.unpack(members))
  end
  return parser
end

-- Everything else is the parser's.
function Declaration:__index(name)
  if Declaration[name] then return Declaration[name] end
  self.parser = self.parser or made(self)
  local value = self.parser[name]
  if type(value) ~= "function" then return value end
  return function(_, ...) return value(self.parser, ...) end
end

--- Creates an empty declaration.
-- @tparam function make returns a parser of argparse
-- @treturn Declaration
return function(make)
  return setmetatable(
    { make = make, parser = false, own_usage = false, elements = {}, mutexes = {} }, Declaration)
end
