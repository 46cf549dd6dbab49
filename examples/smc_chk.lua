#!/usr/bin/env lua5.4
--- Tests whether connections between two hosts use SMC; the options are those of smc_chk(8).

local app = require "smc.cli.app"

local SMC <const>, OTHER_MODE <const>, NO_RESULT <const> = 0, 1, 2
local STATUS <const> = { SMC = SMC, TCP = 1, ["no connection"] = NO_RESULT, ["not proven"] = 3 }

local EPILOG <const> = [[
Examples:
   smc_chk.lua -S                             on one host
   smc_chk.lua -C 192.168.0.10 -p 37373       on the other
   smc_chk.lua -C host10 host11 host12 --json
   smc_chk.lua -s eth0                        what this host can use

To prove that SMC is used, the test exchanges random data with the server, on
ports 37373 to 37383, and checks how the kernel transferred it. Other ports get
data only with --probe; else the kernel's record is the only evidence.

With several hosts, the exit status is the highest of theirs; with -s and -l, it
is the lowest of the interfaces. With -s, 0 means that one can use SMC, and 1
that none can; with -i, 0 means that it has a PNET ID.

Exit status: 0 the connection provably uses SMC; 1 it fell back to TCP, or does
not use the mode that --require names; 2 there was no connection, this kernel
has no SMC, or bad usage; 3 there was a connection, but its use of SMC is not
proven; 130 ended by Ctrl-C; 143 ended by SIGTERM.]]

local function parser()
  local p = app.parser("Check whether the path to a host uses SMC.", EPILOG)
  p:mutex(
    p:option("-C --connect", "Connect to a server."):argname("HOST"),
    p:flag("-S --server", "Start a server for others to connect to."),
    p:option("-i --pnetid", "Print the PNET ID of an interface."):argname("IFACE")
  )
  p:flag("-s --static-analysis", "Analyse interfaces, without connecting."):target("analyse")
  p:flag("-l --live-test", "Test connections of this host with itself."):target("live")
  p:argument("more", "Other hosts for -C; interfaces for -s and -l, by default all that are up."):args("*")
  p:option("-p --port", "Server port; with -S, the first to try.", "37373"):argname("PORT"):convert(app.port)
  p:flag("-6 --ipv6", "Use IPv6.")
  p:option("-t --timeout", "Seconds for a test, 10 by default."):argname("SECONDS"):convert(app.seconds)
  p:option("--require", "Fail unless this mode is used."):argname("MODE"):choices({ "SMC-D", "SMC-R", "SMC" })
  p:flag("--probe", "Send data to any port.")
  p:flag("--measure", "Measure round trips and throughput, over SMC and over TCP.")
  p:flag("-d --debug", "Report connections on standard error.")
  p:flag("--json", "Print the result as JSON.")
  return p
end

-- Options that mean nothing together. Those that smc_chk has, and ignores, are ignored here, too.
local function refuse_nonsense(args)
  local interfaces, hosts = args.analyse or args.live, args.connect or args.server or args.pnetid
  app.refuse_any(NO_RESULT, {
    { interfaces and hosts, "-s and -l cannot be combined with -C, -S and -i" },
    { args.timeout and not (args.connect or args.live), "-t is for -C and -l" },
    { (args.require or args.probe) and not args.connect, "--require and --probe are for -C" },
    { args.measure and (args.more[1] or not args.connect), "--measure is for -C with one host" },
    { args.more[1] and not (args.connect or interfaces), "hosts are for -C, and interfaces for -s and -l" },
  })
end

local function print_pnetid(args)
  local found = app.demand(require "smc.pnet".of_interface(args.pnetid))
  if args.json then app.print_json(found)
  else app.print(app.printable(found.pnetid) .. (found.pnetid_source == "user" and "*" or "")) end
end

local function status_of(report)
  return report.verdict == "SMC" and not report.success and OTHER_MODE or STATUS[report.verdict]
end

-- Returns the status of what was asked for, and the record for JSON.
local function check_interface(args, name)
  local check, report, message, errno = require "smc.check", nil, nil, nil
  local path = app.demand(check.path { interface = name })
  if args.live then report, message, errno = check.live(name, { timeout = args.timeout }) end
  local status = args.analyse and not path.modes[1] and OTHER_MODE or SMC
  if args.live then status = math.max(status, report and status_of(report) or NO_RESULT) end
  if args.json then return status, { interface = name, path = args.analyse and path or nil, report = report,
    message = message, errno = errno } end
  app.print("Checking active link:    " .. app.printable(name))
  if args.analyse then app.print("  Static analysis\n" .. tostring(path) .. "\n") end
  if args.live then app.tell("  Live test (SMC-D and SMC-R)\n%s\n", report or "     " .. message) end
  return status
end

local function check_interfaces(args)
  local names = args.more[1] and args.more or app.demand(require "smc.check".interfaces())
  if not names[1] then app.fail(NO_RESULT, "no interface is up") end
  local found, best = {}, math.huge
  for i, name in ipairs(names) do
    local status, record = check_interface(args, name)
    found[i], best = record, math.min(best, status)
  end
  if args.json then app.print_json(found) end
  return best
end

local function print_target(report)
  if report.addresses then app.tell("Test with target IP %s and port %d\n  Live test (SMC-D and SMC-R)",
    table.concat(report.addresses, ", "), report.port) end
end

local function connect(args, debug_message)
  local options = { hosts = { args.connect, table.unpack(args.more) }, port = args.port, probe = args.probe,
    family = args.ipv6 and "inet6", timeout = args.timeout, require = args.require, measure = args.measure }
  local only, status = #options.hosts == 1, SMC
  local reports, message, errno, untested = require "smc.check".connect_all(options)
  if not (reports or only) then app.fail(NO_RESULT, message, errno) end
  reports = reports or untested
  if only and not args.json then print_target(reports[1]) end
  for _, report in ipairs(reports) do
    debug_message(report.seconds and "connected to %s in %.3f s: %s" or "not connected to %s",
      report.address or report.host, report.seconds, report.mode or "unknown")
    if not args.json then app.tell("%s", only and tostring(report) .. "\n" or report:summary()) end
    status = math.max(status, status_of(report))
  end
  if args.json then app.print_json(only and reports[1] or reports) end
  if only and reports[1].verdict == "no connection" then app.say(reports[1].message) end
  return status
end

local function serve(args, debug_message)
  local server <close> = app.demand(require "smc.check".server {
    port = args.port, family = args.ipv6 and "inet6",
    on_event = function(what, client)
      if what == "full" then return app.say(client.message) end
      local info = client.info
      debug_message("%s port %d: %s%s%s", client.address, client.port, what,
        info and " over " .. (info.mode or "an unknown path") or "",
        info and info.fallback and ", " .. require "smc.reason".describe(info.fallback.code) or "")
    end,
  })
  app.tell(args.json and '{"port":%d}' or "Server started on port %d", server.port)
  app.demand(server:serve())
end

app.run(function()
  local args = app.parse(parser(), NO_RESULT)
  local debug_message = args.debug and function(...)
    io.stderr:write("[DEBUG] ", app.printable(string.format(...)), "\n")
  end or function() end
  refuse_nonsense(args)
  if args.pnetid then return print_pnetid(args) end
  if args.analyse or args.live then return check_interfaces(args) end
  if args.connect then return connect(args, debug_message) end
  if args.server then return serve(args, debug_message) end
  app.misuse(NO_RESULT, "one of -C, -S, -i, -s and -l is required")
end, NO_RESULT)
