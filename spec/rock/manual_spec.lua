-- The man pages and completions that `make man` writes, for every script. What reads them complains of
-- nothing.
local support = require "support"

local SHARE <const> = "build/share"

local scripts = support.words(support.run({ "make", "-s", "scripts" }).stdout)

local function paths(pattern)
  local list = {}
  for i, name in ipairs(scripts) do list[i] = SHARE .. pattern:format(name) end
  return list
end

local function run(command, ...)
  local argv = { table.unpack(command) }
  for _, word in ipairs { ... } do argv[#argv + 1] = word end
  local result = support.run(argv)
  return result.stdout, result.stderr
end

-- What bash offers for the last word of a line.
local function completions(line)
  local words = support.words(line)
  if line:find(" $") then words[#words + 1] = "" end
  local stdout, stderr = run({ "bash", "-c", [[
    source "$1" || exit; last=$2; shift 2
    COMP_WORDS=("$@") COMP_CWORD=$last COMPREPLY=()
    complete -p "$1" >/dev/null && "_$1" && printf '%s\n' "${COMPREPLY[@]}"]], "bash",
    SHARE .. "/bash-completion/completions/" .. words[1], tostring(#words - 1) }, table.unpack(words))
  assert.equal("", stderr)
  return stdout
end

describe("make man", function()
  setup(function()
    local result = support.run { "make", "-s", "man" }
    assert.same({ 0, "", "" }, { result.status, result.stdout, result.stderr })
  end)

  it("writes pages that man and mandoc read without a complaint", function()
    local pages = paths "/man/man1/%s.1"
    local text, complaints = run({ "man", "--warnings", "-E", "UTF-8", "-l" }, table.unpack(pages))
    assert.equal("", complaints)
    for _, name in ipairs(scripts) do assert.matches(name:upper() .. "(1)", text, 1, true) end
    assert.same({ "", "" }, { run({ "mandoc", "-Tlint" }, table.unpack(pages)) })
  end)

  it("says in each page what the script does, takes and answers", function()
    for i, path in ipairs(paths "/man/man1/%s.1") do
      local page = support.read(path)
      for _, section in ipairs { "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES",
        "SEE ALSO" } do
        assert.matches("\n.SH " .. section .. "\n", page, 1, true)
      end
      local help = support.script(scripts[i], "--help")
      for option in (help.stdout .. help.stderr):gmatch("%f[%-]%-%-%l+[%l%d-]*") do
        assert.matches("\\fB" .. option:gsub("-", "\\-") .. "\\fR", page, 1, true)
      end
      assert.matches("\\fB\\-\\-help\\fR", page, 1, true)
    end
  end)

  it("says in each page how Ctrl-C ends the script, but where that is the end of its work", function()
    for i, path in ipairs(paths "/man/man1/%s.1") do
      local statuses = support.read(path):match("\n.SH EXIT STATUS\n(.-)\n.SH ")
      local own = scripts[i] == "echo_server.lua" or scripts[i] == "smc_run.lua"
      assert.equal(not own, statuses:find("130", 1, true) ~= nil, path)
    end
  end)

  it("has the commands of smcd.lua and smcr.lua", function()
    for name, last in pairs { ["smcd.lua"] = "seid", ["smcr.lua"] = "ueid" } do
      local page = support.read(("%s/man/man1/%s.1"):format(SHARE, name))
      local commands = page:match("\n.SH COMMANDS\n(.-)\n.SH ")
      for _, object in ipairs { "info", "linkgroup", "device", "stats", "ueid", last } do
        local command = object == "stats" and "stats [show | reset | json]" or object .. " [show"
        assert.matches(("\n%s %s"):format(name, command), commands, 1, true)
      end
    end
  end)

  it("writes completions that bash uses", function()
    assert.equal("--listening\n", completions "smcss.lua --li")
    assert.equal("stats\n", completions "smcd.lua st")
    assert.equal("\n", completions "smcr.lua sei")
    assert.equal("seid\n", completions "smcd.lua sei")
    assert.matches("SMC%-D\n", completions "smc_chk.lua -C host10 --require ")
    for _, name in ipairs(scripts) do assert.matches("%-%-help\n", completions(name .. " -")) end
  end)

  it("writes completions that fish uses", function()
    local offered, complaints = run({ "fish", "--no-config", "-c", [[
      for f in $argv; source $f; end
      complete -C 'smcss.lua --li'; complete -C 'smcd.lua --bas']] },
      table.unpack(paths "/fish/vendor_completions.d/%s.fish"))
    assert.equal("--listening\tShow listening sockets\n"
      .. "--baseline\tWith stats: the file in which reset saves the counters\n", offered)
    assert.equal("", complaints)
  end)

  it("writes completions that zsh parses", function()
    for _, path in ipairs(paths "/zsh/site-functions/_%s") do
      local name = path:match("/_([^/]*)$")
      assert.equal("#compdef " .. name .. "\n", support.read(path):match("^[^\n]*\n"))
      assert.same({ "", "" }, { run({ "zsh", "-f", "-n" }, path) })
    end
  end)
end)
