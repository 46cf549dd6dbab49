-- `make release` in a clone: it refuses what is not ready, and makes an archive and a rockspec from which
-- luarocks installs.
local support = require "support"

local clone, version = nil, require "smc.version"
local rockspec = ("smc-%s-1.rockspec"):format(version)

local function sh(command, ...)
  return support.run { "sh", "-c", command, "sh", ... }
end

local function release(words)
  return sh(("cd %s && make -s release %s"):format(clone, words))
end

-- Writes the heading of CHANGELOG.md, and commits everything.
local function commit(heading)
  local done = sh(([[cd %s && sed -i 's/^## .*%s.*/## %s/' CHANGELOG.md && git add -A &&
    git -c user.name=spec -c user.email=spec@localhost commit -q --allow-empty -m heading]]):format(
    clone, version, heading))
  assert.equal(0, done.status, done.stdout .. done.stderr)
end

describe("make release", function()
  setup(function()
    clone = sh("mktemp -d").stdout:match "%S+"
    assert.equal(0, sh('git clone -q . "$1"', clone).status)
    commit("Unreleased: " .. version)
  end)

  teardown(function() sh('rm -rf "$1"', clone) end)

  local function refuses(message, words)
    local done = release(words)
    assert.equal(2, done.status)
    assert.matches("release: " .. message, done.stderr, 1, true)
    assert.equal("", sh(("cd %s && ls build *-%s-1.rockspec 2>/dev/null"):format(clone, version)).stdout)
  end

  it("refuses what is not ready", function()
    local good = ("VERSION=%s URL=git+https://host.invalid/smc.git"):format(version)
    refuses("CHANGELOG.md has no heading '## " .. version, good)
    commit(version .. " (2026-01-31)")
    refuses(("lua/smc/version.lua says %s, and VERSION is 9.9.9"):format(version), "VERSION=9.9.9")
    refuses("URL is missing: git+https://…", "VERSION=" .. version)
    refuses("URL is neither", ("VERSION=%s URL=host.invalid"):format(version))
    sh('touch "$1/new"', clone)
    refuses("there are changes that are not committed", good)
    sh('rm "$1/new"', clone)
  end)

  it("makes an archive, and a rockspec that says where it is", function()
    local archive = ("file://%s/build/smc-%s.tar.gz"):format(clone, version)
    for url, field in pairs { ["git+file://" .. clone] = "tag", [archive] = "md5" } do
      local done = release(("VERSION=%s URL=%s"):format(version, url))
      assert.same({ 0, "" }, { done.status, done.stderr })
      local found = {}
      assert(loadfile(clone .. "/" .. rockspec, "t", found))()
      assert.same({ version .. "-1", url }, { found.version, found.source.url })
      assert.equal(field == "tag" and "v" .. version or nil, found.source.tag)
      sh(([[cd %s && mv build/smc-%s.tar.gz first.tar.gz && make -s dist]]):format(clone, version))
      assert.equal(0, sh(("cd %s && cmp first.tar.gz build/smc-%s.tar.gz"):format(clone, version)).status)
      if field == "md5" then -- luarocks fetches it from where it says that it is
        local made = sh(("cd %s && LUAROCKS_CONFIG=$PWD/spec/rock/debian.lua luarocks --lua-version=5.4 "
          .. "--tree=%s/tree build --pack-binary-rock %s 2>&1"):format(clone, clone, rockspec))
        assert.equal(0, made.status, made.stdout)
      end
      sh(("cd %s && rm -rf %s first.tar.gz tree *.rock"):format(clone, rockspec))
    end
  end)
end)
