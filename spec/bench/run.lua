--- make bench: C, smc.socket and LuaSocket, over TCP on this host and over SMC-D in the lab.
-- A table on standard output; all of it as JSON in build/bench/results.json.

package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = "build/?.so;" .. package.cpath
local json = require "dkjson"
local list = dofile "spec/bench/listing.lua"

local PAIRS <const> = tonumber(os.getenv "BENCH_PAIRS" or 5)

-- What is compared: field, words, format, the goal as a ratio, whether it is met.
local ROWS <const> = {
  { "round_trip", "round trip of 64 bytes, µs", "%.1f", "C", 1.05, "<=" },
  { "stream", "stream in 64 KiB blocks, MiB/s", "%.0f", "C", 0.95, ">=" },
  { "measured_round_trip", "check.measure: round trip, µs", "%.1f", "C", 1.05, "<=" },
  { "measured_stream", "check.measure: stream, MiB/s", "%.0f", "C", 0.95, ">=" },
  { "lines", "80-byte lines, lines/s", "%.0f", "LuaSocket", 4, ">=" },
  { "idle", "memory per idle connection, bytes", "%.0f", nil, 1024, "<=" },
  { "calls", "system calls of an operation", "%.2f", nil, 1, "<=" },
}

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end

local function machine()
  local model = output("lscpu"):match("Model name:%s*([^\n]+)") or "unknown processor"
  return ("%s, %s processors, Linux %s, load %s"):format(model, output("nproc"):match("%d+"),
    output("uname -r"):match("%S+"), io.open("/proc/loadavg"):read("a"):match("%S+"))
end

local function measure(path, prefix)
  local text = output(("%s lua5.4 spec/bench/measure.lua %s %d"):format(prefix, path, PAIRS))
  return assert(json.decode(text:match("{.*}") or ""), "no result for " .. path .. ": " .. text)
end

local function judge(row, values)
  local _, _, _, against, goal, sense = table.unpack(row)
  local value = values["smc.socket"] / (against and values[against] or 1)
  -- The calls include a few of the program's own.
  local met = sense == "<=" and value <= goal * 1.005 or sense == ">=" and value >= goal
  return ("%.3g%s, wanted %s %g: %s"):format(value, against and " x " .. against or "", sense, goal,
    met and "met" or "MISSED"), met
end

local function show(title, results)
  print(("\n%s, medians of %d"):format(title, results.pairs))
  print(("  %-36s %12s %12s %12s"):format("", "C", "smc.socket", "LuaSocket"))
  for _, row in ipairs(ROWS) do
    local field, words, form = row[1], row[2], row[3]
    local values = results[field]
    if values then
      local function cell(name) return values[name] and form:format(values[name]) or "-" end
      local verdict, met = judge(row, values)
      print(("  %-36s %12s %12s %12s   %s")
        :format(words, cell "C", cell "smc.socket", cell "LuaSocket", verdict))
      values.goal_met = met
    end
  end
  print(("  string.sub makes %.0f strings of 80 bytes a second, %.2g x LuaSocket's lines: no more can come")
    :format(results.ceiling, results.ceiling / results.lines.LuaSocket))
  local crowd = results.crowd
  print(("  %d clients at once: %d messages lost, %d wrong; connected in %.1f s, %d messages in %.1f s")
    :format(crowd.first.clients, crowd.first.lost, crowd.first.wrong, crowd.first.connect_seconds,
      crowd.first.clients * crowd.first.rounds, crowd.first.seconds))
  print(("  the server: %d KiB after the first crowd, %d KiB after a second; %s"):format(
    crowd.first.server_kilobytes, crowd.second.server_kilobytes, crowd.summary))
end

assert(os.execute("mkdir -p build/bench && cc -O2 -o build/bench/reference spec/bench/reference.c"))
local env = ("LUA_PATH='%s' LUA_CPATH='%s'"):format(package.path, package.cpath)
local all = { machine = machine() }
print(all.machine)
all.listing = list(PAIRS)
print(("\nlisting 500 functions of sysfs: %.0f ms, wanted <= 50: %s")
  :format(all.listing, all.listing <= 50 and "met" or "MISSED"))
all.tcp = measure("tcp", env)
show("TCP loopback, this host", all.tcp)
-- An ISM function has 1920 buffers, loopback-ism as many as there is memory for.
local LAB <const> = "spec/lab/lab run --loopback --timeout 900 "
all.smc = measure("smc", LAB .. "--cpus 2 --") -- both ends of a stream work at the same time
show("SMC-D, in the lab (LuaSocket through smc_run.lua)", all.smc)
-- smc-tools are no part of this project: where somebody has built them, SMC_TOOLS says.
local tools = os.getenv "SMC_TOOLS"
if tools then
  print("\nthe scripts and smc-tools, in the lab")
  os.execute(("%s -- sh -c 'ulimit -n 20000; lua5.4 spec/bench/tools.lua \"%s\"'"):format(LAB, tools))
end
print("\ninstructions of an operation, TCP loopback, this host")
os.execute(env .. " lua5.4 spec/bench/instructions.lua")
print("\ninstructions of the scripts, in the lab")
os.execute(("spec/lab/lab run --loopback --timeout 3000 -- sh -c "
  .. "'ulimit -n 20000; lua5.4 spec/bench/instructions.lua scripts %s'"):format(tools or ""))
local file = assert(io.open("build/bench/results.json", "w"))
file:write(json.encode(all, { indent = true }), "\n")
file:close()
