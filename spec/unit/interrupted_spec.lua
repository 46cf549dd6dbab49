-- What was taken out of the kernel is there for the next call when an error comes before the caller has it:
-- here Ctrl-C, for which lua.c sets a hook that raises. spec/oom has the same where memory runs out.

local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

-- A program that runs the code with `sock`, a connection to us, and our end of it.
local function connected(code)
  local server <close> = assert(socket.bind("127.0.0.1", 0, 1, { fallback = "tcp" }))
  local program = assert(process.spawn({ "lua5.4", "-e", ([[
    package.path, package.cpath = %q, %q
    local socket = require "smc.socket"
    local sock = assert(socket.connect("127.0.0.1", %d, { fallback = "tcp" }))
    io.stdout:setvbuf("line")
    %s]]):format(package.path, package.cpath, select(2, server:getsockname()), code) }, { stdout = "pipe" }))
  return program, assert(server:accept())
end

describe("a receive that Ctrl-C ends", function()
  for request, case in pairs {
    ["'*l'"] = { "half a", " line\n", "half a line" },
    ["'*L'"] = { "half a", " line\r\n", "half a line\r\n" },
    ["'*l', 'the '"] = { "half\r a", " line\r\n", "the half a line" },
    ["12"] = { "0123456", "789ab", "0123456789ab" },
    ["12, '#'"] = { "0123456", "789a", "#0123456789a" },
    ["50000"] = { ("x"):rep(30000), ("y"):rep(20000), ("x"):rep(30000) .. ("y"):rep(20000) },
    ["200000"] = { ("x"):rep(30000), ("y"):rep(170000), ("x"):rep(30000) .. ("y"):rep(170000) },
    ["'*a'"] = { ("x"):rep(100000), "end", ("x"):rep(100000) .. "end" },
  } do
    it("of " .. request .. " leaves its bytes to the next one", function()
      local program <close>, peer = connected(([[
        socket.select({ sock })
        print("ready")
        print(pcall(sock.receive, sock, %s))
        print(sock:dirty(), (sock:getstats()))
        local data = assert(sock:receive(%s))
        print((sock:getstats()))
        io.write(data)]]):format(request, request))
      assert(peer:send(case[1]))
      assert.equal("ready", program.stdout:read())
      support.await_sleep(program.pid)
      assert(program:kill("INT"))
      assert.matches("^false\t.*interrupted!", program.stdout:read())
      assert.equal("true\t0", program.stdout:read())
      assert(peer:send(case[2]))
      peer:shutdown("send")
      assert.equal(#case[1] + #case[2], tonumber(program.stdout:read()))
      assert.equal(case[3], program.stdout:read("a"))
      peer:close()
    end)
  end
end)
