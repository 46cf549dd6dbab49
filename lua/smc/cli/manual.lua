--- Writes the man page of a script, and its completions for bash, zsh and fish, from what parses its command
-- line: `make man` runs this.
--
-- @module smc.cli.manual

local app = require "smc.cli.app"
local file = require "smc.internal.file"
local page = require "smc.cli.manual.page"

local manual = {}

local COMPLETIONS <const> = {
  { "bash-completion/completions/%s", "get_bash_complete" },
  { "zsh/site-functions/_%s", "get_zsh_complete" },
  { "fish/vendor_completions.d/%s.fish", "get_fish_complete" },
}

-- Raised in a script in place of what it does with its command line.
local Found = {}

local function found(parser)
  error(setmetatable({ parser = parser }, Found), 0)
end

-- The command whose module a script starts, if that module parses its words without argparse. Its function
-- `parser` gives the same options as an argparse parser.
local function command_of(source)
  local name = source:match('\nrequire "smc%.cli%.([%w_]+)"%.main%(')
  local command = name and require("smc.cli." .. name)
  return command and command.parser and command
end

-- Runs a script until it has its parser.
local function parser_of(path)
  app.parse = found
  app.run = function(main) main() end
  local source = assert(file.read(path))
  local command = command_of(source)
  if command then
    command.main = function(...) found(command.parser(...)) end
  end
  local ok, raised = pcall(assert(loadfile(path)))
  if ok or getmetatable(raised) ~= Found then
    error(("%s does not parse a command line: %s"):format(path, raised), 0)
  end
  return raised.parser
end

local function write(path, text)
  local out <close> = assert(io.open(path, "w"))
  assert(out:write(text))
end

-- Writes the man page and the completions of one script.
local function write_all(folder, path, scripts, date)
  app.name = path:match("[^/]*$")
  arg = { [0] = path } -- luacheck: ignore 121
  local parser = parser_of(path)
  write(("%s/man/man1/%s.1"):format(folder, app.name), page(parser, scripts, date))
  for _, completion in ipairs(COMPLETIONS) do
    local name, method = table.unpack(completion)
    write(("%s/" .. name):format(folder, app.name), parser[method](parser))
  end
end

--- Writes the man pages and the completions of scripts.
-- @tparam string folder below which they are put as below `share` of a prefix; the directories must exist
-- @tparam string date of the pages
-- @tparam string ... the paths of the scripts
function manual.main(folder, date, ...)
  local scripts = {}
  for i, path in ipairs { ... } do scripts[i] = path:match("[^/]*$") end
  for _, path in ipairs { ... } do write_all(folder, path, scripts, date) end
end

return manual
