--- Checks the path between two hosts by smc_chk of smc-tools and by smc_chk.lua, each with the server of
-- either: what the tool says, the script says too, in the same lines. The words of reasons are the script's
-- own, and it has more to say, and a status for it. To be run on host12 of a guest with two hosts, as root,
-- with SMC_TOOLS naming the folder of the tools: lua5.4 spec/compare/checks.lua. A line a check; the status
-- is 1 when one differs.

package.path = "lua/?.lua;lua/?/init.lua;spec/?.lua;" .. package.path
package.cpath = "build/?.so;" .. package.cpath

local ism = require "smc.ism"
local process = require "smc.process"
local support = require "support"

local TOOLS <const> = os.getenv("SMC_TOOLS") or error("SMC_TOOLS: where are the tools of smc-tools?")
local IPV4 <const>, IPV6 <const> = "192.168.0.10", "fd00::10"
local FREE <const> = "37409" -- nobody listens there

-- The folder for man(1), of which the tool takes the words of reasons.
local function manual()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute(("mkdir -p %s/man8 && ln -s %s/smcss.8 %s/man8"):format(folder, TOOLS, folder)))
  return folder
end

local env = support.environment()
env.PATH, env.LD_LIBRARY_PATH, env.MANPATH = TOOLS .. ":/usr/sbin:" .. env.PATH, TOOLS, manual()

local MAKERS <const> = { theirs = { TOOLS .. "/smc_chk" }, ours = { "lua5.4", "examples/smc_chk.lua" } }

local function argv(maker, words, host)
  local list = host and { "ip", "netns", "exec", host } or {}
  table.move(MAKERS[maker], 1, #MAKERS[maker], #list + 1, list)
  return table.move(words, 1, #words, #list + 1, list)
end

local function must(command)
  local done = support.run({ "sh", "-c", command })
  assert(done.status == 0, command .. ": " .. done.stderr)
end

local children = {}

-- A server of host10, and its port, as it says it itself.
local function serve(maker, ...)
  local child = assert(process.spawn(argv(maker, { "-S", ... }, "host10"),
    { env = env, stdin = "null", stdout = "pipe" }))
  children[#children + 1] = child
  local line = child.stdout:read() or ""
  return { maker = maker, port = assert(line:match("^Server started on port (%d+)$"), line),
    address = ... == "-6" and IPV6 or IPV4, family = ... == "-6" and "-6" or nil }
end

-- The lines that both have: the words of reasons, and empty lines are not compared.
local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do
    lines[#lines + 1] = line:gsub("(:%s+0x%x+).*", "%1")
  end
  return lines
end

local failed = 0
local function report(name, fault)
  failed = failed + (fault and 1 or 0)
  print(("%-60s %s"):format(name, fault or "the same"))
  io.stdout:flush()
end

-- What differs; nil for nothing. The script's lines begin with all of the tool's.
local function difference(theirs, ours, verdict, status)
  local a, b = lines_of(theirs.stdout), lines_of(ours.stdout)
  if not theirs.stdout:find(verdict, 1, true) then
    return ("theirs does not say %q: %q"):format(verdict, theirs.stdout .. theirs.stderr)
  end
  for i = 1, #a do
    if a[i] ~= b[i] then return ("line %d: theirs %q, ours %q"):format(i, a[i], b[i] or "") end
  end
  if theirs.status ~= 0 or ours.status ~= status then
    return ("status: theirs %d, ours %d instead of %d"):format(theirs.status, ours.status, status)
  end
end

local function compare(name, words, verdict, status)
  report(name, difference(support.run(argv("theirs", words), nil, env),
    support.run(argv("ours", words), nil, env), verdict, status))
end

-- Both clients with each of the servers.
local function try(condition, servers, verdict, status)
  for _, server in ipairs(servers) do
    local words = { "-C", server.address, "-p", server.port, server.family }
    compare(("%s, server: %s port %s%s"):format(condition, server.maker, server.port,
      server.family and ", IPv6" or ""), words, verdict, status)
  end
end

local function off(fid)
  assert(ism.power_off(fid))
  return setmetatable({}, { __close = function() assert(ism.power_on(fid)) end })
end

-- === what is compared ===

must("ip address add fd00::12/64 dev eth0 nodad")
must("ip -n host10 address add fd00::10/64 dev eth0 nodad")

local servers = { serve("theirs"), serve("ours"), serve("theirs", "-6"), serve("ours", "-6") }
for i, server in ipairs(servers) do
  for j = 1, i - 1 do assert(server.port ~= servers[j].port, "a port that is taken") end
end

try("SMC-D", servers, "     Success, using SMC-D\n", 0)
do
  local _ <close> = off("32")
  try("the client has no device", servers, "Client:        0x03030000", 1)
end
do
  local _ <close> = off("31")
  try("the server has no device", { servers[1], servers[2] }, "Server:        0x03030007", 1)
end

children[#children + 1] = assert(process.spawn({ "ip", "netns", "exec", "host10", "python3",
  "spec/handshake/listen.py", FREE }, { stdin = "null", stdout = "null" }))
support.await(function()
  return support.run({ "ip", "netns", "exec", "host10", "ss", "-Hltn", "sport = :" .. FREE }).stdout ~= ""
end)
compare("a program that uses TCP", { "-C", IPV4, "-p", FREE }, "Client:        0x03010000", 1)
children[#children]:close()
compare("nobody there", { "-C", IPV4, "-p", FREE }, "     Failed, no connection\n", 2)

-- Here the tool ends before it tests, with a message and 1; the script's is a verdict like others.
local UNREACHED <const> = {
  ["a name that is not known"] = "no.such.host.invalid", ["no route"] = "203.0.113.1",
}
for name, host in pairs(UNREACHED) do
  local theirs = support.run(argv("theirs", { "-C", host }), nil, env)
  local ours = support.run(argv("ours", { "-C", host }), nil, env)
  local same = theirs.status == 1 and theirs.stdout:find("^Error: ") and ours.status == 2
    and ours.stdout:find("     Failed, no connection\n", 1, true)
  report(name, not same and theirs.stdout .. ours.stdout or nil)
end

for _, child in ipairs(children) do child:close() end
os.exit(failed == 0)
