-- smc.internal.text: what of a text reaches a terminal, and where its lines end.

local support = require "support"
local text = require "smc.internal.text"

describe("text.printable", function()
  for _, case in ipairs {
    { "plain", "mlx5_0 at 10.0.0.1: 100% \\ \"it\"", "mlx5_0 at 10.0.0.1: 100% \\ \"it\"" },
    { "empty", "", "" },
    { "a number", 5, "5" },
    { "letters beyond ASCII", "Köln 日本 🎉 e\u{301}", "Köln 日本 🎉 e\u{301}" },
    { "ESC", "a\27[31mb\27]0;x\7", "a\\x1b[31mb\\x1b]0;x\\x07" },
    { "ends of lines and tabs", "a\nb\rc\td", "a\\nb\\rc\\td" },
    { "a zero byte", "a\0b", "a\\x00b" },
    { "DEL", "a\127", "a\\x7f" },
    { "C1 as a byte", "a\x9b31m", "a\\x9b31m" },
    { "C1 as UTF-8", "a\u{9b}31m\u{80}\u{9f}\u{a0}", "a\\u{9b}31m\\u{80}\\u{9f}\u{a0}" },
    { "EBCDIC", "\xd2\xd6\xd3\xd5", "\\xd2\\xd6\\xd3\\xd5" },
    { "a character cut off", "K\xc3", "K\\xc3" },
    { "one valid between others", "\xff\u{e4}\xff\xc3\u{e4}", "\\xff\u{e4}\\xff\\xc3\u{e4}" },
    { "an overlong ESC", "\xc0\x9b", "\\xc0\\x9b" },
    { "a surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
    { "beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
    { "marks of direction", "a\u{202e}b\u{2066}c\u{200f}\u{61c}", "a\\u{202e}b\\u{2066}c\\u{200f}\\u{61c}" },
    { "separators of lines", "a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}" },
    { "what is invisible", "\u{feff}a\u{200b}\u{ad}\u{e0041}", "\\u{feff}a\\u{200b}\\u{ad}\\u{e0041}" },
  } do
    it("shows " .. case[1], function() assert.equal(case[3], text.printable(case[2])) end)
  end

  it("lets no byte through that a terminal obeys, whatever stands around it", function()
    for byte = 0, 255 do
      for _, around in ipairs { { "", "" }, { "\u{e4}", "\u{e4}" }, { "\xc3", "" }, { "\xe2\x80", "x" } } do
        local shown = text.printable(around[1] .. string.char(byte) .. around[2])
        assert(utf8.len(shown))
        assert.not_matches("[%c\127]", shown)
        for _, code in utf8.codes(shown) do assert.is_false(code >= 0x80 and code <= 0x9f) end
      end
    end
  end)
end)

describe("text.quoted", function()
  it("escapes its quotes, and what printable makes visible", function()
    assert.equal([["a\"b\x1b\n"]], text.quoted('a"b\27\n'))
  end)
end)

describe("text.lines", function()
  it("keeps the ends of lines, and tabs, and nothing else", function()
    assert.equal("a\n\tb\\x1b\\r\n\nc", text.lines("a\n\tb\27\r\n\nc"))
  end)
end)

describe("text.wrap", function()
  for _, case in ipairs {
    { "one two three", "", 7, "one two\nthree" },
    { "one two three", "  ", 9, "  one two\n  three" },
    { "one two three", "  ", 8, "  one\n  two\n  three" },
    { "one incomprehensibility", "", 6, "one\nincomprehensibility" },
    { "a  b", "", 4, "a  b" },
    { "one two\n  three four\nfive", "", 9, "one two\n  three\n  four\nfive" },
    { "a\n\nb", "", 9, "a\n\nb" },
    { "ää öö üü", "", 5, "ää öö\nüü" },
    { ("word "):rep(99) .. "end", " ", nil, " " .. ("word "):rep(99) .. "end" },
  } do
    it(("makes lines of %s columns"):format(case[3]), function()
      assert.equal(case[4], text.wrap(case[1], case[2], case[3]))
    end)
  end
end)

describe("text.width", function()
  local code <const> = [[io.stderr:write(require "smc.internal.text".width(1))]]

  -- What a process says that its standard output has; script(1) gives it a terminal, which `setting` changes.
  local function width(setting, columns)
    local said <close> = support.tree { ["program.sh"] = ([[
      %s
      %s
      export LUA_PATH='%s' LUA_CPATH='%s'
      exec lua5.4 -e '%s' 2>"${0%%/*}/said"]]):format(setting or "",
      columns and "export COLUMNS=" .. columns or "unset COLUMNS", package.path, package.cpath, code) }
    local words = { "sh", said.root .. "/program.sh" }
    local done = support.run(setting and { "script", "-qec", table.concat(words, " "), "/dev/null" } or words)
    assert.equal(0, done.status, done.stdout .. done.stderr)
    return support.read(said.root .. "/said")
  end

  it("is the terminal's", function() assert.equal("61", width("stty cols 61")) end)
  it("is 80 where the terminal does not know", function() assert.equal("80", width("stty cols 0")) end)
  it("is what COLUMNS says, terminal or not", function()
    assert.equal("50", width("stty cols 61", 50))
    assert.equal("50", width(nil, 50))
  end)
  it("is what the terminal says where COLUMNS is no number of columns", function()
    for _, columns in ipairs { "0", "-5", "many", "''" } do
      assert.equal("61", width("stty cols 61", columns))
    end
  end)
  it("is 80 for paragraphs on a pipe, and nothing for messages on one", function()
    assert.equal("80", width())
    local result = support.run { "env", "-u", "COLUMNS", "LUA_PATH=" .. package.path,
      "LUA_CPATH=" .. package.cpath, "lua5.4", "-e",
      'io.write(tostring(require "smc.internal.text".width(2)))' }
    assert.same({ "nil", "" }, { result.stdout, result.stderr })
  end)
end)

-- What a caller hands in, and a message gives back.
describe("a message of the library", function()
  local EVIL <const> = "\27]0;evil\7\nFORGED\u{9b}"

  for name, call in pairs {
    ["eid.add"] = function() return require "smc.eid".add(EVIL) end,
    ["eid.remove"] = function() return require "smc.eid".remove(EVIL) end,
    ["pnet.add, PNET ID"] = function() return require "smc.pnet".add { pnetid = EVIL, netdev = "lo" } end,
    ["pnet.add, interface"] = function() return require "smc.pnet".add { pnetid = "A", netdev = EVIL } end,
    ["pnet.add, device"] = function() return require "smc.pnet".add { pnetid = "A", ibdev = EVIL } end,
    ["pnet.find"] = function() return require "smc.pnet".find(EVIL) end,
    ["pnet.remove"] = function() return require "smc.pnet".remove(EVIL) end,
    ["pnet.of_interface"] = function() return require "smc.pnet".of_interface(EVIL) end,
    ["pnet.of_interface, C1"] = function() return require "smc.pnet".of_interface "\u{9b}e" end,
    ["ism.fid"] = function() return require "smc.ism".fid(EVIL) end,
    ["ism.find"] = function() return require "smc.ism".find { slot = EVIL } end,
    ["ism.power_off"] = function() return require "smc.ism".power_off(EVIL) end,
    ["reason.get"] = function() return require "smc.reason".get(EVIL) end,
    ["run.size"] = function() return require "smc.run".size(EVIL) end,
    ["run.convertible"] = function() return require "smc.run".convertible(EVIL) end,
    ["run.spawn, a path"] = function() return require "smc.run".spawn { "/" .. EVIL } end,
    ["run.exec"] = function() return require "smc.run".exec { EVIL } end,
    ["process.spawn #native"] = function() return require "smc.process".spawn { EVIL } end,
    ["an unknown option"] = function() return pcall(require "smc.ism".list, { [EVIL] = 1 }) end,
    ["an unknown sysctl"] = function() return pcall(require "smc.system".sysctl, EVIL) end,
    ["a wrong value"] = function()
      return pcall(require "smc.process".spawn, { "true" }, { stdin = EVIL })
    end,
  } do
    it("shows what is in its argument: " .. name, function()
      local ok, message = call()
      assert.is_true(not ok)
      assert.not_matches("%c", message)
      assert.is_nil(message:find("\u{9b}", 1, true))
    end)
  end
end)
