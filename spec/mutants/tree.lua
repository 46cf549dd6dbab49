--- Copies of this tree that a mutant is put into.
--
-- A copy is kept, with what was built in it, so that a mutant costs the compilation of its file only. Several
-- runs side by side have a copy each.

local shell = require "shell"
local mutants = require "mutants"

local tree = {}
tree.__index = tree

local SANITIZE <const> = "BUILD=build/sanitize CFLAGS='-O1 -g -fno-omit-frame-pointer "
  .. "-fsanitize=address,undefined -fno-sanitize-recover=all'"

--- The copy in a folder, with what is in version control, or could be.
function tree.open(top, path)
  local copy = setmetatable({ path = path }, tree)
  assert(shell.run("mkdir -p %s && cd %s && rm -rf csrc lua spec examples", path, path))
  assert(shell.run("cd %s && git ls-files -co --exclude-standard -z | tar --null -cf - -T - "
    .. "| tar -xpf - -C %s", top, path))
  copy:forget()
  return copy
end

-- What was built of other sources may be newer than these, and so may be the objects of any mutant of a run
-- before: each build is made when it is needed, and the run may have ended first.
function tree:forget()
  assert(shell.run("cd %s && find csrc Makefile -type f | LC_ALL=C sort | xargs cat | cksum >made_of.new",
    self.path))
  assert(shell.run("cd %s && { cmp -s made_of.new made_of || rm -rf build; } && mv made_of.new made_of "
    .. "&& { [ ! -e mutated ] || { sort -u mutated | xargs touch -c && rm mutated; }; }", self.path))
end

--- Puts a mutant into its file. False: its line is not there.
function tree:put(mutant)
  local path = self.path .. "/" .. mutant.file
  self.right = shell.read(path)
  local changed = mutants.change(self.right, mutant)
  if not changed then return false end
  local mutated <close> = assert(io.open(self.path .. "/mutated", "a"))
  assert(mutated:write(mutant.file, "\n"))
  shell.write(path, changed)
  return true
end

function tree:take_out(mutant)
  shell.write(self.path .. "/" .. mutant.file, self.right)
end

--- Builds the modules as users have them, or under sanitizers.
function tree:builds(is_sanitized)
  return shell.run("cd %s && make -s --no-print-directory " .. (is_sanitized and SANITIZE or "")
    .. " all >output 2>&1", self.path)
end

--- Copies the copy, with the modules that users have.
function tree:clone(path)
  assert(shell.run("rm -rf %s && mkdir -p %s/build", path, path))
  assert(shell.run("cd %s && cp -a build/smc %s/build && cp -a $(ls -A | grep -v '^build$') %s", self.path,
    path, path))
end

return tree
