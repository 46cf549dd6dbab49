-- smc.run: what the kernel and env(1) make of a #! line, and what run.convertible says of it. The scripts are
-- run: a program at their end tells whether its socket was converted.

local E = require "smc.errno"
local process = require "smc.process"
local run = require "smc.run"
local support = require "unit.run_support"

local sh, read_all, write = support.sh, support.read_all, support.write

-- What stands in lines below: programs that print the domain of their socket, %d dynamic, %s static, %v
-- dynamic with musl; their folder %b; the dynamic linker %l, that of musl %m.
local NAMES <const> = { d = "/bin/dynamic", s = "/bin/static", b = "/bin", v = "/bin/musl" }

-- #! lines as execve(2) reads them.
local KERNEL <const> = {
  "#!%d", "#!%s", "#! \t %s \t", "#!%d -e", "#!%s -e -x", "#!%d  a  b \t", "#!%d\n%s", "#!\t%s\tx",
  "#!%d\r", "#!%s\r", "#!%d\v", "#! ", "#!", "#!\t\t \n", "#!\n%d", "#", "", "%d", " #!%s",
  "#!%d\0%s", "#!%s\0", "#!\0%d", "#!%s \0x", "#!%b", "#!%b/none", "#!none", "#!dynamic", "#!static",
  "#!bin/dynamic", "#!bin/static", "#!./bin/static", "#!/%d", "#!%b/../bin/static", "#!%d=x",
  "#!%l %d", "#!%m %v", "#!%b/env %d", "#!%b/env %s", "#!%b/env %d ", "#!%b/env %s \t ",
  "#!%l --argv0 x %d", "#!%d/x", "#!%s/",
  "#!%d " .. ("x"):rep(300), "#!%s " .. ("x"):rep(300), "#!%s" .. ("x"):rep(300),
  "#!" .. ("/"):rep(240) .. "%s",
  "#!" .. (" "):rep(300) .. "%s", "#!" .. (" "):rep(200) .. "%s\n",
  "#!/bin/sh -c '%s'", -- sh reads the script, which is a comment
}

-- Of env(1): one argument is all that the kernel makes of the rest of a line. Without a command it would
-- start the script again, for ever.
local ENV <const> = {
  "%d", "%s", "-S %s", "-S %d", "-S%s", "-S%d", "-vS %s", "-vS%d", "-iS %d", "-iS%s", "-S -i %d", "-S - %d",
  "-S -- %d", "-S -- -i %d", "-S -i -- A=1 %s", "-S - A=1 %s", "--split-string=%s", "--split-string=%d",
  "--split-string %s", "--split=%s -x", "--s=%d", "--sp=A=1 %s", "-S A=1 B=2 %d", "-S A=1 B=2 %s",
  "-S -u A %s", "-S -u A %d", "-S -uA %s", "-S -uA %d", "-S --unset A %s", "-S --unset=A %d",
  "-S --uns A %s", "-S -u LD_PRELOAD %d", "-S -uLD_PRELOAD %d", "-S --unset=LD_PRELOAD %d",
  "-S LD_PRELOAD= %d",
  "-S LD_PRELOAD=${LD_PRELOAD}:/none.so %d", "-S -i LD_PRELOAD=${LD_PRELOAD} %d", "-S -u A=1 %d",
  "-S -u '' %d",
  "-S -C %b ./static", "-S -C %b ./dynamic", "-S -C%b ./static", "-S --chdir=%b dynamic", "-S --chdir %b %d",
  "-S -C /none %d", "-S -C %d %d", "-S PATH=%b static", "-S PATH=%b dynamic", "-S -i PATH=%b static",
  "-S PATH=/none:%b static", "-S PATH=/none dynamic", "-S PATH=: dynamic", "-S -C %b PATH= static",
  "-S -C %b PATH=. dynamic", "-S -C %b PATH=:/none static", "-S -u PATH static", "-S -iu PATH %d",
  "-S -v %s", "-S --debug %d", "-S --default-signal %s", "-S --default-signal=PIPE %d",
  "-S --ignore-signal=INT %s",
  "-S --block-signal %d", "-S --list-signal-handling %s", "-S --ignore-environment %d", "-S --ignore-e %d",
  "-S --i %d", "-S --debug=1 %d", "-S -0 %d", "-S --null %d", "-S -x %d", "-S --none %d", "-S --help %s",
  "-S --version %s", "-i %d", "- %d", "-S -S %s", "-S -S '-S %s'", "-S -S%d",
  "-S -i -S %d", "-S '%s' -x", '-S "%d" -x', "-S '%s", '-S "%s', "-S %d 'a b' \"c d\"", "-S ''%s", "-S '' %d",
  "-S \\_%s", "-S A=1\\_%s", "-S A='a b'\\t %s", "-S A=\"a\\_b\" %d", "-S A=\\\"x\\\" %s", "-S A='a\\'b' %s",
  "-S A='\\x' %d", "-S A=\\x %d", "-S A=\"\\c\" %d", "-S A=1 %s\\c -x", "-S %s # %d",
  "-S A=# %s", "-S A=1#2 %d", "-S A=a\\", "-S ${NONE}%s", "-S ${NONE} %d", "-S A=${HOME} %s",
  "-S A='${HOME' %d", "-S A=${HOME %d", "-S A=$HOME %d", "-S ${FOLDER}/bin/static",
  "-S '${FOLDER}/bin/static'",
  "-S \"${FOLDER}/bin/dynamic\"", "-S A=1 env %s", "-S A=1 env -i %d", "-S env -S %s",
  "-S env -S '-u LD_PRELOAD %d'",
  "-S env -C %b env ./static", "-S -C / env -C ./%b ./static", "-S %l %d", "-S %m %v", "-S %v", "-S none",
  "-S %b", "-S sh -c %d", "-S sh -c '%d ; exit 0'", "-S\t%s", "-S \t %s",
  -- What env(1) refuses, with a program that would make a difference.
  "-S --d %s", "-S --ign %s", "-S --i %s", "-S --debug=1 %s", "-S -0 %s", "-S --null %s", "-S -x %s",
  "-S --none %s", "-S -u A=1 %s", "-S -u '' %s", "-S --unset= %s", "-S -C /none %s", "-S -C %s %s",
  "-S A=${HOME %s", "-S A=$HOME %s", "-S A=\\x %s", "-S A=\"\\c\" %s", "-S %s 'a",
}

describe("run.convertible #plain", function()
  local folder, names
  local env

  setup(function()
    folder = support.open_workshop()
    sh("mkdir %s/bin", folder)
    sh("cc -o %s/bin/dynamic spec/kernel/programs/chain.c", folder)
    sh("cc -static -o %s/bin/static spec/kernel/programs/chain.c", folder)
    sh("musl-gcc -o %s/bin/musl spec/kernel/programs/chain.c", folder)
    sh("ln -s $(command -v busybox) %s/bin/env", folder) -- static, but hands on its environment
    names = {}
    for letter, path in pairs(NAMES) do names[letter] = folder .. path end
    for letter, path in pairs { l = "dynamic", m = "musl" } do
      names[letter] = read_all(("readelf -l %s/bin/%s"):format(folder, path)):match("interpreter: ([^%]]*)")
    end
    env = support.base { FOLDER = folder }
  end)

  teardown(support.close_workshop)

  -- What happens when the script is run: "converted", "TCP", "fails" where env(1) cannot start a command, "no
  -- socket" where it ends without starting one, or the errno of execve.
  local function happens(path)
    local p <close>, _, errno = run.spawn({ path }, { env = env, unreachable = "run", stdin = "null",
      stdout = "pipe", stderr = "pipe" })
    if not p then return errno end
    local ending, status = p:wait(60)
    assert(ending == "exit", "it hangs: " .. read_all("cat " .. path))
    local out, err = p.stdout:read("a"), p.stderr:read("a")
    local domain = out:match("^(-?%d+)\n$")
    if domain then return domain == "2" and "TCP" or "converted" end
    return status >= 126 and "fails" or "no socket", err
  end

  -- What it is said that happens.
  local function said(path)
    local program = assert(process.spawn({ support.interpreter(), "-e", [[
      local can, why, errno = require "smc.run".convertible(arg[1])
      print(can, can == nil and errno or "", why)]], "-", path }, { env = env, stdout = "pipe" }))
    local p <close> = program
    return p.stdout:read("a"):match("^(%a+)\t(%d*)\t(.*)\n$")
  end

  -- Are the two the same?
  local function agree(happened, can, errno)
    if happened == "converted" then return can == "true" end
    if happened == "TCP" then return can == "false" end
    if happened == "no socket" or happened == E.ENOEXEC then return can == "true" end
    if happened == "fails" then return can == "nil" end
    return can == "nil" and tonumber(errno) == happened
  end

  -- The lines for which they are not.
  local function differences(lines)
    local found, musl = {}, support.suits_musl()
    local function compare(line)
      local path = write("script", (line:gsub("%%(%a)", names)))
      local happened, err = happens(path)
      local can, errno, why = said(path)
      if not agree(happened, can, errno) then
        found[#found + 1] = ("%q: %s %s; said: %s %s %s"):format(line, happened, err or "", can, errno, why)
      end
    end
    for _, line in ipairs(lines) do
      if musl or not line:find("%%[mv]") then compare(line) end
    end
    return found
  end

  it("reads a #! line as the kernel does", function()
    local lines = {}
    for _, line in ipairs(KERNEL) do
      lines[#lines + 1] = line .. "\n"
      lines[#lines + 1] = line
    end
    assert.same({}, differences(lines))
  end)

  it("reads as many bytes of a line as the kernel does", function()
    local lines = {}
    for length = 253, 258 do -- with the newline; the name of a program follows, which is cut or not
      local line = "#!" .. ("/"):rep(length - #"#!" - #names.s - #"\n") .. "%s\n"
      lines[#lines + 1] = line
    end
    assert.same({}, differences(lines))
  end)

  it("counts nested interpreters as the kernel does", function()
    local path, found = names.d, {}
    for depth = 1, 8 do
      path = write("nested" .. depth, "#!" .. path .. "\n")
      local happened, can, errno = happens(path), said(path)
      if not agree(happened, can, errno) then
        found[#found + 1] = ("%d: %s; said: %s %s"):format(depth, happened, can, errno)
      end
    end
    assert.same({}, found)
  end)

  it("reads a #! line as env(1) does", function()
    local lines = {}
    for i, line in ipairs(ENV) do lines[i] = "#!/usr/bin/env " .. line .. "\n" end
    assert.same({}, differences(lines))
  end)
end)
