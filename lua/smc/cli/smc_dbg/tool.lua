-- Runs another command of this project, as a process of its own: what it prints is what a user would see, and
-- its failure is its own.

local core = require "smc.core.process"
local os_core = require "smc.core.os"
local process = require "smc.process"
local text = require "smc.internal.text"

-- The same modules as this process has, whichever way it found them.
local function environment()
  local env = core.environ()
  env.LUA_PATH, env.LUA_CPATH = package.path, package.cpath
  env.LUA_PATH_5_4, env.LUA_CPATH_5_4, env.LUA_INIT, env.LUA_INIT_5_4 = nil, nil, nil, nil
  return env
end

-- Code that gives a command its words, which are this project's own, and calls it.
local function code_for(script, call, words)
  local list = {}
  for i, word in ipairs(words) do list[i] = ("%q"):format(word) end
  return ("arg = { [0] = %q, %s } %s"):format(script, table.concat(list, ", "), call)
end

-- Returns what a command prints, also on standard error: `script`, its name; `call`, code that calls it with
-- `arg`; then its words.
return function(script, call, ...)
  local interpreter = os_core.readlink "/proc/self/exe" or "lua5.4"
  local running <close>, message = process.spawn({ interpreter, "-e", code_for(script, call, { ... }) },
    { env = environment(), stdin = "null", stdout = "pipe", stderr = "pipe" })
  if not running then return ("%s cannot be started: %s\n"):format(script, message) end
  local printed = running.stdout:read "a" .. running.stderr:read "a"
  running:wait()
  return text.lines(printed)
end
