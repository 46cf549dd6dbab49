-- What the README and the other pages for readers promise: links, targets of make, and options exist.
local lfs = require "lfs"
local reason = require "smc.reason"
local support = require "support"

local LONGEST <const> = 200 -- lines of the README

local pages = {}
local FIND <const> = { "find", ".", "(", "-name", "build", "-o", "-name", "doc", "-o", "-name", ".?*", ")",
  "-prune", "-o", "-name", "*.md", "-printf", "%P\n" }
for path in support.run(FIND).stdout:gmatch("[^\n]+") do -- in an unpacked archive, too
  pages[path] = support.read(path)
end

describe("the README", function()
  it("is not long", function()
    local lines = select(2, pages["README.md"]:gsub("\n", ""))
    assert.is_true(lines <= LONGEST, ("it has %d lines, more than %d"):format(lines, LONGEST))
  end)
end)

-- What is printed, as the sources of the modules have it.
local sources = support.run({ "find", "lua/smc", "-name", "*.lua", "-exec", "cat", "{}", "+" }).stdout

describe("the README's symptoms", function()
  local section = pages["README.md"]:match("\n## What is wrong%?\n(.-)\n## ")

  it("are codes with their names and meanings", function()
    local seen = 0
    for code, cell in section:gmatch("\n| 0x(%x+)([^|]*) |") do
      local found = reason.get(tonumber(code, 16))
      assert.equal(found.name, cell:match "^ (%u+)" or found.name)
      assert.truthy(found.meaning:find(cell:match '"(.*)"' or "", 1, true), cell)
      seen = seen + 1
    end
    assert.equal(4, seen)
  end)

  it("are words that are printed", function()
    local seen = 0
    for cell in section:gmatch("\n| ([^|]*) |") do
      for words in cell:gmatch "\"([^\"]*)\"" do
        for part in (words .. ": "):gmatch("(.-): ") do
          assert.truthy(sources:find(part, 1, true), words)
          seen = seen + 1
        end
      end
    end
    assert.is_true(seen > 4)
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
