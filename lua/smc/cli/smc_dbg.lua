--- smc_dbg: collects information about SMC on this host, for those who analyse a fault. The files of the
-- archive have the names that they have in smc-tools.
--
-- @module smc.cli.smc_dbg

local app = require "smc.cli.app"

local smc_dbg = {}

local FAILED <const>, BAD_USAGE <const> = 1, 2

local EPILOG <const> = [[
Examples:
   smc_dbg.lua                    print everything as text
   smc_dbg.lua --json             print one JSON document
   smc_dbg.lua --tgz host10.tgz   write an archive, which also has the document

It collects versions, settings, devices, PNET IDs, EIDs, sockets, link groups
and counters. Every user can run it; what could not be read is listed at the
end. It contains names and addresses of this host and its peers, and names of
processes, but no data of connections, no command lines and no environment.

Exit status: 0 success, also if something could not be read; 1 the archive or
the output could not be written; 2 bad usage; 130 ended by Ctrl-C.]]

local function parser()
  local p = app.parser("Collect information about SMC on this host.", EPILOG)
  p:mutex(
    p:option("-t --tgz", "Write an archive; without FILE, a new one in /tmp."):args("?"):argname("FILE"),
    p:flag("--json", "Print JSON.")
  )
  return p
end

local function print_text()
  local found = require "smc.cli.smc_dbg.collect"()
  for _, section in ipairs(require "smc.cli.smc_dbg.sections") do
    app.write("=== ", section.name, " ===\n", section.text(found), "\n")
    app.flush()
  end
end

local function write_archive(file)
  local path, message = require "smc.cli.smc_dbg.archive"(file)
  if not path then app.fail(FAILED, message) end
  app.print("Debug output written to " .. app.printable(path))
end

--- Runs smc_dbg and ends the process.
-- @tparam table words the command line, with the script at 0
function smc_dbg.main(words)
  app.run(function()
    local args = app.parse(parser(), BAD_USAGE, words)
    if args.tgz then
      write_archive(args.tgz[1])
    elseif args.json then
      app.print_json(require "smc.cli.smc_dbg.collect"())
    else
      print_text()
    end
    return 0
  end, FAILED)
end

return smc_dbg
