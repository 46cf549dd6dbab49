#!/usr/bin/env lua5.4
--- Tests whether connections between two hosts use SMC; the options are those of smc_chk(8).

local app = require "smc.cli.app"
local print = app.print

local SMC <const>, OTHER_MODE <const>, NO_RESULT <const> = 0, 1, 2
local STATUS <const> = { SMC = SMC, TCP = 1, ["no connection"] = NO_RESULT, ["not proven"] = 3 }

local EPILOG <const> = [[
Examples:
   smc_chk.lua -S                             on one host
   smc_chk.lua -C 192.168.0.10 -p 37373       on the other
   smc_chk.lua -C host10 host11 host12 --json
   smc_chk.lua -s eth0                        what this host can use

To prove that SMC is used, the test exchanges random data with the server, on
ports 37373 to 37383, and checks how the kernel transferred it. It sends nothing
to other ports unless --probe is given; then the only evidence is the kernel's
record of the connection.

With several hosts, the exit status is the highest of theirs. With -s, 0 means
that an interface can use SMC; with -l, that a connection of one did; with -i,
that the interface has a PNET ID.

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
  p:option("-p --port", "Port of the server; with -S, the first port to try.", "37373")
    :argname("PORT"):convert(app.port)
  p:flag("-6 --ipv6", "Use IPv6.")
  p:option("-t --timeout", "Wait this long for a connection, instead of 10 seconds."):argname("SECONDS")
    :convert(app.seconds)
  p:option("--require", "Fail unless the connection uses this mode."):argname("MODE")
    :choices({ "SMC-D", "SMC-R", "SMC" })
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
  else print(app.printable(found.pnetid) .. (found.pnetid_source == "user" and "*" or "")) end
  return SMC
end

-- Returns whether everything that was asked for works, and the record for JSON.
local function check_interface(args, name)
  local check, report, message, errno = require "smc.check", nil, nil, nil
  local path = app.demand(check.path { interface = name })
  if args.live then report, message, errno = check.live(name, { timeout = args.timeout }) end
  local works = (not args.live or report and report.success) and (not args.analyse or #path.modes > 0)
  if args.json then return works, { interface = name, path = args.analyse and path or nil, report = report,
    message = message, errno = errno } end
  print("Checking active link:    " .. app.printable(name))
  if args.analyse then print("  Static analysis\n" .. tostring(path) .. "\n") end
  if args.live then print(("  Live test (SMC-D and SMC-R)\n%s\n"):format(report or "     " .. message)) end
  return works
end

local function check_interfaces(args)
  local names = args.more[1] and args.more or app.demand(require "smc.check".interfaces())
  local found, status = {}, OTHER_MODE
  for i, name in ipairs(names) do
    local works, record = check_interface(args, name)
    found[i], status = record, works and SMC or status
  end
  if args.json then app.print_json(found) end
  return status
end

local function print_target(args, family)
  local addresses = require "smc.socket".resolve(args.connect, family)
  if addresses then app.tell("Test with target IP %s and port %d\n  Live test (SMC-D and SMC-R)",
    table.concat(addresses, ", "), args.port) end
end

local function connect(args, debug_message)
  local options = { hosts = { args.connect, table.unpack(args.more) }, port = args.port, probe = args.probe,
    family = args.ipv6 and "inet6", timeout = args.timeout, require = args.require, measure = args.measure }
  local only, status = #options.hosts == 1, SMC
  if only and not args.json then print_target(args, options.family) end
  local reports, _, _, untested = require "smc.check".connect_all(options)
  reports = reports or untested
  for _, report in ipairs(reports) do
    debug_message("%s: %s in %s s", report.address or report.host, report.mode or "unknown", report.seconds)
    if not args.json then app.tell("%s", only and tostring(report) .. "\n" or report:summary()) end
    local is_other = report.verdict == "SMC" and not report.success
    status = math.max(status, is_other and OTHER_MODE or STATUS[report.verdict])
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
  local p = parser()
  local args = app.parse(p, NO_RESULT)
  local debug_message = args.debug and function(...)
    io.stderr:write("[DEBUG] ", app.printable(string.format(...)), "\n")
  end or function() end
  refuse_nonsense(args)
  if args.pnetid then return print_pnetid(args) end
  if args.analyse or args.live then return check_interfaces(args) end
  if args.connect then return connect(args, debug_message) end
  if args.server then return serve(args, debug_message) end
  app.fail(NO_RESULT, "one of -C, -S, -i, -s and -l is required\n" .. p:get_usage())
end, NO_RESULT)
