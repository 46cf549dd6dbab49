-- The command lines of the README with what they print, run as they stand there.
--
-- In the README, `…` alone on a line stands for any lines, and at the end of one for any text. Inodes and the
-- ports of clients are others each time.
local lfs = require "lfs"
local process = require "smc.process"
local support = require "support"

local walk = {}

--- The commands of a section, in their order.
-- @tparam string heading how the section's heading begins
-- @treturn table a list of: host, root (true where the prompt is #), command, shown (its lines)
function walk.read(heading)
  local file <close> = assert(io.open "README.md")
  local section = assert(file:read("a"):match("\n## " .. heading .. "[^\n]*\n(.-)\n## "))
  local steps = {}
  for line in section:gmatch("%f[^\n]    ([^\n]*)") do
    local host, prompt, command = line:match("^(%w+)([#$]) (.*)$")
    if host then
      steps[#steps + 1] = { host = host, root = prompt == "#", command = command, shown = {} }
    else
      table.insert(steps[#steps].shown, line)
    end
  end
  return steps
end

-- Blanks at the ends of lines do not stand in the README.
local function usual(text)
  return (text:gsub("%f[%d]%d%d%d%d%d%d%d ", "INODE ")
    :gsub("(192%.168%.0%.12:)%d+ *", "%1PORT ")
    :gsub(" +\n", "\n"))
end

local function pattern(shown)
  local text = usual(#shown > 0 and table.concat(shown, "\n") .. "\n" or ""):gsub("%p", "%%%0")
  return "^" .. text:gsub(" *…", ".*") .. "$"
end

--- Whether a text is what the README shows.
function walk.agrees(step, text)
  return usual(text):find(pattern(step.shown)) ~= nil
end

local function environment()
  local env = support.environment()
  env.PATH = lfs.currentdir() .. "/examples:" .. env.PATH
  return env
end

--- Starts a step's command, as in a terminal of its own, and reads until it has printed what is shown,
-- or has ended.
-- @tparam table step
-- @tparam table words before the shell that runs it
-- @treturn Process
-- @treturn string what it has printed
function walk.start(step, words)
  local argv = { table.unpack(words) }
  for _, word in ipairs { "sh", "-c", "cd examples && exec 2>&1 && exec " .. step.command } do
    argv[#argv + 1] = word
  end
  local p = assert(process.spawn(argv, { stdin = "pipe", stdout = "pipe", env = environment() }))
  local typed = step.command:find "send_data" and step.shown[1] .. "\n" or "" -- a terminal shows it
  p.stdin:write(typed)
  local said = typed
  while #step.shown > 0 and not walk.agrees(step, said) do
    local line = p.stdout:read "L"
    if not line then break end
    said = said .. line
  end
  return p, said
end

return walk
