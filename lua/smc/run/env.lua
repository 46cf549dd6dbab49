--- Interprets the arguments of env(1) as that of GNU coreutils does.
-- @module smc.run.env

local env = {}

-- Options by their letters, and whether they take an argument.
local LETTERS <const> = { i = false, v = false, ["0"] = false, u = true, C = true, S = true, a = true }

-- Long options: the equivalent letter, or their own name; whether their argument is required or optional.
local LONG <const> = {
  ["ignore-environment"] = { "i" }, null = { "0" }, debug = { "v" },
  unset = { "u", "required" }, chdir = { "C", "required" }, ["split-string"] = { "S", "required" },
  argv0 = { "a", "required" }, ["default-signal"] = { "signal", "optional" },
  ["ignore-signal"] = { "signal", "optional" }, ["block-signal"] = { "signal", "optional" },
  ["list-signal-handling"] = { "signal" }, help = { "help" }, version = { "help" },
}

local ESCAPES <const> = { f = "\f", n = "\n", r = "\r", t = "\t", v = "\v",
  ['"'] = '"', ["#"] = "#", ["$"] = "$", ["'"] = "'", ["\\"] = "\\" }

-- Each of these reads the text at a position of a -S string into the state: the words so far, the unfinished
-- word, the open quotation mark. It returns the position after the text; nil if the string ends there, false
-- if env(1) rejects it.
local function read_escape(state, text, at)
  local char = text:sub(at + 1, at + 1)
  if state.quote == "'" and char ~= "\\" and char ~= "'" then
    state.word = (state.word or "") .. "\\"
    return at + 1
  elseif char == "_" and state.quote == '"' then
    state.word = (state.word or "") .. " "
  elseif char == "_" then
    state:finish()
  elseif char == "c" then
    if state.quote then return false end
    return nil
  elseif ESCAPES[char] then
    state.word = (state.word or "") .. ESCAPES[char]
  else
    return false
  end
  return at + 2
end

local function read_variable(state, text, at, environment)
  local name = text:match("^%${([%a_][%w_]*)}", at)
  if not name then return false end
  if environment[name] then state.word = (state.word or "") .. environment[name] end
  return at + #name + 3
end

local function read_one(state, text, at, environment)
  local char = text:sub(at, at)
  if (char == "'" or char == '"') and (not state.quote or state.quote == char) then
    state.quote = not state.quote and char or nil
    state.word = state.word or ""
  elseif char:find("[ \t\n\v\f\r]") and not state.quote then
    state:finish()
  elseif char == "#" and not state.word then
    return nil
  elseif char == "\\" then
    return read_escape(state, text, at)
  elseif char == "$" and state.quote ~= "'" then
    return read_variable(state, text, at, environment)
  else
    state.word = (state.word or "") .. char
  end
  return at + 1
end

--- The words of a -S string.
-- @tparam string text
-- @tparam table environment for ${NAME}
-- @treturn ?{string,...} nil if env(1) rejects it
function env.split(text, environment)
  local state = { words = {} }
  function state:finish()
    self.words[#self.words + 1] = self.word
    self.word = nil
  end
  local at = 1
  while at and at <= #text do
    at = read_one(state, text, at, environment)
  end
  if at == false or at and state.quote then return nil end
  state:finish()
  return state.words
end

-- The long option with this name, or the only one that begins with it.
local function find_long(name)
  if LONG[name] then return LONG[name] end
  local found
  for long, option in pairs(LONG) do
    if long:sub(1, #name) == name then
      if found then return nil end
      found = option
    end
  end
  return found
end

-- The options in the word at position i of argv: a list of { letter, argument }, and the position after them;
-- nil if env(1) rejects them.
local function read_long(argv, i)
  local name, equals, value = argv[i]:match("^%-%-([^=]*)(=?)(.*)$")
  local option = find_long(name)
  if not option then return nil end
  local letter, takes = option[1], option[2]
  if equals == "=" then
    if not takes then return nil end
    return { { letter, value } }, i + 1
  elseif takes == "required" then
    if not argv[i + 1] then return nil end
    return { { letter, argv[i + 1] } }, i + 2
  end
  return { { letter } }, i + 1
end

local function read_letters(argv, i)
  local word, found = argv[i], {}
  for at = 2, #word do
    local letter = word:sub(at, at)
    if LETTERS[letter] == nil then return nil end
    if LETTERS[letter] then
      local rest = word:sub(at + 1)
      local value, after = rest, i + 1
      if rest == "" then value, after = argv[i + 1], i + 2 end
      if not value then return nil end
      found[#found + 1] = { letter, value }
      return found, after
    end
    found[#found + 1] = { letter }
  end
  return found, i + 1
end

local function apply(state, letter, value)
  if letter == "u" then
    state.unset[#state.unset + 1] = value
  elseif letter == "C" then
    state.directory = value
  else
    state[letter] = true
  end
end

-- Reads the options of argv: returns argv, with -S replaced by its words, and the position of the first
-- operand.
local function read_options(argv, state, environment)
  local i = 2
  while argv[i] and argv[i]:find("^%-.") do
    if argv[i] == "--" then return argv, i + 1 end
    local read = argv[i]:find("^%-%-") and read_long or read_letters
    local options, after = read(argv, i)
    if not options then return nil end
    for _, option in ipairs(options) do
      if option[1] == "S" then
        local words = env.split(option[2], environment)
        if not words then return nil end
        argv = table.move(argv, after, #argv, #words + 2, { argv[1], table.unpack(words) })
        after = 2
      else
        apply(state, option[1], option[2])
      end
      if state.help then return argv, #argv + 1 end
    end
    i = after
  end
  return argv, i
end

-- The environment after -i and -u; nil if env(1) refuses to remove a variable.
local function remaining(state, environment)
  local left = {}
  if state.i then return left end
  for name, value in pairs(environment) do left[name] = value end
  for _, name in ipairs(state.unset) do
    if name == "" or name:find("=", 1, true) then return nil end
    left[name] = nil
  end
  return left
end

--- The command that env(1) starts.
-- @tparam {string,...} argv of env, its own name first
-- @tparam table environment of env, `{ NAME = "value" }`
-- @treturn[1] table `argv` and `environment` of the command; `directory`: the one that env changes to, if any
-- @treturn[2] nil if it starts no command: it rejects its arguments, or prints the environment or help
function env.read(argv, environment)
  local state = { unset = {} }
  local words, i = read_options(argv, state, environment)
  if not words then return nil end
  if words[i] == "-" then
    state.i = true
    i = i + 1
  end
  local left = remaining(state, environment)
  if not left then return nil end
  while words[i] and words[i]:find("=", 1, true) do
    local name, value = words[i]:match("^([^=]*)=(.*)$")
    left[name] = value
    i = i + 1
  end
  if not words[i] or state.help or state["0"] then return nil end
  return { argv = table.move(words, i, #words, 1, {}), environment = left, directory = state.directory }
end

return env
