-- smc.cli.app: messages, errors as JSON, and ends, in programs of their own.
local core = require "smc.core.process"
local json = require "dkjson"
local process = require "smc.process"
local support = require "support"

local E = require "smc.errno"

-- Starts a program on smc.cli.app; `environment` is added to this process's.
local function start(code, environment)
  local env = core.environ()
  env.LUA_PATH, env.LUA_CPATH = package.path, package.cpath
  for name, value in pairs(environment or {}) do env[name] = value end
  code = "arg = { [0] = 'script.lua' } script = require 'smc.cli.app'\n" .. code
  return assert(process.spawn({ "lua5.4", "-e", code },
    { env = env, stdin = "null", stdout = "pipe", stderr = "pipe" }))
end

local function run(code, environment)
  local p <close> = start(code, environment)
  local stdout, stderr = p.stdout:read "a", p.stderr:read "a"
  local how, status = p:wait()
  return how == "exit" and status or how, stdout, stderr
end

describe("a script's end", function()
  it("is the status of its main function", function()
    local code <const> = "script.run(function() script.print('hello', 1) return 3 end)"
    assert.same({ 3, "hello\t1\n", "" }, { run(code) })
    assert.same({ 0, "", "" }, { run "script.run(function() end)" })
  end)

  it("comes after what is to be closed", function()
    local code <const> = [[script.run(function()
      local _ <close> = setmetatable({}, { __close = function() io.stderr:write "closed" end })
      %s
    end)]]
    assert.same({ 4, "", "closed" }, { run(code:format "script.leave(4)") })
    assert.same({ 0, "", "closed" }, { run(code:format "return 0") })
  end)

  it("tells an error of its own with 70 and a traceback", function()
    local status, _, said = run "script.run(function() error 'oops' end)"
    assert.equal(70, status)
    assert.matches("^script.lua: .*oops\nstack traceback:", said)
  end)

  it("tells an output that breaks off, once", function()
    local folder <close> = support.tree { ["program.lua"] = [[
      local script = require "smc.cli.app"
      script.run(function()
        for _ = 1, 100 do script.print(("x"):rep(999)) end
        return 0
      end)]] }
    local done = support.run { "env", "LUA_PATH=" .. package.path, "LUA_CPATH=" .. package.cpath, "sh", "-c",
      'trap "" XFSZ; ulimit -f 8; exec lua5.4 "$1/program.lua" >"$1/output"', "sh", folder.root }
    assert.same({ status = 1, stdout = "",
      stderr = "program.lua: cannot write the output: File too large\n" }, done)
  end)

  it("is quiet, with 130, on Ctrl-C: while it works, while nobody reads, and while it ends", function()
    for _, code in ipairs { "while true do end", "while true do script.print(('x'):rep(999)) end",
      "io.stdout:setvbuf('full', 1 << 20) script.write(('x'):rep(200000)) return 0" } do
      local p <close> = start("script.run(function() script.print 'ready' script.flush() " .. code .. " end)")
      assert.equal("ready", p.stdout:read())
      p:kill "INT"
      p.stdout:close()
      local how, status = p:wait()
      assert.same({ "exit", 130, "" }, { how, status, p.stderr:read "a" })
    end
  end)
end)

describe("a script's message", function()
  local long <const> = "script.run(function() script.fail(2, ('words '):rep(30) .. 'end') end)"

  it("stays on its line where there is no terminal", function()
    assert.same({ 2, "", "script.lua: " .. ("words "):rep(30) .. "end\n" }, { run(long, { COLUMNS = "" }) })
  end)

  it("is as wide as COLUMNS says", function()
    local _, _, said = run(long, { COLUMNS = "40" })
    assert.equal(6, select(2, said:gsub("\n", "")))
    for line in said:gmatch "[^\n]+" do assert.is_true(#line <= 40) end
  end)

  it("has no more of a terminal's control than ends of lines", function()
    local _, _, said = run [[script.run(function() script.fail(2, "a\27[31m\nb\7") end)]]
    assert.equal("script.lua: a\\x1b[31m\nb\\x07\n", said)
  end)

  it("advises commands", function()
    local advice <const> = [[
      print(require "smc.internal.remedy".of("smc.eid.add", "smcd.lua ueid add UEID")) io.stdout:flush()]]
    assert.equal("smc.eid.add\n", (select(2, run(advice))))
    local script = "script.run(function() " .. advice .. " end)"
    assert.equal("`smcd.lua ueid add UEID`\n", (select(2, run(script))))
  end)
end)

describe("Ctrl-C #plain", function()
  -- Sends SIGINT in this line after the one that loaded smc.cli.app.
  local INTERRUPT <const> = [[
    local core, line = require "smc.core.process", 0
    debug.sethook(function()
      line = line + (package.loaded["smc.cli.app.output"] and 1 or 0)
      if line == %d then io.stderr:write "sent" core.kill(core.getpid(), 2) end
    end, "l")]]

  for name, words in pairs {
    ["smcss.lua"] = { "--json" }, ["smcd.lua"] = { "--json", "info" }, ["smc_pnet.lua"] = { "--json" },
    ["smc_chk.lua"] = { "--json", "-i", "lo" }, ["smc_rnics.lua"] = { "--json" },
    ["smc_dbg.lua"] = { "--json" },
    ["smc_clc.lua"] = { "--json", "-f", "spec/handshake/recorded.pcap" }, ["smc_run.lua"] = { "true" },
    ["send_data.lua"] = { "--port", "1" }, ["echo_server.lua"] = { "--host", "nosuch.invalid" },
  } do
    it("ends a script with 130, quietly, wherever it comes: " .. name, function()
      for _, line in ipairs { 1, 40, 400 } do
        local done = support.run({ "lua5.4", "-e", INTERRUPT:format(line), "examples/" .. name,
          table.unpack(words) }, nil, support.environment())
        assert.same({ status = 130, stdout = "", stderr = "sent" }, done)
      end
    end)
  end
end)

describe("with --json, an error", function()
  for name, calls in pairs {
    ["smc_chk.lua"] = { { 2, "-i", "nosuch0", "--json" }, { 2, "-i", "../x", "--json" } },
    ["smc_clc.lua"] = { { 1, "-i", "nosuch0", "--json" }, { 1, "-f", "/nosuch", "--json" },
      { 1, "-f", "/etc/passwd", "--json" } },
    ["smc_pnet.lua"] = { { 1, "-s", "A-B", "--json" }, { 1, "-a", "A", "-I", "a/b", "--json" },
      { 1, "-d", "A-B", "--json" } },
    ["smc_rnics.lua"] = { { 3, "xyz", "--json" }, { 5, "-d", "7fffffff", "--json" },
      { 5, "-e", "7fffffff", "--json" }, { 8, "7fffffff", "--json" } },
    ["smcd.lua"] = { { 255, "ueid", "add", "a b", "--json" }, { 255, "ueid", "del", "a b", "--json" } },
    ["smcr.lua"] = { { 255, "--json", "ueid", "add", "a b" }, { 255, "--json", "ueid", "del", "a b" } },
  } do
    for _, call in ipairs(calls) do
      local words = table.concat(call, " ", 2)
      it(("is an object: %s %s"):format(name, words), function()
        local done = support.script(name, table.unpack(call, 2))
        assert.equal(call[1], done.status)
        local report = assert(json.decode(done.stdout))
        assert.same({ success = false, message = report.message, errno = report.errno }, report)
        assert.truthy(E.name(report.errno))
        local prefix = name:find "^smc[dr]" and "Error: " or name .. ": "
        assert.equal(prefix .. report.message .. "\n", done.stderr)
      end)
    end
  end
end)

describe("with --json, bad usage", function()
  for name, calls in pairs {
    ["smcss.lua"] = { { 1, "--json", "-x" }, { 1, "-D", "-R", "--json" } },
    ["smc_pnet.lua"] = { { 1, "-a", "--json" }, { 1, "-P", "9", "--json" }, { 1, "--fly", "--json" } },
    ["smcd.lua"] = { { 255, "info", "fly", "--json" }, { 255, "--json", "linkgroup", "show", "zz" },
      { 255, "--json", "--fly" }, { 255, "--json" }, { 255, "--json", "help" }, { 255, "-h", "--json" },
      { 255, "-v", "--json" } },
    ["smcr.lua"] = { { 255, "ueid", "fly", "--json" }, { 255, "--json", "help" } },
    ["smc_chk.lua"] = { { 2, "--json" }, { 2, "-C", "a", "-S", "--json" }, { 2, "--json", "--fly" } },
    ["smc_clc.lua"] = { { 2, "--json" }, { 2, "--json", "-p", "x" } },
    ["smc_rnics.lua"] = { { 2, "1", "2", "--json" }, { 4, "-d", "1", "2", "--json" } },
    ["smc_dbg.lua"] = { { 2, "--json", "--tgz", "x" } },
  } do
    for _, call in ipairs(calls) do
      it(("is an object, too: %s %s"):format(name, table.concat(call, " ", 2)), function()
        local done = support.script(name, table.unpack(call, 2))
        local report = assert(json.decode(done.stdout))
        assert.same({ call[1], { success = false, message = report.message } }, { done.status, report })
        assert.truthy(done.stderr:find(report.message, 1, true))
      end)
    end
  end

  it("is text where the word is not an option", function()
    assert.equal("", support.script("smcss.lua", "-x", "--", "--json").stdout)
    assert.equal("", support.script("smc_run.lua", "-x", "true", "--json").stdout)
  end)
end)

describe("the shortest programs", function()
  for _, name in ipairs { "hello_client.lua", "hello_server.lua" } do
    it("say in one line what fails: " .. name, function()
      local done = support.script(name, name:find "client" and "127.0.0.1" or "nosuchport", "1")
      assert.same({ 1, "" }, { done.status, done.stdout })
      assert.matches("^" .. name .. ": [^\n]+\n$", done.stderr)
      assert.not_matches("%.lua:%d", done.stderr)
    end)
  end

  it("say how they are called, if it was otherwise", function()
    for name, usage in pairs { hello_client = "[HOST [PORT]]", hello_server = "[PORT]" } do
      for _, words in ipairs { "--help", "-h", "x y", "1 2 3" } do
        local done = support.script(name .. ".lua", table.unpack(support.words(words)))
        local said = ("%s.lua: usage: %s.lua %s\n"):format(name, name, usage)
        assert.same({ status = 1, stdout = "", stderr = said }, done, words)
      end
    end
  end)
end)

describe("messages of the library", function()
  it("name a function only where a script names a command", function()
    local list = assert(io.popen "find lua/smc -name '*.lua'")
    for path in list:lines() do
      for line in io.lines(path) do
        local code = line:gsub("^%s*%-%-.*", "")
        for name in code:gmatch([[["'][^"']*(smc%.[a-z]+%.[a-z_]+)]]) do
          assert.is_true(code:find("remedy.of", 1, true) ~= nil or code:find("require", 1, true) ~= nil
            or code:find("__name", 1, true) ~= nil or code:find("net." .. name, 1, true) ~= nil
            or name:find "^smc%.core" ~= nil or code:find('("smc.process.Process', 1, true) ~= nil,
            path .. ": " .. line)
        end
      end
    end
    list:close()
  end)
end)

describe("a script without a Lua module that it needs", function()
  for name, words in pairs {
    argparse = { "smc_chk.lua", "--help" }, dkjson = { "smcd.lua", "--json", "info" },
  } do
    it(("names the package of %s, without a traceback"):format(name), function()
      local env = support.environment()
      env.LUA_PATH = "lua/?.lua;lua/?/init.lua"
      local done = support.run({ "lua5.4", "examples/" .. words[1], table.unpack(words, 2) }, nil, env)
      assert.equal("", done.stdout)
      assert.matches(("^[^\n]*: the Lua module %s is not installed: [^\n]* lua%%-%s; [^\n]*\n$"):format(
        name, name), done.stderr)
      assert.truthy(done.status == 2 or done.status == 255)
    end)
  end
end)
