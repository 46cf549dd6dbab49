-- How often smc.socket goes to the kernel: strace counts.
local support = require "support"

-- The system calls of a program that does its operations so many times, by name.
local function calls(code, times)
  local result = support.run({ "strace", "-f", "-c", "-U", "calls,name", "lua5.4", "-e", ([[
    local socket = require "smc.socket"
    local server = assert(socket.bind("127.0.0.1", 0))
    local sock = assert(socket.connect("127.0.0.1", (select(2, server:getsockname()))))
    local peer = assert(server:accept())
    assert(sock:mode() == "SMC-D")
    local message = ("x"):rep(63) .. "\n"
    for _ = 1, %d do %s end]]):format(times, code) })
  assert.equal(0, result.status, result.stderr)
  local counts = {}
  for count, name in result.stderr:gmatch("\n *(%d+) (%S+)") do counts[name] = tonumber(count) end
  counts.total = nil -- strace sums up
  return counts
end

local FEW <const>, MANY <const> = 20, 220 -- repetitions

-- What each single repetition costs, by name; without what start and end of the program cost.
local function each(code)
  local few, many, per = calls(code, FEW), calls(code, MANY), {}
  -- Which of them a C library calls depends on the architecture.
  local alias <const> = { recv = "recvfrom", send = "sendto" }
  for name, count in pairs(many) do
    local more = count - (few[name] or 0)
    -- An allocation now and then is none of theirs.
    if more >= 10 then per[alias[name] or name] = more / (MANY - FEW) end
  end
  return per
end

describe("system calls over SMC-D: #smcd", function()
  for name, case in pairs {
    ["a message sent and received is one each"] = {
      "sock:send(message) assert(#peer:receive(64) == 64)", { sendto = 1, recvfrom = 1 } },
    ["a line sent and received is one each"] = {
      "sock:send(message) assert(#peer:receive() == 63)", { sendto = 1, recvfrom = 1 } },
    ["what there is, received, is one"] = {
      "sock:send(message) assert(#peer:receiveany(100) == 64)", { sendto = 1, recvfrom = 1 } },
    ["ten lines that came together are one receive"] = {
      "sock:send(message:rep(10)) for _ = 1, 10 do assert(#peer:receive() == 63) end",
      { sendto = 1, recvfrom = 1 } },
    ["a timeout costs no more where there is something"] = {
      "sock:settimeout(5) peer:settimeout(5) sock:send(message) assert(#peer:receive(64) == 64)",
      { sendto = 1, recvfrom = 1 } },
    ["statistics, timeouts and names are none"] = {
      "sock:getstats() sock:gettimeout() sock:settimeout(5) sock:getpeername() sock:getsockname()", {} },
  } do
    it(name, function()
      assert.same(case[2], each(case[1]))
    end)
  end

  it("a request and the answer that it waits for are one each", function()
    local echo <close> = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", "12430", "-q")
    assert.matches("listening", echo.stdout:read())
    local connect = "echo = echo or assert(socket.connect('127.0.0.1', 12430)) "
    assert.same({ sendto = 1, recvfrom = 1 },
      each(connect .. "echo:send(message) assert(#echo:receive(64) == 64)"))
    assert.same({ sendto = 1, recvfrom = 1 },
      each(connect .. "echo:send(message) assert(#echo:receive() == 63)"))
  end)
end)
