-- smc.run on any machine. What depends on AF_SMC holds with and without it: the expectation comes from a
-- program that asks for AF_SMC without the library.

local process = require "smc.core.process"
local run = require "smc.run"

local AF_INET <const>, AF_SMC <const> = 2, 43
local ENOENT <const>, EACCES <const>, EINVAL <const>, ECHILD <const> = 2, 13, 22, 10

local folder

-- Helpers run without what is preloaded here, the libraries of sanitizers say.
local function sh(command, ...)
  assert(os.execute("unset LD_PRELOAD; " .. command:format(...)))
end

local function read_all(command)
  local pipe <close> = assert(io.popen("unset LD_PRELOAD; " .. command))
  return pipe:read("a")
end

local function write(name, text, mode)
  local path = folder .. "/" .. name
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  sh("chmod %s %s", mode or "755", path)
  return path
end

-- The environment of this process, less our own variables. A build with sanitizers would look for leaks in
-- all programs that it is preloaded into.
local function base(changes)
  local env = process.environ()
  env.ASAN_OPTIONS = (env.ASAN_OPTIONS or "") .. ":detect_leaks=0"
  env.LUA_PATH, env.LUA_CPATH = package.path, package.cpath
  env.SMC_DEBUG, env.SMC_FALLBACK, env.SMC_RCVBUF, env.SMC_SNDBUF = nil, nil, nil, nil
  for name, value in pairs(changes or {}) do
    env[name] = value or nil
  end
  return env
end

-- Runs a program to its end: ending, status, stdout, stderr.
local function finish(argv, options)
  options = options or {}
  options.env = options.env or base()
  options.stdout, options.stderr = "pipe", "pipe"
  local p <close> = assert(run.spawn(argv, options))
  local out, err = p.stdout:read("a"), p.stderr:read("a")
  local ending, status = p:wait(60)
  return ending, status, out, err
end

-- Of descriptors 0 to 255: stat() says "no such file" for those that are not open.
local function open_files()
  local count = 0
  for fd = 0, 255 do
    local ok, _, errno = process.executable("/proc/self/fd/" .. fd)
    if ok or errno ~= ENOENT then
      count = count + 1
    end
  end
  return count
end

local function interpreter()
  local i = 0
  while arg[i - 1] do
    i = i - 1
  end
  return arg[i]
end

describe("smc.run", function()
  local sockets -- the program of spec/kernel/programs

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    sh("mkdir %s", folder)
    sockets = folder .. "/sockets"
    sh("cc -o %s spec/kernel/programs/sockets.c", sockets)
  end)

  teardown(function()
    sh("rm -rf %s", folder)
  end)

  describe("size", function()
    it("reads bytes, and suffixes k and m in either case", function()
      for text, bytes in pairs {
        ["8k"] = 8192, ["8192"] = 8192, ["64K"] = 65536, ["1m"] = 1048576, ["1M"] = 1048576,
        ["1024k"] = 1048576, ["0000000000000000000064k"] = 65536, [10000] = 10000,
      } do
        local got = run.size(text)
        assert.equal(bytes, got)
        assert.equal("integer", math.type(got))
      end
    end)

    it("wants 8k to 1m", function()
      for text, word in pairs {
        ["7k"] = "small", ["8191"] = "small", ["0"] = "small", [0] = "small", ["1048577"] = "large",
        ["2m"] = "large", ["9223372036854775807k"] = "large", ["17592186044416m"] = "large",
        [("9"):rep(400)] = "large",
      } do
        local bytes, message, errno = run.size(text)
        assert.is_nil(bytes)
        assert.matches("too " .. word .. ": 8k to 1m", message)
        assert.equal(EINVAL, errno)
      end
    end)

    it("refuses what is no size", function()
      for _, text in ipairs {
        "", "k", "64 k", " 64k", "64kb", "-64k", "+64k", "0x10000", "1e5", "1.5m", "64k\0", 65536.5,
      } do
        local bytes, message, errno = run.size(text)
        assert.is_nil(bytes)
        assert.matches("is no buffer size", message)
        assert.equal(EINVAL, errno)
      end
    end)

    it("throws for other types", function()
      assert.error_matches(function() run.size(nil) end, "got nil")
      assert.error_matches(function() run.size {} end, "got table")
    end)
  end)

  describe("library", function()
    local cpath = package.cpath
    after_each(function() package.cpath = cpath end)

    it("is an absolute path", function()
      local path = assert(run.library())
      assert.equal("/", path:sub(1, 1))
      assert.matches("/smc/preload%.so$", path)
    end)

    it("is missed with a message", function()
      package.cpath = folder .. "/?.so"
      local path, message, errno = run.library()
      assert.is_nil(path)
      assert.matches("preload.so", message, 1, true)
      assert.equal(ENOENT, errno)
    end)

    it("is refused where LD_PRELOAD cannot name it", function()
      for _, name in ipairs { "a b", "a:b", "a$b" } do
        sh("mkdir -p '%s/%s/smc'; : > '%s/%s/smc/preload.so'", folder, name, folder, name)
        package.cpath = folder .. "/" .. name .. "/?.so"
        local path, message, errno = run.library()
        assert.is_nil(path)
        assert.matches("Install the module elsewhere", message)
        assert.equal(EINVAL, errno)
      end
    end)
  end)

  describe("environment", function()
    it("adds the library, and nothing that was not asked for", function()
      local given = { HOME = "/root" }
      assert.same({ HOME = "/root", LD_PRELOAD = run.library() }, run.environment(nil, given))
      assert.same({ HOME = "/root" }, given)
    end)

    it("puts the options into variables", function()
      assert.same({
        LD_PRELOAD = run.library(), SMC_DEBUG = "1", SMC_FALLBACK = "tcp",
        SMC_RCVBUF = "65536", SMC_SNDBUF = "131072",
      }, run.environment({
        receive_buffer = "64k", send_buffer = 131072, debug = true, fallback = "tcp",
      }, {}))
      assert.equal("0", run.environment({ debug = false }, { SMC_DEBUG = "1" }).SMC_DEBUG)
    end)

    it("keeps the caller's LD_PRELOAD, and does not add twice", function()
      local ours = run.library()
      local function after(preload) return run.environment({}, { LD_PRELOAD = preload }).LD_PRELOAD end
      assert.equal(ours, after(""))
      assert.equal("/a.so b.so:" .. ours, after("/a.so b.so"))
      assert.equal(ours .. " /a.so", after(ours .. " /a.so"))
      assert.equal("/a.so:" .. ours, after("/a.so:" .. ours))
      assert.equal(after("/a.so"), after(after("/a.so")))
      assert.equal(ours .. ".old:" .. ours, after(ours .. ".old"))
    end)

    it("begins with this process's environment, or with options.env", function()
      assert.equal(os.getenv("PATH"), run.environment().PATH)
      assert.equal("/here", run.environment({ env = { PATH = "/here" } }).PATH)
    end)

    it("answers with an error for a bad size", function()
      local env, message, errno = run.environment { receive_buffer = "4k" }
      assert.is_nil(env)
      assert.matches("4k is too small", message)
      assert.equal(EINVAL, errno)
    end)

    it("throws for a caller's mistake", function()
      for pattern, options in pairs {
        ["unknown option recieve_buffer"] = { recieve_buffer = "64k" },
        ["unknown option 1"] = { "64k" },
        ["unknown option stdin"] = { stdin = "pipe" },
        ["option receive_buffer: integer or string"] = { receive_buffer = true },
        ["option send_buffer: integer or string"] = { send_buffer = 65536.5 },
        ["option debug: boolean"] = { debug = "yes" },
        ["option fallback: \"tcp\""] = { fallback = "TCP" },
        ["option unreachable: \"run\""] = { unreachable = true },
        ["table expected"] = "64k",
      } do
        assert.error_matches(function() run.environment(options) end, pattern, 1, true)
      end
    end)
  end)

  describe("convertible", function()
    it("says yes to dynamic programs, by name or path, and to scripts that run in one", function()
      assert.is_true(run.convertible("ls"))
      assert.is_true(run.convertible("/bin/sh"))
      assert.is_true(run.convertible(sockets))
      assert.is_true(run.convertible(write("script", "#!/bin/sh -e\nexit\n")))
      assert.is_true(run.convertible(write("env_script", "#!/usr/bin/env -S A=1 sh\nexit\n")))
      assert.is_true(run.convertible(write("bare_script", "exit\n")))
    end)

    it("says no to static programs, and to scripts that run in one", function()
      local fine, why = run.convertible("busybox")
      assert.is_false(fine)
      assert.equal("busybox is a static program: its sockets stay TCP", why)

      local busybox = read_all("command -v busybox"):gsub("%s+$", "")
      local script = write("static_script", "#! " .. busybox .. " sh\nexit\n")
      fine, why = run.convertible(script)
      assert.is_false(fine)
      assert.matches(busybox .. ", which runs " .. script .. ", is a static program", why, 1, true)
      assert.is_false(run.convertible(write("script_of_script", "#!" .. script .. "\n")))
      assert.is_false(run.convertible(write("env_static", "#!/usr/bin/env -S busybox sh\n")))
    end)

    it("tells static from dynamic in what the compiler makes", function()
      local source = "spec/kernel/programs/early_main.c"
      for flags, fine in pairs {
        ["-static"] = false, ["-static-pie"] = false, ["-pie"] = true, ["-no-pie"] = true,
      } do
        local path = folder .. "/compiled" .. flags
        sh("cc -fPIE -Dearly_domain=getpid -w %s -o %s %s", flags, path, source)
        assert.equal(fine, (run.convertible(path)))
      end
    end)

    it("reads programs of other architectures, of either width and byte order", function()
      -- types are those of the program headers: 3 is PT_INTERP, 6 PT_PHDR
      local function elf64(order, machine, ...)
        local image = { "\x7fELF\2" .. (order == ">" and "\2" or "\1") .. "\1" .. ("\0"):rep(9)
          .. string.pack(order .. "I2I2I4I8I8I8I4I2I2I2I2I2I2",
            2, machine, 1, 0, 64, 0, 0, 64, 56, select("#", ...), 0, 0, 0) }
        for _, kind in ipairs { ... } do
          image[#image + 1] = string.pack(order .. "I4", kind) .. ("\0"):rep(52)
        end
        return table.concat(image)
      end
      local arm32 = "\x7fELF\1\1\1" .. ("\0"):rep(9)
        .. string.pack("<I2I2I4I4I4I4I4I2I2I2I2I2I2", 2, 40, 1, 0, 52, 0, 0, 52, 32, 1, 0, 0, 0)
        .. string.pack("<I4", 3) .. ("\0"):rep(28)
      local SPARC <const>, RISCV <const> = 43, 243
      for why, images in pairs {
        ["of another architecture"] = { elf64(">", SPARC, 6, 3), elf64("<", RISCV, 6, 3), arm32 },
        ["a static program"] = {
          elf64(">", SPARC, 6, 1), elf64("<", RISCV), (arm32:gsub("\3(\0+)$", "\1%1")),
        },
      } do
        for _, image in ipairs(images) do
          local fine, message = run.convertible(write("foreign", image))
          assert.is_false(fine)
          assert.matches(why, message)
        end
      end
    end)

    it("leaves broken files to exec", function()
      local file <close> = assert(io.open(sockets, "rb"))
      local image = file:read("a")
      for _, length in ipairs { 0, 3, 4, 5, 20, 63, 64, 100, 200 } do
        assert.is_true(run.convertible(write("broken", image:sub(1, length))))
      end
      for at = 33, 58 do
        local fine = run.convertible(write("broken", image:sub(1, at - 1) .. "\xff" .. image:sub(at + 1)))
        assert.is_boolean(fine)
      end
    end)

    it("ends with scripts that run themselves", function()
      local loop = folder .. "/loop"
      assert.is_true(run.convertible(write("loop", "#!" .. loop .. "\n")))
    end)

    it("says no to programs that gain privileges", function()
      local program = "/usr/bin/passwd" -- setuid root
      if read_all("id -u"):find("^0") then
        program = folder .. "/setuid"
        sh("cp %s %s && chown 1 %s && chmod 4755 %s", sockets, program, program, program)
      end
      local fine, why = run.convertible(program)
      assert.is_false(fine)
      assert.matches("gains privileges", why)
    end)

    it("tells what cannot be executed", function()
      local fine, message, errno = run.convertible("no-such-program")
      assert.is_nil(fine)
      assert.matches("no%-such%-program: not found in PATH", message)
      assert.equal(ENOENT, errno)
      fine, message, errno = run.convertible("/no/such/program")
      assert.is_nil(fine)
      assert.matches("/no/such/program: No such file", message)
      assert.equal(ENOENT, errno)
      assert.equal(EACCES, select(3, run.convertible(write("plain", "x", "644"))))
      assert.equal(EACCES, select(3, run.convertible("/")))
    end)
  end)

  describe("attainable", function()
    it("is a boolean with a reason", function()
      local fine, why = run.attainable { receive_buffer = "1m", send_buffer = "1m" }
      assert.is_boolean(fine)
      assert.equal(fine, why == nil)
      assert.is_true(run.attainable { receive_buffer = "8k" })
      assert.is_true(run.attainable())
    end)
  end)

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
      local script = write("sigpipe.lua", [[
        local process = require "smc.core.process"
        print(process.wait((process.spawn { "sh", "-c", "kill -PIPE $$" })))
      ]])
      assert.same({ "exit", 0, "signal\t13\n", "" },
        { finish { "sh", "-c", "trap '' PIPE; exec " .. interpreter() .. " " .. script } })
    end)

    it("answers with an error where the program is not to be executed", function()
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
      assert.error_matches(function() run.spawn("ls") end, "a list of strings")
      assert.error_matches(function() run.spawn {} end, "a list of strings")
      assert.error_matches(function() run.spawn { "ls", 1 } end, "a list of strings")
      assert.error_matches(function() run.spawn { "ls", "a\0b" } end, "NUL")
      assert.error_matches(function() run.spawn({ "ls" }, { stdout = "file" }) end, "option stdout")
      assert.error_matches(function() run.spawn({ "ls" }, { env = { ["A=B"] = "" } }) end, "no name")
      assert.error_matches(function() run.spawn({ "ls" }, { env = { A = 1 } }) end, "strings expected")
    end)

    it("leaks no descriptor and no process in a thousand turns", function()
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
      assert.same({ nil, "timeout" }, { p:wait(0) })
      assert.same({ nil, "timeout" }, { p:wait(0.05) })
      p.stdin:close()
      assert.same({ "exit", 5 }, { p:wait(60) })
      assert.same({ "exit", 5 }, { p:wait() })
      assert.error_matches(function() process.wait(1, -1) end, "seconds")
      assert.error_matches(function() process.wait(1, 0 / 0) end, "seconds")
      assert.error_matches(function() process.wait(-1) end, "no process ID")
      assert.error_matches(function() process.kill(0, 15) end, "no process ID")
    end)

    it("takes signals by name and number, not after its end", function()
      local p <close> = assert(run.spawn({ "sleep", "60" }, { env = base() }))
      assert.is_true(p:kill(0))
      assert.is_true(p:kill("STOP"))
      assert.is_true(p:kill("CONT"))
      assert.error_matches(function() p:kill("BANG") end, "unknown signal BANG")
      assert.is_true(p:kill())
      assert.same({ "signal", 15 }, { p:wait(60) })
      local ok, message, errno = p:kill()
      assert.is_nil(ok)
      assert.matches("has ended", message)
      assert.equal(3, errno)
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
      local ending, message, errno = p:wait()
      assert.is_nil(ending)
      assert.matches("something else has waited", message)
      assert.equal(ECHILD, errno)
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
      local ok, message, errno = run.exec { "/no/such/program" }
      assert.is_nil(ok)
      assert.matches("/no/such/program: No such file or directory", message)
      assert.equal(ENOENT, errno)
      assert.same({ nil, "/: Permission denied", EACCES }, { run.exec { "/" } })
      assert.same({ nil, "/: Permission denied", EACCES }, { process.exec { "/" } })
    end)
  end)

  describe("the preloaded library", function()
    local expected -- what AF_SMC gives here

    setup(function()
      expected = read_all(sockets .. " 43,1,0")
    end)

    it("opens AF_SMC sockets, or fails as the kernel does", function()
      local _, _, out, err = finish { sockets, "2,1,0", "2,1,6" }
      assert.equal(expected .. expected, out)
      assert.equal("", err)
    end)

    it("gives TCP only where it was allowed, and tells", function()
      local _, _, out, err = finish({ sockets, "2,1,0" }, { fallback = "tcp", debug = true })
      if expected:find("^socket") then
        assert.equal(expected, out)
        assert.matches("socket%(AF_INET, SOCK_STREAM%) = %d+ is now AF_SMC\n", err)
      else
        assert.matches("^socket " .. AF_INET .. " 1 6 ", out)
        assert.matches("errno=77", out)
        assert.matches("socket%(AF_INET, SOCK_STREAM%) = %d+ stays TCP: ", err)
      end
    end)

    it("leaves other sockets alone", function()
      local others = { sockets, "1,1,0", "2,2,0", "10,2,17", "16,3,0", "2,15,0", "2,5,0" }
      local plain = read_all(table.concat(others, " "))
      local _, _, out, err = finish(others, { debug = true, receive_buffer = "64k", env = base() })
      assert.equal(plain, out)
      assert.equal("", err)
    end)

    it("explains in debug mode", function()
      local _, _, _, err = finish({ sockets, "2,1,262" },
        { debug = true, env = base { SMC_RCVBUF = "64kb" } })
      assert.matches("smc: pid %d+: SMC_RCVBUF is ignored, .*: 64kb\n", err)
      assert.matches("socket%(AF_INET, SOCK_STREAM, 262%) is left alone: MPTCP is not TCP\n", err)
      for _, garbage in ipairs { "x", "-1", "99999999999999999999", "4096m", "2000000k", "1k1", "0" } do
        _, _, _, err = finish({ "true" },
          { debug = true, env = base { SMC_SNDBUF = garbage, SMC_FALLBACK = garbage } })
        assert.matches("SMC_SNDBUF is ignored, being no size in bytes (suffix k or m): " .. garbage .. "\n",
          err, 1, true)
        assert.matches("SMC_FALLBACK is ignored, not being tcp: " .. garbage .. "\n", err, 1, true)
      end
    end)

    it("is silent without it, whatever the environment holds", function()
      for _, garbage in ipairs { "x", "-1", "99999999999999999999", "4096m", "1k1", ("9"):rep(5000) } do
        local ending, status, out, err = finish({ sockets, "2,1,0" },
          { env = base {
            SMC_RCVBUF = garbage, SMC_SNDBUF = garbage, SMC_FALLBACK = garbage, SMC_DEBUG = "0",
          } })
        assert.same({ "exit", 0, expected, "" }, { ending, status, out, err })
      end
    end)

    it("uses neither stdio nor memory nor locks", function()
      local symbols = read_all("nm -D --undefined-only " .. run.library())
      for _, name in ipairs {
        "printf", "fputs", "malloc", "calloc", "free", "pthread", "strerror", "dlopen", "_chk",
      } do
        assert.is_nil(symbols:find("%f[%w_]_*%w*" .. name .. "%w*@"), name)
      end
      assert.matches("dlsym", symbols)
    end)

    it("exports socket alone", function()
      local names = {}
      for name in read_all("nm -D --defined-only " .. run.library()):gmatch("[TW] (%S+)") do
        if not name:find("^_") then
          names[#names + 1] = name
        end
      end
      assert.same({ "socket" }, names)
    end)
  end)

  describe("smc_run.lua", function()
    local function smc_run(...)
      return finish({ interpreter(), "examples/smc_run.lua", ... })
    end

    it("has the options of smc_run", function()
      local ending, status, out = smc_run("-h")
      assert.same({ "exit", 0 }, { ending, status })
      for _, option in ipairs { "-d", "-h", "-r SIZE", "-t SIZE", "-v", "--fallback tcp", "Examples:" } do
        assert.matches(option, out, 1, true)
      end
      assert.same({ "exit", 0, "smc_run.lua, " .. require("smc")._VERSION .. "\n", "" }, { smc_run("-v") })
    end)

    it("stops at the command, whose exit status is its own", function()
      local line = "echo $SMC_DEBUG $SMC_RCVBUF $SMC_SNDBUF $0 $@; exit 9"
      for _, words in ipairs {
        { "-d", "-r", "64k", "-t", "128K" }, { "-dr", "64k", "-t128k" }, { "-dr64k", "--send-buffer=131072" },
        { "--debug", "--receive-buffer", "65536", "--send-buffer", "128k", "--" },
      } do
        local argv = { "--fallback", "tcp", table.unpack(words) }
        table.move({ "sh", "-c", line, "-d", "-x", "--", "-r" }, 1, 7, #argv + 1, argv)
        local ending, status, out = smc_run(table.unpack(argv))
        assert.same({ "exit", 9, "1 65536 131072 -d -x -- -r\n" }, { ending, status, out })
      end
    end)

    it("says what is wrong with its arguments, status 2", function()
      for message, words in pairs {
        ["missing argument 'command'"] = { "-d" },
        ["unknown option '-x'"] = { "-x", "ls" },
        ["buffer size 4k is too small"] = { "-r", "4k", "ls" },
        ["'big' is no buffer size"] = { "-t", "big", "ls" },
        ["'--fallback' must be one of 'tcp'"] = { "--fallback", "udp", "ls" },
        ["option '-r' requires an argument"] = { "-r" },
      } do
        local ending, status, out, err = smc_run(table.unpack(words))
        assert.same({ "exit", 2, "" }, { ending, status, out })
        assert.matches(message, err, 1, true)
        assert.matches("Try smc_run.lua --help", err, 1, true)
      end
    end)

    it("ends with 127 and 126 for what cannot be run", function()
      local plain = write("plain", "x", "644")
      for status, program in pairs { [127] = "no-such-program", [126] = plain } do
        local ending, got, out, err = smc_run("--fallback", "tcp", program)
        assert.same({ "exit", status, "" }, { ending, got, out })
        assert.matches("smc_run.lua: " .. program, err, 1, true)
      end
    end)

    it("warns of a program whose sockets stay TCP, and runs it", function()
      local ending, status, out, err = smc_run("--fallback", "tcp", "busybox", "echo", "-n", "hello")
      assert.same({ "exit", 0, "hello" }, { ending, status, out })
      assert.equal("smc_run.lua: busybox is a static program: its sockets stay TCP\n", err)
    end)

    it("wants SMC in the kernel", function()
      local ending, status, out, err = smc_run(sockets, "2,1,0")
      assert.equal("exit", ending)
      if read_all(sockets .. " 43,1,0"):find("^socket " .. AF_SMC) then
        assert.same({ 0, "" }, { status, err })
        assert.matches("^socket " .. AF_SMC, out)
      else
        assert.same({ 125, "" }, { status, out })
        assert.matches("SMC", err)
      end
    end)
  end)
end)
