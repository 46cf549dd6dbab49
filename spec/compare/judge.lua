--- Runs a tool of smc-tools and the script of that name at the same moment, and tells them apart.

local intended = require "compare.intended"
local process = require "smc.core.process"
local support = require "support"

local judge = {}

local TOOLS <const> = os.getenv("SMC_TOOLS") or error("SMC_TOOLS: where are the tools of smc-tools?")
local ATTEMPTS <const> = 4 -- what a tool shows may change between two runs, but not every time

-- The scripts under the names of the tools, so that the names in their texts are the same.
local function link_scripts()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -p " .. folder))
  for _, name in ipairs { "smcss", "smcd", "smcr", "smc_pnet" } do
    local script = assert(process.realpath("examples/" .. name .. ".lua"))
    assert(os.execute(("ln -s %s %s/%s"):format(script, folder, name)))
  end
  return folder
end

local scripts = link_scripts()

local function run(prefix, ...)
  local argv = table.move(prefix or {}, 1, #(prefix or {}), 1, {})
  for _, word in ipairs { ... } do argv[#argv + 1] = word end
  return support.run(argv)
end

--- Runs the tool of smc-tools.
-- @tparam table command
-- @tparam ?{string,...} prefix such as setpriv and its words
function judge.theirs(command, prefix)
  return run(prefix, TOOLS .. "/" .. command.tool, table.unpack(command.words))
end

--- Runs the script of this project.
function judge.ours(command, prefix)
  local argv = { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "lua5.4",
    scripts .. "/" .. command.tool }
  table.move(command.words, 1, #command.words, #argv + 1, argv)
  return run(prefix, table.unpack(argv))
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

-- The first lines in which two texts differ.
local function first_difference(theirs, ours)
  local a, b = lines_of(theirs), lines_of(ours)
  for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then return ("line %d: theirs %q, ours %q"):format(i, a[i] or "", b[i] or "") end
  end
end

-- What differs, in words; nil for nothing.
local function difference(command, theirs, ours)
  intended.apply(command, theirs, ours)
  for _, stream in ipairs { "stdout", "stderr" } do
    local found = first_difference(theirs[stream], ours[stream])
    if found then return stream .. ", " .. found end
  end
  if theirs.status ~= ours.status then
    return ("status: theirs %d, ours %d"):format(theirs.status, ours.status)
  end
end

--- Compares one command line.
-- @tparam table command
-- @tparam table state its `name`; `prefix`: what both are run by; `before`: called before each of them
-- @treturn ?string what differs, and is not intended
function judge.compare(command, state)
  local found
  for _ = 1, ATTEMPTS do
    if state.before then state.before() end
    local theirs = judge.theirs(command, state.prefix)
    if state.before then state.before() end
    found = difference(command, theirs, judge.ours(command, state.prefix))
    if not found then return nil end
  end
  return found
end

return judge
