--- Text for people: makes untrusted text safe to print, and wraps lines to the width of the terminal.
--
-- Names of hosts, processes and devices, responses of peers and words of a command line can contain
-- anything, even terminal escape sequences. They pass through `text.printable` or `text.quoted` before they
-- become part of a message or a table. JSON has its own escapes and needs neither.
-- @module smc.internal.text

local text = {}

--- Makes control characters in untrusted text visible, in the notation of Lua strings:
-- `\n`, `\r`, `\t`; `\x1b` for other control characters, and for bytes that are not UTF-8; `\u{9b}` for
-- non-ASCII control characters, direction marks and invisible characters. Everything else is unchanged,
-- including backslashes: the result is meant to be read by people, not parsed.
-- @tparam string|number s
-- @treturn string one line
function text.printable(s)
  s = tostring(s)
  if not s:find("[%c\127-\255]") then return s end
  return require "smc.internal.visible"(s)
end

--- Like `printable`, but in double quotes; double quotes inside the text are escaped.
-- @tparam string|number s
-- @treturn string
function text.quoted(s)
  return '"' .. text.printable(s):gsub('"', '\\"') .. '"'
end

--- Several words as a phrase: `"a"`, `"a and b"`, `"a, b and c"`.
-- @tparam {string,...} words
-- @tparam[opt="and"] string conjunction
-- @treturn ?string nil if there are none
function text.listed(words, conjunction)
  local last = words[#words]
  if #words < 2 then return last end
  return ("%s %s %s"):format(table.concat(words, ", ", 1, #words - 1), conjunction or "and", last)
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

--- Wraps text at its blanks. Existing line breaks stay, and continuation lines have the indentation of their
-- line.
-- @tparam string s
-- @tparam string indent prefix of every line
-- @tparam ?integer width columns, as `text.width` returns them; nil: lines are not wrapped
-- @treturn string lines of at most that width, except for words that are longer
function text.wrap(s, indent, width)
  return require "smc.internal.wrapping"(s, indent, width)
end

--- Untrusted text as a paragraph on standard output: `printable`, and wrapped to the stream's width.
-- @tparam string s
-- @tparam string indent before each line
-- @treturn string
function text.paragraph(s, indent)
  return text.wrap(text.printable(s), indent, text.width(OUTPUT))
end

return text
