-- Loads every module again and again in new Lua states, with another allocation failing each time, until none
-- is left to fail. Afterwards it loads, and its objects have their methods and are closed by the collector.
--
--    host spec/oom/load.lua COUNT NAME…
--
-- COUNT: how many allocations of each module fail, all of them if there are no more.

local oom = oom -- luacheck: ignore 113

-- Gives an object that has a descriptor.
local MAKERS <const> = {
  ["smc.core.netlink"] = [[m.inet_diag(false, true) and io.open "/dev/null"]],
  ["smc.core.os"] = "m.timer(1)",
  ["smc.core.poller"] = [[m.new(), m.signals("USR1", "HUP")]],
  ["smc.core.process"] = "m.pidfd(m.getpid())",
  ["smc.core.socket"] = "m.new(4, true)",
  ["smc.core.sysfs"] = "m.uevents()",
}

local USE <const> = [[
  local m = require %q
  local objects = { %s }
  local fds = {}
  for i, object in ipairs(objects) do
    if io.type(object) then object:close() else fds[i] = object:getfd() end
  end
  objects = nil
  collectgarbage()
  for _, fd in ipairs(fds) do
    assert(not io.open("/proc/self/fd/" .. fd), "the collector closes nothing")
  end]]

-- What Lua and the dynamic linker say when they cannot read a module for want of memory, and what is made of
-- that.
local function is_of_memory(message)
  return message:lower():find("memory", 1, true) or message:find("' not found:\n", 1, true)
    or message:find("error loading module ", 1, true) or message:find(" is not installed", 1, true)
end

local function load(name, n, mode)
  local seen, failed, message, wrong = oom.load(n, mode, ("require %q"):format(name),
    USE:format(name, MAKERS[name] or ""))
  if wrong then print(("%s, %s, allocation %d: afterwards: %s"):format(name, mode, n, wrong)) end
  if message and not is_of_memory(message) then
    print(("%s, %s, allocation %d: %s"):format(name, mode, n, message))
  elseif failed > 0 and mode == "on" and not message then
    print(("%s, allocation %d: nobody knows that it failed"):format(name, n))
  end
  return seen, failed
end

local count = tonumber(arg[1])
for i = 2, #arg do
  local name, hit = arg[i], 0
  for _, mode in ipairs { "once", "on", "gc" } do
    local total = load(name, 0, mode)
    local descriptors, step = oom.descriptors(), math.max(1, total // count)
    for n = 1, total, step do
      local _, failed = load(name, n, mode)
      hit = hit + (failed > 0 and 1 or 0)
      if oom.descriptors() ~= descriptors then
        print(("%s, %s, allocation %d: a descriptor is left"):format(name, mode, n))
      end
    end
  end
  print(("hit\t%s\t%d"):format(name, hit))
end
