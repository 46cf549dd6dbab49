--- What the specs have in common.

local process = require "smc.core.process"

local support = {}

--- The number of descriptors that this process has open.
function support.descriptors()
  local list = assert(io.popen("ls /proc/" .. process.getpid() .. "/fd"))
  local count = 0
  for _ in list:lines() do count = count + 1 end
  list:close()
  return count
end

--- Kilobytes of memory in use, VmRSS of proc(5).
function support.resident()
  for line in io.lines("/proc/" .. process.getpid() .. "/status") do
    local kilobytes = line:match("^VmRSS:%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

--- Runs a command to its end.
-- @tparam table argv
-- @tparam[opt] string input for its standard input
-- @treturn table status, stdout, stderr
function support.run(argv, input)
  local pid, stdin, stdout, stderr =
    process.spawn(argv, nil, { stdin = input and "pipe" or "null", stdout = "pipe", stderr = "pipe" })
  assert(pid, stdin)
  if input then stdin:write(input) stdin:close() end
  local result = { stdout = stdout:read("a"), stderr = stderr:read("a") }
  stdout:close()
  stderr:close()
  local how, status = process.wait(pid)
  result.status = how == "exit" and status or 128 + status
  return result
end

--- Runs one of the project's scripts: support.script("smcss.lua", "-a").
function support.script(name, ...)
  return support.run { "lua5.4", "examples/" .. name, ... }
end

--- Starts a script in the background; close ends it.
-- @treturn table pid, stdout (a file), interrupt(), close()
function support.start(name, ...)
  local pid, _, stdout =
    process.spawn({ "lua5.4", "examples/" .. name, ... }, nil, { stdin = "null", stdout = "pipe" })
  assert(pid, _)
  local self = { pid = pid, stdout = stdout }
  function self.stop(signal)
    if not self.pid then return end
    process.kill(self.pid, process.signals[signal or "TERM"])
    local how, status = process.wait(self.pid)
    self.pid = nil
    stdout:close()
    return how, status
  end
  return setmetatable(self, { __close = function() self.stop() end })
end

return support
