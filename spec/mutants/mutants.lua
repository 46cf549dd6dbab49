--- The mutants of spec/mutants/list/, which has a file for each folder of the tree.
--
-- Such a file returns groups, { file, specs = the specs that could see its mutants, mutants… }; a mutant is
-- { from, to, what is lost }. `from` stands once in the file. A `reason` says why no spec can tell a mutant
-- from the right code.

local mutants = {}

-- "unit/eid kernel/eid contract" → the files and folders, by where they run.
local function places_of(specs)
  local places = { unit = {}, kernel = {}, other = {} }
  for word in specs:gmatch("%S+") do
    local list = places[word:match("^[^/]+")] or places.other
    list[#list + 1] = word:find("/") and ("spec/%s_spec.lua"):format(word) or "spec/" .. word
  end
  return places
end

local function add_group(all, group)
  local places = places_of(group.specs)
  for i = 2, #group do
    local from, to, purpose = table.unpack(group[i])
    all[#all + 1] = { number = #all + 1, file = group[1], places = places, from = from, to = to,
      name = ("%s: %s"):format(group[1], purpose), reason = group[i].reason }
  end
end

--- All of them, from the tree whose top is given.
function mutants.all(top)
  local all = {}
  local paths <close> = io.popen(("find '%s/spec/mutants/list' -name '*.lua' | LC_ALL=C sort"):format(top))
  for path in paths:lines() do
    for _, group in ipairs(dofile(path)) do add_group(all, group) end
  end
  return all
end

--- The text of a file with a mutant in it; nil: its line is not there, or more than once.
function mutants.change(text, mutant)
  local first, last = text:find(mutant.from, 1, true)
  if not first or text:find(mutant.from, last + 1, true) then return nil end
  return text:sub(1, first - 1) .. mutant.to .. text:sub(last + 1)
end

return mutants
