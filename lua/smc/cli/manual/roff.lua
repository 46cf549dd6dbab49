--- Text as the source of a man page: groff_man(7).
-- @module smc.cli.manual.roff

local roff = {}

local WIDTH <const> = 76

local ESCAPES <const> = { ["\\"] = "\\e", ["-"] = "\\-", ["'"] = "\\(aq", ["`"] = "\\(ga", ["~"] = "\\(ti",
  ["^"] = "\\(ha" }

--- Text in which no character is a request or an escape.
-- @tparam string text
-- @treturn string
function roff.escape(text)
  text = text:gsub("[\\'`~^-]", ESCAPES):gsub("[\xc2-\xf4][\x80-\xbf]+", function(char)
    return ("\\[u%04X]"):format(utf8.codepoint(char))
  end)
  return (text:gsub("^%.", "\\&."):gsub("\n%.", "\n\\&."))
end

--- A paragraph, filled, in lines that are not too long.
-- @tparam string text
-- @treturn string lines
function roff.fill(text)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    word = roff.escape(word)
    if line ~= "" and #line + 1 + #word > WIDTH then
      lines[#lines + 1], line = line, ""
    end
    line = line == "" and word or line .. " " .. word
    if word:find("%.$") then -- a sentence begins on a line of its own
      lines[#lines + 1], line = line, ""
    end
  end
  if line ~= "" then lines[#lines + 1] = line end
  return table.concat(lines, "\n") .. "\n"
end

--- Lines that are shown as they are.
-- @tparam string text
-- @treturn string lines
function roff.verbatim(text)
  return (".RS 4\n.nf\n%s\n.fi\n.RE\n"):format(roff.escape(text))
end

--- A term and its description.
-- @tparam string term source
-- @tparam string text
-- @treturn string lines
function roff.item(term, text)
  return (".TP\n%s\n%s"):format(term, roff.fill(text))
end

--- Text in bold or, as a placeholder, in italics.
function roff.bold(text) return "\\fB" .. roff.escape(text) .. "\\fR" end
function roff.italic(text) return "\\fI" .. roff.escape(text) .. "\\fR" end

return roff
