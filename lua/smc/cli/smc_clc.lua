--- smc_clc.lua: shows the handshakes of SMC connections.
--
-- @module smc.cli.smc_clc

local app = require "smc.cli.app"
local E = require "smc.errno"
local handshake = require "smc.handshake"
local json = require "smc.json"
local poller = require "smc.poller"
local words = require "smc.cli.smc_clc.words"

local smc_clc = {}

local FAILED <const>, BAD_USAGE <const> = 1, 2
local STEP <const> = 0.5 -- seconds; handshakes end while no packet comes

local EPILOG <const> = [[
Examples:
   smc_clc.lua -i eth0          show handshakes as they are made (requires root)
   smc_clc.lua -f trace.pcap    show those of a capture (tcpdump -w trace.pcap)
   smc_clc.lua -f trace.pcap -a --json   also those without SMC, as JSON
   ssh HOST tcpdump -w - tcp | smc_clc.lua -f /dev/stdin

With -i, Ctrl-C ends the script. With --json, each line is an object, that of
one handshake.

Exit status: 0 success, also after Ctrl-C with -i; 1 the interface or the file
cannot be read, or writing the output failed; 2 bad usage; 130 ended by Ctrl-C.]]

local function parser()
  local p = app.parser("Show the handshakes of SMC connections: what each side offers, what is declined, and "
    .. "what that means.", EPILOG)
  p:mutex(
    p:option("-i --interface", "Read packets of this network interface; 'any' for all."):argname("INTERFACE"),
    p:option("-f --file", "Read a capture file, pcap or pcapng."):argname("FILE")
  )
  p:option("-p --port", "Only connections from or to this port."):argname("PORT"):convert(app.port)
  p:option("--address", "Only connections from or to this address."):argname("ADDRESS")
  p:flag("-a --all", "Also show connections without the SMC option.")
  p:flag("--json", "Print JSON.")
  return p
end

-- The text of a handshake so far, without what was already printed.
local function print_words(self, h)
  local known = self.printed[h]
  app.write(words.text(h, known or 0))
  self.printed[h] = #h.messages
end

-- Prints a handshake and its outcome.
local function print_end(self, h)
  local findings = handshake.conclusions(h)
  if self.json then
    h.findings = findings[1] and findings or nil
    app.write(json.encode(h, true), "\n")
  else
    if self.printed[h] ~= #h.messages then print_words(self, h) end
    app.write(words.conclusion(h, findings))
  end
  self.printed[h] = nil
end

-- Prints a handshake as soon as both sides agree, and its end.
local function print_event(self, event)
  local h = event.handshake
  if event.event == "lost" then
    return app.say(("%d packets were lost: the computer is too slow for them"):format(event.packets))
  end
  self.open[h] = event.event ~= "finished" or nil
  if event.event == "finished" then
    print_end(self, h)
  elseif event.event == "message" and event.message.type == "Confirm" and not self.json then
    print_words(self, h)
  end
end

local function is_earlier(a, b)
  return words.start(a) < words.start(b)
end

-- Prints the handshakes that have not ended when the script ends.
local function print_open(self)
  local list = {}
  for h in pairs(self.open) do list[#list + 1] = h end
  table.sort(list, is_earlier)
  for _, h in ipairs(list) do print_end(self, h) end
end

local function read_file(self, watch)
  local event, message, errno
  repeat
    event, message, errno = watch:next()
    if event then print_event(self, event) end
    if event and event.event == "finished" and not app.flush() then return end
  until not event
  if errno ~= E.ENODATA then app.fail(FAILED, message, errno) end
end

-- Prints events as they occur. Returns nil, message, errno if reading fails.
local function print_ready(self, watch)
  while true do
    local event, message, errno = watch:next(0)
    if not event and errno ~= E.ETIMEDOUT then return nil, message, errno end
    if not event then return true end
    print_event(self, event)
  end
end

local function read_packets(self, watch)
  local stop <close> = app.demand(poller.signals(app.ending_signals()))
  local waiting <close> = app.demand(poller.new())
  app.demand(waiting:add(watch, "r"))
  app.demand(waiting:add(stop, "r"))
  while true do
    for object in app.demand(waiting:wait(STEP)) do
      if object == stop then
        print_open(self)
        return stop:next()
      end
    end
    local ok, message, errno = print_ready(self, watch)
    if not ok then app.fail(FAILED, message, errno) end
    if not app.flush() then return end
  end
end

local function run(given)
  local args = app.parse(parser(), BAD_USAGE, given)
  if not (args.interface or args.file) then
    app.misuse(BAD_USAGE, "-i INTERFACE or -f FILE is needed")
  end
  local interface = args.interface ~= "any" and args.interface or nil
  local watch <close>, message, errno = handshake.watch { interface = interface, file = args.file,
    port = args.port, address = args.address, plain = args.all or nil }
  if not watch then app.fail(errno == E.EINVAL and BAD_USAGE or FAILED, message, errno) end
  local self = { json = args.json, printed = {}, open = {} }
  if args.file then read_file(self, watch) else read_packets(self, watch) end
  return 0
end

--- Runs smc_clc and ends the process.
-- @tparam table given the command line, with the script at 0
function smc_clc.main(given)
  app.run(function() return run(given) end, FAILED)
end

return smc_clc
