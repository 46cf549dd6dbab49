-- smc.run: programs started, awaited, ended and replaced.

local E = require "smc.errno"
local process = require "smc.core.process"
local run = require "smc.run"
local support = require "unit.run_support"

local ENOENT <const>, EACCES <const>, EINVAL <const>, ECHILD <const> = E.ENOENT, E.EACCES, E.EINVAL, E.ECHILD

local write, base, finish = support.write, support.base, support.finish
local open_files, interpreter = support.open_files, support.interpreter

describe("smc.run", function()
  setup(function()
    support.open_workshop()
  end)

  teardown(support.close_workshop)

  describe("spawn", function()
    it("connects pipes", function()
      local p <close> = assert(run.spawn({ "sh", "-c", "cat; echo oops >&2" },
        { stdin = "pipe", stdout = "pipe", stderr = "pipe", env = base() }))
      assert.equal("file", io.type(p.stdin))
      p.stdin:write("one\ntwo\n")
      assert.equal("one", p.stdout:read("l"))
      p.stdin:close()
      assert.equal("two\n", p.stdout:read("a"))
      assert.equal("oops\n", p.stderr:read("a"))
      assert.same({ "exit", 0 }, { p:wait() })
    end)

    it("gives the null device, and inherits", function()
      local p <close> = assert(run.spawn({ "sh", "-c", "read x; echo gone; exit $?" },
        { stdin = "null", stdout = "null", env = base() }))
      assert.is_nil(p.stdin)
      assert.is_nil(p.stdout)
      assert.is_nil(p.stderr)
      assert.same({ "exit", 0 }, { p:wait() })
      local _, _, out = finish { "sh", "-c", "readlink /proc/$$/fd/2 | cut -c1-4" }
      assert.equal("pipe\n", out)
    end)

    it("leaves nothing of ours open in the child", function()
      local _, _, before = finish { "ls", "/proc/self/fd" }
      local other <close> = assert(run.spawn({ "cat" }, { stdin = "pipe", stdout = "pipe", env = base() }))
      local _, _, after = finish { "ls", "/proc/self/fd" }
      assert.equal(#before:gsub("%d+", ""), #after:gsub("%d+", ""))
      assert.is_true(other:close())
    end)

    it("starts with no signal blocked or ignored by us", function()
      local _, _, out = finish { "grep", "SigBlk", "/proc/self/status" }
      assert.matches("SigBlk:%s*0+\n", out)
      do -- signals that this process has blocked
        local signals <close> = assert(require "smc.poller".signals("HUP", "USR1", "USR2"))
        assert.is_nil((signals:next(0)))
        _, _, out = finish { "grep", "SigBlk", "/proc/self/status" }
        assert.matches("SigBlk:%s*0+\n", out)
      end
      local script = write("sigpipe.lua", [[
        local process = require "smc.core.process"
        print(process.wait((process.spawn { "sh", "-c", "kill -PIPE $$" })))
      ]])
      assert.same({ "exit", 0, "signal\t13\n", "" },
        { finish { "sh", "-c", "trap '' PIPE; exec " .. interpreter() .. " " .. script } })
    end)

    it("answers with an error where the program is not to be executed #native", function()
      for program, expected in pairs {
        ["no-such-program"] = ENOENT, ["/no/such/program"] = ENOENT, [write("plain", "x", "644")] = EACCES,
      } do
        local p, message, errno = run.spawn { program }
        assert.is_nil(p)
        assert.matches(program, message, 1, true)
        assert.equal(expected, errno)
      end
    end)

    it("refuses a program whose sockets would stay TCP, unless that is allowed", function()
      local p, message, errno = run.spawn { "busybox", "true" }
      assert.is_nil(p)
      assert.matches("its sockets stay TCP", message)
      assert.equal(EINVAL, errno)
      assert.equal(message, select(2, run.exec { "busybox" }))
      for _, options in ipairs { { fallback = "tcp" }, { unreachable = "run" } } do
        assert.same({ "exit", 0, "", "" }, { finish({ "busybox", "true" }, options) })
      end
    end)

    it("throws for a caller's mistake", function()
      assert.error_matches(function() run.spawn("ls") end, "table expected")
      assert.error_matches(function() run.spawn {} end, "[1]: string expected, got nil", 1, true)
      assert.error_matches(function() run.spawn { "ls", 1 } end, "[2]: string expected, got 1", 1, true)
      assert.error_matches(function() run.spawn { "ls", "a\0b" } end, "zero byte")
      assert.error_matches(function() run.spawn({ "ls" }, { stdout = "file" }) end, "option 'stdout'")
      assert.error_matches(function() run.spawn({ "ls" }, { env = { ["A=B"] = "" } }) end, "option 'env'")
      assert.error_matches(function() run.spawn({ "ls" }, { env = { A = 1 } }) end, "option 'env'")
    end)

    it("leaks no descriptor and no process in a thousand turns #native", function()
      local streams = { stdin = "pipe", stdout = "pipe", stderr = "pipe" }
      local before = open_files()
      collectgarbage("stop")
      for i = 1, 1000 do
        local pid, stdin, stdout, stderr = process.spawn({ "true" }, {}, streams)
        assert(pid, stdin)
        stdin:close()
        stdout:close()
        stderr:close()
        assert.equal("exit", (process.wait(pid)))
        if i <= 100 then
          assert.equal(before, open_files())
        end
      end
      for _ = 1, 1000 do
        assert.is_nil((process.spawn({ "/no/such/program" }, {}, streams)))
        assert.is_false((pcall(process.spawn, { "true", 1 }, {}, streams)))
        assert.is_false((pcall(process.spawn, { "true" }, { A = 1 }, streams)))
        assert.is_false((pcall(process.spawn, { "true" }, {}, { stdin = "pipe", stderr = "x" })))
      end
      assert.equal(before, open_files())
      collectgarbage("restart")
      local pid, message, errno = process.wait(process.getpid())
      assert.same({ nil, "wait: No child processes", ECHILD }, { pid, message, errno })
    end)

    it("closes its pipes when descriptors run out", function()
      local _, _, out, err = finish { "sh", "-c", ([[ulimit -n 12; exec %s - <<'END'
        local process = require "smc.core.process"
        local held, streams = {}, { stdin = "pipe", stdout = "pipe", stderr = "pipe" }
        for room = 1, 12 do
          held[room] = io.open("/dev/null")
          local pid, stdin, stdout, stderr = process.spawn({ "true" }, nil, streams)
          if pid then
            stdin:close() stdout:close() stderr:close()
            assert(process.wait(pid) == "exit")
          else
            assert(stdout == 24, stdin) -- EMFILE
          end
        end
        local free = 0
        for i = 1, #held do held[i]:close() end
        for i = 1, 12 do held[i] = io.open("/dev/null"); free = held[i] and i or free end
        print(free >= 6)
END]]):format(interpreter()) }
      assert.equal("true\n", out, err)
    end)

    it("works where its own standard streams are closed", function()
      local code = [[
        local run = require "smc.run"
        local p = assert(run.spawn({ "cat" }, { stdin = "pipe", stdout = "pipe", stderr = "pipe" }))
        p.stdin:write("through\n") p.stdin:close()
        assert(p.stdout:read("a") == "through\n" and p.stderr:read("a") == "")
        assert(p:wait() == "exit")
        os.exit(7)
      ]]
      local script = write("closed.lua", code)
      assert.same({ "exit", 7, "", "" },
        { finish { "sh", "-c", interpreter() .. " " .. script .. " <&- >&- 2>&-" } })

      script = write("halfclosed.lua", [[
        local run = require "smc.run"
        local p = assert(run.spawn({ "sh", "-c", "echo err >&2" }, { stdout = "null", stderr = "pipe" }))
        assert(p.stderr:read("a") == "err\n") -- its pipe would be descriptors 0 and 1
      ]])
      assert.same({ "exit", 0, "", "" },
        { finish { "sh", "-c", interpreter() .. " " .. script .. " <&- >&-" } })
    end)
  end)

  describe("Process", function()
    it("waits so long, and remembers the end", function()
      local p <close> = assert(run.spawn({ "sh", "-c", "read x; exit 5" }, { stdin = "pipe", env = base() }))
      assert.same({ nil, "timeout", E.ETIMEDOUT }, { p:wait(0) })
      assert.same({ nil, "timeout", E.ETIMEDOUT }, { p:wait(0.05) })
      p.stdin:close()
      assert.same({ "exit", 5 }, { p:wait(60) })
      assert.same({ "exit", 5 }, { p:wait() })
      assert.error_matches(function() process.wait(1, -1) end, "seconds")
      assert.error_matches(function() process.wait(1, 0 / 0) end, "seconds")
      assert.error_matches(function() process.wait(-1) end, "process ID expected")
      assert.error_matches(function() process.kill(0, 15) end, "process ID expected")
    end)

    it("knows signals by the names that the shell has for their numbers", function()
      local count = 0
      for name, number in pairs(process.signals) do
        count = count + 1
        local _, _, out = finish { "sh", "-c", "kill -l " .. number }
        assert.equal(name .. "\n", out)
      end
      assert.is_true(count > 10)
    end)

    it("takes signals by name and number, not after its end", function()
      local p <close> = assert(run.spawn({ "sleep", "60" }, { env = base() }))
      assert.is_true(p:kill(0))
      assert.is_true(p:kill("STOP"))
      assert.is_true(p:kill("CONT"))
      assert.error_matches(function() p:kill("BANG") end, "unknown signal BANG")
      assert.is_true(p:kill())
      assert.same({ "signal", 15 }, { p:wait(60) })
      support.fails("has ended", E.ESRCH, p:kill())
    end)

    it("ends programs gently, and reaps them, where no descriptor is free", function()
      local out = support.run_by({ "sh", "-c", 'ulimit -n 30; exec "$@"', "sh" }, [[
        local process = require "smc.process"
        local tidy = "trap 'sleep 0.2; echo tidied up; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
        local running = assert(process.spawn({ "sh", "-c", tidy }, { stdout = "pipe" }))
        local ended = assert(process.spawn { "sh", "-c", "exit 4" })
        assert(running.stdout:read("l") == "ready")
        local support = require "support"
        repeat until support.stat(ended.pid).state == "Z" -- a zombie
        local out = running.stdout
        running.stdout = nil -- read on after close()
        local files = {}
        repeat
          local file = io.open("/dev/null")
          files[#files + 1] = file
        until not file
        print(ended:close(), ended.ending, ended.status)
        print(running:close(), running.ending, running.status)
        print(out:read("a"))
      ]])
      assert.equal("true\texit\t4\ntrue\texit\t3\ntidied up\n\n", out)
    end)

    it("ends the program when it is closed, twice if need be", function()
      local p = assert(run.spawn({ "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done" },
        { stdout = "pipe", env = base() }))
      assert.equal("ready", p.stdout:read())
      assert.is_true(p:close())
      assert.same({ "signal", 9 }, { p:wait() })
      assert.is_true(p:close())
    end)

    it("ends the program when it goes out of scope, or is forgotten", function()
      local kept
      do
        local p <close> = assert(run.spawn({ "sleep", "60" }, { env = base() }))
        kept = p
      end
      assert.same({ "signal", 15 }, { kept:wait() })
      local pid = assert(run.spawn({ "sleep", "60" }, { env = base() })).pid
      collectgarbage()
      collectgarbage()
      assert.same({ nil, "kill: No such process", 3 }, { process.kill(pid, 0) })
    end)

    it("says so when something else has waited for it", function()
      local p <close> = assert(run.spawn({ "true" }, { env = base() }))
      assert.equal("exit", (process.wait(p.pid)))
      support.fails("since other code waited", ECHILD, p:wait())
      assert.is_nil((p:kill()))
      assert.is_true(p:close())
    end)
  end)

  describe("exec", function()
    it("becomes the program, and first writes what Lua has buffered", function()
      local code = [[
        io.stdout:setvbuf("full")
        io.write(require("smc.core.process").getpid(), "\n")
        local argv = { "sh", "-c", "echo $$ $SMC_RCVBUF; exit 3" }
        print(require("smc.run").exec(argv, { receive_buffer = "64k" }))
      ]]
      local ending, status, out = finish { interpreter(), "-e", code }
      assert.same({ "exit", 3 }, { ending, status })
      local before, after = out:match("^(%d+)\n(%d+) 65536\n$")
      assert.is_string(before)
      assert.equal(before, after)
    end)

    it("comes back with an error", function()
      support.fails("/no/such/program: No such file or directory", ENOENT, run.exec { "/no/such/program" })
      assert.same({ nil, "/: Permission denied", EACCES }, { run.exec { "/" } })
      assert.same({ nil, "/: Permission denied", EACCES }, { process.exec { "/" } })
    end)
  end)
end)
