-- `make install` in each way that people use it: the scripts start from anywhere, whatever LUA_PATH is, and
-- `make uninstall` leaves nothing.
local lfs = require "lfs"
local support = require "support"

local function sh(command, ...)
  return support.run { "sh", "-c", command, "sh", ... }
end

local function lines(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = line end
  table.sort(list)
  return list
end

local function words(text)
  return lines((text:gsub("%s+", "\n")))
end

local scripts = words(support.run { "make", "-s", "scripts" }.stdout)

-- What is below a directory, without the directories.
local function files(root)
  return lines(sh('cd "$1" && find . ! -type d', root).stdout)
end

-- An empty directory that everybody can enter, and that an ordinary user owns.
local function empty()
  local root = sh('d=$(mktemp -d) && chmod 755 "$d" && echo "$d"').stdout:match "%S+"
  finally(function() sh('rm -rf "$1"', root) end)
  return root
end

local is_root = sh("id -u").stdout == "0\n"

-- The words before a command that an ordinary user is to run, who may be this one.
local function as_user(...)
  if is_root then return support.as_user(...) end
  return { ... }
end

local WAYS <const> = {
  { name = "below a prefix, with a umask that keeps others out", variables = "PREFIX=%s/opt/smc",
    bin = "/opt/smc/bin" },
  { name = "below the default prefix of a tree that is packed", variables = "DESTDIR=%s",
    bin = "/usr/local/bin", moved = true },
  { name = "as an ordinary user, below a home directory", variables = "PREFIX=%s/.local", bin = "/.local/bin",
    by = as_user },
  { name = "with the C modules apart from the Lua modules",
    variables = "PREFIX=%s/p CLIBDIR=%s/c LUADIR=%s/l BINDIR=%s/b", bin = "/b" },
}

-- Where an ordinary user can make: this checkout, or a copy of it if nobody else can read it.
local function readable_checkout()
  local here = lfs.currentdir()
  if support.run(as_user("test", "-r", here .. "/Makefile")).status == 0 then return here end
  local copy = empty()
  sh([[cp -Rp Makefile LICENSE README.md CHANGELOG.md config.ld build csrc lua examples "$1"
    mkdir "$1/spec" && cp spec/env "$1/spec" && chmod -R a+rX "$1"]], copy)
  return copy
end

local function make(way, target, root, more)
  local variables = way.variables:gsub("%%s", root)
  local folder = way.by and readable_checkout() or "."
  local command = ("umask 077; make -s -C %s %s %s %s 2>&1"):format(folder, target, variables, more or "")
  local argv = way.by and way.by("sh", "-c", command) or { "sh", "-c", command }
  local result = support.run(argv)
  assert.equal(0, result.status, result.stdout)
  return result.stdout
end

describe("make install", function()
  -- What it makes before, an ordinary user must be able to read.
  setup(function() assert.equal(0, support.run({ "make", "-s", "man" }).status) end)

  for _, way in ipairs(WAYS) do
    it(way.name, function()
      local root = empty()
      if way.by and is_root then sh('chown 1000:1000 "$1"', root) end
      assert.equal("", make(way, "install", root))
      assert.same(scripts, words(sh('ls "$1"', root .. way.bin).stdout))
      for _, name in ipairs(way.moved and {} or scripts) do
        local result = support.run(as_user("env", "-C", "/", "-u", "LUA_CPATH", "LUA_PATH=/nowhere/?.lua;;",
          root .. way.bin .. "/" .. name, "--help"))
        assert.same({ 0, true }, { result.status, (result.stdout .. result.stderr):find "^Usage:" == 1 },
          result.stderr)
      end
      make(way, "uninstall", root)
      assert.same({}, files(root))
    end)
  end

  it("writes the prefix that it is given, not the tree, into scripts for a package", function()
    local root = empty()
    make({ variables = "DESTDIR=%s PREFIX=/usr LUA=$(command -v lua5.4)" }, "install", root)
    local file <close> = assert(io.open(root .. "/usr/bin/smcss.lua"))
    local shebang, paths = file:read("l", "l")
    assert.matches("^#!/%S+/lua5%.4$", shebang)
    assert.equal('package.path = "/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua;" .. package.path; '
      .. 'package.cpath = "/usr/lib/lua/5.4/?.so;" .. package.cpath', paths)
  end)

  it("gives programs the library of its own prefix", function()
    local root = empty()
    make({ variables = "PREFIX=%s" }, "install", root)
    local result = support.run(as_user("env", "-C", "/", "-u", "LUA_CPATH", "-u", "LUA_PATH",
      root .. "/bin/smc_run.lua", "--fallback", "tcp", "sh", "-c", "echo $LD_PRELOAD; cat /proc/self/maps"))
    local library = root .. "/lib/lua/5.4/smc/preload.so"
    assert.equal(library, result.stdout:match "[^\n]*")
    assert.matches(" " .. library .. "\n", result.stdout, 1, true)
  end)

  it("installs every module, script and document", function()
    local root = empty()
    make({ variables = "PREFIX=%s" }, "install", root)
    assert.same(files "lua", files(root .. "/share/lua/5.4"))
    assert.same(lines(sh("cd build && find ./smc -name '*.so'").stdout), files(root .. "/lib/lua/5.4"))
    for _, path in ipairs(files "build/share") do
      if path ~= "./made" then assert.is_table(lfs.attributes(root .. "/share/" .. path), path) end
    end
    for _, path in ipairs(words(sh("git ls-files examples README.md CHANGELOG.md LICENSE").stdout)) do
      assert.is_table(lfs.attributes(root .. "/share/doc/smc/" .. path), path)
    end
    assert.is_table(lfs.attributes(root .. "/share/doc/smc/reference/index.html"))
  end)
end)

describe("make install COMPAT=1", function()
  local function links(root)
    return sh('cd "$1" && find . -type l -printf "%f -> %l\\n" | sort', root .. "/usr/local/bin").stdout
  end

  local expected = {}
  for _, name in ipairs(scripts) do
    local short = name:match "^(smc.*)%.lua$"
    expected[#expected + 1] = short and ("%s -> %s"):format(short, name)
  end
  table.sort(expected)

  it("links the names of smc-tools, and uninstall removes them", function()
    local root, way = empty(), { variables = "DESTDIR=%s" }
    make(way, "install", root, "COMPAT=1")
    assert.equal("", make(way, "install", root, "COMPAT=1"))
    assert.equal(table.concat(expected, "\n") .. "\n", links(root))
    make(way, "uninstall", root)
    assert.same({}, files(root))
  end)

  it("leaves a name alone that is taken, and says so", function()
    local root, way = empty(), { variables = "DESTDIR=%s" }
    support.write(root .. "/usr/local/bin/smcss", "somebody else's")
    assert.equal("make: no link smcss is made: there is /usr/local/bin/smcss\n",
      make(way, "install", root, "COMPAT=1"))
    make(way, "uninstall", root)
    assert.same({ "./usr/local/bin/smcss" }, files(root))
  end)

  it("hides no command that is elsewhere", function()
    local root = empty()
    support.write(root .. "/usr/sbin/smcd", "#!/bin/sh\n")
    sh('chmod 755 "$1"', root .. "/usr/sbin/smcd")
    local said = sh('PATH=$1/usr/sbin:$PATH make -s install PREFIX="$1/local" COMPAT=1 2>&1', root).stdout
    assert.matches(("make: no link smcd is made: there is %s/usr/sbin/smcd\n"):format(root), said, 1, true)
    assert.is_nil(lfs.attributes(root .. "/local/bin/smcd"))
  end)
end)
