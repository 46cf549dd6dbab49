-- The list of mutants, spec/mutants/list: every line of it is in the code, and every spec that it names.
local support = require "support"

local mutants = assert(loadfile "spec/mutants/mutants.lua")()

local all = mutants.all(".")

describe("the list of mutants", function()
  it("has lines that stand once in their file, and changes that are some", function()
    local texts, wrong = {}, {}
    for _, one in ipairs(all) do
      texts[one.file] = texts[one.file] or support.read(one.file)
      local changed = mutants.change(texts[one.file], one)
      if not changed or changed == texts[one.file] then wrong[#wrong + 1] = one.name end
      if changed and one.file:find "%.lua$" and not load(changed:gsub("^#[^\n]*", "")) then
        wrong[#wrong + 1] = one.name .. " does not compile"
      end
    end
    assert.same({}, wrong)
    assert.is_true(#all > 500)
  end)

  it("has names of specs that are there, and one for each mutant", function()
    local missing, names, twice = {}, {}, {}
    for _, one in ipairs(all) do
      local count = 0
      for _, specs in pairs(one.places) do
        count = count + #specs
        for _, path in ipairs(specs) do
          if not require "lfs".attributes(path, "mode") then missing[#missing + 1] = path end
        end
      end
      assert.is_true(count > 0, one.name)
      local key = one.file .. one.from .. "\0" .. one.to
      if names[key] then twice[#twice + 1] = one.name end
      names[key] = true
    end
    assert.same({ {}, {} }, { missing, twice })
  end)
end)
