--- Text wrapped for a terminal, for the scripts. Apart from `smc.script`, so that a script that starts
-- quickly need not load argparse for it.
-- @module smc.wrap

local WIDTH <const> = 80

--- Wraps text at its blanks.
-- @tparam string text
-- @tparam string indent what every line begins with
-- @treturn string lines of at most 80 columns, longer words alone excepted
return function(text, indent)
  local line, lines = indent, {}
  for word in text:gmatch("%S+") do
    if #line + #word >= WIDTH and line ~= indent then
      lines[#lines + 1] = line
      line = indent
    end
    line = line == indent and indent .. word or line .. " " .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end
