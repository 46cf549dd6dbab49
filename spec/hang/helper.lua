-- Busted loads this first (.busted): a test that hangs is named, fails, and does not take the others with it.
-- The name of what runs is written to a file, which hang/watch looks at from another process.
local busted = require "busted"

local limit = tonumber(os.getenv "SMC_TEST_LIMIT") or 600

local function own_pid()
  local stat <close> = assert(io.open "/proc/self/stat")
  return stat:read("n")
end

local path = os.tmpname()
local command = ("unset LD_PRELOAD; spec/hang/watch '%s' %d %d </dev/null >/dev/null & echo $!")
  :format(path, limit, own_pid())
local watch <close> = assert(io.popen(command))
local watcher = watch:read("n")

local started = 0

local function begin(element, parent)
  started = started + 1
  local file <close> = io.open(path, "w") -- a spec may have used all descriptors
  if file then
    file:write(started, " ", parent and parent.name or "", " ", (element.name or ""):gsub("%s+", " "), "\n")
  end
  return nil, true
end

for _, event in ipairs { "file", "test" } do busted.subscribe({ event, "start" }, begin) end

busted.subscribe({ "exit" }, function()
  os.execute("kill " .. watcher)
  local hung = io.open(path .. ".hung")
  os.remove(path)
  if not hung then return nil, true end
  hung:close()
  os.remove(path .. ".hung")
  os.exit(1) -- whatever the test said once what it waited for was gone
end)
