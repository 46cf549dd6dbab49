-- A measurement whose server does not answer over TCP as one for checks does.
local loop = require "smc.check.loop"
local measure = require "smc.check.measure"
local os_core = require "smc.core.os"
local protocol = require "smc.check.protocol"
local socket = require "smc.socket"
local support = require "support"
local transfer = require "smc.check.transfer"

describe("a measurement without a second connection", function()
  -- What measure.run returns if a server sends this, and then closes the connection.
  local function run_with(answer)
    local server <close> = assert(socket.bind("127.0.0.1", 0, { fallback = "tcp" }))
    local tasks <close> = assert(loop.new())
    local deadline, result = os_core.monotonic() + support.HANG, nil
    server:settimeout(0)
    tasks:start(function()
      assert(loop.wait(server, "r", deadline))
      local client <close> = assert(server:accept())
      client:settimeout(0)
      transfer.receive(client, protocol.SIZE, deadline)
      transfer.send(client, answer, deadline)
    end)
    local _, port = server:getsockname()
    tasks:start(function() result = { measure.run(nil, "127.0.0.1", port) } end)
    while not result and os_core.monotonic() < deadline do assert(tasks:step(support.HANG)) end
    return table.unpack(result, 1, 2)
  end

  local ANSWER <const> = protocol.frame("answer", {})

  for name, case in pairs {
    ["no answer"] = { "", "closed" },
    ["another line"] = { "hello\n", "the server sent something other than answer" },
    ["a part of an answer"] = { "smc-check answer 2 100\nmode=", "closed" },
    ["an answer that is damaged"] = { "smc-check answer 2 4\n====", "it cannot be decoded" },
    ["no result"] = { ANSWER, "closed" },
    ["another line in place of the result"] = { ANSWER .. "hello\n",
      "the server sent something other than result" },
    ["two answers"] = { ANSWER .. ANSWER, "the server sent something other than result" },
  } do
    it("says why: " .. name, function()
      assert.same({ nil, "cannot connect over TCP: " .. case[2] }, { run_with(case[1]) })
    end)
  end
end)
