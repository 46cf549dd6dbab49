--- Reads plain command lines, as nearly all are, without argparse: every option is a word of its own, written
-- in full, and given once; its value is the next word, and does not begin with a dash.
--
-- It returns nil for any other command line, and for every mistake: argparse then parses it. What it does
-- parse, argparse parses in the same way.
-- @module smc.cli.app.plain

-- The methods of an element that are understood here, and what they mean for parsing.
local KNOWN <const> = {
  argname = "shown", hidden = "shown", show_default = "shown", description = "shown",
  convert = "convert", choices = "choices", args = "args", target = "target",
}
local ARGS <const> = { ["?"] = true, ["+"] = true, ["*"] = true }

-- The target of an option: its first long name.
local function target_of(names)
  local long = names:match("%-%-(%S+)") or names:match("^%-(%S+)")
  return (long:gsub("-", "_"))
end

-- What parsing needs to know about an element; nil if it has a property that is not understood here.
local function read_element(element)
  local names, _, default = table.unpack(element.given)
  local read = { kind = element.kind, names = names, default = default }
  for _, call in ipairs(element.calls) do
    local meaning = KNOWN[call[1]]
    if not meaning then return nil end
    read[meaning] = call[2]
  end
  if read.args and (read.kind ~= "argument" or not ARGS[read.args]) then return nil end
  if read.convert and type(read.convert) ~= "function" then return nil end
  read.target = read.target or read.kind == "argument" and names or target_of(names)
  return read
end

-- The value of a word; nil if it is not one of the choices, or cannot be converted.
local function value_of(read, word)
  if read.choices then
    local is_choice = false
    for _, choice in ipairs(read.choices) do is_choice = is_choice or choice == word end
    if not is_choice then return nil end
  end
  if not read.convert then return word end
  return (read.convert(word))
end

-- All declared elements: options by their names, and the positional argument.
local function read_all(declaration)
  local all, mutexes = { options = {} }, {}
  for _, mutex in ipairs(declaration.mutexes) do
    for _, element in ipairs(mutex) do mutexes[element] = mutex end
  end
  for _, element in ipairs(declaration.elements) do
    local read = read_element(element)
    if not read then return nil end
    read.mutex = mutexes[element]
    all[#all + 1] = read
    if read.kind == "argument" then
      if all.positional then return nil end
      all.positional = read
    else
      for name in read.names:gmatch("%S+") do all.options[name] = read end
    end
  end
  return all
end

-- The values of the options, and the other words.
local function read_words(words, all)
  local result, rest, used, i = {}, {}, {}, 1
  while words[i] do
    local word = words[i]
    local option = all.options[word]
    if word == "--" then
      return result, table.move(words, i + 1, #words, #rest + 1, rest)
    elseif word:sub(1, 1) ~= "-" then
      rest[#rest + 1] = word
    elseif not option or used[option] or used[option.mutex or false] then
      return nil
    else
      local value = true
      if option.kind == "option" then
        i = i + 1
        value = words[i] and words[i]:sub(1, 1) ~= "-" and value_of(option, words[i])
        if not value then return nil end
      end
      result[option.target], used[option] = value, true
      if option.mutex then used[option.mutex] = true end
    end
    i = i + 1
  end
  return result, rest
end

-- Adds the positional argument; returns whether its number of words fits.
local function add_positional(result, rest, positional)
  if not positional then return #rest == 0 end
  for i, word in ipairs(rest) do
    rest[i] = value_of(positional, word)
    if rest[i] == nil then return false end
  end
  if positional.args == "+" or positional.args == "*" then
    result[positional.target] = rest
    return #rest > 0 or positional.args == "*"
  end
  result[positional.target] = rest[1]
  return #rest == 1 or #rest == 0 and positional.args == "?"
end

--- Reads a command line.
-- @param declaration from `app.parser`
-- @tparam {string,...} words
-- @treturn ?table as argparse returns it; nil if argparse has to read it
return function(declaration, words)
  local all = read_all(declaration)
  if not all then return nil end
  local result, rest = read_words(words, all)
  if not (result and add_positional(result, rest, all.positional)) then return nil end
  for _, read in ipairs(all) do
    if read.default and result[read.target] == nil then result[read.target] = value_of(read, read.default) end
  end
  return result
end
