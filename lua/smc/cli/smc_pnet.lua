--- smc_pnet(8): shows and changes the table of PNET IDs. The options and texts are those of smc-tools.
--
-- @module smc.cli.smc_pnet

local app = require "smc.cli.app"
local getopt = require "smc.cli.getopt"
local text = require "smc.internal.text"

local smc_pnet = {}

local pnet -- smc.pnet, once the command line is understood: the help does without

-- For getopt_long(3), in the order of the usage text.
local OPTIONS <const> = {
  { "h", "help", false, "this message" },
  { "v", "version", false, "show version information" },
  { "a", "add", false, "add a pnetid entry, requires interface or ib/ism device" },
  { "d", "delete", false, "delete a pnetid entry" },
  { "s", "show", false, "show a pnetid entry" },
  { "f", "flush", false, "flush the complete pnet table" },
  { "I", "interface", "INTERFACE", "Ethernet interface name of a pnetid entry" },
  { "D", "ibdevice", "DEVICE", "Infiniband/ISM device name of a pnetid entry" },
  { "P", "ibport", "PORT", "Infiniband device port (default: 1)" },
  { nil, "devices", false, "show every pnetid with all its devices" },
  { nil, "json", false, "print JSON" },
}
local COMMANDS <const> = { flush = true, add = true, show = true, delete = true, devices = true }

local FAILED <const> = 1

local function usage()
  return ("Usage: %s [ OPTIONS ] [pnetid]\n%s\t\n\tno OPTIONS            show complete pnet table\n"):format(
    app.name, getopt.usage(OPTIONS, 22))
end

local command_line

local function misuse(message)
  app.refuse(FAILED, app.prefix .. message .. "\n" .. usage(), command_line)
end

local function port_of(word)
  local port = math.tointeger(tonumber(word))
  if not port or port < 0 or port > 2 then misuse("invalid ib port:" .. text.printable(word)) end
  return port
end

-- Returns the command line as a table: command, name, interface, ibdevice, ibport, json.
local function parse(words)
  command_line = words
  local given, message = getopt.parse(words, OPTIONS)
  if not given then misuse(message) end
  local wanted = { name = given.operands[1] }
  for _, option in ipairs(given) do
    local name, value = option.name, option.value
    if name == "help" then
      app.write(usage())
      app.leave(0)
    elseif name == "version" then
      app.write(app.version())
      app.leave(0)
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

-- Rejects or ignores what the original does, with the same messages.
local function check(wanted)
  if not wanted.command and wanted.name then misuse("parameters without option") end
  local command = wanted.command or "show"
  if command == "flush" and wanted.name then misuse("-f takes no parameters") end
  if command == "devices" and wanted.name then misuse("--devices takes no parameters") end
  if (command == "add" or command == "delete") and not wanted.name then misuse("pnetid missing") end
  if command == "add" then
    if not wanted.interface and not wanted.ibdevice then misuse("interface or device missing") end
  elseif command ~= "flush" then
    for _, ignored in ipairs { { "interface", wanted.interface }, { "device", wanted.ibdevice },
      { "ibport", wanted.ibport ~= 0 and wanted.ibport } } do
      if ignored[2] then
        app.say(("%s %s ignored"):format(ignored[1], text.printable(ignored[2])))
      end
    end
  end
  return command
end

local function show(wanted)
  local entries
  local found, message, errno = true, nil, nil
  if wanted.name then found, message, errno = pnet.find(wanted.name) end
  if found then entries, message, errno = pnet.list { pnetid = wanted.name } end
  if not entries then app.fail(FAILED, message, errno) end
  if wanted.json then return app.print_json(entries) end
  text.record(entries)
  for _, entry in ipairs(entries) do
    app.write(("%s %s %s %d\n"):format(entry.pnetid, entry.netdev or "n/a", entry.ibdev or "n/a",
      entry.ibport or 255))
  end
end

-- "eth0*, eth1": devices of one kind. A star means that the table has the PNET ID, and parentheses that the
-- device is not here.
local function device_names(list, name_of)
  local names = {}
  for i, one in ipairs(list) do
    local name = name_of(one) .. (one.pnetid_source == "user" and "*" or "")
    names[i] = one.absent and "(" .. name .. ")" or name
  end
  return #names > 0 and table.concat(names, ", ") or "n/a"
end

local function row_of(entry)
  return {
    entry.pnetid,
    device_names(entry.netdevs, function(one) return one.netdev end),
    device_names(entry.ibdevs, function(one) return ("%s/%d"):format(one.ibdev, one.ibport) end),
    device_names(entry.ism, function(one) return one.pci_id or ("%x"):format(one.fid or 0) end),
  }
end

local function show_devices(wanted)
  local entries, message, errno = pnet.devices()
  if not entries then app.fail(FAILED, message, errno) end
  if wanted.json then return app.print_json(entries) end
  local rows, widths = { { "PNET_ID", "Net-Dev", "IB-Dev", "ISM-Dev" } }, { 16, 8, 8, 0 }
  text.record(entries)
  for _, entry in ipairs(entries) do rows[#rows + 1] = row_of(entry) end
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i], #cell) end
  end
  local format = ("%%-%ds  %%-%ds  %%-%ds  %%s\n"):format(table.unpack(widths))
  for _, row in ipairs(rows) do app.write(format:format(table.unpack(row))) end
end

-- Executes the command line. Returns the exit status.
local function run(words)
  local wanted = parse(words)
  local command = check(wanted)
  app.json = wanted.json
  pnet = require "smc.pnet"
  local ok, message, errno
  if command == "show" then
    show(wanted)
    return 0
  elseif command == "devices" then
    show_devices(wanted)
    return 0
  elseif command == "flush" then
    ok, message, errno = pnet.flush()
  elseif command == "delete" then
    ok, message, errno = pnet.remove(wanted.name)
  else
    local port = wanted.ibport ~= 0 and wanted.ibport or nil
    ok, message, errno = pnet.add { pnetid = wanted.name, netdev = wanted.interface, ibdev = wanted.ibdevice,
      ibport = wanted.ibdevice and port }
  end
  if not ok then app.fail(FAILED, message, errno) end
  return 0
end

--- Runs smc_pnet and ends the process.
-- @tparam table words the command line, with the script at 0
function smc_pnet.main(words)
  app.run(function() return run(words) end, FAILED)
end

--- The options as an argparse parser, for the man page and completions.
function smc_pnet.parser()
  local parser = getopt.parser(OPTIONS, table.unpack((require "smc.cli.smc_pnet.manual")))
  parser:argument("pnetid", "The name of a physical network, up to 16 letters and digits.")
    :args("?"):argname("PNETID")
  return parser
end

return smc_pnet
