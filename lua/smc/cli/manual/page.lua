-- The man page of a script, from its argparse parser: a function of the parser, the names of all scripts and
-- the date. argparse has no functions that list options, so its fields are read.
--
-- The parser's epilog is in paragraphs: that which begins with "Examples:" is shown as it is, what follows
-- "Exit status:" is a list with semicolons, and the others belong to the description.

local app = require "smc.cli.app"
local listed = require "smc.internal.text".listed
local roff = require "smc.cli.manual.roff"

local function one_line(text)
  return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- ---- the epilog ----

-- Returns the description's paragraphs, the examples and the exit statuses.
local function read_epilog(epilog)
  local paragraphs, examples, statuses = {}, nil, nil
  for paragraph in (epilog .. "\n\n"):gmatch("(.-)\n\n+") do
    local lines = paragraph:match("^Examples?:\n(.*)$")
    if lines then
      examples = lines:gsub("^   ", ""):gsub("\n   ", "\n")
    else
      local before, list = one_line(paragraph):match("^(.-) ?Exit status: (.*)%.$")
      statuses = list or statuses
      paragraph = before or one_line(paragraph)
      paragraphs[#paragraphs + 1] = paragraph ~= "" and paragraph or nil
    end
  end
  return paragraphs, assert(examples, "the epilog has no examples"), assert(statuses, "… no exit statuses")
end

local function exit_status(list)
  local items = {}
  for item in (list .. "; "):gmatch("(.-); ") do
    local status, meaning = item:match("^(%w+) (.*)$")
    meaning = meaning:gsub("^for ", ""):gsub("^%l", string.upper)
    items[#items + 1] = roff.item(roff.bold(status), meaning .. ".")
  end
  return table.concat(items)
end

-- ---- options and arguments ----

-- The name that was declared, or the long option in capitals.
local function argument_name(element)
  local declared = element._argname
  if type(declared) == "table" then declared = declared[1] end
  local names = element._aliases or { element._name }
  return declared or names[#names]:gsub("^%-+", ""):upper()
end

-- What of an element its description does not say: its choices and its default.
local function remarks(element)
  local name, words = argument_name(element), {}
  if element._choices and element._choices[1] ~= name then
    words[1] = ("%s is %s."):format(name, listed(element._choices, "or"))
  end
  if element._default then words[#words + 1] = ("The default is %s."):format(element._default) end
  return words
end

local function describe(element)
  local text = { assert(element._description, element._name), table.unpack(remarks(element)) }
  return table.concat(text, " ")
end

local function options(parser)
  local items = {}
  for _, option in ipairs(parser._options) do
    local names = {}
    for i, alias in ipairs(option._aliases) do names[i] = roff.bold(alias) end
    local term = table.concat(names, ", ")
    if option._maxargs > 0 then
      local name = roff.italic(argument_name(option))
      term = term .. " " .. (option._minargs == 0 and "[" .. name .. "]" or name)
    end
    items[#items + 1] = roff.item(term, describe(option))
  end
  for _, group in ipairs(parser._mutexes) do
    local names = {}
    for i, option in ipairs(group) do names[i] = option._aliases[1] end
    items[#items + 1] = ".PP\n" .. roff.fill(("Only one of %s can be given."):format(listed(names)))
  end
  return table.concat(items)
end

local function arguments(parser)
  local items = {}
  for _, argument in ipairs(parser._arguments) do
    items[#items + 1] = roff.item(roff.italic(argument_name(argument)), describe(argument))
  end
  return table.concat(items)
end

local function usage(parser)
  return (parser:get_usage():gsub("^Usage: ", ""):gsub("\n       ", "\n"))
end

local function commands(parser)
  local items = {}
  for _, command in ipairs(parser._commands) do
    items[#items + 1] = roff.item(roff.bold(command._name), command._description)
      .. roff.verbatim(usage(command))
  end
  return table.concat(items)
end

-- ---- the page ----

-- The words of a usage text on lines with the script's name in bold.
local function synopsis(parser)
  local text = one_line(usage(parser))
  return (".HP\n%s"):format(roff.fill(text):gsub("^" .. roff.escape(app.name):gsub("%p", "%%%0"),
    function(name) return "\\fB" .. name .. "\\fR" end))
end

-- The man pages of smc-tools.
local ORIGINALS <const> = { smc_chk = true, smc_dbg = true, smc_pnet = true, smc_rnics = true, smc_run = true,
  smcd = true, smcr = true, smcss = true }

local function see_also(scripts)
  local original, pages = app.name:gsub("%.lua$", ""), {}
  if ORIGINALS[original] then pages[1] = { original, 8 } end
  for _, name in ipairs(scripts) do
    if name ~= app.name then pages[#pages + 1] = { name, 1 } end
  end
  pages[#pages + 1] = { "af_smc", 7 }
  for i, one in ipairs(pages) do
    pages[i] = (".BR %s (%d)"):format(roff.escape(one[1]), one[2])
  end
  return table.concat(pages, " ,\n") .. "\n"
end

local function summary(description)
  local text = one_line(description):gsub("%.$", ""):gsub(" %b()", ""):gsub(": .*", "")
  return (text:gsub("^%u%l", string.lower))
end

return function(parser, scripts, date)
  local paragraphs, examples, statuses = read_epilog(parser._epilog)
  local description = { roff.fill(one_line(parser._description)) }
  for _, paragraph in ipairs(paragraphs) do description[#description + 1] = roff.fill(paragraph) end

  local sections = {
    { "NAME", ("%s \\- %s\n"):format(roff.escape(app.name), roff.escape(summary(parser._description))) },
    { "SYNOPSIS", synopsis(parser) },
    { "DESCRIPTION", table.concat(description, ".PP\n") },
    { "COMMANDS", commands(parser) },
    { "ARGUMENTS", arguments(parser) },
    { "OPTIONS", options(parser) },
    { "EXIT STATUS", exit_status(statuses) },
    { "EXAMPLES", roff.verbatim(examples) },
    { "SEE ALSO", see_also(scripts) },
  }
  local out = { ('.TH "%s" 1 "%s" "smc %s" "User Commands"\n'):format(
    roff.escape(app.name:upper()), date, require "smc.version") }
  for _, section in ipairs(sections) do
    if section[2] ~= "" then out[#out + 1] = (".SH %s\n%s"):format(section[1], section[2]) end
  end
  return table.concat(out)
end
