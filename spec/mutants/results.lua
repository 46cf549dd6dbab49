--- What became of mutants: a file with a line each, which a later run goes on with.
--
-- What was caught stays so. What was left is tried again when a spec that could see it has changed.

local shell = require "shell"

local results = {}
results.__index = results

--- The results in a file, which need not exist; `top` is where the specs are that judge.
function results.open(path, top)
  local all = setmetatable({ path = path, top = top, verdicts = {}, hashes = {} }, results)
  local file <close> = io.open(path)
  for line in file and file:lines() or function() end do
    local key, verdict = line:match("^(%S+) (%S+)")
    if key then all.verdicts[key] = verdict end
  end
  return all
end

function results:add(key, verdict, words)
  self.verdicts[key] = verdict
  local file <close> = assert(io.open(self.path, "a"))
  file:setvbuf("full") -- a write(2) a line: several runs share the file
  assert(file:write(("%s %s %s\n"):format(key, verdict, words)))
end

-- The hash of a spec; of a folder of specs, that of its name.
function results:spec_hash(path)
  local hash = self.hashes[path]
  if not hash then
    hash = shell.hash(path:find("%.lua$") and shell.read(self.top .. "/" .. path) or path)
    self.hashes[path] = hash
  end
  return hash
end

--- Whether a spec is known to pass in a guest without a mutant, as it is now.
function results:is_proven(spec)
  return self.verdicts["lab/" .. self:spec_hash(spec)] ~= nil
end

function results:prove(spec)
  self:add("lab/" .. self:spec_hash(spec), "passes", spec)
end

-- The names that the verdicts of a mutant have: one for ever, one for these specs.
local function keys_of(self, stage, mutant, specs)
  local key = shell.hash(mutant.file .. "\0" .. mutant.from .. "\0" .. mutant.to) .. "/" .. stage
  local hashes = {}
  for i, path in ipairs(specs) do hashes[i] = self:spec_hash(path) end
  return key, key .. "/" .. shell.hash(table.concat(hashes, " "))
end

--- What is known of a mutant at a stage with these specs: "caught", "left" or nil.
function results:of_mutant(stage, mutant, specs)
  local key, with_specs = keys_of(self, stage, mutant, specs)
  return self.verdicts[key] or self.verdicts[with_specs]
end

function results:set(stage, mutant, specs, verdict)
  local key, with_specs = keys_of(self, stage, mutant, specs)
  if verdict == "caught" or verdict == "left" then
    self:add(verdict == "caught" and key or with_specs, verdict, mutant.name)
  end
end

return results
