#!/usr/bin/env lua5.4
--- Runs a command with its TCP sockets turned into SMC sockets; the options are those of smc_run(8).
--
-- The command replaces this script: it keeps the process ID and the terminal, and determines the exit status.

local app = require "smc.cli.app"
local E = require "smc.errno"
local run = require "smc.run"
local system = require "smc.system"

local LONG <const> = " --receive-buffer --send-buffer --fallback --protocol " -- with a value
local BAD_USAGE <const>, NO_SMC <const>, NOT_EXECUTABLE <const>, NOT_FOUND <const> = 2, 125, 126, 127

local EPILOG <const> = [[
Examples:
   smc_run.lua python3 echo_server.py
   smc_run.lua -d -r 256k -t 256k iperf3 -s
   smc_run.lua --fallback tcp curl http://192.168.0.10/

SIZE is a number of bytes, or has the suffix k or m: 8k to 512m. The kernel
rounds it up to 16k, 32k, 64k, ...; SMC-D has at most 1m. A size above
net.core.rmem_max or wmem_max requires CAP_NET_ADMIN.

Exit status: 2 for bad usage; 125 if SMC is not available; 126 if COMMAND cannot
be executed; 127 if it is not found; otherwise that of COMMAND.]]

-- A size as the user wrote it, or nil and a message.
local function size(text)
  local bytes, message = run.size(text)
  return bytes and text, message
end

local function parser()
  local p = app.parser("Run COMMAND using SMC for its TCP sockets.", EPILOG)
    :usage("Usage: smc_run.lua [-d] [-f PROTOCOL] [-r SIZE] [-t SIZE] [--fallback tcp] COMMAND [ARGUMENT]...")
  p:flag("-d --debug", "Report every socket on standard error.")
  p:option("-f --protocol", "Use AF_SMC, IPPROTO_SMC, or what works."):choices({ "smc", "inet", "auto" })
  p:option("-r --receive-buffer", "Size of the receive buffer."):argname("SIZE"):convert(size)
  p:option("-t --send-buffer", "Size of the transmit buffer."):argname("SIZE"):convert(size)
  p:option("--fallback", "Use TCP if SMC is not available."):choices({ "tcp" }):argname("tcp")
  p:argument("command", "The command and its arguments."):args("+"):argname("COMMAND")
  return p
end

-- Inserts "--" before the command: otherwise argparse would parse the -l of `smc_run.lua ls -l` as an option
-- of this script.
local function mark_command(words)
  local i = 1
  while words[i] and words[i]:find("^%-.") and words[i] ~= "--" do
    local takes_next = words[i]:find("^%-[^-frt]*[frt]$") or LONG:find(" " .. words[i] .. " ", 1, true)
    i = i + (takes_next and 2 or 1)
  end
  local marked = table.move(words, 1, #words, 1, {})
  if words[i] and words[i] ~= "--" then table.insert(marked, i, "--") end
  return marked
end

app.run(function()
  local args = app.parse(parser(), BAD_USAGE, mark_command(arg))
  local options = {
    receive_buffer = args.receive_buffer, send_buffer = args.send_buffer,
    debug = args.debug or nil, fallback = args.fallback, protocol = args.protocol,
    unreachable = "run", -- with a warning, see below: programs that the command starts may be converted
  }
  local available, why_not = system.available { protocol = args.protocol }
  if not available and not args.fallback then app.fail(NO_SMC, why_not) end
  if not available and args.debug then app.say(why_not) end
  local library, message = run.library()
  if not library then app.fail(NO_SMC, message) end
  local attainable, limit = run.attainable(options)
  if not attainable then app.say(limit) end
  local loadable, obstacle = run.loadable_by_all(not args.debug and args.command[1] or nil)
  if not loadable then app.say(obstacle) end
  local convertible, why, reason = run.convertible(args.command[1])
  if convertible == false then app.say(why) end
  local _, failure, errno = run.exec(args.command, options)
  if errno == reason then failure = why end -- it also names the interpreter that a script requires
  app.fail(errno == E.ENOENT and NOT_FOUND or NOT_EXECUTABLE, failure)
end, NO_SMC)
