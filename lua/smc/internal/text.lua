--- Text for people: text from outside made harmless, and lines as wide as the terminal.
--
-- Names of hosts, processes and devices, the answers of peers and the words of a command line can hold
-- anything, escape sequences of terminals too. They go through `text.printable` or `text.quoted` where they
-- become a part of a message or of a table. JSON has escapes of its own and needs neither.
-- @module smc.internal.text

local text = {}

local letters = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function visible_byte(byte)
  return letters[byte] or ("\\x%02x"):format(byte:byte())
end

-- Characters beyond ASCII that move the cursor, hide, or turn the order of what is shown: C1 controls, soft
-- hyphen, invisible and bidirectional marks, separators of lines, the byte order mark, annotations, tags.
local HIDDEN <const> = {
  { 0x80, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
  { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
}

local function is_hidden(code)
  for _, range in ipairs(HIDDEN) do
    if code < range[1] then return false end
    if code <= range[2] then return true end
  end
  return false
end

-- A run of bytes beyond ASCII: characters of UTF-8 stay, unless they are hidden; other bytes do not.
local function visible_run(run)
  local out, at = {}, 1
  while at <= #run do
    local valid, wrong = utf8.len(run, at)
    local last = valid and #run or wrong - 1
    for _, code in utf8.codes(run:sub(at, last)) do
      out[#out + 1] = is_hidden(code) and ("\\u{%x}"):format(code) or utf8.char(code)
    end
    if not valid then out[#out + 1] = visible_byte(run:sub(wrong, wrong)) end
    at = valid and last + 1 or wrong + 1
  end
  return table.concat(out)
end

--- Text from outside, with whatever a terminal would obey made visible, in the notation of Lua's strings:
-- `\n`, `\r`, `\t`; `\x1b` for other control characters, and for bytes that are not UTF-8; `\u{9b}` for
-- control characters, marks of direction and invisible characters beyond ASCII. Everything else stays as it
-- is, backslashes too: this is for reading, not for reading back.
-- @tparam string|number s
-- @treturn string one line
function text.printable(s)
  s = tostring(s)
  if not s:find("[%c\127-\255]") then return s end
  return (s:gsub("[%c\127]", visible_byte):gsub("[\128-\255]+", visible_run))
end

--- The same between double quotes, with those inside it escaped.
-- @tparam string|number s
-- @treturn string
function text.quoted(s)
  return '"' .. text.printable(s):gsub('"', '\\"') .. '"'
end

--- A value with every string in it, keys aside, as `printable` has it: records whose fields go into a table.
-- @param value strings and tables are changed, anything else stays
-- @return the same table, changed in place; or the string
function text.record(value)
  if type(value) == "string" then return text.printable(value) end
  if type(value) == "table" then
    for key, inner in next, value do value[key] = text.record(inner) end
  end
  return value
end

--- Text of several lines, whose ends and tabs stay; everything else is as `printable` has it.
-- @tparam string s
-- @treturn string
function text.lines(s)
  return (tostring(s):gsub("[^\n\t]+", text.printable))
end

local OUTPUT <const>, USUAL <const> = 1, 80 -- standard output; columns where nobody knows how many

--- How many columns the reader of a stream has: COLUMNS in the environment, or else the terminal's. Where
-- there is no terminal, paragraphs on standard output are as on the usual one, and messages on standard error
-- stay on their lines, which is what logs need.
-- @tparam integer fd the stream's descriptor: 1 or 2
-- @treturn ?integer nil where lines are to stay as long as they are
function text.width(fd)
  local columns = math.tointeger(tonumber(os.getenv "COLUMNS"))
  if columns and columns > 0 then return columns end
  columns = require "smc.core.os".columns(fd)
  if not columns then return fd == OUTPUT and USUAL or nil end
  return columns > 0 and columns or USUAL
end

local function length(s)
  return utf8.len(s) or #s
end

local function wrap_line(line, indent, width)
  local own, out = line:match("^%s*"), {}
  if length(indent .. line) <= width then return indent .. line end
  indent = indent .. own
  local current = indent
  for word in line:gmatch("%S+") do
    if current ~= indent and length(current) + 1 + length(word) > width then
      out[#out + 1] = current
      current = indent
    end
    current = current == indent and indent .. word or current .. " " .. word
  end
  out[#out + 1] = current
  return table.concat(out, "\n")
end

--- Text wrapped at its blanks. Its own ends of lines stay, and lines that begin with blanks go on below them.
-- @tparam string s
-- @tparam string indent what every line begins with
-- @tparam ?integer width columns, as `text.width` gives them; nil: lines stay as long as they are
-- @treturn string lines of at most that width, longer words alone excepted
function text.wrap(s, indent, width)
  return (s:gsub("[^\n]+", function(line) return wrap_line(line, indent, width or math.huge) end))
end

return text
