-- The library that smc.run preloads, and smc_run.lua. What depends on AF_SMC holds with and without it: the
-- expectation comes from a program that asks for AF_SMC without the library.

local E = require "smc.errno"
local process = require "smc.process"
local run = require "smc.run"
local support = require "unit.run_support"

local AF_INET <const>, AF_SMC <const> = 2, 43

local read_all, write, base = support.read_all, support.write, support.base
local finish, interpreter = support.finish, support.interpreter

describe("smc.run", function()
  local sockets

  setup(function()
    local _
    _, sockets = support.open_workshop()
  end)

  teardown(support.close_workshop)

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
      assert.matches("smc: pid %d+: SMC_RCVBUF is ignored: .*: 64kb\n", err)
      assert.matches("socket%(AF_INET, SOCK_STREAM, 262%) is left alone: MPTCP is not TCP\n", err)
      for _, garbage in ipairs { "x", "-1", "99999999999999999999", "4096m", "2000000k", "1048577k", "1k1",
        "0", "tc", "tcpx", "in", "inetx", "autos" } do
        _, _, _, err = finish({ "true" }, { debug = true,
          env = base { SMC_SNDBUF = garbage, SMC_FALLBACK = garbage, SMC_PROTOCOL = garbage } })
        assert.matches("SMC_SNDBUF is ignored: not a size in bytes (suffix k or m): " .. garbage .. "\n",
          err, 1, true)
        assert.matches("SMC_FALLBACK is ignored, since it is not tcp: " .. garbage .. "\n", err, 1, true)
        assert.matches("SMC_PROTOCOL is ignored, since it is not smc, inet or auto: " .. garbage .. "\n",
          err, 1, true)
      end
    end)

    it("takes sizes up to 1 GiB, with suffixes of either case", function()
      for _, size in ipairs { "1", "1k", "1K", "1m", "1M", "1024m", "1048576k", "1073741824" } do
        local _, _, _, err = finish({ "true" }, { debug = true, env = base { SMC_SNDBUF = size } })
        assert.equal("", err)
      end
    end)

    it("names the error with which a filter denies SMC", function()
      local forbid = support.folder .. "/forbid"
      support.sh("cc -o %s spec/kernel/programs/forbid.c", forbid)
      for errno, why in pairs {
        [E.EAFNOSUPPORT] = "AF_SMC fails with EAFNOSUPPORT, and smc.system.available() says why",
        [E.EPERM] = "AF_SMC fails with EPERM, and", [E.EMFILE] = "AF_SMC fails with EMFILE, and",
        [E.ENOENT] = "AF_SMC fails with errno 2, and",
      } do
        local argv = { forbid, tostring(errno), sockets, "2,1,0" }
        local _, _, out, err = finish(argv, { debug = true })
        assert.equal("error " .. errno .. "\n", out)
        assert.matches("socket(AF_INET, SOCK_STREAM) = -1: " .. why, err, 1, true)
        _, _, out, err = finish(argv, { debug = true, fallback = "tcp" })
        assert.matches("^socket " .. AF_INET, out)
        assert.matches(" stays TCP: " .. why, err, 1, true)
        -- Where there is no IPPROTO_SMC either, it is still the error of AF_SMC that counts.
        if read_all(sockets .. " 2,1,256"):find "^error" then
          _, _, out, err = finish(argv, { debug = true, env = base { SMC_PROTOCOL = "auto" } })
          assert.equal("error " .. errno .. "\n", out)
          assert.matches("socket(AF_INET, SOCK_STREAM) = -1: " .. why, err, 1, true)
        end
      end
    end)

    it("is silent without it, whatever the environment holds", function()
      for _, garbage in ipairs { "x", "-1", "99999999999999999999", "4096m", "1k1", ("9"):rep(5000) } do
        local ending, status, out, err = finish({ sockets, "2,1,0" },
          { env = base {
            SMC_RCVBUF = garbage, SMC_SNDBUF = garbage, SMC_FALLBACK = garbage, SMC_DEBUG = "0",
            SMC_PROTOCOL = garbage,
          } })
        assert.same({ "exit", 0, expected, "" }, { ending, status, out, err })
      end
    end)

    -- A program that has closed its standard error may have a connection there, of which a message would be
    -- data; a journal's is a Unix socket, whose reader waits for messages.
    local WITHOUT_STDERR <const> = [[
import os, socket, sys
def messages(theirs, ours):
    os.dup2(theirs.fileno(), 2)
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    os.dup2(saved, 2)
    theirs.close()
    return ours.recv(9999).decode()
saved = os.dup(2)
with socket.create_server(("127.0.0.1", 0)) as server:
    client = socket.create_connection(server.getsockname())
    print(len(messages(client, server.accept()[0])))
print(messages(*socket.socketpair()), end="")
]]

    it("writes no message into a connection, and into the socket of a journal", function()
      local _, status, out = finish({ "python3", "-c", WITHOUT_STDERR }, { debug = true, fallback = "tcp" })
      assert.equal(0, status)
      assert.matches("^0\nsmc: pid %d+: socket%(AF_INET, SOCK_STREAM[^\n]*\n$", out)
    end)

    it("cuts a message that is too long, and ends its line", function()
      for _, length in ipairs { 100, 150, 200, 250, 300, 400, 500, 512, 1000, 5000 } do
        local garbage = ("x"):rep(length)
        local _, _, _, err = finish({ "true" }, { debug = true, env = base { SMC_FALLBACK = garbage } })
        local start = "SMC_FALLBACK is ignored, since it is not tcp: "
        local said = err:match(start .. "(x*)\n")
        assert.is_true(said == garbage or #said > 50 and #said < length, length)
        assert.equal("\n", err:sub(-1))
        assert.is_nil(err:find("[^%g \n]"))
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

    it("asks the kernel itself where no other library stands behind it #native", function()
      local program = support.folder .. "/own"
      support.sh("cc -o %s spec/kernel/programs/own.c -ldl", program)
      local env = base { LD_PRELOAD = ("%s libc.so.6 %s"):format(base().LD_PRELOAD or "", run.library()) }
      local p <close> = assert(process.spawn({ program, run.library() }, { env = env, stdout = "pipe" }))
      assert.equal(AF_INET .. "\n", p.stdout:read("a"))
    end)

    it("exports what it converts alone", function()
      local names = {}
      for name in read_all("nm -D --defined-only " .. run.library()):gmatch("[TW] (%S+)") do
        if not name:find("^_") then
          names[#names + 1] = name
        end
      end
      table.sort(names)
      assert.same({ "getsockopt", "socket" }, names)
    end)
  end)

  describe("smc_run.lua", function()
    -- Without what it says of a checkout that other users cannot read.
    local function smc_run(...)
      local ending, status, out, err = finish({ interpreter(), "examples/smc_run.lua", ... })
      err = err:gsub("^smc_run.lua: [^\n]*: what another user runs stays TCP%.[^\n]*\n", "")
      return ending, status, out, err
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
        ['"big" is not a buffer size'] = { "-t", "big", "ls" },
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

    it("names the interpreter that a script wants", function()
      for status, wanted in pairs { [127] = "/no/such/sh", [126] = write("no_program", "x", "644") } do
        local script = write("script", "#!" .. wanted .. "\n")
        local ending, got, out, err = smc_run("--fallback", "tcp", script)
        assert.same({ "exit", status, "" }, { ending, got, out })
        assert.matches(("smc_run.lua: %s requires %s: "):format(script, wanted), err, 1, true)
      end
    end)

    it("does not take a missing library for a missing command", function()
      local folder, library = support.folder .. "/without", run.library()
      support.sh("mkdir -p %s/smc && ln -s $(dirname %s)/core %s/smc/core", folder, library, folder)
      local argv = { interpreter(), "examples/smc_run.lua", "--fallback", "tcp", "true" }
      local ending, status, out, err = finish(argv,
        { env = base { LUA_CPATH = folder .. "/?.so" } })
      assert.same({ "exit", 125, "" }, { ending, status, out })
      assert.matches("preload.so is not in package.cpath", err, 1, true)
    end)

    it("warns where a command changes to users that cannot read the library", function()
      local folder = support.folder .. "/closed"
      support.sh("mkdir -p %s && cp -R $(dirname %s) %s/smc", folder, run.library(), folder)
      local library, env = folder .. "/smc/preload.so", base { LUA_CPATH = folder .. "/?.so" }
      local can_change = not read_all("setpriv --reuid=1000 id -u 2>&1"):find "failed"
      local as_other = { interpreter(), "examples/smc_run.lua", "--fallback", "tcp", "setpriv",
        "--reuid=1000", "grep", "-c", library, "/proc/self/maps" }
      for modes, why in pairs { ["755 644"] = false, ["755 600"] = "not every user can read " .. library,
        ["700 644"] = ("%s is in %s, which not every user can enter"):format(library, folder) } do
        local of_folder, of_library = modes:match("(%d+) (%d+)")
        support.sh("chmod %s %s; chmod %s %s", of_folder, folder, of_library, library)
        local _, _, out, err = finish(as_other, { env = env })
        if can_change then assert.equal(not why, tonumber(out) > 0) end
        local warning = can_change and why and ("smc_run.lua: %s: what another user runs stays TCP. Install "
          .. "the module where everybody can read it\n"):format(why)
        assert.equal(warning or "", err:match("^smc_run.lua: [^\n]*\n") or "")
      end
      support.sh("chmod 700 %s", folder)
      local same_user = { interpreter(), "examples/smc_run.lua", "--fallback", "tcp", "sh", "-c", ":" }
      assert.same({ "exit", 0, "", "" }, { finish(same_user, { env = env }) })
      table.insert(same_user, 3, "--debug")
      assert.equal(can_change, select(4, finish(same_user, { env = env })):find("stays TCP", 1, true) ~= nil)
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
