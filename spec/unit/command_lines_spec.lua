-- The command lines that smc.cli.app.plain reads, against argparse: what it reads, argparse reads in the same
-- way, and it leaves everything else to argparse.
local app = require "smc.cli.app"
local plain = require "smc.cli.app.plain"
local support = require "support"

-- The declaration of a script's command line; the script is run as far as that.
local function declared_by(path)
  local run = app.run
  finally(function() app.run, app.parse = run, nil end)
  app.parse = function(declaration) error(declaration, 0) end
  local declaration
  app.run = function(main) declaration = select(2, pcall(main)) end
  dofile(path)
  return declaration
end

-- What can stand on a command line: its options, words for their values, and what is no plain word.
local function words_for(declaration)
  local words = { "--", "-", "", "-xy", "--no-such-option", "--timeout=5", "-t5", "a", "5", "0", "1k", "tcp",
    "SMC-D", "host10", "-5" }
  for _, element in ipairs(declaration.elements) do
    for name in (element.kind ~= "argument" and element.given[1] or ""):gmatch "%S+" do
      words[#words + 1] = name
      words[#words + 1] = name
    end
  end
  return words
end

-- The results of both for one command line.
local function read_twice(declaration, words)
  local read = plain(declaration, words)
  if not read then return nil end
  local ok, expected = declaration:pparse(words)
  local line = table.concat(words, " ")
  assert(ok, ("'%s' is read, and argparse says: %s"):format(line, expected))
  assert.same(expected, read, line)
  return read
end

local function random_lines(declaration, count)
  local words, were_read = words_for(declaration), 0
  for _ = 1, count do
    local line = {}
    for i = 1, math.random(0, 5) do line[i] = words[math.random(#words)] end
    if read_twice(declaration, line) then were_read = were_read + 1 end
  end
  return were_read
end

describe("a plain command line", function()
  for script, lines in pairs {
    smc_rnics = { "", "32", "-a", "-d 32 -t 5", "--enable 32 --json", "-r -I -a 32" },
    smc_chk = { "", "-S", "-C 192.168.0.10 -p 37373", "-C host10 --json",
      "--connect host10 --require SMC-D -6" },
    smc_run = { "-- true", "-d -r 256k -t 256k -- iperf3 -s",
      "--fallback tcp -- curl -h http://192.168.0.10/" },
    echo_server = { "", "--host 192.168.0.10 --port 12345 --idle-timeout 60", "-q --fallback tcp" },
    send_data = { "", "--host 192.168.0.10 --file image.iso", "--timeout 3" },
  } do
    it("is read without argparse, as argparse reads it: " .. script, function()
      local declaration = declared_by(("examples/%s.lua"):format(script))
      for _, line in ipairs(lines) do
        assert(read_twice(declaration, support.words(line)), line)
      end
      math.randomseed(4711)
      assert(random_lines(declaration, 300) > 10, "none of the random lines was read")
    end)
  end

  it("has every kind of option and argument that a declaration can have", function()
    local function declare(arguments)
      local p = app.parser("One for a spec.", "Nothing more.")
      p:mutex(p:flag "-a --all", p:option("-o --one"):convert(app.port))
      p:option("--two-words", "Two.", "5"):convert(app.seconds)
      p:option("-c"):choices { "tcp", "1k" }
      p:flag("-I --IB-dev"):target "ib"
      p:argument("word"):args(arguments)
      return p
    end
    math.randomseed(4712)
    for _, arguments in ipairs { "?", "+", "*" } do
      assert(random_lines(declare(arguments), 1000) > 50, arguments)
    end
  end)

  it("is not read where anything is declared that only argparse knows", function()
    for method, value in pairs { count = "*", args = 2, action = "store_false", default = "x", init = 5 } do
      local p = app.parser("One for a spec.", "Nothing more.")
      local option = p:option "-o"
      option[method](option, value)
      assert.is_nil(plain(p, {}), method)
    end
    local two = app.parser("One for a spec.", "Nothing more.")
    two:argument "one"
    two:argument "two"
    assert.is_nil(plain(two, { "1", "2" }))
  end)

  it("has as many positional words as are declared, each converted", function()
    for args, expected in pairs {
      [""] = { [0] = false, true, false, false }, ["?"] = { [0] = true, true, false, false },
      ["+"] = { [0] = false, true, true, true }, ["*"] = { [0] = true, true, true, true },
    } do
      local p = app.parser("One for a spec.", "Nothing more.")
      local port = p:argument("port"):convert(app.port)
      if args ~= "" then port:args(args) end
      for count = 0, 3 do
        local words = table.move({ "1", "2", "3" }, 1, count, 1, {})
        local read = plain(p, words)
        assert.equal(expected[count], read ~= nil, args .. count)
        if read and (args == "+" or args == "*") then
          for i = 1, count do assert.equal(i, read.port[i]) end
          assert.equal(count, #read.port)
        elseif read then
          assert.equal(count > 0 and 1 or nil, read.port)
        end
        for i = 1, count do
          local wrong = table.move(words, 1, count, 1, {})
          wrong[i] = "x"
          assert.is_nil(plain(p, wrong), args .. count)
        end
      end
    end
  end)

  it("is no help, no version and no mistake", function()
    local p = app.parser("One for a spec.", "Nothing more.")
    p:mutex(p:option("-o --one"):convert(app.port), p:flag "-a")
    for _, line in ipairs { { "-h" }, { "--help" }, { "-v" }, { "-o" }, { "-o", "x" }, { "--on", "5" },
      { "x" }, { "--one=5" }, { "-o5" }, { "-o", "5", "-o", "6" }, { "-a", "-o", "5" },
      { "-a", "-a" } } do
      assert.is_nil(plain(p, line), table.concat(line, " "))
    end
    assert.same({ one = 5 }, plain(p, { "-o", "5" }))
  end)
end)

describe("what a help says after the options", function()
  for _, script in ipairs { "examples/smc_rnics", "examples/smc_chk", "examples/smc_run", "examples/smc_clc",
    "examples/smc_dbg", "examples/echo_server", "examples/send_data" } do
    it("fits a terminal as it is written: " .. script, function()
      for line in declared_by(script .. ".lua")._epilog:gmatch "[^\n]+" do
        assert(#line <= 80, line)
      end
    end)
  end
end)

describe("options that mean nothing together", function()
  local SERVER <const> = "-t is for -C and -l"
  local BOTH <const> = "-s and -l cannot be combined with -C, -S and -i"
  for script, row in pairs {
    ["smc_chk.lua"] = { status = 2, ["-S -t 5"] = SERVER, ["-i lo -t 5"] = SERVER, ["-s lo -t 5"] = SERVER,
      ["-S --require SMC"] = "--require and --probe are for -C",
      ["-s --probe"] = "--require and --probe are for -C",
      ["-S --measure"] = "--measure is for -C with one host",
      ["-C a b --measure"] = "--measure is for -C with one host", ["-s -C a"] = BOTH, ["-l -S"] = BOTH,
      ["-i lo -l"] = BOTH, ["-S a"] = "hosts are for -C, and interfaces for -s and -l",
      ["-i lo lo"] = "hosts are for -C, and interfaces for -s and -l" },
    ["smc_rnics.lua"] = { status = 2, ["-t 5"] = "-t is for -d and -e", ["-a -t 5"] = "-t is for -d and -e" },
    ["smcss.lua"] = { status = 1, ["--processes"] = "--processes without --json is not supported",
      ["--reasons --json"] = "--reasons together with --json, which has them, is not supported" },
    ["smcd.lua"] = { status = 255, ["--dibs info"] = '"--dibs" is valid for device only',
      ["info --baseline /x"] = '"--baseline" is valid for stats only',
      ["--baseline=/x d"] = '"--baseline" is valid for stats only' },
    ["smcr.lua"] = { status = 255, ["info --baseline /x"] = '"--baseline" is valid for stats only',
      ["device netdev"] = "[netdev <dev>]\n", ["device show ibdev a b"] = "[ibdev <dev>]\n" },
  } do
    for line, message in pairs(row) do
      if line ~= "status" then
        it(("are refused: %s %s"):format(script, line), function()
          local done = support.script(script, table.unpack(support.words(line)))
          assert.equal(row.status, done.status)
          assert.truthy(done.stderr:find(message, 1, true), done.stderr)
        end)
      end
    end
  end
end)
