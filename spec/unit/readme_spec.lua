-- What the README and the other pages for readers promise: links, targets of make, and options exist.
local lfs = require "lfs"
local support = require "support"

local LONGEST <const> = 200 -- lines of the README

local pages = {}
for path in support.run({ "git", "ls-files", "*.md" }).stdout:gmatch("[^\n]+") do
  pages[path] = support.read(path)
end

describe("the README", function()
  it("is not long", function()
    local lines = select(2, pages["README.md"]:gsub("\n", ""))
    assert.is_true(lines <= LONGEST, ("it has %d lines, more than %d"):format(lines, LONGEST))
  end)
end)

describe("the pages", function()
  it("have links to what is there", function()
    local seen = 0
    for path, text in pairs(pages) do
      for target in text:gmatch("%]%(([^)#]+)[^)]*%)") do
        if not target:find("^%a+:") then
          local there = lfs.attributes((path:match("^.*/") or "") .. target)
          assert.is_table(there, ("%s has a link to %s"):format(path, target))
          seen = seen + 1
        end
      end
    end
    assert.is_true(seen > 3)
  end)

  it("name targets that make has", function()
    local database = support.run({ "make", "-pqr" }).stdout
    for path, text in pairs(pages) do
      for target in text:gmatch("%f[%w`]make (%l[%l%d-]*)%f[^%l%d-]") do
        if text:find("`make " .. target, 1, true) or text:find("    make " .. target, 1, true) then
          local found = database:find("\n" .. target .. ":", 1, true)
          assert.is_truthy(found, ("%s: make %s"):format(path, target))
        end
      end
    end
  end)

  it("name options that the scripts have", function()
    local helps, seen = {}, 0
    local function help_of(script)
      if not helps[script] then
        local done = support.script(script, "--help")
        helps[script] = done.stdout .. done.stderr
      end
      return helps[script]
    end
    for path, text in pairs(pages) do
      for script, words in text:gmatch("%f[%w_](smc[%w_]*%.lua)([^`\n#|]*)") do
        -- What follows the script's own options is a command of smc_run.lua, with options of its own.
        for option in (script == "smc_run.lua" and "" or words):gmatch(" (%-%-%l[%l-]*)") do
          assert.is_truthy(help_of(script):find(option, 1, true), ("%s: %s %s"):format(path, script, option))
          seen = seen + 1
        end
      end
    end
    assert.is_true(seen > 5)
  end)
end)
