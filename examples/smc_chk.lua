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
   smc_chk.lua -C host10 --json
   smc_chk.lua -C host10 host11 host12        a line for each, at once
   smc_chk.lua -s eth0                        what this host can use

To prove that SMC is used, the test exchanges random data with the server, on
ports 37373 to 37383, and checks how the kernel transferred it. It sends nothing
to other ports unless --probe is given; then the only evidence is the kernel's
record of the connection.

Exit status: 0 the connection provably uses SMC; 1 it fell back to TCP, or does
not use the mode that --require names; 2 there was no connection, this kernel
has no SMC, or bad usage; 3 there was a connection, but its use of SMC is not
proven. With several hosts, the highest of theirs. With -s, -l and -i, 0 means
that an interface can use SMC, that one does, and that it has a PNET ID.]]

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
  p:option("-t --timeout", "Wait this long for a connection.", "10")
    :argname("SECONDS"):convert(app.seconds)
  p:option("--require", "Fail unless the connection uses this mode."):argname("MODE")
    :choices({ "SMC-D", "SMC-R", "SMC" })
  p:flag("--probe", "Send data to any port.")
  p:flag("--measure", "Measure round trips and throughput, over SMC and over TCP.")
  p:flag("-d --debug", "Report connections on standard error.")
  p:flag("--json", "Print the result as JSON.")
  return p
end

local function family_of(args)
  return args.ipv6 and "inet6" or nil
end

local function debugger(args)
  return function(...)
    if args.debug then io.stderr:write("[DEBUG] ", app.printable(string.format(...)), "\n") end
  end
end

local function print_pnetid(args)
  local pnetid, message, errno = require("smc.pnet").of_interface(args.pnetid)
  if not pnetid then app.fail(NO_RESULT, message, errno) end
  local mark = pnetid.pnetid_source == "user" and "*" or ""
  if args.json then app.print_json(pnetid) else print(app.printable(pnetid.pnetid) .. mark) end
  return SMC
end

-- Servers for connections of this host with itself, by family; each is a process, started on first use.
local servers = setmetatable({}, { __index = function(all, family)
  local server = assert(require "smc.process".spawn({ arg[-1] or "lua5.4", arg[0], "-S",
    family == "inet6" and "-6" or nil }, { stdin = "null", stdout = "pipe" }))
  all[family] = { process = server, port = tonumber((server.stdout:read() or ""):match("%d+$")) }
  return all[family]
end })

-- Connects to the first address of an interface that is not link-local.
local function live_test(args, path)
  if not path.kernel.available then return nil, path.kernel.message end
  for _, address in ipairs(path.interface.addresses) do
    local host = address:match("^[^/]+")
    if not host:find("^fe80:") then
      local port = servers[host:find(":", 1, true) and "inet6" or "inet"].port
      return require "smc.check".connect(host, port, { timeout = args.timeout })
    end
  end
  return nil, "No usable IP address configured, skipping"
end

local function check_interface(args, name)
  local path, message, errno = require "smc.check".path { interface = name }
  if not path then app.fail(NO_RESULT, message, errno) end
  local report
  if args.live then report, message = live_test(args, path) end
  local works = (not args.live or report and report.success) and (not args.analyse or #path.modes > 0)
  if args.json then return works, { interface = name,
    path = args.analyse and path or nil, report = report, message = message } end
  print("Checking active link:    " .. app.printable(name))
  if args.analyse then print("  Static analysis\n" .. tostring(path) .. "\n") end
  if args.live then
    print(("  Live test (SMC-D and SMC-R)\n%s\n"):format(report or "     " .. app.printable(message)))
  end
  return works
end

local function check_interfaces(args)
  local names, message, errno = args.more, nil, nil
  if #names == 0 then names, message, errno = require "smc.check".interfaces() end
  if not names then app.fail(NO_RESULT, message, errno) end
  local found, status = {}, OTHER_MODE
  for i, name in ipairs(names) do
    local works
    works, found[i] = check_interface(args, name)
    if works then status = SMC end
  end
  if args.json then app.print_json(found) end
  for _, server in pairs(servers) do server.process:close() end
  return status
end

local function print_target(args)
  local addresses = require "smc.socket".resolve(args.connect, family_of(args))
  if not addresses then return end
  print(("Test with target IP %s and port %d"):format(table.concat(addresses, ", "), args.port))
  print("  Live test (SMC-D and SMC-R)")
  app.flush()
end

local function options_of(args)
  return { family = family_of(args), timeout = args.timeout, probe = args.probe, require = args.require }
end

local function status_of(report)
  return report.verdict == "SMC" and not report.success and OTHER_MODE or STATUS[report.verdict]
end

local function connect_all(args)
  local options, status = options_of(args), SMC
  options.hosts, options.port = { args.connect, table.unpack(args.more) }, args.port
  local reports, message, errno = require "smc.check".connect_all(options)
  if not reports then app.fail(NO_RESULT, message, errno) end
  for _, report in ipairs(reports) do
    if not args.json then print(report:summary()) end
    status = math.max(status, status_of(report))
  end
  if args.json then app.print_json(reports) end
  return status
end

local function connect(args, debug_message)
  if not args.json then print_target(args) end
  local options = options_of(args)
  options.measure = args.measure
  local report, message, errno, failed = require "smc.check".connect(args.connect, args.port, options)
  report = report or failed
  local text = report and tostring(report) or "     Failed, no connection"
  -- If nothing could be tested, the report has the message.
  report = report or { verdict = "no connection", success = false, host = args.connect, port = args.port,
    message = message, errno = errno }
  if report.seconds then
    debug_message("connected to %s in %.3f s: %s", report.address, report.seconds, report.mode or "unknown")
  end
  if args.json then app.print_json(report) else print(text .. "\n") end
  app.flush()
  if report.verdict == "no connection" then app.say(report.message) end
  return status_of(report)
end

local function serve(args, debug_message)
  local server <close>, message = require "smc.check".server {
    port = args.port, family = family_of(args),
    on_event = function(what, client)
      if what == "full" then return app.say(client.message) end
      local info = client.info
      debug_message("%s port %d: %s%s%s", client.address, client.port, what,
        info and " over " .. (info.mode or "an unknown path") or "",
        info and info.fallback and ", " .. require "smc.reason".describe(info.fallback.code) or "")
    end,
  }
  if not server then app.fail(NO_RESULT, message) end
  print(args.json and require "smc.json".encode({ port = server.port }, true)
    or "Server started on port " .. server.port)
  app.flush()
  app.fail(NO_RESULT, (select(2, server:serve())))
end

app.run(function()
  local p = parser()
  local args = app.parse(p, NO_RESULT)
  if args.pnetid then return print_pnetid(args) end
  if args.analyse or args.live then return check_interfaces(args) end
  if args.connect and args.more[1] then return connect_all(args) end
  if args.connect then return connect(args, debugger(args)) end
  if args.server then return serve(args, debugger(args)) end
  app.fail(NO_RESULT, "one of -C, -S, -i, -s and -l is required\n" .. p:get_usage())
end, NO_RESULT)
