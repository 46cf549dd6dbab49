-- An ISM device powered off and on many times while data flows, and connections come and go in between: this
-- is host12, as in flows_spec. (In between: kernels up to 6.12 at least lose a link group when the device
-- goes in the middle of a handshake, and then wait for it for ever.)

local ism = require "smc.ism"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "spec.support"

local CYCLES <const> = math.tointeger(tonumber(os.getenv("SMC_CYCLES") or 100))
local PORT <const> = "12399"

-- Neither end asks for the address of a socket that failed: kernels up to 6.12 at least crash then.
local SERVER <const> = [[
  local socket = require "smc.socket"
  local server, clients = assert(socket.bind("192.168.0.10", arg[1])), {}
  server:settimeout(0.002)
  while true do
    local client = server:accept()
    if client then
      client:settimeout(0.002)
      clients[client] = true
    end
    for c in pairs(clients) do
      local line, message = c:receive()
      if line then
        c:send(line .. "\n")
      elseif message ~= "timeout" then
        c:close()
        clients[c] = nil
      end
    end
  end]]

-- "open": 5 connections, and what they became. "talk": echoes over them for a while, then they are closed.
local CLIENT <const> = [[
  local socket = require "smc.socket"
  local open, talked = {}, 0
  io.stdout:setvbuf("no")
  for order in io.lines() do
    if order == "open" then
      for i = 1, 5 do
        open[i] = assert(socket.connect("192.168.0.10", arg[1]))
        open[i]:settimeout(5)
      end
      print(open[1]:mode(), open[5]:mode())
    else
      print("talking")
      local finish, broken = socket.monotonic() + 0.15, 0
      repeat
        for i, c in pairs(open) do
          if not (c:send("hello\n") and c:receive() == "hello") then
            broken = broken + 1
            c:close()
            open[i] = nil
          end
        end
      until socket.monotonic() > finish
      for i, c in pairs(open) do
        c:close()
        open[i] = nil
      end
      print(broken)
    end
  end]]

local function script(source)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(source)
  return path
end

local function power_file()
  local file <close> = assert(io.open("/sys/bus/pci/slots/00000032/power"))
  return file:read("a") == "1\n"
end

describe("an ISM device", function()
  it("is powered off and on under traffic: nobody hangs, nothing is left, no state is a lie", function()
    local server <close> = assert(process.spawn(
      { "ip", "netns", "exec", "host10", "lua5.4", script(SERVER), PORT }))
    assert(server:wait(1) == nil) -- the time that it takes to listen
    local client <close> = assert(process.spawn({ "lua5.4", script(CLIENT), PORT },
      { stdin = "pipe", stdout = "pipe" }))
    local longest, broken = 0, 0
    for _ = 1, CYCLES do
      for _, switch in ipairs { ism.power_off, ism.power_on } do
        client.stdin:write("open\n")
        assert.equal(switch == ism.power_off and "SMC-D\tSMC-D" or "TCP\tTCP", client.stdout:read())
        client.stdin:write("talk\n")
        assert.equal("talking", client.stdout:read())
        local started = socket.monotonic()
        local f = assert(switch("32", { timeout = 5 }))
        longest = math.max(longest, socket.monotonic() - started)
        assert.equal(switch == ism.power_on, f.power)
        assert.equal(f.power, power_file())
        broken = broken + assert(tonumber(client.stdout:read()))
      end
    end
    assert.equal(5 * CYCLES, broken) -- those over SMC-D; none of those over TCP
    assert.is_true(longest < 3)
    assert.equal(0, support.processes { states = "DZ" })
    io.stderr:write(("%d power cycles, the longest order took %.2f s\n"):format(CYCLES, longest))
  end)
end)
