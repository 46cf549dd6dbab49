--- Parses command lines as getopt_long(3) does, for the scripts that replace tools in C: options between
-- operands, grouped letters (`-fs`), attached arguments (`-Ieth0`, `--interface=eth0`), and abbreviated long
-- options. argparse does not support abbreviations.
-- @module smc.cli.getopt

local printable = require "smc.internal.text".printable

local getopt = {}

local function find_letter(known, letter)
  for _, option in ipairs(known) do
    if option[1] == letter then return option end
  end
  return nil, ("invalid option -- '%s'"):format(printable(letter))
end

-- The option whose long name begins with the given word. The messages for no match and for several matches
-- are those of glibc.
local function find_word(known, name, given)
  local found = {}
  for _, option in ipairs(known) do
    if option[2] == name then return option end
    if not option.whole and option[2]:sub(1, #name) == name then found[#found + 1] = option end
  end
  if not found[1] then return nil, ("unrecognized option '%s'"):format(printable(given)) end
  if not found[2] then return found[1] end
  local words = {}
  for i, option in ipairs(found) do words[i] = ("'--%s'"):format(option[2]) end
  return nil, ("option '%s' is ambiguous; possibilities: %s"):format(printable(given),
    table.concat(words, " "))
end

--- Parses a command line.
--
-- @tparam {string,...} words
-- @tparam {table,...} known each `{ letter or nil, word, name of its argument or false, what it does }`, with
--   `whole = true` if the word must not be abbreviated
-- @treturn[1] table a list of `{ name = the word, value = its argument }`; its field `operands` lists the
--   other words
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] table the options before the error
function getopt.parse(words, known)
  local given, i = { operands = {} }, 1
  local function next_word(rest)
    if rest ~= "" then return rest end
    i = i + 1
    return words[i]
  end
  local function add_word(name, value, word)
    local option, message = find_word(known, name, word)
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
      message = add_word(name, equals ~= "" and value or nil, word)
    elseif word:find("^%-.") then
      message = add_letters(word:sub(2))
    else
      given.operands[#given.operands + 1] = word
    end
    if message then return nil, message, given end
    i = i + 1
  end
  return given
end

--- The options in lines for a usage text, in their order.
-- @tparam {table,...} known as for `parse`
-- @tparam integer column at which the descriptions begin, after the tab
-- @treturn string
function getopt.usage(known, column)
  local lines = {}
  for i, option in ipairs(known) do
    local names = (option[1] and ("-%s, "):format(option[1]) or "    ") .. "--" .. option[2]
    lines[i] = ("\t%s%s%s\n"):format(names, (" "):rep(column - #names), option[4])
  end
  return table.concat(lines)
end

--- An argparse parser with these options, for the man page and completions.
-- @tparam {table,...} known as for `parse`
-- @tparam string description one sentence
-- @tparam string epilog as that of `app.parser`
function getopt.parser(known, description, epilog)
  local parser = require "smc.cli.app".parser(description, epilog)
  for _, option in ipairs(known) do
    local letter, word, argument, does = table.unpack(option)
    if word ~= "help" and word ~= "version" then
      local made = parser:option((letter and ("-%s "):format(letter) or "") .. "--" .. word,
        (does:gsub("^%l", string.upper) .. "."))
      if argument then made:argname(argument) else made:args(0) end
    end
  end
  return parser
end

return getopt
