--- smcss.lua, smcd.lua and smc_pnet.lua against the tools of smc-tools, interleaved, with many sockets: in
-- the lab, as root, where the first argument is a folder with the tools built:
-- spec/lab/lab run -- lua5.4 spec/bench/tools.lua /path/to/smc-tools [sockets [runs]]
--
-- All of them are run from memory. Nobody reads what they write.

package.path = "lua/?.lua;lua/?/init.lua;spec/bench/?.lua;" .. package.path
package.cpath = "build/?.so;" .. package.cpath

local gettime = require "smc.core.os".gettime
local memory = require "memory"
local process = require "smc.process"

local TOOLS <const> = assert(arg[1], "where are the tools of smc-tools?")
local MEMORY <const>, ENV <const> = memory.folder, memory.env
local SOCKETS <const>, RUNS <const> = tonumber(arg[2] or 4000), tonumber(arg[3] or 9)
local BY_MODE <const> = [[
  local count = {}
  for _, mode in require "smc.diag".sockets { fields = { "state", "mode" } } do
    count[mode or "none"] = (count[mode or "none"] or 0) + 1
  end]]

-- Name, command of the original, ours, how many times as long ours may take.
local ROWS <const> = {
  { "smcss", { "smcss" }, { MEMORY .. "/examples/smcss.lua" }, 1 },
  { "count by mode, against smcss", { "smcss" }, { "-e", BY_MODE }, 1.2 },
  { "smcd info", { "smcd", "info" }, { MEMORY .. "/examples/smcd.lua", "info" }, 1 },
  { "smcd linkgroup", { "smcd", "linkgroup" }, { MEMORY .. "/examples/smcd.lua", "linkgroup" }, 1 },
  { "smcd -a stats", { "smcd", "-a", "stats" }, { MEMORY .. "/examples/smcd.lua", "-a", "stats" }, 1 },
  { "smcd ueid", { "smcd", "ueid" }, { MEMORY .. "/examples/smcd.lua", "ueid" }, 1 },
  { "smc_pnet", { "smc_pnet" }, { MEMORY .. "/examples/smc_pnet.lua" }, 1 },
}

-- What a process takes that does nothing, which no script can go below.
local EMPTY <const> = { "lua5.4 by itself", { "smcss", "-h" }, { "-e", "" } }

memory.fill(TOOLS)

local function milliseconds(argv)
  local start = gettime()
  local p <close> = assert(process.spawn(argv, { env = ENV, stdin = "null", stdout = "null" }))
  local _, status = p:wait()
  assert(status == 0, argv[1])
  return (gettime() - start) * 1000
end

local function median(list)
  table.sort(list)
  return list[#list // 2 + 1]
end

local function compare(row)
  local theirs, ours = {}, {}
  for i = 1, RUNS do
    theirs[i] = milliseconds { MEMORY .. "/" .. row[2][1], table.unpack(row[2], 2) }
    ours[i] = milliseconds { "lua5.4", table.unpack(row[3]) }
  end
  local a, b = median(theirs), median(ours)
  local verdict = row[4] and (" wanted <= %g: %s"):format(row[4], b / a <= row[4] and "met" or "MISSED") or ""
  print(("  %-30s %8.1f ms %8.1f ms   x %.2f%s"):format(row[1], a, b, b / a, verdict))
end

-- Kilobytes that iterating needs at most, above what was in use before, in a process that does nothing else.
local MEMORY_WANTED <const> = [[
  local diag = require "smc.diag"
  collectgarbage()
  local before, most, count = collectgarbage("count"), 0, 0
  for _ in assert(diag.sockets()) do
    count = count + 1
    most = math.max(most, collectgarbage("count") - before)
  end
  local verdict = most < 1024 and "met" or "MISSED"
  print(("%.0f KiB for %d sockets, wanted < 1024: %s"):format(most, count, verdict))]]

local _ = memory.connect(SOCKETS)
print(("%d sockets, medians of %d, the original and ours"):format(SOCKETS, RUNS))
for _, row in ipairs(ROWS) do compare(row) end
compare(EMPTY)
io.stdout:write("  memory while iterating         ")
io.stdout:flush()
assert(process.spawn({ "lua5.4", "-e", MEMORY_WANTED }, { env = ENV })):wait()
