--- Instructions in user space, by callgrind: of operations of sockets on this host, and of the scripts' helps
-- and main paths, in the lab, against the tools of smc-tools:
-- spec/lab/lab run -- lua5.4 spec/bench/instructions.lua scripts [/path/to/smc-tools]

package.path = "lua/?.lua;lua/?/init.lua;spec/bench/?.lua;" .. package.path
package.cpath = "build/?.so;" .. package.cpath

local callgrind = require "callgrind"

local MILLION <const> = 1e6

local function verdict(value, wanted)
  return wanted and (" wanted <= %.4g: %s"):format(wanted, value <= wanted and "met" or "MISSED") or ""
end

-- === operations ===

-- What one operation takes: the difference of a long and a short run.
local function cost(operation, module)
  local function run(rounds)
    return callgrind.count({ "lua5.4", "spec/bench/operations.lua", operation, module, tostring(rounds) },
      { LUA_PATH = package.path, LUA_CPATH = package.cpath, PATH = os.getenv "PATH" })
  end
  return (run(110) - run(10)) / 10000
end

local function operations()
  local sub = cost("sub", "none")
  print(("  %-44s %8.0f"):format("string.sub of 80 bytes", sub))
  for _, row in ipairs {
    { "line", "receive a line of 80 bytes", 1.3 * sub }, { "message", "send and receive 64 bytes", 1940 },
  } do
    local ours, theirs = cost(row[1], "smc.socket"), cost(row[1], "socket")
    print(("  %-44s %8.0f  LuaSocket %6.0f %s"):format(row[2], ours, theirs, verdict(ours, row[3])))
  end
end

-- === scripts ===

-- Name, words of the help and what it may take; words of the main path and what it may take, as a number of
-- millions, or as a part of the original without Lua's own start.
local SCRIPTS <const> = {
  { "smcss", "-h", 8.3, main = "", part = 1 },
  { "smcd", "help", 5.4, main = "info", most = 9.7 },
  { "smcr", "help", 5.4, main = "info", most = 9.7 },
  { "smc_pnet", "-h", 8.1, main = "", most = 8.7 },
  { "smc_rnics", "--help", 15, theirs = "-h", main = "", most = 12.4 },
  { "smc_chk", "--help", 16, theirs = "-h", main = "-C 127.0.0.1", most = 16.1 },
  { "smc_run", "--help", 24.1, theirs = "-h", main = "true", most = 25.2 },
  { "smc_dbg", "--help", 16, theirs = "-h", main = "" },
}
local SOCKETS <const> = 4000

local function words_of(command, text)
  for word in text:gmatch "%S+" do command[#command + 1] = word end
  return command
end

local function counted(memory, name, words)
  return callgrind.count(words_of({ "lua5.4", ("%s/examples/%s.lua"):format(memory.folder, name) }, words),
    memory.env) / MILLION
end

local function original(memory, tools, name, words)
  if not tools then return nil end
  return callgrind.count(words_of({ memory.folder .. "/" .. name }, words), memory.env) / MILLION
end

local function show(label, theirs, ours, wanted)
  print(("  %-30s %10s %10.1f %s"):format(label, theirs and ("%.1f"):format(theirs) or "-", ours,
    verdict(ours, wanted)))
  io.stdout:flush()
end

local function scripts(tools)
  local memory = require "memory"
  local process = require "smc.process"
  memory.fill(tools)
  local empty = callgrind.count({ "lua5.4", "-e", "" }, memory.env) / MILLION
  print(("  %-30s %10s %10s"):format("millions of instructions", "smc-tools", "ours"))
  show("lua5.4 by itself", nil, empty)
  show("lua5.4 with argparse", nil,
    callgrind.count({ "lua5.4", "-l", "argparse", "-e", "" }, memory.env) / MILLION)
  for _, row in ipairs(SCRIPTS) do
    show(row[1] .. " " .. row[2], original(memory, tools, row[1], row.theirs or row[2]),
      counted(memory, row[1], row[2]), row[3])
  end
  local kept = memory.connect(SOCKETS)
  local server <close> = assert(process.spawn({ "lua5.4", memory.folder .. "/examples/smc_chk.lua", "-S" },
    { env = memory.env, stdin = "null", stdout = "pipe" }))
  assert(server.stdout:read())
  for _, row in ipairs(SCRIPTS) do
    local theirs = original(memory, tools, row[1], row.main)
    local wanted = row.most or row.part and theirs and row.part * theirs + empty
    show(row[1] .. " " .. row.main, theirs, counted(memory, row[1], row.main), wanted)
  end
  return kept
end

if not callgrind.count { "true" } then
  print "  valgrind is not installed: no instructions are counted"
elseif arg[1] == "scripts" then
  print(("%d sockets"):format(SOCKETS))
  scripts(arg[2])
else
  operations()
end
