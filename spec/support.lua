--- What the specs have in common.

local getpid = require("smc.core.process").getpid
local lfs = require "lfs" -- busted needs it too
local process = require "smc.process"

local support = {}

--- The number of descriptors that this process has open, with the one that counts them.
function support.descriptors()
  local count = 0
  for name in lfs.dir("/proc/self/fd") do
    if name ~= "." and name ~= ".." then count = count + 1 end
  end
  return count
end

--- The number of processes that match, from proc(5).
-- @tparam table filter `parent`: only children of this process; `states`: a class of letters, as "DZ"
function support.processes(filter)
  local count = 0
  for pid in lfs.dir("/proc") do
    local file = pid:find("^%d+$") and io.open("/proc/" .. pid .. "/stat")
    local state, parent = (file and file:read("a") or ""):match(".*%) (%a) (%d+)")
    if file then file:close() end
    if state and (not filter.parent or parent == tostring(filter.parent))
      and (not filter.states or filter.states:find(state, 1, true)) then
      count = count + 1
    end
  end
  return count
end

--- Kilobytes of memory in use, VmRSS of proc(5).
function support.resident()
  for line in io.lines("/proc/" .. getpid() .. "/status") do
    local kilobytes = line:match("^VmRSS:%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

--- Runs a command to its end.
-- @tparam table argv
-- @tparam[opt] string input for its standard input
-- @treturn table status, stdout, stderr
function support.run(argv, input)
  local p <close> = assert(process.spawn(argv,
    { stdin = input and "pipe" or "null", stdout = "pipe", stderr = "pipe" }))
  if input then p.stdin:write(input) p.stdin:close() end
  local result = { stdout = p.stdout:read("a"), stderr = p.stderr:read("a") }
  local how, status = p:wait()
  result.status = how == "exit" and status or 128 + status
  return result
end

-- A script finds the modules where this process finds them.
local function script_argv(name, ...)
  return { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath,
    "lua5.4", "examples/" .. name, ... }
end

--- Runs one of the project's scripts: support.script("smcss.lua", "-a").
function support.script(name, ...)
  return support.run(script_argv(name, ...))
end

--- Starts a script in the background; close ends it.
-- @treturn Process of smc.process, with stdout, and stop(signal), which gives what its wait() gives
function support.start(name, ...)
  local p = assert(process.spawn(script_argv(name, ...), { stdin = "null", stdout = "pipe" }))
  function p.stop(signal)
    p:kill(signal)
    return p:wait()
  end
  return p
end

return support
