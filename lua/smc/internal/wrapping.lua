--- Wraps text at its blanks, for `smc.internal.text`, which loads this file for the first text to wrap.
-- @module smc.internal.wrapping

local function length(s)
  return utf8.len(s) or #s
end

-- As utf8.offset, for text that is not UTF-8.
local function offset_of_byte(s, n, at)
  return at + n - 1 <= #s and at + n - 1 or nil
end

-- Where the words end that fit, from a position on: at least one word.
local function end_of_words(line, at, room, offset)
  local excess = offset(line, room + 1, at) -- the first character that does not fit
  if not excess or excess > #line then return #line end
  local last = line:sub(at, excess):match("^.*%S()%s")
  return last and at + last - 2 or (line:find("%s", at) or #line + 1) - 1
end

local function wrap_line(line, indent, width)
  if #indent + #line <= width or length(indent .. line) <= width then return indent .. line end
  local offset, out = utf8.len(line) and utf8.offset or offset_of_byte, {}
  local own, at = line:match("^(%s*)()")
  indent = indent .. own
  local room = math.max(width - length(indent), 1)
  while at <= #line do
    local last = end_of_words(line, at, room, offset)
    out[#out + 1] = indent .. line:sub(at, last)
    at = line:match("^%s*()", last + 1)
  end
  return table.concat(out, "\n")
end

--- See `text.wrap`.
return function(s, indent, width)
  return (s:gsub("[^\n]+", function(line) return wrap_line(line, indent, width or math.huge) end))
end
