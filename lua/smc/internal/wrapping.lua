--- Wraps text at its blanks, for `smc.internal.text`, which loads this file for the first text to wrap.
-- @module smc.internal.wrapping

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

--- See `text.wrap`.
return function(s, indent, width)
  return (s:gsub("[^\n]+", function(line) return wrap_line(line, indent, width or math.huge) end))
end
