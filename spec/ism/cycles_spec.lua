-- An ISM device powered off and on many times while data flows and connections come and go: this is host12,
-- as in flows_spec. None is begun while the device goes: kernels up to 6.12 at least may put it on a new link
-- group of the device then (smc_lgr_create), and then wait for that.

local ism = require "smc.ism"
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local CYCLES <const> = math.tointeger(tonumber(os.getenv("SMC_CYCLES") or 100))
local PORT <const> = "12399"

-- Neither end asks for the address of a socket that failed: kernels up to 6.12 at least crash then.
local SERVER <const> = [[
  local socket = require "smc.socket"
  local server, clients = assert(socket.bind("192.168.0.10", arg[1])), {}
  server:settimeout(0.002)
  print("listening")
  io.stdout:close()
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

-- "open": 5 connections, and what they became. "off": closes one and talks over the others until they break;
-- says how many did. "on": talks over them, and opens and closes more, until it is stopped by the file; says
-- how many broke, and how many it opened. Each connection talks once before another order comes: kernels lose
-- the link group of one that breaks before it is accepted (smc_accept_dequeue).
local CLIENT <const> = [[
  local socket = require "smc.socket"
  local open = {}
  io.stdout:setvbuf("no")

  local function echo(c)
    return c:send("hello\n") and c:receive() == "hello"
  end

  local function connect()
    local c = assert(socket.connect("192.168.0.10", arg[1]))
    c:settimeout(60)
    return c
  end

  local function round()
    local broken = 0
    for i, c in pairs(open) do
      if not echo(c) then
        broken = broken + 1
        c:close()
        open[i] = nil
      end
    end
    return broken
  end

  local orders = {}

  function orders.open()
    for i = 1, 5 do open[i] = connect() end
    assert(round() == 0)
    print(open[1]:mode(), open[5]:mode())
  end

  function orders.off()
    print("talking")
    open[5]:close()
    open[5] = nil
    local broken = 0
    repeat broken = broken + round() until next(open) == nil
    print(broken)
  end

  function orders.on()
    print("talking")
    local broken, more = 0, 0
    repeat
      broken = broken + round()
      local c = connect()
      broken, more = broken + (echo(c) and 0 or 1), more + 1
      c:close()
    until os.remove(arg[2])
    for i, c in pairs(open) do
      c:close()
      open[i] = nil
    end
    print(broken, more)
  end

  for order in io.lines() do orders[order]() end]]

local function file(content, path)
  path = path or os.tmpname()
  local f <close> = assert(io.open(path, "w"))
  f:write(content)
  return path
end

local function power_file()
  local f <close> = assert(io.open("/sys/bus/pci/slots/00000032/power"))
  return f:read("a") == "1\n"
end

local function ask(client, order)
  client.stdin:write(order .. "\n")
  return client.stdout:read()
end

-- Switches the device while the client talks; gives the seconds that the order took.
local function switch(client, on)
  assert.equal(on and "TCP\tTCP" or "SMC-D\tSMC-D", ask(client, "open"))
  assert.equal("talking", ask(client, on and "on" or "off"))
  local started = socket.monotonic()
  local f = assert((on and ism.power_on or ism.power_off)("32", { timeout = support.HANG }))
  local took = socket.monotonic() - started
  assert.same({ on, on }, { f.power, power_file() })
  return took
end

describe("an ISM device", function()
  it("is powered off and on under traffic: nobody hangs, nothing is left, no state is a lie", function()
    local server <close> = assert(process.spawn(
      { "ip", "netns", "exec", "host10", "lua5.4", file(SERVER), PORT }, { stdout = "pipe" }))
    assert.equal("listening", server.stdout:read())
    local stop = file("")
    os.remove(stop)
    local client <close> = assert(process.spawn({ "lua5.4", file(CLIENT), PORT, stop },
      { stdin = "pipe", stdout = "pipe" }))
    local longest, more = 0, 0
    for _ = 1, CYCLES do
      longest = math.max(longest, switch(client, false))
      assert.equal("4", client.stdout:read()) -- all but the one that it closed
      longest = math.max(longest, switch(client, true))
      file("", stop)
      local broken, opened = client.stdout:read("n", "n", "l")
      assert.equal(0, broken)
      more = more + opened
    end
    assert.is_true(more >= CYCLES)
    assert.equal(0, support.processes { states = "DZ" })
    io.stderr:write(("%d power cycles, the longest order took %.2f s; %d more connections came and went\n")
      :format(CYCLES, longest, more))
  end)
end)
