--- Measures one path: measure.lua tcp|smc [PAIRS]. Prints the results as one line of JSON.
-- The contestants take turns, so that what else the machine does meets all of them.

local json = require "dkjson"
local process = require "smc.core.process"

local path, pairs_wanted = ...
pairs_wanted = tonumber(pairs_wanted) or 5
local in_lab = path == "smc"
local port = 20000

local function lua_worker(module, converted)
  return function(role, count)
    local argv = { "lua5.4", "spec/bench/worker.lua", module, role, tostring(port), tostring(count) }
    return converted and { "lua5.4", "examples/smc_run.lua", table.unpack(argv) } or argv
  end
end

local contestants = {
  { name = "C", command = function(role, count)
    return { "build/bench/reference", role, path, tostring(port), tostring(count) }
  end },
  { name = "smc.socket", command = lua_worker("smc.socket") },
  { name = "LuaSocket", command = lua_worker("socket", in_lab) },
}

-- On a processor of its own choice where one is named: the scheduler's choices are not under test.
local function start(argv, cpu)
  if cpu and not in_lab then argv = { "taskset", "-c", tostring(cpu), table.unpack(argv) } end
  local pid, _, stdout = process.spawn(argv, nil, { stdin = "null", stdout = "pipe" })
  return assert(pid, _), stdout
end

-- Runs a server and a client; gives what both print at the end.
local function duel(server_argv, client_argv, server_cpu, client_cpu)
  local server, ready = start(server_argv, server_cpu)
  assert(ready:read() == "ready", table.concat(server_argv, " "))
  local client, result = start(client_argv, client_cpu)
  local seconds = result:read()
  local last = ready:read()
  process.wait(client)
  process.wait(server)
  result:close()
  ready:close()
  port = port + 1
  return tonumber(seconds), tonumber(last)
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

-- Every contestant, in turn, so many times: the medians by name, of what `once` gives.
local function compare(once, rounds, among)
  local values = {}
  for _ = 1, rounds or pairs_wanted do
    for _, contestant in ipairs(among or contestants) do
      local value = once(contestant)
      if value then
        values[contestant.name] = values[contestant.name] or {}
        table.insert(values[contestant.name], value)
      end
    end
  end
  local medians = {}
  for name, list in pairs(values) do medians[name] = median(list) end
  return medians
end

local scale = in_lab and 10 or 1 -- an emulated processor
local results = { path = path, pairs = pairs_wanted }

local function round_trip(c) -- microseconds
  local count = 30000 // scale
  return duel(c.command("echo", 0), c.command("ping", count), 1, 1) / count * 1e6
end

local function stream(c) -- MiB per second
  local count = 24000 // scale
  return count / 16 / duel(c.command("sink", count), c.command("source", count), 0, 1)
end

results.round_trip, results.stream = compare(round_trip), compare(stream)

-- The loops of check.measure.
local loops = { contestants[1], { name = "smc.socket", command = function(role, count)
  return { "lua5.4", "spec/bench/traffic.lua", path, role, tostring(port), tostring(count) }
end } }
results.measured_round_trip = compare(round_trip, nil, loops)
results.measured_stream = compare(stream, nil, loops)

results.lines = compare(function(c) -- lines per second; the sender is C
  if c.name == "C" then return nil end
  local count = 2000000 // scale
  return count / duel(c.command("line_sink", count),
    { "build/bench/reference", "lines", path, tostring(port), tostring(count) }, 0, 1)
end)

-- What no function can pass that gives a line a call: as many strings of that size, made by one of Lua's own.
local function strings_a_second()
  local count, text, clock = 2000000 // scale, ("x"):rep(200), os.clock
  local before = clock()
  for _ = 1, count do local _ = text:sub(1, 80) end
  return count / (clock() - before)
end

results.ceiling = {}
for i = 1, pairs_wanted do results.ceiling[i] = strings_a_second() end
results.ceiling = median(results.ceiling)

results.idle = compare(function(c) -- bytes per connection
  if c.name == "C" then return nil end
  local count = 800
  return (select(2, duel(c.command("hold", count), c.command("many", count))))
end, 1)

-- System calls of an operation, sending or receiving: the difference of a long and a short run,
-- counted by strace -c in the client.
local function count_calls(c, rounds)
  local file = os.tmpname()
  local client = c.command("ping", rounds)
  duel(c.command("echo", 0), { "strace", "-f", "-c", "-o", file, table.unpack(client) })
  local total
  for line in io.lines(file) do
    local calls = line:match("%s(%d+)%s+%d*%s*total$")
    if calls then total = tonumber(calls) end
  end
  os.remove(file)
  return total
end

if not in_lab then
  results.calls = compare(function(c)
    return (count_calls(c, 2100) - count_calls(c, 100)) / 2000 / 2
  end, 1)
end

local function resident(pid)
  for line in io.lines("/proc/" .. pid .. "/status") do
    local kilobytes = line:match("^VmRSS:%s+(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

-- echo_server.lua and a crowd of clients, twice: the server must not have grown the second time.
local function crowd(count)
  local raise = in_lab and "ulimit -n 30000" or "ulimit -n \"$(ulimit -H -n)\""
  local function raised(...) return { "sh", "-c", raise .. '; exec "$@"', "sh", ... } end
  local server, lines = start(raised("lua5.4", "examples/echo_server.lua", "--host", "127.0.0.1",
    "--port", tostring(port), "--quiet", "--fallback", "tcp"))
  lines:read()
  local runs = {}
  for i = 1, 2 do
    local client, result =
      start(raised("lua5.4", "spec/bench/crowd.lua", tostring(port), tostring(count), "5"))
    runs[i] = json.decode(result:read("a")) or { lost = -1, wrong = -1 }
    result:close()
    process.wait(client)
    runs[i].server_kilobytes = resident(server)
  end
  process.kill(server, process.signals.TERM)
  local summary = lines:read()
  process.wait(server)
  lines:close()
  return { first = runs[1], second = runs[2], summary = summary }
end

results.crowd = crowd(in_lab and 2000 or 10000)

print(json.encode(results))
