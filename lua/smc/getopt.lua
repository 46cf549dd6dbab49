--- Command lines as getopt_long(3) reads them, for the scripts that stand in for tools in C: options
-- between operands, letters together (`-fs`), arguments joined on (`-Ieth0`, `--interface=eth0`), and
-- abbreviated long options. argparse does not do the last.
-- @module smc.getopt

local getopt = {}

local function find_letter(known, letter)
  for _, option in ipairs(known) do
    if option[1] == letter then return option end
  end
  return nil, ("invalid option -- '%s'"):format(letter)
end

local function find_word(known, given)
  local found
  for _, option in ipairs(known) do
    if option[2] == given then return option end
    if option[2]:sub(1, #given) == given then
      if found then return nil, ("option '--%s' is ambiguous"):format(given) end
      found = option
    end
  end
  if not found then return nil, ("unrecognized option '--%s'"):format(given) end
  return found
end

--- Reads a command line.
--
-- @tparam {string,...} words
-- @tparam {table,...} known each `{ letter or nil, word, whether it has an argument }`
-- @treturn[1] table a list of `{ name = the word, value = its argument }`, with `operands`: what is no option
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function getopt.parse(words, known)
  local given, i = { operands = {} }, 1
  local function next_word(rest)
    if rest ~= "" then return rest end
    i = i + 1
    return words[i]
  end
  local function add_word(name, value)
    local option, message = find_word(known, name)
    if not option then return message end
    if value and not option[3] then return ("option '--%s' doesn't allow an argument"):format(option[2]) end
    value = option[3] and (value or next_word("")) or nil
    if option[3] and not value then return ("option '--%s' requires an argument"):format(option[2]) end
    given[#given + 1] = { name = option[2], value = value }
  end
  local function add_letters(letters)
    while letters ~= "" do
      local option, message = find_letter(known, letters:sub(1, 1))
      if not option then return message end
      letters = letters:sub(2)
      local value
      if option[3] then
        value, letters = next_word(letters), ""
        if not value then return ("option requires an argument -- '%s'"):format(option[1]) end
      end
      given[#given + 1] = { name = option[2], value = value }
    end
  end
  while words[i] do
    local word, message = words[i], nil
    if word == "--" then
      table.move(words, i + 1, #words, #given.operands + 1, given.operands)
      break
    elseif word:sub(1, 2) == "--" then
      local name, equals, value = word:match("^%-%-([^=]*)(=?)(.*)$")
      message = add_word(name, equals ~= "" and value or nil)
    elseif word:find("^%-.") then
      message = add_letters(word:sub(2))
    else
      given.operands[#given.operands + 1] = word
    end
    if message then return nil, message end
    i = i + 1
  end
  return given
end

return getopt
