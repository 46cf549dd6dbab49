#!/usr/bin/env lua5.4
--- Sends the lines of standard input to an echo server over SMC and prints what comes back.

local evidence = require "smc.check.evidence"
local reason = require "smc.reason"
local script = require "smc.script"
local socket = require "smc.socket"

local EPILOG <const> = [[
Example:
   echo hello | send_data.lua --host 192.168.0.10 --port 12345

Exit status: 0 when every line came back, 1 when one did not, 2 when there was no
connection, or bad usage.]]

local function tell(...)
  io.stderr:write(table.concat { ... }, "\n") -- one write: others may share the terminal
end

local function tell_mode(sock)
  local info, message = sock:info()
  if not info then return script.say("mode unknown: " .. message) end
  tell("connected over ", info.mode)
  if info.fallback then tell("  own reason: ", reason.describe(info.fallback.code)) end
  if info.peer_fallback then tell("  the peer's reason: ", reason.describe(info.peer_fallback.code)) end
end

local function tell_evidence(sock)
  local info = sock:info()
  local through = info and evidence.bytes_sent(info)
  if through then
    tell(("%d bytes sent, all came back; %d of them by the kernel's count through shared memory, %s")
      :format(select(2, sock:getstats()), through, evidence.path(info)))
  end
end

script.run(function()
  local parser = script.parser("Send lines to an echo server over SMC.", EPILOG)
  parser:option("--host", "Name or address of the server.", "127.0.0.1"):argname("HOST")
  parser:option("--port", "Port of the server.", "12345"):argname("PORT"):convert(script.port)
  parser:option("--timeout", "Seconds to wait for each answer.", "10")
    :argname("SECONDS"):convert(script.seconds)
  local args = script.parse(parser)

  local sock <close>, message = socket.connect(args.host, args.port)
  if not sock then
    script.fail(2, ("no connection to %s port %d: %s"):format(args.host, args.port, message))
  end
  tell_mode(sock)
  sock:settimeout(args.timeout)
  for line in io.lines() do
    local ok, back
    ok, message = sock:send(line .. "\n")
    if ok then back, message = sock:receive("*l") end
    if not back then script.fail(1, "no echo: " .. message) end
    if back ~= line:gsub("\r", "") then script.fail(1, ("sent %q, got %q"):format(line, back)) end
    print(back)
  end
  tell_evidence(sock)
  return 0
end)
