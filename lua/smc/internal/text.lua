--- Text for people: makes untrusted text safe to print, and wraps lines to the width of the terminal.
--
-- Names of hosts, processes and devices, responses of peers and words of a command line can contain
-- anything, even terminal escape sequences. They pass through `text.printable` or `text.quoted` before they
-- become part of a message or a table. JSON has its own escapes and needs neither.
-- @module smc.internal.text

local text = {}

local letters = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function visible_byte(byte)
  return letters[byte] or ("\\x%02x"):format(byte:byte())
end

-- Non-ASCII characters that move the cursor, are invisible, or reverse the text direction: C1 controls, soft
-- hyphen, invisible and bidirectional marks, line separators, the byte order mark, annotations, tags.
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

-- A run of non-ASCII bytes: UTF-8 characters stay unless they are hidden; other bytes are escaped.
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

--- Makes control characters in untrusted text visible, in the notation of Lua strings:
-- `\n`, `\r`, `\t`; `\x1b` for other control characters, and for bytes that are not UTF-8; `\u{9b}` for
-- non-ASCII control characters, direction marks and invisible characters. Everything else is unchanged,
-- including backslashes: the result is meant to be read by people, not parsed.
-- @tparam string|number s
-- @treturn string one line
function text.printable(s)
  s = tostring(s)
  if not s:find("[%c\127-\255]") then return s end
  return (s:gsub("[%c\127]", visible_byte):gsub("[\128-\255]+", visible_run))
end

--- Like `printable`, but in double quotes; double quotes inside the text are escaped.
-- @tparam string|number s
-- @treturn string
function text.quoted(s)
  return '"' .. text.printable(s):gsub('"', '\\"') .. '"'
end

--- Applies `printable` to every string in a value, except keys: for records that are printed as a table.
-- @param value strings and tables are changed, anything else is returned unchanged
-- @return the same table, changed in place; or the string
function text.record(value)
  if type(value) == "string" then return text.printable(value) end
  if type(value) == "table" then
    for key, inner in next, value do value[key] = text.record(inner) end
  end
  return value
end

--- Applies `printable` to text of several lines; newlines and tabs stay.
-- @tparam string s
-- @treturn string
function text.lines(s)
  return (tostring(s):gsub("[^\n\t]+", text.printable))
end

local OUTPUT <const>, USUAL <const> = 1, 80 -- standard output; columns if the width is unknown

--- The width in columns to wrap a stream to: COLUMNS in the environment, or the width of the terminal.
-- Without a terminal, paragraphs on standard output are wrapped to 80 columns, and messages on standard error
-- are not wrapped, as logs require.
-- @tparam integer fd the stream's descriptor: 1 or 2
-- @treturn ?integer nil if lines must not be wrapped
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

--- Wraps text at its blanks. Existing line breaks stay, and continuation lines have the indentation of their
-- line.
-- @tparam string s
-- @tparam string indent prefix of every line
-- @tparam ?integer width columns, as `text.width` returns them; nil: lines are not wrapped
-- @treturn string lines of at most that width, except for words that are longer
function text.wrap(s, indent, width)
  return (s:gsub("[^\n]+", function(line) return wrap_line(line, indent, width or math.huge) end))
end

return text
