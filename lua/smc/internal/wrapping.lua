--- Wraps text at its blanks, for `smc.internal.text`, which loads this file for the first text to wrap.
-- @module smc.internal.wrapping

local function length(s)
  return utf8.len(s) or #s
end

local function wrap_line(line, indent, width)
  if #indent + #line <= width or length(indent .. line) <= width then return indent .. line end
  local own, out = line:match("^%s*"), {}
  indent = indent .. own
  local current, used = indent, length(indent)
  local first = used
  for word in line:gmatch("%S+") do
    local size = length(word)
    if used > first and used + 1 + size > width then
      out[#out + 1] = current
      current, used = indent, first
    end
    if used > first then
      current, used = current .. " " .. word, used + 1 + size
    else
      current, used = indent .. word, first + size
    end
  end
  out[#out + 1] = current
  return table.concat(out, "\n")
end

--- See `text.wrap`.
return function(s, indent, width)
  return (s:gsub("[^\n]+", function(line) return wrap_line(line, indent, width or math.huge) end))
end
