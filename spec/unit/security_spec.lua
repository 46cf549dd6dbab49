-- What SECURITY.md says, sentence by sentence, as far as one machine can tell. Text that a terminal would
-- obey is in spec/kernel/outside_spec.lua, too, checks of names and numbers in mistakes_spec.lua, errors and
-- what they leave in oom_spec.lua, faults_spec.lua and interrupted_spec.lua, hostile peers in spec/contract.

local baseline = require "smc.cli.smcd.baseline"
local lfs = require "lfs"
local process = require "smc.process"
local run = require "smc.run"
local support = require "support"

-- The lines of the project's own code in a folder that match, "file:line: text".
local function lines_with(folder, ext, pattern, found)
  for name in lfs.dir(folder) do
    local path = folder .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then
      if not name:find("^%.") then lines_with(path, ext, pattern, found) end
    elseif name:find("%." .. ext .. "$") then
      local number = 0
      for line in io.lines(path) do
        number = number + 1
        if line:find(pattern) and not line:find("^%s*%-%-") and not line:find("^%s*/?%*") then
          found[#found + 1] = ("%s:%d: %s"):format(path, number, line)
        end
      end
    end
  end
  return found
end

local function in_code(pattern)
  local found = lines_with("lua", "lua", pattern, {})
  lines_with("examples", "lua", pattern, found)
  return lines_with("csrc", "[ch]", pattern, found)
end

describe("nothing runs through a shell:", function()
  it("no code calls one", function()
    for _, pattern in ipairs { "os%.execute", "io%.popen", "%f[%w_]popen%s*%(", "%f[%w_.]system%s*%(", '"sh"',
      "/bin/sh", "wordexp" } do
      assert.same({}, in_code(pattern))
    end
  end)

  it("arguments reach a program as they are", function()
    local text <const> = "$(id) `id` ; id | id > /x & ' \" \\ * ~ \n $HOME"
    for _, spawn in ipairs { process.spawn, run.spawn } do
      local child <close> = assert(spawn({ "printf", "%s", text }, { stdout = "pipe" }))
      assert.equal(text, child.stdout:read("a"))
    end
  end)
end)

describe("a file with a guessable name", function()
  it("is never made", function()
    assert.same({}, in_code "os%.tmpname")
    assert.same({}, in_code "tmpnam%s*%(")
    assert.same({}, in_code "mktemp%s*%(")
    assert.same({}, in_code "tempnam%s*%(")
  end)

  it("is in a directory of the user's own", function()
    local folder <close> = support.tree { ["x"] = "" }
    local path = folder.root .. "/a 'b' $(id)/smc"
    baseline.make_folder(path)
    assert.equal("rwx------", lfs.attributes(path, "permissions"))
  end)
end)

describe("the preloaded library", function()
  it("is not in programs that are setuid", function()
    if not support.run({ "id", "-u" }).stdout:find("^0") then return pending "only root can make one" end
    local folder <close> = support.tree { ["x"] = "" }
    local library, others = assert(run.library()), os.getenv "LD_PRELOAD"
    local function maps(mode)
      local program = folder.root .. "/" .. mode
      assert(os.execute(("cp /bin/cat %s && chown 1 %s && chmod %s %s")
        :format(program, program, mode, program)))
      assert(os.execute("chmod 755 " .. folder.root))
      local done = support.run({ "env", "LD_PRELOAD=" .. (others and others .. ":" or "") .. library, program,
        "/proc/self/maps" })
      assert.equal(0, done.status, done.stderr)
      return done.stdout
    end
    assert.matches("/preload.so", maps "0755")
    assert.not_matches("/preload.so", maps "4755")
  end)

  it("has no file of the project that is setuid, or that others can write", function()
    local function look(folder)
      for name in lfs.dir(folder) do
        local path = folder .. "/" .. name
        local mode = name ~= "." and name ~= ".." and lfs.symlinkattributes(path)
        if mode and mode.mode ~= "link" then
          assert.matches("^r[w-][x-]...[r-]%-[x-]$", mode.permissions, path)
          if mode.mode == "directory" then look(path) end
        end
      end
    end
    for _, folder in ipairs { "lua", "csrc", "examples" } do look(folder) end
  end)
end)

describe("a name of a device", function()
  it("does not reach the terminal as it is", function()
    local evil <const> = "\27]0;evil\7\u{9b}31m\nFORGED"
    local device <const>, slot <const> = "bus/pci/devices/" .. evil, "bus/pci/slots/" .. evil
    local tree <close> = support.tree {
      [device .. "/vendor"] = "0x1014\n", [device .. "/device"] = "0x04ed\n",
      [device .. "/net/" .. evil .. "/dev_port"] = "0\n",
      [slot .. "/power"] = "1\n", [slot .. "/address"] = evil .. "\n",
    }
    for _, option in ipairs { "-a", "-r", "--json" } do
      local shown = support.run_by({}, ([[
        require "smc.internal.paths".sysfs = %q
        require "smc.cli.smc_rnics".main { [0] = "smc_rnics.lua", "-a", %q }]]):format(tree.root, option))
      assert.is_truthy(shown:find("evil", 1, true))
      assert.not_matches("[\0-\8\11-\31\127]", shown)
      assert.is_nil(shown:find("\u{9b}", 1, true))
      assert.not_matches("\nFORGED", shown)
    end
  end)
end)

describe("the lab", function()
  it("trusts no package without a signature", function()
    for _, words in ipairs { "trusted=yes", "[Uu]nauthenticated", "AllowInsecure", "AllowWeak",
      "%-%-insecure", "no%-check%-certificate", "curl.* %-k" } do
      assert.same({}, lines_with("spec/lab", "bash", words, {}))
    end
  end)
end)
