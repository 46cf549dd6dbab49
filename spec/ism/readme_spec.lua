-- The README's walk on two hosts, typed as it stands: each command prints what is shown. This is host12.
-- Run with spec/run ism.

local support = require "support"
local walk = require "walk"

-- A user like any other, but for reading the checkout wherever it is.
local AS_USER <const> = { "setpriv", "--reuid=1000", "--clear-groups", "--inh-caps=+dac_read_search",
  "--ambient-caps=+dac_read_search" }

local function words_before(step)
  local words = step.host == "host10" and { "ip", "netns", "exec", "host10" } or {}
  return step.root and words or table.move(AS_USER, 1, #AS_USER, #words + 1, words)
end

local function start(step)
  return walk.start(step, words_before(step))
end

-- Whether a command goes on until it is ended.
local function stays(step)
  return step.command:find "echo_server" or step.command:find "send_data" or step.command:find " %-S$"
end

-- Runs a command to its end; again while the kernel is not yet where smcss shows what is to be seen.
local function run(step)
  local said
  local function once()
    local p <close>, text = start(step)
    said = text .. p.stdout:read "a"
    return walk.agrees(step, said) or not step.command:find "^smcss"
  end
  pcall(support.await, once)
  return said
end

-- The server says nothing when it is ready.
local function await_port(step)
  local port = step.command:match " (%d+)$"
  support.await(function()
    return support.run({ "ip", "netns", "exec", "host10", "ss", "-Hltn", "sport = :" .. port }).stdout ~= ""
  end)
end

describe("the README's walk", function()
  local running = {}

  teardown(function()
    for _, p in ipairs(running) do p:close() end
  end)

  -- What a command prints that may stay, and is then there until the end.
  local function begin(step)
    if not stays(step) then return run(step) end
    local p, said = start(step)
    running[#running + 1] = p
    if #step.shown == 0 then await_port(step) end
    return said
  end

  it("prints what it says", function()
    local steps = walk.read "Two hosts"
    assert.equal(12, #steps)
    local others = {}
    for _, step in ipairs(steps) do
      if step.command:find " %-d " then -- "End send_data.py"
        running[2].stdin:close()
        running[2]:wait()
      end
      local said = begin(step)
      if not walk.agrees(step, said) then others[step.command] = said end
    end
    assert.same({}, others)
  end)
end)
