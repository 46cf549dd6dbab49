-- smc_dbg.lua: what its archive has, that nothing of it is a secret, and what it leaves behind.
local json = require "dkjson"
local process = require "smc.process"
local support = require "support"

-- What smc-tools' smc_dbg writes: its list.
local ORIGINAL <const> = { "version.txt", "devices.txt", "smcss_smcd", "smcss_all.txt", "smcss_smcr",
  "pnet_table.txt", "smcr_links.txt", "smcd_lgs.txt", "smcd_info.txt", "smcd_stats.txt", "smcr_stats.txt" }
local OWN <const> = { "pnet_devices.txt", "ueids.txt", "seid.txt", "settings.txt", "paths.txt", "unread.txt",
  "smc_dbg.json" }

local SECRET <const> = "correct-horse-battery-staple"

-- The environment of a script, with a password and another directory for temporary files.
local function environment(folder)
  local env = support.environment()
  env.PASSWORD, env.TMPDIR = SECRET, folder
  return env
end

local function run(folder, ...)
  return support.run({ "lua5.4", "examples/smc_dbg.lua", ... }, nil, environment(folder))
end

local function entries(folder)
  local names = require "smc.core.os".entries(folder)
  table.sort(names)
  return names
end

local function all_entries(folder)
  local list <close> = assert(io.popen(("ls -A %s"):format(folder)))
  return list:read "a"
end

describe("smc_dbg.lua --tgz", function()
  local folder = support.tree { ["here/file"] = "" }
  local here = folder.root .. "/here"
  lazy_teardown(function() getmetatable(folder).__close(folder) end)

  it("writes the files of the original and more, in place of a symbolic link, not through it", function()
    assert(os.execute(("ln -s file %s/host10.tgz"):format(here)))
    local done = run(folder.root, "--tgz", here .. "/host10.tgz")
    local said = ("Debug output written to %s/host10.tgz\n"):format(here)
    assert.same({ status = 0, stderr = "", stdout = said }, done)
    assert.equal("file\nhost10.tgz\n", all_entries(here))
    assert.equal("", support.read(here .. "/file"))
    assert(os.execute(("tar -C %s -xzf %s/host10.tgz"):format(folder.root, here)))
    local name = entries(folder.root)[2]
    assert.matches("^smc_dbg%-%w%w%w%w%w%w$", name)
    local expected = table.move(OWN, 1, #OWN, #ORIGINAL + 1, { table.unpack(ORIGINAL) })
    table.sort(expected)
    assert.same(expected, entries(folder.root .. "/" .. name))
    for _, file in ipairs(expected) do
      local text = support.read(("%s/%s/%s"):format(folder.root, name, file))
      assert.is_nil(text:find(SECRET, 1, true), file)
      assert.is_nil(text:find "traceback", file)
      if file == "smc_dbg.json" then assert.is_table(json.decode(text).unread) end
    end
  end)

  it("names its archive by itself in the directory for temporary files", function()
    local own <close> = support.tree { ["tmp/x"] = "" }
    local done = run(own.root .. "/tmp", "--tgz")
    local path = done.stdout:match "^Debug output written to (%S+)\n$"
    assert.same({ 0, "" }, { done.status, done.stderr })
    assert.equal(1, path:find(own.root .. "/tmp/smc_dbg-", 1, true))
    assert.matches("^%w%w%w%w%w%w%.tgz$", path:sub(#(own.root .. "/tmp/smc_dbg-") + 1))
    assert.equal(path:match "[^/]+$" .. "\nx\n", all_entries(own.root .. "/tmp"))
  end)

  it("says that it cannot write, before it collects anything", function()
    local done = run(folder.root, "--tgz", folder.root .. "/nosuch/a.tgz")
    assert.equal(1, done.status)
    assert.matches("^smc_dbg.lua: cannot make a directory for the archive: .*: No such file or directory\n$",
      done.stderr)
    assert.equal("", done.stdout)
  end)

  it("puts no archive in the place of what is not a file", function()
    for kind, command in pairs {
      pipe = "mkfifo %s", folder = "mkdir %s", link = "mkfifo %s.far && ln -s %s.far %s",
      descriptor = "ln -s /proc/self/fd/1 %s",
    } do
      local path = folder.root .. "/" .. kind
      assert(os.execute((command:gsub("%%s", path))))
      local before = support.run { "stat", "-c", "%F %i", path }
      local done = run(folder.root, "--tgz", path)
      assert.same({ status = 1, stdout = "", stderr = ("smc_dbg.lua: cannot write %s: it is there, and not a "
        .. "regular file\n"):format(path) }, done)
      assert.same(before, support.run { "stat", "-c", "%F %i", path }, kind)
    end
  end)

  it("removes what is half made, and its programs, when Ctrl-C ends it", function()
    local slow <const> = "#!/bin/sh\necho started >\"$TMPDIR/started\"\nsleep 600\n"
    local empty <close> = support.tree { ["bin/tar"] = slow, ["out/x"] = "" }
    assert(os.execute(("chmod +x %s/bin/tar"):format(empty.root)))
    local env = environment(empty.root)
    env.PATH = empty.root .. "/bin:" .. os.getenv "PATH"
    local running <close> = assert(process.spawn(
      { "setsid", "lua5.4", "examples/smc_dbg.lua", "--tgz", empty.root .. "/out/a.tgz" },
      { env = env, stdin = "null", stdout = "pipe", stderr = "pipe" }))
    support.await(function() return io.open(empty.root .. "/started") end)
    assert.matches("%.smc_dbg%-", all_entries(empty.root .. "/out"))
    assert(os.execute(("kill -INT -%d"):format(running.pid)))
    assert.same({ "exit", 130 }, { running:wait(support.HANG) })
    assert.equal("x\n", all_entries(empty.root .. "/out"))
  end)
end)

describe("smc_dbg.lua", function()
  it("prints the same sections as text", function()
    local done = run("/tmp")
    assert.equal(0, done.status)
    assert.equal("", done.stderr)
    for _, name in ipairs(ORIGINAL) do
      assert.truthy(done.stdout:find(("=== %s ===\n"):format(name), 1, true), name)
    end
    assert.is_nil(done.stdout:find(SECRET, 1, true))
    assert.not_matches("[%c\127]", (done.stdout:gsub("\n", "")))
  end)

  it("prints one JSON document, which says what could not be read", function()
    local done = run("/tmp", "--json")
    assert.equal(0, done.status)
    local document = assert(json.decode(done.stdout))
    for _, one in ipairs(document.unread) do
      assert.is_string(one.what)
      assert.is_string(one.message)
    end
    for field, words in pairs { sockets = "the sockets", link_groups = "the link groups" } do
      local unread = false
      for _, one in ipairs(document.unread) do unread = unread or one.what == words end
      assert.equal(document[field] == nil, unread)
    end
    assert.is_nil(done.stdout:find(SECRET, 1, true))
  end)
end)

describe("the CCW devices in smc_dbg.lua", function()
  local ccw = require "smc.cli.smc_dbg.ccw"

  -- PNET IDs in EBCDIC: NET25 at port 0, NET1 at port 1.
  local UTIL_STRING <const> = "\xd5\xc5\xe3\xf2\xf5" .. ("\x40"):rep(11) .. "\xd5\xc5\xe3\xf1"
    .. ("\x40"):rep(12)

  it("have the PNET ID of their interface; what they have no file of is not known", function()
    local device <const> = "sys/bus/ccwgroup/devices/0.0.1000/"
    local made <close> = support.tree {
      [device .. "chpid"] = "B4\n", [device .. "portno"] = "1\n", [device .. "if_name"] = "enc1000\n",
      ["sys/class/net/enc1000/device"] = { "../../../bus/ccwgroup/devices/0.0.1000" },
      ["sys/devices/css0/chp0.b4/util_string"] = UTIL_STRING,
      ["sys/bus/ccwgroup/devices/0.0.f500/chpid"] = "05\n",
      ["sys/bus/ccwgroup/devices/0.0.f503/online"] = "0\n",
    }
    assert.equal([[
CCW Devices:
  Device    CHPID  Port  PNET ID
  -------------------------------------------
  0.0.1000  0xb4   1     NET1
  0.0.f500  0x05   n/a   n/a
  0.0.f503   n/a   n/a   n/a

]], support.with_paths(made.root, ccw))
  end)

  it("are no section where there is no channel subsystem", function()
    local made <close> = support.tree { ["sys/bus/pci/devices/x"] = "" }
    assert.equal("", support.with_paths(made.root, ccw))
  end)
end)
