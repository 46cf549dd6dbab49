#!/usr/bin/env lua5.4
--- Shows and changes the table of PNET IDs: the options and texts of smc_pnet(8) of smc-tools; beyond it:
-- --json.

local pnet = require "smc.pnet"
local getopt = require "smc.getopt"

local program = arg[0]:match("[^/]*$")

local USAGE <const> = ([[
Usage: %s [ OPTIONS ] [pnetid]
	-h, --help            this message
	-v, --version         show version information
	-a, --add             add a pnetid entry, requires interface or ib/ism device
	-d, --delete          delete a pnetid entry
	-s, --show            show a pnetid entry
	-f, --flush           flush the complete pnet table
	-I, --interface       Ethernet interface name of a pnetid entry
	-D, --ibdevice        Infiniband/ISM device name of a pnetid entry
	-P, --ibport          Infiniband device port (default: 1)
	    --json            print JSON
%s
	no OPTIONS            show complete pnet table
]]):format(program, "\t")

-- getopt_long(3): short names, long names, and which of them have an argument.
local OPTIONS <const> = {
  { "I", "interface", true }, { "D", "ibdevice", true }, { "P", "ibport", true }, { "f", "flush" },
  { "a", "add" }, { "s", "show" }, { "d", "delete" }, { "v", "version" }, { "h", "help" }, { nil, "json" },
}
local COMMANDS <const> = { flush = true, add = true, show = true, delete = true }

local function leave(status, message)
  local ok = io.stdout:flush()
  if message then io.stderr:write(message) end
  os.exit(ok and status or 1)
end

local function fail(message)
  leave(1, ("%s: %s\n"):format(program, message))
end

local function misuse(message)
  leave(1, (message and ("%s: %s\n"):format(program, message) or "") .. USAGE)
end

local function port_of(text)
  local port = math.tointeger(tonumber(text))
  if not port or port < 0 or port > 2 then misuse("invalid ib port:" .. text) end
  return port
end

-- The command line as a table: command, name, interface, ibdevice, ibport, json.
local function parse(words)
  local given, message = getopt.parse(words, OPTIONS)
  if not given then misuse(message) end
  local wanted = { name = given.operands[1] }
  for _, option in ipairs(given) do
    local name, value = option.name, option.value
    if name == "help" then
      io.stdout:write(USAGE)
      leave(0)
    elseif name == "version" then
      io.stdout:write(("%s utility, %s\n"):format(program, (require "smc"._VERSION:gsub(" ", "-"))))
      leave(0)
    elseif COMMANDS[name] then
      if wanted.command then misuse("--" .. name .. " together with --" .. wanted.command) end
      wanted.command = name
    elseif name == "ibport" then
      wanted.ibport = port_of(value)
    else
      wanted[name] = value or true
    end
  end
  if given.operands[2] then misuse("too many parameters") end
  return wanted
end

-- What the original refuses or ignores, by what it says.
local function check(wanted)
  if not wanted.command and wanted.name then misuse("parameters without option") end
  local command = wanted.command or "show"
  if command == "flush" and wanted.name then misuse("-f takes no parameters") end
  if (command == "add" or command == "delete") and not wanted.name then misuse("pnetid missing") end
  if command == "add" then
    if not wanted.interface and not wanted.ibdevice then misuse("interface or device missing") end
    if wanted.interface and wanted.ibdevice then misuse("interface and device: one at a time") end
  elseif command ~= "flush" then
    for _, ignored in ipairs { { "interface", wanted.interface }, { "device", wanted.ibdevice },
      { "ibport", wanted.ibport ~= 0 and wanted.ibport } } do
      if ignored[2] then
        io.stderr:write(("%s: %s %s ignored\n"):format(program, ignored[1], ignored[2]))
      end
    end
  end
  return command
end

local function show(wanted)
  local entries, message
  if wanted.name then
    entries, message = pnet.get(wanted.name)
  else
    entries, message = pnet.list()
  end
  if not entries then fail(message) end
  if wanted.json then
    io.stdout:write(require "smc.json".encode(entries), "\n")
    return
  end
  for _, entry in ipairs(entries) do
    io.stdout:write(("%s %s %s %d\n"):format(entry.name, entry.netdev or "n/a", entry.ibdev or "n/a",
      entry.ibport or 255))
  end
end

local function main()
  local wanted = parse(arg)
  local command = check(wanted)
  if command == "show" then
    show(wanted)
    leave(0)
  end
  local ok, message
  if command == "flush" then
    ok, message = pnet.flush()
  elseif command == "delete" then
    ok, message = pnet.remove(wanted.name)
  else
    local port = wanted.ibport ~= 0 and wanted.ibport or nil
    ok, message = pnet.add { name = wanted.name, netdev = wanted.interface, ibdev = wanted.ibdevice,
      ibport = wanted.ibdevice and port }
  end
  if not ok then fail(message) end
  leave(0)
end

main()
