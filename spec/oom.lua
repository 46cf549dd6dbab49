--- Allocations that fail, each of them once. See spec/oom/child.lua and spec/oom/load.lua.

local support = require "support"

local oom = {}

local here = debug.getinfo(1, "S").source:match("^@(.*)%.lua$")

--- How many allocations fail of what has more of them: a few, or all in `make check`.
function oom.count(few)
  return os.getenv "SMC_OOM" == "all" and math.maxinteger or few
end

-- Builds the program whose allocations fail.
local function build(folder)
  local host = folder .. "/host"
  local sanitized = (os.getenv "SMC_BUILD" or ""):find("sanitize", 1, true)
  local compile <const> = [[
    cflags=$(pkg-config --cflags lua5.4) libs=$(pkg-config --libs lua5.4)
    exec cc -O1 -g -std=gnu11 -rdynamic $3 $cflags -o "$1" "$2" $libs]]
  local done = support.run { "sh", "-c", compile, "sh", host, here .. "/host.c",
    sanitized and "-DLUA_ONLY" or "" }
  assert(done.status == 0, done.stderr)
  return host
end

-- Runs a script. Returns what was wrong, and by name of what it tried how many allocations failed.
local function run(folder, script, ...)
  local done = support.run({ build(folder), here .. script, ... }, nil, support.environment())
  local wrong, hits = {}, {}
  for line in done.stdout:gmatch("[^\n]+") do
    local name, hit = line:match("^hit\t([^\t]*)\t(%d+)$")
    if name then hits[name] = (hits[name] or 0) + tonumber(hit) else wrong[#wrong + 1] = line end
  end
  if done.status ~= 0 then wrong[#wrong + 1] = ("status %d: %s"):format(done.status, done.stderr) end
  return wrong, hits
end

local function in_folder(f)
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  local wrong, hits = f(folder)
  os.execute("rm -rf " .. folder)
  return wrong, hits
end

--- Lets looks run out of memory.
-- @tparam string file of Lua, a list of looks
-- @tparam integer count how many allocations of each look fail
-- @treturn {string,...} what was wrong
-- @treturn table by name of the look, how many allocations failed
function oom.find(file, count)
  return in_folder(function(folder)
    assert(loadfile(file))(folder, true)
    return run(folder, "/child.lua", file, folder, tostring(count))
  end)
end

--- Lets modules run out of memory while they are loaded.
-- @tparam {string,...} names
-- @tparam integer count how many allocations of each module fail
-- @treturn {string,...} what was wrong
-- @treturn table by name of the module, how many allocations failed
function oom.load(names, count)
  return in_folder(function(folder)
    return run(folder, "/load.lua", tostring(count), table.unpack(names))
  end)
end

return oom
