-- The tags of the specs in spec/kernel, by which spec/able.lua leaves out what the kernel at hand has not: a
-- spec that uses something which not every kernel has carries its tag. Elsewhere it would find another state
-- than it asked for: to power a slot off that no ISM function is in makes no connection fall back.

local support = require "support"

-- What each tag stands for, as specs write it.
local USES <const> = {
  ism = { "%f[%w_]power_off%(", "%f[%w_]power_on%(", "%f[%w_]ism%.ensure%(", '"smc_rnics%.lua", "%-[de]"',
    '"power_cycle%.lua"' },
  limit_smc_hs = { "%f[%w_]enable_hs_limitation%(", '%f[%w_]set_sysctl%("limit_smc_hs"' },
  family_filter = { "run_by%({ forbid", "{ program \"forbid\"", "%f[%w_]run { forbid" },
  inet_protocol = { 'protocol = "inet"', '"%-f", "inet"' },
}

-- Blocks of a file by indentation: `describe`, `it` and local functions, with their names and texts.
local function blocks_of(text)
  local blocks = {}
  for at, indent, kind, name in text:gmatch '\n()( *)(%l+)%(%(?"([^\n]*)function%(%)%f[\n]' do
    if kind == "it" or kind == "describe" then
      blocks[#blocks + 1] = { at = at, kind = kind, name = name:match '^(.*)"',
        text = text:sub(at):match("^.-\n" .. indent .. "end%f[%W]") }
    end
  end
  return blocks
end

-- The patterns of a tag, and of calls of the file's own functions whose text has one of them.
local function patterns_in(text, patterns)
  local all = table.move(patterns, 1, #patterns, 1, {})
  for name, body in text:gmatch "\nlocal function ([%w_]+)(.-\n)end" do
    for _, pattern in ipairs(patterns) do
      if body:find(pattern) then all[#all + 1] = "%f[%w_]" .. name .. "%(" end
    end
  end
  return all
end

local function has_any(text, patterns)
  for _, pattern in ipairs(patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

-- The name of a spec after those of what it is in.
local function full_name(spec, blocks)
  local name = spec.name
  for _, block in ipairs(blocks) do
    local ends = block.at + #block.text
    local is_around = block.kind == "describe" and block.at < spec.at and ends > spec.at
    if is_around then name = block.name .. " " .. name end
  end
  return name
end

-- The full names of the specs of a file that use what a tag stands for, and have it not.
local function untagged(text, tag)
  local found, patterns, blocks = {}, patterns_in(text, USES[tag]), blocks_of(text)
  for _, spec in ipairs(blocks) do
    local name = full_name(spec, blocks)
    local is_tagged = (name .. " "):find("#" .. tag .. "[ #]")
    if spec.kind == "it" and has_any(spec.text, patterns) and not is_tagged then found[#found + 1] = name end
  end
  return found
end

describe("a spec of what not every kernel has #plain", function()
  it("is found by its words, its helpers' words, and its describe", function()
    assert.same({ "device goes", "device falls back" }, untagged([[

local function without_ism(f)
  power_off("32")
end

describe("device", function()
  it("goes", function()
    ism.power_off("32")
  end)

  it("goes, too #smcd #ism", function()
    ism.power_off("32")
  end)

  it("falls back", function()
    without_ism(print)
  end)

  it("is there", function()
    ism.list()
  end)
end)

describe("function #ism", function()
  it("goes", function()
    ism.power_off("32")
  end)
end)
]], "ism"))
  end)

  local paths <close> = assert(io.popen "ls spec/kernel/*_spec.lua")
  for path in paths:lines() do
    it("has the tag: " .. path, function()
      local text = support.read(path)
      for tag in pairs(USES) do assert.same({}, untagged(text, tag), "#" .. tag) end
    end)
  end
end)
