--- smcss(8): lists the SMC sockets of this network namespace as a table or as JSON. The options, the table
-- and the exit status are those of smc-tools.
--
-- Users run this command very often, so each output format is a module that is loaded only if it is used.
--
-- @module smc.cli.smcss

local app = require "smc.cli.app"
local diag = require "smc.diag"
local getopt = require "smc.cli.getopt"

local smcss = {}

-- In the order of the usage text. The options that only this project has cannot be abbreviated, so that the
-- abbreviations of the original keep their meaning.
local OPTIONS <const> = {
  { "h", "help", false, "this message" },
  { "v", "version", false, "show version information" },
  { "a", "all", false, "show all sockets" },
  { "l", "listening", false, "show listening sockets" },
  { "d", "debug", false, "show debug socket information" },
  { "W", "wide", false, "do not truncate IP addresses" },
  { "D", "smcd", false, "show detailed SMC-D information (shows only SMC-D sockets)" },
  { "R", "smcr", false, "show detailed SMC-R information (shows only SMC-R sockets)" },
  { nil, "json", false, "print a JSON array, with all details", whole = true },
  { nil, "processes", false, "with --json: the processes that hold each socket", whole = true },
  { nil, "reasons", false, "explain the fallback reasons below the table", whole = true },
}

local function usage()
  return ("Usage: %s [ OPTIONS ]\n%s\tno OPTIONS          show all connected sockets\n"):format(app.name,
    getopt.usage(OPTIONS, 20))
end

local function refuse(words, message)
  app.refuse(1, message .. "\n" .. usage(), words)
end

local function parse_options(words)
  local given, message, before = getopt.parse(words, OPTIONS)
  local options = {}
  for _, option in ipairs(given or before) do
    if option.name == "help" then
      app.write(usage())
      app.leave(0)
    elseif option.name == "version" then
      app.write(app.version())
      app.leave(0)
    end
    options[option.name] = true
  end
  if message then
    refuse(words, app.prefix .. message)
  end
  if options.processes and not options.json then
    refuse(words, "--processes without --json is not supported")
  end
  if options.reasons and options.json then
    refuse(words, "--reasons together with --json, which has them, is not supported")
  end
  if options.smcr and options.smcd then
    refuse(words, "--smcd together with --smcr is not supported")
  end
  for _, other in ipairs { "debug", "all", "smcr", "smcd" } do
    if options.listening and options[other] then
      refuse(words, ("--listening together with --%s is not supported"):format(other))
    end
  end
  return options
end

-- Returns the print function for the options, and the query that it needs.
local function printer(options)
  local details = { "link_group" } -- without it, SMC-R can only be guessed
  if options.debug then details[#details + 1] = "connection" end
  if options.smcd then details[#details + 1] = "dmb" end
  if options.json then
    return require "smc.cli.smcss.json", { details = true, processes = options.processes }
  elseif not (options.reasons or options.debug or options.smcr or options.smcd) then
    local plain = require "smc.cli.smcss.plain"
    return plain.print, { fields = plain.fields, details = details }
  end
  return require "smc.cli.smcss.detailed", { details = details }
end

-- Prints what the command line requests. Returns the exit status.
local function show(words)
  local options = parse_options(words)
  app.json = options.json
  local print, query = printer(options)
  query.state = options.listening and "LISTEN" or nil
  query.mode = options.smcd and "SMC-D" or nil
  local sockets, message, errno, closing = diag.sockets(query)
  if not sockets then app.fail(1, message, errno) end
  io.stdout:setvbuf("full", 1 << 16)
  local _ <close> = closing
  local ok, printed
  ok, printed, message, errno = pcall(print, sockets, options)
  if not ok then app.raised(1, printed) end
  app.check(printed, message, errno)
  return 0
end

--- Runs smcss and ends the process.
-- @tparam table words the command line, with the script at 0
function smcss.main(words)
  app.run(function() return show(words) end)
end

--- The options as an argparse parser, for the man page and completions.
function smcss.parser()
  return getopt.parser(OPTIONS, table.unpack((require "smc.cli.smcss.manual")))
end

return smcss
