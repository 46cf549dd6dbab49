-- send_data.lua as users run it: data of any size, checked; loss, Ctrl-C, and a terminal.
local process = require "smc.process"
local socket = require "smc.socket"
local support = require "support"

local PORT <const> = "12411"
local LIMIT <const> = 24 << 10 -- KiB of memory that a sender of anything may take

local sh = support.sh

-- Starts send_data.lua in a shell, where $send is the words of its call.
local function shell(command, pipes)
  local env = { LUA_PATH = package.path, LUA_CPATH = package.cpath, PATH = os.getenv "PATH",
    send = "lua5.4 examples/send_data.lua --port " .. PORT }
  return assert(process.spawn({ "sh", "-c", command }, { env = env, stdin = "null", stdout = "pipe",
    stderr = pipes == nil and "pipe" or pipes }))
end

local function run(command)
  local p <close> = shell(command)
  local result = { stderr = p.stderr:read("a"), stdout = p.stdout:read("a") }
  result.how, result.status = p:wait()
  return result
end

describe("send_data.lua", function()
  local folder = (os.getenv "TMPDIR" or "/tmp") .. "/send_data"
  local server

  -- The file has holes: its size is not that of the disk.
  setup(function()
    sh(("mkdir -p %s && truncate -s 64M %s/large && head -c 3000000 /dev/urandom >%s/small")
      :format(folder, folder, folder))
    server = support.start("echo_server.lua", "--host", "127.0.0.1", "--port", PORT, "-q")
    server.stdout:read()
  end)

  teardown(function()
    server:close()
    sh("rm -r " .. folder)
  end)

  it("sends a file of any size in little memory #smcd", function()
    local result = run(("ulimit -v %d; exec $send --file %s/large"):format(LIMIT, folder))
    assert.same({ "exit", 0, "" }, { result.how, result.status, result.stdout }, result.stderr)
    assert.matches("67108864 bytes sent, all came back; the kernel counted 67108864 of them",
      result.stderr)
  end)

  it("sends a pipe of any size in little memory, and prints what comes back", function()
    local result = run(("head -c 32M /dev/zero | (ulimit -v %d; exec $send) | cksum"):format(LIMIT))
    local expected = run "head -c 32M /dev/zero | cksum"
    assert.equal(expected.stdout, result.stdout, result.stderr)
    assert.matches("33554432 bytes sent, all came back", result.stderr)
  end)

  it("cannot be run in as little memory as the data has", function() -- the limit is one
    assert.not_equal(0, run("ulimit -v 4000; $send </dev/null").status)
    local hog = ("ulimit -v %d; lua5.4 -e 'io.open(\"%s/large\"):read(\"a\")'"):format(LIMIT, folder)
    assert.matches("not enough memory", run(hog).stderr)
  end)

  it("sends what comes by and by, and nothing at all", function()
    local result = run [[
      { printf one; sleep 0.3; printf 'two\n'; sleep 2.2; printf '\000\377'; } | $send --timeout 2]]
    assert.same({ 0, "onetwo\n\0\255" }, { result.status, result.stdout })
    local empty = run "$send </dev/null"
    assert.same({ 0, "" }, { empty.status, empty.stdout })
    assert.matches("\n0 bytes sent", empty.stderr)
  end)

  it("sends a named pipe by --file", function()
    sh("mkfifo " .. folder .. "/pipe")
    local result = run(("cat %s/small >%s/pipe & $send --file %s/pipe; s=$?; wait; exit $s")
      :format(folder, folder, folder))
    assert.same({ 0, "" }, { result.status, result.stdout }, result.stderr)
    assert.matches("3000000 bytes sent, all came back", result.stderr)
  end)

  it("shows its progress on a terminal only", function()
    local call = ("$send --file %s/small"):format(folder)
    assert.not_matches("MiB back", run(call).stderr)
    local terminal = run(('script -qec "%s" /dev/null'):format(call))
    assert.equal(0, terminal.status)
    assert.matches("\r1 of 2 MiB back.*\r2 of 2 MiB back.*\r\27%[K3000000 bytes sent", terminal.stdout)
  end)

  it("ends with 2 where there is no file or no server", function()
    local missing = run("$send --file " .. folder .. "/none")
    assert.equal(2, missing.status)
    assert.matches("^send_data.lua: .*none: No such file", missing.stderr)
    assert.equal(2, run("$send --port 4444").status)
    assert.equal(2, run("$send --timeout never").status)
  end)

  it("looks at its input before it connects", function()
    for _, words in ipairs { "--file " .. folder, "<" .. folder, "<&-" } do
      local result = run("$send --port 4444 " .. words) -- where nobody listens
      assert.equal(2, result.status, words)
      assert.matches("^send_data.lua: cannot read [^\n]*: Is a directory\n$",
        (result.stderr:gsub("Bad file descriptor", "Is a directory")))
    end
    local lines = folder .. "/lines"
    local rest = run(("printf '1\\n2\\n3\\n' >%s; (read line; $send) <%s"):format(lines, lines))
    assert.same({ 0, "2\n3\n" }, { rest.status, rest.stdout }, rest.stderr)
  end)

  it("ends well where nobody reads on: what it sent came back", function()
    for _, prefix in ipairs { "", "trap '' PIPE; " } do
      local result = run(prefix .. "{ yes | { $send; echo status $? >&2; } } | head -1")
      assert.equal("y\n", result.stdout)
      assert.matches("%d+ bytes sent, all came back[^\n]*\nstatus 0\n", result.stderr)
    end
  end)

  it("ends with 1 where the output has no room #smcd", function()
    local full = run("head -c 99999 /dev/zero | $send >/dev/full")
    assert.equal(1, full.status)
    assert.matches("^connected [^\n]*\nsend_data.lua: cannot write the output: No space left[^\n]*\n$",
      full.stderr)
  end)

  it("ends quietly with 130 on Ctrl-C, whatever it waits for", function()
    for _, command in ipairs {
      "exec $send --port 12412 --file " .. folder .. "/small", -- a server that is silent
      ("mkfifo %s/open; sleep 20 >%s/open 2>/dev/null & exec $send <%s/open"):format(folder, folder, folder),
    } do
      local silent <close> = assert(socket.bind("127.0.0.1", 12412))
      local client <close> = shell(command, "pipe")
      silent:settimeout(0)
      assert.matches("^connected over", client.stderr:read())
      socket.sleep(0.3)
      assert.is_nil((client:wait(0)))
      client:kill("INT")
      assert.same({ "exit", 130 }, { client:wait(60) })
      assert.not_matches("traceback", client.stderr:read("a"))
    end
  end)

  -- Servers that echo badly: what each does with a piece `data`, `size` bytes having come, and what
  -- is said of it.
  local bad = {
    { "drops bytes", "sock:send(data, 1, -2)", "the echo differs from the data sent" },
    { "drops the last byte", "if all then data = data:sub(1, -2) end sock:send(data)",
      "no echo: timeout: 3000000 bytes sent, 2999999 came back", "6" },
    { "changes one byte",
      "if all then data = data:sub(1, -2) .. string.char(data:byte(-1) ~ 1) end sock:send(data)",
      "the echo differs from the data sent: 3000000 bytes sent, 3000000 came back" },
    { "sends a byte too many", "if all then data = data .. 'x' end sock:send(data)",
      "the echo differs from the data sent" },
    { "closes early", "sock:send(data) if much then break end", "closed: %d+ bytes sent" },
    { "resets", "if much then sock:setoption('linger', { on = true, timeout = 0 }) break end sock:send(data)",
      "closed: %d+ bytes sent" },
    { "is killed", "sock:send(data) if much then kill(getpid(), 9) end", "closed: %d+ bytes sent" },
    { "stops reading", "sock:send(data) if much then socket.sleep(60) end", "no echo: timeout", "0.7" },
  }
  for i, case in ipairs(bad) do
    local name, code, message, limit = table.unpack(case)
    it("ends with 1 where the server " .. name, function()
      local port = 12420 + i
      local program <close> = assert(process.spawn({ "env", "LUA_PATH=" .. package.path,
        "LUA_CPATH=" .. package.cpath, "lua5.4", "-e", ([[
          local process, socket = require "smc.core.process", require "smc.socket"
          local getpid, kill = process.getpid, process.kill
          local server = assert(socket.bind("127.0.0.1", %d))
          io.write("ready\n") io.flush()
          local sock = server:accept()
          local size = 0
          while true do
            local data = sock:receiveany(65536)
            if not data then break end
            size = size + #data
            local all, much = size == 3000000, size > 1000000
            %s
          end
          sock:close()]]):format(port, code) }, { stdin = "null", stdout = "pipe" }))
      program.stdout:read()
      local result = run(("$send --port %d --timeout %s --file %s/small"):format(port, limit or "30", folder))
      assert.equal(1, result.status, result.stderr)
      assert.matches(message, result.stderr)
    end)
  end
end)
