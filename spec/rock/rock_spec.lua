-- Installs the rock as a user would, packs it, and runs the examples from an empty tree into which the packed
-- rock was installed.
local lfs = require "lfs"
local support = require "support"

local folder, tree
local examples = lfs.currentdir() .. "/examples"

local function sh(command)
  return support.run { "sh", "-c", command }
end

-- What a script of the tree says. Nothing of the checkout is on the paths.
local function from_tree(command)
  return sh(("cd / && unset LUA_PATH LUA_CPATH && %s/bin/%s"):format(tree, command))
end

describe("the rock", function()
  setup(function()
    folder = assert(sh("d=$(mktemp -d) && chmod 755 $d && echo $d").stdout:match("%S+"))
    tree = folder .. "/packed"
    -- The line of the README, in a copy of what the repository has; then its binary rock, into an empty tree.
    local made = sh((([[set -e; export LUAROCKS_CONFIG=spec/rock/debian.lua
      mkdir F/source; git ls-files -z | xargs -0 cp --parents -t F/source; cd F/source
      luarocks --lua-version=5.4 --tree=F/first make
      luarocks --lua-version=5.4 --tree=F/first pack smc
      rm -r F/first
      luarocks --lua-version=5.4 --tree=F/packed install smc-scm-1.linux-*.rock
      rm -r F/source]]):gsub("%f[%w]F%f[%W]", folder)) .. " 2>&1")
    assert.equal(0, made.status, made.stdout)
  end)

  teardown(function()
    sh("rm -r " .. folder)
  end)

  it("installs every module", function()
    local listed = sh("cd lua && find . -name '*.lua' | sort").stdout
    local installed = sh(("cd %s/share/lua/5.4 && find . -name '*.lua' | sort"):format(tree)).stdout
    assert.equal(listed, installed)
    local libraries = sh(("cd %s/lib/lua/5.4 && find . -name '*.so' | sort"):format(tree)).stdout
    local built = sh("cd build && find ./smc -name '*.so' | sort").stdout
    assert.equal(built, libraries)
  end)

  it("has modules that export their luaopen function, and nothing else", function()
    local seen = 0
    for path in sh(("find %s/lib/lua/5.4/smc/core -name '*.so'"):format(tree)).stdout:gmatch("[^\n]+") do
      assert.equal("luaopen_smc_core_" .. path:match("([^/]*)%.so$"), support.exported(path))
      seen = seen + 1
    end
    assert.is_true(seen > 0)
    assert.equal("getsockopt socket", support.exported(tree .. "/lib/lua/5.4/smc/preload.so"))
  end)

  it("passes luarocks' lint", function()
    assert.equal(0, sh("luarocks --lua-version=5.4 lint smc-scm-1.rockspec").status)
  end)

  it("has documentation that luarocks finds", function()
    local said = sh(("luarocks --lua-version=5.4 --tree=%s doc smc --list"):format(tree))
    assert.equal(0, said.status)
    assert.matches("README.md", said.stdout, 1, true)
  end)

  it("has scripts that run from anywhere, in luarocks' wrappers", function()
    for name in sh("make -s scripts").stdout:gmatch("%S+") do
      local result = from_tree(name .. " --help")
      assert.equal(0, result.status, result.stderr)
      assert.matches("^Usage: " .. name:gsub("%.", "%%."), result.stdout .. result.stderr)
      local wrapped = ("%s/lib/luarocks/rocks-5.4/smc/*/bin/%s"):format(tree, name)
      assert.equal(0, sh(("cmp examples/%s %s"):format(name, wrapped)).status)
    end
    assert.equal(0, from_tree("smc_run.lua --fallback tcp true").status)
    assert.equal(2, from_tree("smc_chk.lua -C localhost -p 0").status)
  end)

  it("works in the lab, from that tree", function()
    local result = support.run { "spec/lab/lab", "run", "--", "sh", "-c", ([[
      unset LUA_PATH LUA_CPATH LUA_PATH_5_4 LUA_CPATH_5_4; cd /
      eval "$(luarocks --lua-version=5.4 --tree=%s path)"
      examples=%s
      %s/bin/smc_chk.lua -S & chk=$!
      %s/bin/echo_server.lua & echo=$!
      %s/bin/smc_run.lua python3 "$examples/echo_server.py" 127.0.0.1 12346 & python=$!
      for port in 37373 12345 12346; do until ss -Hltn "sport = :$port" | grep -q .; do sleep 0.1; done; done
      %s/bin/smc_chk.lua -C 127.0.0.1; echo "check $?"
      echo hello | %s/bin/send_data.lua
      mkfifo /tmp/words
      %s/bin/smc_run.lua python3 "$examples/send_data.py" 127.0.0.1 12346 </tmp/words &
      exec 3>/tmp/words; echo converted >&3
      until %s/bin/smcss.lua | grep ':12346 .*SMCD'; do sleep 0.2; done; exec 3>&-; wait $!
      kill $chk $echo $python]]):format(tree, examples, tree, tree, tree, tree, tree, tree, tree) }
    assert.matches("Success, using SMC%-D", result.stdout, nil, result.stderr)
    assert.matches("check 0", result.stdout)
    assert.matches("\nhello\n", result.stdout)
    assert.matches("\nconverted\n", result.stdout)
    assert.matches("127%.0%.0%.1:12346 +0000 SMCD", result.stdout)
    assert.matches("^connected over SMC%-D\n6 bytes sent, all came back; "
      .. "the kernel counted 6 of them [^\n]*\n$", result.stderr)
  end)
end)
